"""Build exports of platforms as folders and zips, with the names that these platforms write.

Everything in them is made up. A builder returns the files of an export by path; `write_folder` and
`write_zip` put them somewhere.
"""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

__all__ = ["EXPORTS", "mark", "pack", "write_folder", "write_zip"]

Files = dict[str, bytes]


def mark(who: str) -> bytes:
    """Return the content of a file, which says whose it is."""
    return f"# {who}\n".encode()


def write_folder(place: Path, files: Mapping[str, bytes]) -> Path:
    """Write files below a folder; a path that ends in a slash is an empty folder."""
    for path, content in files.items():
        target = place / path
        if path.endswith("/"):
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return place


def write_zip(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write files into a zip, a path that ends in a slash as an empty folder."""
    path.write_bytes(pack(files))
    return path


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return the bytes of a zip of these files."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


GRADESCOPE_METADATA = """---
submission_111222333:
  :submitters:
  - :name: Ada Example
    :sid: '0012345'
    :email: ada@example.edu
  :created_at: 2026-04-26 17:34:00.861687123 Z
  :score: 2.0
  :status: processed
  :results:
    score: 2.0
    visibility: visible
    leaderboard: []
    tests:
    - name: softmax
      number: '1.1'
      score: 1.0
      output: |
        submission_999:
          :submitters: []
      tags: []
      extra_data: {}
  :history:
  - :id: 111222000
    :submitters: []
    :created_at: 2026-04-25 09:00:00.000000000 Z
    :score: 1.0
    :status: processed
    :results:
      score: 1.0
  - :id: 111222001
    :submitters: []
    :created_at: 2026-04-25 10:00:00.000000000 Z
    :score:
    :status: failed
    :results:
      output: The autograder failed
submission_111222334:
  :submitters:
  - :name: Bob Sample
    :sid: 333
    :email: bob@example.edu
  - :name: Cleo Muster
    :sid:
    :email: cleo@example.edu
  :created_at: 2026-04-26 18:00:00
  :score:
  :status: processed
  :results: {}
  :history: []
submission_111222335:
  :submitters: []
  :created_at: 2026-04-26 19:00:00.000000000 Z
  :score: 0.0
  :status: processed
  :results: {}
  :history: []
"""


def gradescope(around: str = "assignment_1234567_export/") -> Files:
    """Two submitters, one of them a group, and one submission without any."""
    folders = {f"submission_11122233{n}/forward.py": mark(f"11122233{n}") for n in (3, 4, 5)}
    files = {
        "submission_metadata.yml": GRADESCOPE_METADATA.encode(),
        **folders,
        "submission_111222333/helpers/stable.py": b"x = 1\n",
        "submission_111222333/.DS_Store": b"\0",
    }
    junk = {"__MACOSX/._submission_111222333": b"\0"}
    return {f"{around}{path}": content for path, content in files.items()} | junk


def canvas() -> Files:
    """On time, late, anonymous, late and anonymous, uploaded again, any script, typed."""
    return {
        "exampleada_1001_55001_forward.py": mark("1001"),
        "exampleada_1001_55002_train.py": mark("1001"),
        "samplebob_LATE_1002_55003_updates-1.py": mark("1002"),
        "anon_x7Yz2_55004_forward.py": mark("x7Yz2"),
        "LATE_anon_k3Lm4_55005_forward.py": mark("k3Lm4"),
        "müllerzoë_1003_55006_forward-1.py": mark("1003"),
        "示例小明_1004_55007_hw.zip": pack({"hw/forward.py": mark("1004")}),
        "typist_1005_text.html": b"<p>softmax</p>",
        "linker_LATE_1006_link.html": b"<a href='https://example.edu'>",
        "doe_smith_1007_55008_forward.py": mark("1007"),
    }


def moodle() -> Files:
    """Folders of new and old sites, flat files, a typed text, blind, a team, no team."""
    return {
        "Ada Example_12345_assignsubmission_file/forward.py": mark("12345"),
        "Ada Example_12345_assignsubmission_file/helpers/stable.py": b"x = 1\n",
        "Bob Sample_12346_assignsubmission_file_/forward.py": mark("12346"),
        "Cleo Muster_12347_assignsubmission_file_forward.py": mark("12347"),
        "Cleo Muster_12347_assignsubmission_file_train.py": mark("12347"),
        "Dan Proband_12348_assignsubmission_onlinetext/onlinetext.html": b"<p>hello</p>",
        "Teilnehmer_12349_assignsubmission_file/forward.py": mark("12349"),
        "Group A_77_assignsubmission_file/forward.py": mark("77"),
        "Default group_assignsubmission_file/forward.py": mark("Default group"),
    }


#: Each platform's builder, by the name that ``--from`` has for it.
EXPORTS = {"gradescope": gradescope, "canvas": canvas, "moodle": moodle}

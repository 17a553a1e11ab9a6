"""Build exports of platforms as folders and zips, with the names that these platforms write.

Everything in them is made up. A builder returns the files of an export by path; `write_folder` and
`write_zip` put them somewhere.
"""

import json
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

__all__ = ["EXPORTS", "inbound", "mark", "pack", "write_folder", "write_zip"]

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


def nbgrader() -> Files:
    """Return a course in which one assignment was collected."""
    files = {"source/hw1/hw1.ipynb": b"{}", "gradebook.db": b"SQLite"}
    for who, at in (("ada01", "15:00:00.000000"), ("bob02", "23:59:59.123456")):
        files[f"submitted/{who}/hw1/forward.py"] = mark(who)
        files[f"submitted/{who}/hw1/timestamp.txt"] = f"2026-02-03 {at} UTC\n".encode()
        files[f"submitted/{who}/hw1/submission_secret.txt"] = b"0123456789abcdef"
    return files


def inbound() -> Files:
    """Return nbgrader's exchange, with two attempts of one student."""
    at = "2026-02-03 15:00:00.000000 UTC"
    return {
        f"ada01+hw1+{at}/forward.py": mark("ada01 first"),
        f"ada01+hw1+{at}/timestamp.txt": at.encode(),
        "ada01+hw1+2026-02-04 08:00:00.000000 UTC+Zm9v/forward.py": mark("ada01"),
        "bob02+hw1+2026-02-03 16:00:00.000000 UTC+YmFy/forward.py": mark("bob02"),
    }


MANIFEST = """Name: {name} ({user})
Assignment: HW_1
Date Submitted: {at}
Current Grade: Needs Grading

Submission Field:
There is no student submission text data for this assignment.

Comments:
Name: Somebody Else (else01)

Files:
\tOriginal filename: forward.py
\tFilename: HW_1_{user}_attempt_2026-02-20-00-35-07_forward.py
"""


def blackboard() -> Files:
    """Return two attempts of one student, a user with an underscore, and a typed text."""
    files = {}
    for user, name, attempt, at in (
        (
            "ada01",
            "Ada Example",
            "2026-02-20-00-35-07",
            "Friday, February 20, 2026 12:35:07 AM CST",
        ),
        (
            "ada01",
            "Ada Example",
            "2026-02-21-13-05-00",
            "Saturday, February 21, 2026 1:05:00 PM CST",
        ),
        ("b_02", "Bob Sample", "2026-02-20-09-00-00", "Friday, February 20, 2026 9:00:00 AM CST"),
        ("cleo", "Cleo Muster", "2026-02-20-10-00-00", "Friday, February 20, 2026 10:00:00 AM CST"),
    ):
        start = f"HW_1_{user}_attempt_{attempt}"
        files[f"{start}.txt"] = MANIFEST.format(user=user, name=name, at=at).encode()
        if user != "cleo":
            files[f"{start}_forward.py"] = mark(user)
            files[f"{start}_my_train.py"] = b"x = 1\n"
    return files


def brightspace() -> Files:
    """Return two attempts of one student, another student, and the page beside them."""
    return {
        "index.html": b"<html>",
        "397063-2557369 - Ada Example - Sep 24, 2026 926 PM/forward.py": mark("397063 first"),
        "397063-2557369 - Ada Example - Sep 25, 2026 1201 AM/forward.py": mark("397063"),
        "397064-2557369 - Bob-Jo - Sample - Sep 24, 2026 1200 PM/forward.py": mark("397064"),
    }


def github() -> Files:
    """Return repositories, one with a login with a hyphen, one of someone who is in no roster."""
    roster = (
        "identifier,github_username,github_id,name\n"
        "0012345,ada-ex,11,Ada Example\n"
        "0012346,bobs,12,Bob Sample\n"
        "0012347,,,Cleo Muster\n"
    )
    logins = ("ada-ex", "bobs", "guest-9")
    files = {f"hw-1-{login}/forward.py": mark(login) for login in logins}
    files |= {f"hw-1-{login}/.git/HEAD": b"ref: refs/heads/main" for login in logins}
    return {**files, "classroom_roster.csv": roster.encode()}


def classroom50() -> Files:
    """Return repositories of which one belongs to a group."""
    students = (
        "username,first_name,last_name,email,section,github_id\n"
        "ada-ex,Ada,Example,ada@example.edu,A,11\n"
        "bobs,Bob,Sample,bob@example.edu,A,12\n"
        "cleo,Cleo,Muster,cleo@example.edu,B,13\n"
    )
    entries = [
        {"owner": "ada-ex", "submissions": [], "member_usernames": ["ada-ex", "cleo"]},
        {"owner": "bobs", "submissions": [], "member_usernames": []},
    ]
    scores = {"assignments": {"hw-1": {"type": "group", "entries": entries}}}
    return {
        "cs-hw-1-ada-ex/forward.py": mark("ada-ex"),
        "cs-hw-1-bobs/forward.py": mark("bobs"),
        "students.csv": students.encode(),
        "scores.json": json.dumps(scores).encode(),
    }


def autolab() -> Files:
    """Return two versions of one student."""
    return {
        "ada_x@example.edu_3_forward.py": mark("ada_x@example.edu first"),
        "ada_x@example.edu_10_forward.py": mark("ada_x@example.edu"),
        "bob@example.edu_1_forward.py": mark("bob@example.edu"),
    }


def autograder_io() -> Files:
    """Return a group and a student alone."""
    return {
        "cs_hw1/ada@x.edu_b_ob@x.edu-2026-02-03T15:00:00+00:00/forward.py": mark("ada@x.edu"),
        "cs_hw1/cleo@x.edu-2026-02-03T16:00:00.5+00:00/forward.py": mark("cleo@x.edu"),
    }


def plain() -> Files:
    """Return a folder, a zip, a notebook, an empty folder, and a list beside them."""
    return {
        "ada01/forward.py": mark("ada01"),
        "bob02.zip": pack({"hw/forward.py": mark("bob02"), "__MACOSX/hw/._forward.py": b"\0"}),
        "cleo 03.ipynb": b"{}",
        "dan04/": b"",
        "roster.csv": b"id,name,email,section\n",
    }


#: Each platform's builder, by the name that ``--from`` has for it.
EXPORTS = {
    "gradescope": gradescope,
    "canvas": canvas,
    "moodle": moodle,
    "nbgrader": nbgrader,
    "blackboard": blackboard,
    "brightspace": brightspace,
    "github": github,
    "classroom50": classroom50,
    "autolab": autolab,
    "autograder.io": autograder_io,
    "plain": plain,
}

"""Fuzz intake with atheris: any zip or notebook is taken in cleanly or refused in a sentence.

The first byte says how the others are read: as an archive, as a notebook, as a cell of a notebook,
as a file of Python, or as the choices from which an archive is made, so that the fuzzer gets past
the checks that only the structure of a zip has to meet::

    python tests/fuzz/fuzz_intake.py -max_total_time=600
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS / "support")]

with atheris.instrument_imports(
    include=["autograder.intake.take_in", "autograder.core.text", "zipfile"]
):
    from crafted_zips import Entry, craft
    from intake_checks import assert_clean_intake, assert_clean_remark

#: Tells the process that fuzzes which folder it has.
FOLDER = "FUZZ_INTAKE_FOLDER"

PLACE = Path()

#: What leads to packages, and to a choice between versions.
TEXTS = [
    b"import helpers\n",
    b"from helpers.train import x\n",
    b"def softmax(z): return z\n",
    b"def softmax(z): ...\n",
    b"open('x.txt')\n",
]

PIECES = [
    "forward",
    "Forward",
    "train",
    ".py",
    ".PY",
    "-1",
    " (2)",
    "_",
    "1",
    "LATE_",
    "doe_1_2_",
    "_assignsubmission_file_",
    " copy",
    ".txt",
    "helpers",
    "__init__",
    "pyvenv.cfg",
    "lib",
    "submission_",
    "/",
    "\\",
    "..",
    ".",
    ":",
    "é",
    "e\u0301",
    "\u202e",
    "\x1b[31m",
    "\n",
    "\0",
    "x" * 80,
]


def test_one_input(data: bytes) -> None:
    """Check one input."""
    if data[:1] >= b"\xe0":
        assert_clean_intake(data[1:], PLACE, name="hw.ipynb")
    elif data[:1] >= b"\xc0":
        cell = {"cell_type": "code", "source": data[1:].decode("utf-8", "surrogateescape")}
        assert_clean_intake(json.dumps({"cells": [cell] * 2}).encode(), PLACE, name="hw.ipynb")
    elif data[:1] >= b"\xa0":
        assert_clean_intake(data[1:], PLACE, name="hw.py")
        assert_clean_remark(data[1:])
    elif data[:1] >= b"\x80":
        assert_clean_intake(data[1:], PLACE)
    else:
        assert_clean_intake(made_of(atheris.FuzzedDataProvider(data[1:])), PLACE)


def made_of(choices: atheris.FuzzedDataProvider) -> bytes:
    """Return an archive, most often a nearly right one."""
    entries = [_entry(choices) for _ in range(choices.ConsumeIntInRange(0, 6))]
    is_odd = choices.ConsumeIntInRange(0, 7) == 0
    return craft(
        entries,
        prefix=choices.ConsumeBytes(choices.ConsumeIntInRange(0, 4)),
        comment=choices.ConsumeBytes(choices.ConsumeIntInRange(0, 4)),
        count=choices.ConsumeIntInRange(0, 2**32) if is_odd else None,
        directory_size=choices.ConsumeIntInRange(0, 2**32) if is_odd else None,
        zip64=choices.ConsumeBool(),
    )


def _entry(choices: atheris.FuzzedDataProvider) -> Entry:
    name, content = _name(choices), choices.ConsumeBytes(choices.ConsumeIntInRange(0, 40))
    if choices.ConsumeBool():
        content = choices.PickValueInList(TEXTS) + content
    if choices.ConsumeIntInRange(0, 3):
        return Entry(name, content, method=choices.PickValueInList([0, 8]))
    return Entry(
        name,
        content,
        method=choices.ConsumeIntInRange(0, 20),
        flags=choices.ConsumeIntInRange(0, 0xFFFF),
        attributes=choices.ConsumeIntInRange(0, 0xFFFFFFFF),
        system=choices.ConsumeIntInRange(0, 255),
        local_name=_name(choices) if choices.ConsumeBool() else None,
        packed=choices.ConsumeBytes(40) if choices.ConsumeBool() else None,
        size=_number(choices),
        packed_size=_number(choices),
        crc=_number(choices),
        at=choices.ConsumeIntInRange(0, 400) if choices.ConsumeBool() else None,
    )


def _name(choices: atheris.FuzzedDataProvider) -> bytes:
    if choices.ConsumeIntInRange(0, 3) == 0:
        return choices.ConsumeBytes(choices.ConsumeIntInRange(0, 30))
    count = choices.ConsumeIntInRange(1, 6)
    return "".join([choices.PickValueInList(PIECES) for _ in range(count)]).encode()


def _number(choices: atheris.FuzzedDataProvider) -> int | None:
    return choices.ConsumeIntInRange(0, 2**32 - 1) if choices.ConsumeBool() else None


def write_seeds(folder: Path) -> None:
    """Write archives to begin with: right ones, in several forms."""
    names = ("forward.py", "hw/train.py", "doe_1_2_updates-1.py", "größe.py", "notes.txt")
    for method in (0, 8):
        entries = [Entry(name.encode(), b"x = 1\n" * 20, method) for name in names]
        for number, zip64 in enumerate((False, True)):
            data = b"\x80" + craft(entries, zip64=zip64, comment=b"c")
            (folder / f"{method}-{number}").write_bytes(data)
    cell = b"%time\nimport numpy as np\ndef softmax(z):\n    return np.exp(z) % 3\n"
    (folder / "cell").write_bytes(b"\xc0" + cell)
    (folder / "file").write_bytes(b"\xa0```\n>>> 1\n<<<<<<< a\n" + cell)
    content = {"cells": [{"cell_type": "code", "source": cell.decode()}], "nbformat": 4}
    (folder / "notebook").write_bytes(b"\xe0" + json.dumps(content).encode())


def main(place: str) -> None:
    """Fuzz inside an empty folder, until libFuzzer ends this process."""
    global PLACE
    PLACE, seeds = Path(place, "place"), Path(place, "seeds")
    for made in (PLACE, seeds):
        made.mkdir()
    write_seeds(seeds)
    atheris.Setup([*sys.argv, str(seeds)], test_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    if FOLDER in os.environ:
        main(os.environ[FOLDER])
    with tempfile.TemporaryDirectory(prefix="fuzz-intake-") as folder:
        # In a process of its own: libFuzzer leaves without anything being tidied up.
        run = subprocess.run([sys.executable, *sys.argv], env=os.environ | {FOLDER: folder})
    sys.exit(run.returncode)

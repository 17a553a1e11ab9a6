"""Of several versions of a file, the one in which something is written is taken, and it is said."""

from pathlib import Path

import pytest
from taken_in import Maker, both, make_folder, make_zip

from autograder.errors import IntakeError
from autograder.intake import written
from autograder.intake.names import find_original, is_draft, name_kept
from autograder.intake.take_in import Submission, take_in

WANTED = {
    "forward": ("softmax", "forward"),
    "train": ("train",),
    "relu_backward": ("relu_backward",),
}

STUB = (
    b'def softmax(z):\n    """Doc."""\n    raise NotImplementedError("x")\n\ndef forward(f): ...\n'
)
HALF = b"def softmax(z):\n    return z\n\ndef forward(f):\n    raise NotImplementedError\n"
WHOLE = b"def softmax(z):\n    return z\n\ndef forward(f):\n    return f\n"
OTHER = b"def softmax(z):\n    return -z\n\ndef forward(f):\n    return -f\n"
REST = {"train.py": b"train = lambda: 1\n", "relu_backward.py": b"def relu_backward(): return 1\n"}
STUBS = {
    "forward.py": STUB,
    "train.py": b"def train():\n    raise NotImplementedError\n",
    "relu_backward.py": b"def relu_backward():\n    raise NotImplementedError\n",
}


def taken(path: Path) -> Submission:
    return take_in(path, path.parent / "clean", wanted=WANTED)


def forward_of(submission: Submission) -> bytes:
    return (submission.folder / "forward.py").read_bytes()


COPIES = [
    "forward 2.py",  # iCloud, macOS
    "forward (1).py",  # browsers, Google Drive, KDE
    "forward-1.py",  # Canvas
    "Copy of forward.py",  # Google Drive
    "Kopie von forward.py",
    "Copie de forward.py",
    "Copia de forward.py",
    "forward - Copy.py",  # Windows
    "forward - Copy (2).py",
    "forward - Kopie.py",
    "forward - Copie.py",
    "forward - copia.py",
    "forward copy.py",  # macOS, VS Code
    "forward copy 2.py",
    "forward Kopie.py",
    "forward (copy).py",  # GNOME
    "forward (another copy).py",
    "forward-Copy1.py",  # JupyterLab
    "forward (Jane's conflicted copy 2026-11-01).py",  # Dropbox
    "forward (conflicted copy 2026-11-01 120000).py",  # Nextcloud
    "forward_conflict-20261101-120000.py",  # ownCloud
    "forward-DESKTOP-4QJ2.py",  # OneDrive
    "forward-Janes-MacBook-Pro.py",
    "forward.sync-conflict-20261101-120000-ABCDEFG.py",  # Syncthing
    "forward (SFConflict jane@example.org 2026-11-01-12-00-00).py",  # Seafile
    "forward_BACKUP_1234.py",  # git mergetool
    "forward のコピー.py",
    "forward副本.py",
    "forward_final.py",
    "forward_v2.py",
    "forward2.py",
    "my_forward.py",
    "forwardNew.py",
    "Forward 2.PY",
    "forward.py.txt",  # Windows
    "forward.txt",
    "forward.py~",  # Emacs, vim
    "forward.py.~1~",
    "#forward.py#",
    "forward.py.bak",
    "forward.py.orig",
    "forward.py.save",  # nano
    "forward.bak",
]


@both
@pytest.mark.parametrize("name", COPIES)
def test_a_finished_copy_is_taken_for_the_stub(tmp_path: Path, make: Maker, name: str) -> None:
    submission = taken(make(tmp_path, {"forward.py": STUB, name: WHOLE, **REST}))
    assert forward_of(submission) == WHOLE
    assert submission.notes[0].startswith(f"{name} was taken")
    assert "forward.py" in submission.notes[0].removeprefix(name)
    assert submission.doubts == ()


@both
@pytest.mark.parametrize("name", COPIES)
def test_a_finished_copy_is_taken_where_the_file_is_missing(
    tmp_path: Path, make: Maker, name: str
) -> None:
    submission = taken(make(tmp_path, {name: HALF, **REST}))
    assert forward_of(submission) == HALF
    assert submission.notes == (f"{name} was taken as forward.py.",)


@both
@pytest.mark.parametrize("name", COPIES)
def test_a_copy_of_a_stub_takes_the_place_of_nothing(
    tmp_path: Path, make: Maker, name: str
) -> None:
    submission = taken(make(tmp_path, {"forward.py": WHOLE, name: STUB, **REST}))
    assert forward_of(submission) == WHOLE
    assert submission.doubts == ()


@pytest.mark.parametrize("name", ["forward 2.py", "forward (1).py", "Copy of forward.py"])
def test_two_written_versions_that_differ_are_said(tmp_path: Path, name: str) -> None:
    submission = taken(make_zip(tmp_path, {"forward.py": WHOLE, name: OTHER, **REST}))
    assert forward_of(submission) == WHOLE
    assert len(submission.notes) == len(submission.doubts) == 1
    assert submission.notes[0].startswith("forward.py was taken, ")
    assert name in submission.notes[0]


@pytest.mark.parametrize("name", ["forward 2.py", "forward (1).py", "Copy of forward.py"])
def test_an_equal_copy_is_no_matter_of_doubt(tmp_path: Path, name: str) -> None:
    submission = taken(make_zip(tmp_path, {"forward.py": WHOLE, name: WHOLE, **REST}))
    assert submission.doubts == ()
    assert submission.files == ("forward", "relu_backward", "train")


def test_a_helper_that_is_imported_keeps_its_name_when_it_is_taken(tmp_path: Path) -> None:
    files = {"forward.py": STUB, "forward_v2.py": WHOLE, **REST}
    submission = taken(make_folder(tmp_path, files))
    assert "forward_v2" in submission.files
    files["forward.py"] = b"from forward_v2 import *\n"
    assert forward_of(taken(make_zip(tmp_path, files))) == files["forward.py"]


@pytest.mark.parametrize(
    ("names", "best"),
    [
        ({"forward 2.py": WHOLE, "forward copy.py": HALF}, WHOLE),
        ({"forward 2.py": WHOLE, "forward 3.py": OTHER}, OTHER),
        ({"forward copy 10.py": WHOLE, "forward copy 9.py": OTHER}, WHOLE),
        ({"forward 2.py": WHOLE, "Copy of forward.py": WHOLE}, WHOLE),
        ({"forward 2.py": HALF, "forward.py~": WHOLE}, HALF),
        ({"forward (1).py": WHOLE, "forward (2).py": STUB}, WHOLE),
        ({"FORWARD.PY": WHOLE}, WHOLE),
    ],
)
def test_of_several_the_fullest_or_the_last_by_its_number_is_taken(
    tmp_path: Path, names: dict[str, bytes], best: bytes
) -> None:
    submission = taken(make_zip(tmp_path, {"forward.py": STUB, **names, **REST}))
    assert forward_of(submission) == best


def test_two_that_could_both_be_meant_are_refused_by_name(tmp_path: Path) -> None:
    names = {"forward 2.py": WHOLE, "Copy of forward.py": OTHER}
    with pytest.raises(IntakeError, match="which could both be forward"):
        taken(make_zip(tmp_path, {"forward.py": STUB, **names, **REST}))


def test_a_file_that_cannot_be_read_as_python_is_no_stub(tmp_path: Path) -> None:
    broken = b"def softmax(z:\n"
    submission = taken(make_zip(tmp_path, {"forward.py": broken, "forward 2.py": WHOLE, **REST}))
    assert forward_of(submission) == broken


# ---- folders


@both
@pytest.mark.parametrize(
    ("stubs", "work"),
    [
        ("assignment", "."),
        ("assignment", "assignment 2"),
        ("assignment", "assignment (1)"),
        ("assignment", "solution"),
        ("assignment", "my homework"),
        (".", "my homework"),
        ("hw/assignment", "hw/done/last"),
    ],
)
def test_a_finished_folder_is_taken_for_one_of_stubs(
    tmp_path: Path, make: Maker, stubs: str, work: str
) -> None:
    files = {f"{stubs}/{name}".removeprefix("./"): data for name, data in STUBS.items()}
    done = {"forward.py": WHOLE, "tools.py": b"", "extra/a.py": b"", **REST}
    done["train.py"] = b"import tools, extra.a\ntrain = lambda: 1\n"
    files |= {f"{work}/{name}".removeprefix("./"): data for name, data in done.items()}
    submission = taken(make(tmp_path, files))
    held = {
        path.relative_to(submission.folder).as_posix(): path.read_bytes()
        for path in submission.folder.rglob("*.py")
    }
    assert held == done
    assert " from " in submission.notes[0] or " were taken, not " in submission.notes[0]
    assert submission.doubts == ()


@both
def test_one_finished_file_elsewhere_is_taken_for_its_stub(tmp_path: Path, make: Maker) -> None:
    files = {f"assignment/{name}": data for name, data in {**REST, "forward.py": STUB}.items()}
    submission = taken(make(tmp_path, {**files, "forward.py": WHOLE}))
    assert forward_of(submission) == WHOLE
    assert submission.notes == (
        "forward.py was taken from the folder at the top, as nothing of it is written in"
        " assignment/.",
    )


def test_another_folder_with_other_work_is_said_and_doubted(tmp_path: Path) -> None:
    files = {f"a/{name}": data for name, data in {**REST, "forward.py": WHOLE}.items()}
    files |= {f"b/{name}": data for name, data in {**REST, "forward.py": OTHER}.items()}
    submission = taken(make_zip(tmp_path, files))
    assert forward_of(submission) == WHOLE
    assert submission.notes == submission.doubts == ("Those in a/ were taken, not those in b/.",)


# ---- what a name says, and bounds


@pytest.mark.parametrize(
    ("name", "original"),
    [
        ("forward.py", "forward"),
        ("relu_backward copy.py", "relu_backward"),
        ("forwarding.py", ""),
        ("feedforward.py", ""),
        ("FORWARD.py", "forward"),
        ("x" * 100_000 + "forward.py", ""),
    ],
)
def test_a_name_says_of_what_it_is_a_version(name: str, original: str) -> None:
    assert find_original(name, WANTED) == original


def test_no_more_is_read_than_the_limits(tmp_path: Path) -> None:
    large = WHOLE + b"#" * written.MAX_LOOKED_AT_BYTES
    submission = taken(make_folder(tmp_path, {"forward.py": STUB, "forward 2.py": large, **REST}))
    assert forward_of(submission) == STUB


@pytest.mark.parametrize("data", [b"x = " + b"-" * 100_000 + b"1", b"\0", b"(" * 5000, b"\xff"])
def test_hostile_versions_do_no_harm(tmp_path: Path, data: bytes) -> None:
    submission = taken(make_folder(tmp_path, {"forward.py": STUB, "forward 2.py": data, **REST}))
    assert forward_of(submission) == STUB


@pytest.mark.parametrize("number", [1, 2, 12])
def test_what_a_reset_keeps_is_no_version_of_a_file(number: int) -> None:
    kept = name_kept("forward", "forward", number)
    assert not is_draft(kept)
    assert not is_draft(kept.upper())

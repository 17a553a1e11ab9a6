"""What has to hold for whatever someone submits as a file: for the tests and for fuzzing."""

import shutil
import stat
import time
from pathlib import Path

from autograder.errors import IntakeError
from autograder.intake.listing import MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES
from autograder.intake.other_content import recognize
from autograder.intake.take_in import take_in

__all__ = ["WANTED", "assert_clean_intake", "assert_clean_remark"]

WANTED = {
    "forward": ("softmax", "forward"),
    "train": ("train", "predict"),
    "updates": ("sgd_update",),
}

#: Of processor time; the most that the limits allow takes about a tenth.
SECONDS = 10

MAX_CHARACTERS = 1000


def assert_clean_intake(data: bytes, place: Path, *, name: str = "hw.zip") -> bool:
    """Take `data` in as a file, and require that nothing but what is right comes of it.

    Parameters
    ----------
    data : bytes
        Anything.
    name : str
        Which says whether it is to be a zip or a notebook.
    place : pathlib.Path
        An empty folder; it is empty again afterwards.

    Returns
    -------
    bool
        Whether it was taken.
    """
    inner = place / "inner"
    inner.mkdir()
    try:
        (inner / name).write_bytes(data)
        is_taken = _is_taken(inner, name)
        assert (inner / name).read_bytes() == data
        assert {path.name for path in inner.iterdir()} <= {name, "clean"}
        assert [path.name for path in place.iterdir()] == ["inner"]
    finally:
        shutil.rmtree(inner)
    return is_taken


def assert_clean_remark(data: bytes) -> None:
    """Require that what is said of a file that is no Python is a clean line, soon."""
    start = time.process_time()
    content = recognize(data)
    assert time.process_time() - start < SECONDS
    if content is not None:
        said = content.say("hw.py") + content.text
        assert said.isprintable()
        assert len(said) < MAX_CHARACTERS


def _is_taken(place: Path, name: str) -> bool:
    start = time.process_time()
    try:
        submission = take_in(place / name, place / "clean", wanted=WANTED)
    except IntakeError as error:
        _require_sentence(str(error))
        return False
    finally:
        assert time.process_time() - start < SECONDS
    kernel = ("notebook_kernel",) if submission.places else ()
    modules = [f"{name}.py" for name in (*submission.files, *kernel)]
    _require_clean(place / "clean", (*modules, *submission.inner))
    for file in WANTED if submission.places else ():
        compile((place / "clean" / f"{file}.py").read_bytes(), file, "exec")
    assert len(submission.notes) < 20
    for note in submission.notes:
        _require_sentence(note)
    return True


def _require_sentence(text: str) -> None:
    assert text.isprintable(), ascii(text)
    assert 10 < len(text) < MAX_CHARACTERS, ascii(text)


def _require_clean(folder: Path, files: tuple[str, ...]) -> None:
    """Require that a folder holds these files, within the limits, and nothing else."""
    found = [path for path in folder.rglob("*") if not stat.S_ISDIR(path.lstat().st_mode)]
    names = [path.relative_to(folder).as_posix() for path in found]
    assert sorted(names) == sorted(files)
    sizes = []
    for path in found:
        info = path.lstat()
        assert stat.S_ISREG(info.st_mode)
        assert info.st_nlink == 1
        assert path.name.isprintable()
        sizes.append(info.st_size)
    assert len({name.casefold() for name in names}) == len(found) <= MAX_FILES
    assert max(sizes, default=0) <= MAX_FILE_BYTES
    assert sum(sizes) <= MAX_TOTAL_BYTES

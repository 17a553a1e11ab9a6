"""Bring a submission, folder or zip, into a clean folder of its ``.py`` files.

Nothing is ever extracted by the archive's own paths, no link is followed, and the submission itself
is not changed.
"""

import difflib
import os
import stat
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from autograder.errors import IntakeError

__all__ = ["Submission", "take_in"]

#: A homework file has a few kilobytes; these bound what a stranger can make the grader read.
MAX_FILE_BYTES = 1024 * 1024
MAX_FILES = 100
MAX_ENTRIES = 5000

#: A file's name, in characters, and what some system can't hold in one, or reads as a path.
MAX_NAME_CHARACTERS = 60
FORBIDDEN_IN_NAMES = frozenset('<>:"/\\|?*')

#: Names that no student wrote.
IGNORED_FOLDERS = frozenset(
    {"__MACOSX", "__pycache__", ".git", ".venv", "venv", ".ipynb_checkpoints"}
)

#: A submission's content: for each path inside it, how to read it.
Content = Mapping[PurePosixPath, Callable[[], bytes]]


@dataclass(frozen=True)
class Submission:
    """A submission that was taken in.

    Attributes
    ----------
    folder : pathlib.Path
        The clean folder.
    files : tuple of str
        The names of its modules, without ``.py``, sorted.
    notes : tuple of str
        Remarks for the student, such as a file that is misnamed.
    """

    folder: Path
    files: tuple[str, ...]
    notes: tuple[str, ...]


def take_in(path: Path, target: Path, *, wanted: Iterable[str]) -> Submission:
    """Copy the submission at `path` into the empty folder `target`.

    Parameters
    ----------
    path : pathlib.Path
        A folder or a zip file, possibly with one folder around the files.
    target : pathlib.Path
        Where the modules go.
    wanted : iterable of str
        The homework's module names, which tell the right folder from one around it.

    Raises
    ------
    IntakeError
        If `path` is missing or can't be read; the sentence says what to do.
    """
    names = tuple(wanted)
    content = _read_folder(path) if os.path.isdir(path) else _read_zip(path)
    chosen = _choose(content, names)
    modules = chosen.files
    if len(modules) > MAX_FILES:
        raise IntakeError(
            f"{path} has {len(modules)} Python files, more than {MAX_FILES}: is it the right one?"
        )
    target.mkdir(parents=True, exist_ok=True)
    for name, read in modules.items():
        (target / name).write_bytes(read())
    files = tuple(sorted([name.removesuffix(".py") for name in modules]))
    return Submission(target, files, chosen.remarks + _remarks(files, names))


def _read_folder(path: Path) -> Content:
    content: dict[PurePosixPath, Callable[[], bytes]] = {}
    for folder in _folders(path):
        for entry in _entries(folder):
            if entry.name.endswith(".py") and entry.is_file(follow_symlinks=False):
                inside = PurePosixPath(Path(entry.path).relative_to(path).as_posix())
                content[inside] = lambda file=entry.path: _read_file(file)  # type: ignore[misc]
    return content


def _folders(path: Path) -> list[Path]:
    """Return `path` and the folders directly in it."""
    inner = [Path(e.path) for e in _entries(path) if e.is_dir(follow_symlinks=False)]
    return [path, *[folder for folder in inner[:MAX_FILES] if folder.name not in IGNORED_FOLDERS]]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise IntakeError(f"the folder {folder} can't be read: {error.strerror}") from error


def _read_file(file: str) -> bytes:
    """Read a regular file, never a link, device or pipe that took its place."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with os.fdopen(os.open(file, flags), "rb") as handle:
            if not stat.S_ISREG(os.fstat(handle.fileno()).st_mode):
                raise IntakeError(f"{file} is no regular file")
            return _bounded(handle.read(MAX_FILE_BYTES + 1), file)
    except OSError as error:
        raise IntakeError(f"{file} can't be read: {error.strerror}") from error


def _bounded(content: bytes, name: str) -> bytes:
    if len(content) > MAX_FILE_BYTES:
        raise IntakeError(
            f"{name} is larger than {MAX_FILE_BYTES // 1024} KiB: is it the right file?"
        )
    return content


def _read_zip(path: Path) -> Content:
    if not os.path.exists(path):
        raise IntakeError(f"there is no folder or zip at {path}: check the path")
    if not os.path.isfile(path):
        raise IntakeError(f"{path} is neither a folder nor a file: check the path")
    if path.suffix == ".py":
        raise IntakeError(f"{path} is one file: give the folder that it is in, {path.parent}")
    if path.suffix == ".ipynb":
        raise IntakeError(f"{path} is a notebook: hand in the .py files, as a folder or a zip")
    try:
        archive = zipfile.ZipFile(path)
    except Exception as error:  # on bytes that somebody crafted, zipfile raises nearly anything
        raise IntakeError(
            f"{path} is neither a folder nor a zip that can be read ({error}):"
            " zip the .py files again"
        ) from error
    if len(archive.infolist()) > MAX_ENTRIES:
        raise IntakeError(f"{path} has more than {MAX_ENTRIES} entries: zip the .py files only")
    content: dict[PurePosixPath, Callable[[], bytes]] = {}
    for info in archive.infolist():
        inside = PurePosixPath(info.filename.replace("\\", "/"))
        if not _is_candidate(info, inside):
            continue
        if inside in content:
            raise IntakeError(f"{path} has two files called {inside}: zip the .py files again")
        content[inside] = lambda info=info: _read_member(archive, info)  # type: ignore[misc]
    return content


def _is_candidate(info: zipfile.ZipInfo, inside: PurePosixPath) -> bool:
    """Tell whether an entry is a Python file at a place that a student's file may have."""
    is_file = not (stat.S_ISLNK(info.external_attr >> 16) or info.filename.endswith("/"))
    leads_elsewhere = inside.is_absolute() or ".." in inside.parts
    is_ignored = IGNORED_FOLDERS.intersection(inside.parts)
    return is_file and inside.suffix == ".py" and not leads_elsewhere and not is_ignored


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(info) as member:
            return _bounded(member.read(MAX_FILE_BYTES + 1), info.filename)
    except IntakeError:
        raise
    except Exception as error:  # as above
        raise IntakeError(f"{info.filename} in the zip can't be read: {error}") from error


@dataclass(frozen=True)
class _Chosen:
    """The folder of a submission that is taken: its files and name, and the other ones."""

    files: Mapping[str, Callable[[], bytes]]
    folder: PurePosixPath
    others: tuple[PurePosixPath, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """Say which folder was taken, where that is not plain."""
        if not self.others:
            return ()
        other = min(self.others)
        here = (
            "The files at the top" if self.folder == PurePosixPath() else f"Those in {self.folder}/"
        )
        return (f"{here} were taken, not those in {other}/.",)


def _choose(content: Content, wanted: tuple[str, ...]) -> _Chosen:
    """Return the folder nearest to the top that holds enough of the wanted files."""
    by_folder: dict[PurePosixPath, dict[str, Callable[[], bytes]]] = {}
    for inside, read in content.items():
        if _is_fit(inside.name):
            by_folder.setdefault(inside.parent, {})[inside.name] = read
    if not by_folder:
        return _Chosen({}, PurePosixPath())
    counts = {folder: _count(files, wanted) for folder, files in by_folder.items()}
    # A file is missing or astray: half as many as the fullest folder has make a submission.
    holding = [folder for folder in by_folder if counts[folder]]
    full = [folder for folder in holding if 2 * counts[folder] >= max(counts.values())]
    chosen = min(
        full or by_folder,
        key=lambda f: (len(f.parts), -counts[f], str(f)),
    )
    return _Chosen(by_folder[chosen], chosen, tuple([f for f in holding if f != chosen]))


def _is_fit(name: str) -> bool:
    """Tell whether a file of this name can lie in any system's folder, and in that folder only."""
    is_plain = name.isprintable() and not FORBIDDEN_IN_NAMES.intersection(name)
    return is_plain and len(name) <= MAX_NAME_CHARACTERS and not name.startswith(".")


def _count(files: Mapping[str, object], wanted: tuple[str, ...]) -> int:
    return sum([f"{name}.py" in files for name in wanted])


def _remarks(files: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    others = [file for file in files if file not in wanted]
    meant = {name: _meant(name, others) for name in wanted if name not in files}
    if len(meant) == len(wanted) and not any(meant.values()):
        return (f"None of the homework's files is here: {', '.join([f'{n}.py' for n in wanted])}.",)
    return tuple(
        [
            f"{name}.py is not in the submission{f' (rename {other}.py?)' if other else ''}."
            for name, other in meant.items()
        ]
    )


def _meant(name: str, others: Sequence[str]) -> str:
    """Return which of the other files may be the one called `name`, empty for none."""
    by_lower = {other.lower(): other for other in reversed(others)}
    copies = [lower for lower in by_lower if lower.startswith(name)]  # 'train (1)', 'train - copy'
    near = copies[-1:] or difflib.get_close_matches(name, by_lower, n=1, cutoff=0.75)
    return by_lower[near[0]] if near else ""

"""Decide which folder of a submission is taken, and which file of it under which name.

The folder is the nearest to the top with enough in it. A name that only some systems take for the
homework's (``Forward.PY``), and one that a browser or a platform changed (``forward (1).py``,
``doejane_1234_56789_forward-1.py``), counts as the homework's name where no other file has it.
Every such case is a remark. Where two files could be meant and no platform says which one is newer,
nothing is taken.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from autograder.errors import IntakeError
from autograder.intake.listing import MAX_FILES, File, Listing, listed, shown
from autograder.intake.names import (
    Exported,
    folded,
    is_fit,
    parse_file_name,
    parse_folder_name,
    plain,
    unmarked,
)

__all__ = ["Chosen", "Named", "choose", "name_files"]

UNFIT = "not every system can hold a file of this name: rename it"


@dataclass
class Named:
    """What the files of one folder are taken as."""

    #: Each file by the name that it gets, with ``.py``.
    modules: dict[str, File] = field(default_factory=dict)
    #: Sentences about what was not taken.
    remarks: list[str] = field(default_factory=list)
    #: ``"Forward.PY as forward.py"`` for each file that is taken under another name than its own.
    renamed: list[str] = field(default_factory=list)
    #: Why nothing can be taken: a half sentence that follows the folder's name; else empty.
    refusal: str = ""


@dataclass(frozen=True)
class _Meant:
    """One file, and what its name says."""

    file: File
    name: str
    upload: int | None = None
    is_canvas: bool = False

    @property
    def written(self) -> str:
        return self.file.path.name


def name_files(files: Sequence[File], wanted: Iterable[str]) -> Named:
    """Give the files of one folder their names, the homework's `wanted` ones first."""
    names = {folded(f"{name}.py"): f"{name}.py" for name in wanted}
    named = Named()
    groups: dict[str, list[_Meant]] = {}
    for meant in _without_prefixes(files, names, named):
        groups.setdefault(folded(_target(meant, names)), []).append(meant)
    for group in groups.values():
        target = _target(group[0], names)
        chosen = group[0] if len(group) == 1 else _one_of(group, target, named)
        if chosen is not None:
            _take(chosen, target, named)
    return named


def _without_prefixes(
    files: Sequence[File], names: Mapping[str, str], named: Named
) -> list[_Meant]:
    """Return the files with what an export put before their names taken off."""
    exported = {file: parse_file_name(file.path.name) for file in files}
    of_homework = [
        found
        for found in exported.values()
        if found and _target(_Meant(files[0], found.file), names) in names.values()
    ]
    students = [*dict.fromkeys([(found.platform, found.student) for found in of_homework])]
    named.refusal = _say_several(of_homework)
    meant = []
    for file, found in exported.items():
        if found is not None and [(found.platform, found.student)] == students:
            is_canvas = found.platform == "Canvas"
            meant.append(_Meant(file, plain(found.file), found.upload, is_canvas))
        else:
            meant.append(_Meant(file, plain(file.path.name)))
    return meant


def _target(meant: _Meant, names: Mapping[str, str]) -> str:
    """Return the name that a file is to get."""
    if folded(meant.name) in names:
        return names[folded(meant.name)]
    without, mark, _ = unmarked(meant.name)
    if mark and folded(without) in names:
        return names[folded(without)]
    # A helper in an export of Canvas has a mark from there: no module has such a name.
    name = without if meant.is_canvas and mark in ("canvas", "uuid") else meant.name
    return name[:-3] + name[-3:].lower()


def _one_of(group: Sequence[_Meant], target: str, named: Named) -> _Meant | None:
    """Return which of several files is meant; None, with a refusal, where nothing says so."""
    files = sorted(group, key=lambda meant: meant.written)
    written = [shown(meant.written) for meant in files]
    if len({meant.written for meant in files}) < len(files):
        named.refusal = f"has two files called {written[0]}: submit one of them"
        return None
    without_mark = [meant for meant in files if not unmarked(meant.name)[1]]
    newest, why = _newest(files), "the newest"
    if newest is None and [meant.written for meant in without_mark] == [target]:
        newest, why = without_mark[0], "which has the right name"
    if newest is None:
        means = "are one name on some systems" if without_mark[1:] else f"could both be {target}"
        named.refusal = f"has {' and '.join(written[:2])}, which {means}: keep one of them"
        return None
    written.remove(shown(newest.written))
    named.remarks.append(f"{shown(newest.written)} was taken, {why}, and not {listed(written)}.")
    return newest


def _newest(files: Sequence[_Meant]) -> _Meant | None:
    """Return the file that a platform or a browser marks as the newest, None without marks."""
    uploads = {meant.upload: meant for meant in files}
    if len(uploads) == len(files) and None not in uploads:
        return max(uploads.items())[1]
    marks = [unmarked(meant.name)[1:] for meant in files]
    numbers = {number: meant for (_, number), meant in zip(marks, files, strict=True)}
    if len({kind for kind, _ in marks}) > 1 or len(numbers) < len(files):
        return None
    return max(numbers.items(), key=lambda numbered: numbered[0] or 0)[1]


def _take(meant: _Meant, target: str, named: Named) -> None:
    if not is_fit(target):
        named.remarks.append(f"{shown(meant.written)} was left out: {UNFIT}.")
        return
    named.modules[target] = meant.file
    if unicodedata.normalize("NFC", meant.written) != target:
        named.renamed.append(f"{shown(meant.written)} as {target}")


@dataclass(frozen=True)
class Chosen:
    """The files that are taken, by the names that they get, with ``.py``."""

    modules: Mapping[str, File]
    folder: PurePosixPath
    #: What was taken as what, and what was not, where that is not plain.
    remarks: tuple[str, ...] = ()


def choose(listing: Listing, wanted: Iterable[str], *, source: str) -> Chosen:
    """Choose what to take; sentences call the submission `source`.

    It is an `IntakeError` if it holds the submissions of several students, too many files, or two
    files of which either could be meant.
    """
    names = tuple(wanted)
    folders = {folder: name_files(files, names) for folder, files in _by_folder(listing).items()}
    if not folders:
        return Chosen({}, PurePosixPath())
    counts = {
        folder: sum([f"{name}.py" in named.modules for name in names])
        for folder, named in folders.items()
    }
    holding = [folder for folder in folders if counts[folder]]
    _refuse_several_students(holding, source)
    # A file is missing or astray: half as many as the fullest folder has make a submission.
    full = [folder for folder in holding if 2 * counts[folder] >= max(counts.values())]
    chosen = min(full or folders, key=lambda f: (len(f.parts), -counts[f], str(f)))
    others = tuple([folder for folder in holding if folder != chosen])
    return _chosen(folders[chosen], chosen, others, source)


def _by_folder(listing: Listing) -> dict[PurePosixPath, list[File]]:
    folders: dict[PurePosixPath, list[File]] = {}
    for file in listing.files:
        folders.setdefault(file.path.parent, []).append(file)
    return folders


def _refuse_several_students(folders: Iterable[PurePosixPath], source: str) -> None:
    """Refuse an export of a class, where each student has a folder."""
    found: dict[tuple[str, str], Exported] = {}
    for folder in folders:
        for exported in filter(None, map(parse_folder_name, folder.parts)):
            found.setdefault((exported.platform, exported.student), exported)
    if said := _say_several([*found.values()]):
        raise IntakeError(f"{source} {said}")


def _say_several(found: Sequence[Exported]) -> str:
    """Say, after the place's name, that names are of several students; empty where of one."""
    students = {(one.platform, one.student) for one in found}
    if len(students) < 2:
        return ""
    who = listed(sorted({one.name or one.student for one in found}))
    return (
        f"holds the submissions of {len(students)} students, by {found[0].platform}'s names"
        f" ({who}): grade one of them at a time"
    )


def _chosen(
    named: Named, folder: PurePosixPath, others: Sequence[PurePosixPath], source: str
) -> Chosen:
    where = source if folder == PurePosixPath() else f"{shown(folder)}/ in {source}"
    if named.refusal:
        raise IntakeError(f"{where} {named.refusal}")
    if len(named.modules) > MAX_FILES:
        raise IntakeError(
            f"{where} has {len(named.modules)} Python files, more than {MAX_FILES}: is it the"
            " right one?"
        )
    remarks = list(named.remarks)
    if named.renamed[1:]:
        remarks.append(f"Taken under another name: {listed(named.renamed)}.")
    elif named.renamed:
        taken, _, name = named.renamed[0].rpartition(" as ")
        remarks.append(f"{taken} was taken as {name}.")
    if others:
        here = "The files at the top" if folder == PurePosixPath() else f"Those in {shown(folder)}/"
        remarks.append(f"{here} were taken, not those in {shown(min(others))}/.")
    return Chosen(named.modules, folder, tuple(remarks))

"""Decide which file of a folder is taken under which name.

A name that only some systems take for the homework's (``Forward.PY``), and one that a browser or a
platform changed (``forward (1).py``, ``doejane_1234_56789_forward-1.py``), counts as the homework's
name where no other file has it. Any other copy or version (``forward 2.py``, ``Kopie von
forward.py``, ``forward.py.txt``) counts by its content: where something is written in it, and
nothing in the file of the right name. Every such case is a remark. Where two files could be meant,
and neither a platform nor their content says which, nothing is taken.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.intake.listing import File, listed, shown
from autograder.intake.names import (
    Exported,
    find_original,
    folded,
    is_fit,
    is_python,
    parse_file_name,
    plain,
    unmarked,
)
from autograder.intake.written import Survey

__all__ = ["Named", "name_files", "say_several"]

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
    #: Those of the remarks by which what a student counts on may not be graded.
    doubts: list[str] = field(default_factory=list)
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


def name_files(
    files: Sequence[File],
    wanted: Iterable[str],
    *,
    survey: Survey,
    drafts: Sequence[File] = (),
) -> Named:
    """Give the files of one folder their names, the homework's `wanted` ones first.

    The `survey` tells what is written in them, and in the `drafts` beside them, which have other
    endings than Python's.
    """
    modules = tuple(wanted)
    names = {folded(f"{name}.py"): f"{name}.py" for name in modules}
    named = Named()
    groups: dict[str, list[_Meant]] = {}
    for meant in _without_prefixes(files, names, named):
        groups.setdefault(folded(_target(meant, names)), []).append(meant)
    versions: dict[str, list[File]] = {name: [] for name in modules}
    for group in groups.values():
        target = _target(group[0], names)
        chosen = group[0] if len(group) == 1 else _one_of(group, target, named, survey)
        if chosen is not None:
            _take(chosen, target, named)
        if target not in names.values():
            _sort_by_original([meant.file for meant in group], versions)
    _sort_by_original(drafts, versions)
    for name, some in versions.items():
        _weigh_versions(name, some, named, survey)
    return named


def say_several(found: Sequence[Exported]) -> str:
    """Say, after the place's name, that names are of several students; empty where of one."""
    students = {(one.platform, one.student) for one in found}
    if len(students) < 2:
        return ""
    who = listed(sorted({one.name or one.student for one in found}))
    return (
        f"holds the submissions of {len(students)} students, by {found[0].platform}'s names"
        f" ({who}): grade one of them at a time"
    )


def _sort_by_original(files: Sequence[File], versions: Mapping[str, list[File]]) -> None:
    for file in files:
        original = find_original(file.path.name, versions)
        if original:
            versions[original].append(file)


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
    named.refusal = say_several(of_homework)
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


def _one_of(group: Sequence[_Meant], target: str, named: Named, survey: Survey) -> _Meant | None:
    """Return which of several files is meant; None, with a refusal, where nothing says so."""
    files = sorted(group, key=lambda meant: (meant.written != target, meant.written))
    if len({meant.written for meant in files}) < len(files):
        first = sorted([shown(meant.written) for meant in files])[0]
        named.refusal = f"has two files called {first}: submit one of them"
        return None
    files, why = _look_inside(files, target, survey)
    written = sorted([shown(meant.written) for meant in files])
    without_mark = [meant for meant in files if not unmarked(meant.name)[1]]
    newest = files[0] if not files[1:] else _newest(files)
    why = why or "the newest"
    if newest is None and [meant.written for meant in without_mark] == [target]:
        newest, why = without_mark[0], "which has the right name"
    if newest is None:
        means = "are one name on some systems" if without_mark[1:] else f"could both be {target}"
        named.refusal = f"has {' and '.join(written[:2])}, which {means}: keep one of them"
        return None
    others = sorted([shown(meant.written) for meant in group if meant is not newest])
    named.remarks.append(f"{shown(newest.written)} was taken, {why}, and not {listed(others)}.")
    if files[1:] and any([survey.find(m.file, target[:-3]) for m in files if m is not newest]):
        named.doubts.append(named.remarks[-1])
    return newest


def _look_inside(files: list[_Meant], target: str, survey: Survey) -> tuple[list[_Meant], str]:
    """Leave out stubs where something is written in another file, and all but one that are equal.

    Returns what is left, and why, empty where nothing was left out.
    """
    written = [survey.find(meant.file, target.removesuffix(".py")) for meant in files]
    kept = [meant for meant, found in zip(files, written, strict=True) if found]
    if kept and kept != files and None not in written:
        return kept, "in which something is written"
    contents = {survey.read(meant.file): meant for meant in reversed(files)}
    if len(contents) == 1 and None not in contents:
        return [files[0]], "which is the same"
    return files, ""


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


def _weigh_versions(name: str, versions: Sequence[File], named: Named, survey: Survey) -> None:
    """Take a version of module `name` where something is written in it alone, or speak of it."""
    target = f"{name}.py"
    current = named.modules.get(target)
    known = survey.find(current, name) if current is not None else frozenset[str]()
    if known is None or not versions:
        return
    written = {file: found for file in versions if (found := survey.find(file, name))}
    python = [file for file in written if is_python(file.path.name)]
    if known and current is not None:
        copies = [file for file in python if not _drop(file, named)]
        _speak_of(copies, current, target, named, survey)
    elif written:
        best = _choose_version(python or [*written], written, survey)
        if best is None:
            first, second = sorted([shown(file.path.name) for file in python or written])[:2]
            named.refusal = f"has {first} and {second}, which could both be {target}: keep one"
            return
        if not _drop(best, named):
            before = f"{shown(best.path.name)} as "
            named.renamed = [one for one in named.renamed if not one.startswith(before)]
        named.modules[target] = best
        why = f", as nothing is written in {target}" if current is not None else ""
        named.remarks.append(f"{shown(best.path.name)} was taken as {target}{why}.")


def _drop(file: File, named: Named) -> bool:
    """Take a file that no module can import out of the modules; tell whether one can."""
    if file.path.stem.isidentifier():
        return True
    named.modules = {name: other for name, other in named.modules.items() if other is not file}
    return False


def _speak_of(
    copies: Sequence[File], current: File, target: str, named: Named, survey: Survey
) -> None:
    content = survey.read(current)
    others = sorted([file.path.name for file in copies if survey.read(file) != content])
    if others:
        differ = "differs" if not others[1:] else "differ"
        sentence = f"{shown(current.path.name)} was taken, and not {listed(others)}, which {differ}"
        named.remarks.append(f"{sentence}: keep the one that you mean.")
        named.doubts.append(named.remarks[-1])


def _choose_version(
    files: Sequence[File], written: Mapping[File, Collection[str]], survey: Survey
) -> File | None:
    """Return the version with the most in it, or the last by its number; None for neither."""
    most = max([len(written[file]) for file in files])
    fullest = sorted([f for f in files if len(written[f]) == most], key=lambda f: f.path.name)
    if len({survey.read(file) for file in fullest}) == 1:
        return fullest[0]
    numbered = {tuple(map(int, re.findall("[0-9]{1,9}", f.path.name))): f for f in fullest}
    words = {re.sub("[0-9]{1,9}", "", file.path.name) for file in fullest}
    is_ordered = len(words) == 1 and len(numbered) == len(fullest)
    return max(numbered.items())[1] if is_ordered else None

"""Decide which folder of a submission is taken, and what of another one completes it.

The folder is the nearest to the top with enough of the homework's files in it. A file in which
nothing is written there yields to one of another folder in which something is: people work beside
the folder that they were given, and programs that synchronize make a second one. Every such case is
a remark.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from autograder.errors import IntakeError
from autograder.intake.listing import MAX_FILES, File, Listing, listed, shown
from autograder.intake.names import Exported, parse_folder_name
from autograder.intake.which_files import Named, name_files, say_several
from autograder.intake.written import Survey

__all__ = ["Chosen", "choose"]

#: Folders with files of the homework that are compared by their content.
MAX_COMPARED = 16

Folders = Mapping[PurePosixPath, Named]


@dataclass(frozen=True)
class Chosen:
    """The files that are taken, by the names that they get, with ``.py``."""

    modules: Mapping[str, File]
    folder: PurePosixPath
    #: What was taken as what, and what was not, where that is not plain.
    remarks: tuple[str, ...] = ()
    #: Those of the remarks by which what a student counts on may not be graded.
    doubts: tuple[str, ...] = ()


def choose(listing: Listing, wanted: Mapping[str, Collection[str]], *, source: str) -> Chosen:
    """Choose what to take; sentences call the submission `source`.

    `wanted` has the homework's functions by the names of their modules. It is an `IntakeError` if
    the listing holds the submissions of several students, too many files, or two files of which
    either could be meant.
    """
    names, survey = tuple(wanted), Survey(wanted)
    files, drafts = _by_folder(listing.files), _by_folder(listing.drafts)
    folders = {
        folder: name_files(
            files.get(folder, ()), names, survey=survey, drafts=drafts.get(folder, ())
        )
        for folder in dict.fromkeys([*files, *drafts])
    }
    folders = {folder: named for folder, named in folders.items() if named.modules or named.refusal}
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
    others = sorted([f for f in holding if f != chosen], key=lambda f: (len(f.parts), str(f)))
    return _complete(chosen, others, folders, survey, source)


def _by_folder(files: Sequence[File]) -> dict[PurePosixPath, list[File]]:
    folders: dict[PurePosixPath, list[File]] = {}
    for file in files:
        folders.setdefault(file.path.parent, []).append(file)
    return folders


def _refuse_several_students(folders: Iterable[PurePosixPath], source: str) -> None:
    """Refuse an export of a class, where each student has a folder."""
    found: dict[tuple[str, str], Exported] = {}
    for folder in folders:
        for exported in filter(None, map(parse_folder_name, folder.parts)):
            found.setdefault((exported.platform, exported.student), exported)
    if said := say_several([*found.values()]):
        raise IntakeError(f"{source} {said}")


def _complete(
    folder: PurePosixPath,
    others: Sequence[PurePosixPath],
    folders: Folders,
    survey: Survey,
    source: str,
) -> Chosen:
    """Return what is taken of a folder, and what of others where nothing is written in it."""
    named = folders[folder]
    _require_taken(named, folder, source)
    remarks, doubts = [*named.remarks], [*named.doubts]
    if named.renamed[1:]:
        remarks.append(f"Taken under another name: {listed(named.renamed)}.")
    elif named.renamed:
        taken, _, name = named.renamed[0].rpartition(" as ")
        remarks.append(f"{taken} was taken as {name}.")
    compared = [other for other in others if not folders[other].refusal][:MAX_COMPARED]
    added: dict[PurePosixPath, dict[str, File]] = {}
    for name in survey.functions:
        _find_written_elsewhere(name, named, {f: folders[f] for f in compared}, survey, added)
    for other, modules in added.items():
        remarks.append(_say_added(modules, other, folder))
    left = [other for other in others if other not in added]
    if left:
        here = "The files at the top" if folder == PurePosixPath() else f"Those in {shown(folder)}/"
        remarks.append(f"{here} were taken, not those in {_say_place(left[0])}.")
        if any([_has_other_work(folders[other], named, survey) for other in compared]):
            doubts.append(remarks[-1])
    whole = dict(named.modules)
    for modules in added.values():
        whole |= modules
    return Chosen(whole, folder, tuple(remarks), tuple(doubts))


def _require_taken(named: Named, folder: PurePosixPath, source: str) -> None:
    where = source if folder == PurePosixPath() else f"{shown(folder)}/ in {source}"
    if named.refusal:
        raise IntakeError(f"{where} {named.refusal}")
    if len(named.modules) > MAX_FILES:
        raise IntakeError(
            f"{where} has {len(named.modules)} Python files, more than {MAX_FILES}: is it the"
            " right one?"
        )


def _find_written_elsewhere(
    name: str,
    named: Named,
    others: Folders,
    survey: Survey,
    added: dict[PurePosixPath, dict[str, File]],
) -> None:
    """Add the one file of another folder in which module `name` is written, if it is not here."""
    target = f"{name}.py"
    here = named.modules.get(target)
    if not survey.functions[name] or (here is not None and survey.find(here, name) != frozenset()):
        return
    files = {f: other.modules[target] for f, other in others.items() if target in other.modules}
    written = {f: found for f, file in files.items() if (found := survey.find(file, name))}
    if written:
        most = max(map(len, written.values()))
        best = next(folder for folder in written if len(written[folder]) == most)
        added.setdefault(best, {})[target] = files[best]


def _say_added(modules: Collection[str], place: PurePosixPath, folder: PurePosixPath) -> str:
    was, them = ("was", "it") if len(modules) == 1 else ("were", "them")
    return (
        f"{listed(modules)} {was} taken from {_say_place(place)}, as nothing of {them} is written"
        f" in {_say_place(folder)}."
    )


def _say_place(folder: PurePosixPath) -> str:
    return "the folder at the top" if folder == PurePosixPath() else f"{shown(folder)}/"


def _has_other_work(other: Named, named: Named, survey: Survey) -> bool:
    """Tell whether something is written in another folder that differs from what is taken."""
    both = [name for name in survey.functions if f"{name}.py" in other.modules]
    for name in both:
        file, here = other.modules[f"{name}.py"], named.modules.get(f"{name}.py")
        is_same = here is not None and survey.read(file) == survey.read(here)
        if not is_same and survey.find(file, name):
            return True
    return False

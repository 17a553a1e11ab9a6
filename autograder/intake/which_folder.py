"""Choose the folder of a submission that is taken: the nearest to the top with enough in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from autograder.errors import IntakeError
from autograder.intake.listing import MAX_FILES, File, Listing, listed, shown
from autograder.intake.names import Exported, parse_folder_name
from autograder.intake.which_module import Named, name_files

__all__ = ["Chosen", "choose"]


@dataclass(frozen=True)
class Chosen:
    """The files that are taken, by the names that they get, with ``.py``."""

    modules: Mapping[str, File]
    folder: PurePosixPath
    #: What was taken as what, and what was not, where that is not plain.
    remarks: tuple[str, ...] = ()


def choose(listing: Listing, wanted: Iterable[str], *, source: str) -> Chosen:
    """Choose what to take; sentences call the submission `source`.

    Raises
    ------
    IntakeError
        If it holds the submissions of several students, too many files, or two files of which
        either could be meant.
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
    if len(found) > 1:
        who = listed(sorted({one.name or one.student for one in found.values()}))
        platform = next(iter(found))[0]
        raise IntakeError(
            f"{source} holds the submissions of {len(found)} students, by {platform}'s names"
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

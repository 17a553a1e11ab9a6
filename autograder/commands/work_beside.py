"""Find what a student wrote beside the folder that is graded, and say so: nothing of it is taken.

Only a student's own copy of the homework is looked into, as far as it is theirs.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from autograder.errors import IntakeError
from autograder.homework.folder import Homework
from autograder.intake.folder import open_folder
from autograder.intake.listing import File, listed, shown
from autograder.intake.names import find_original
from autograder.intake.take_in import Submission, take_in
from autograder.intake.written import Survey

__all__ = ["take_in_work"]

#: Folders of a homework that hold no student's work.
NOT_THEIRS = frozenset({"build", "datasets", "dist", "handout", "rubric"})


def take_in_work(
    homework: Homework,
    path: Path,
    target: Path,
    *,
    wanted: Mapping[str, Collection[str]],
    optional: Collection[str] = (),
) -> Submission:
    """Take the submission at `path` in, with notes on what is written beside it.

    `wanted` has the homework's functions by the names of their modules; else as
    `autograder.intake.take_in.take_in`.
    """
    python = homework.settings.homework.python
    submission = take_in(path, target, wanted=wanted, python=python, optional=optional)
    return _add_work_beside(submission, homework, path, wanted)


def _add_work_beside(
    submission: Submission, homework: Homework, path: Path, wanted: Mapping[str, Collection[str]]
) -> Submission:
    root, given = homework.root.resolve(), path.resolve()
    if not homework.is_handed_out or root not in given.parents:
        return submission
    survey = Survey(wanted)
    unwritten = [name for name in wanted if _is_unwritten(submission, name, survey)]
    if not unwritten:
        return submission
    inside = PurePosixPath(given.relative_to(root).as_posix())
    try:
        with open_folder(root) as listing:
            found = _find_written(_list_theirs(listing.files, inside), unwritten, survey)
            if len(unwritten) == len(wanted):  # else the files there are what is worked on
                _add_notebooks(_list_theirs(listing.notebooks, inside), wanted, found)
    except IntakeError:
        return submission
    notes = tuple([_say(names, folder, inside) for folder, names in sorted(found.items())])
    return replace(
        submission, notes=(*notes, *submission.notes), doubts=(*notes, *submission.doubts)
    )


def _list_theirs(files: Iterable[File], inside: PurePosixPath) -> list[File]:
    """Return the files beside the folder that is graded, in which there may be work."""
    return [
        file
        for file in files
        if inside not in file.path.parents and file.path.parts[0] not in NOT_THEIRS
    ]


def _add_notebooks(
    notebooks: Collection[File],
    wanted: Mapping[str, Collection[str]],
    found: dict[PurePosixPath, list[str]],
) -> None:
    for file in notebooks:
        from autograder.intake.notebook.which_notebook import count_written  # json takes long

        if count_written(file, wanted):
            found.setdefault(file.path.parent, []).append(file.path.name)


def _is_unwritten(submission: Submission, name: str, survey: Survey) -> bool:
    if name not in submission.files:
        return True
    if name in submission.made:
        return not submission.written
    path = submission.folder / f"{name}.py"
    return survey.find(File(PurePosixPath(path.name), path.read_bytes), name) == frozenset()


def _find_written(
    files: Collection[File], unwritten: Collection[str], survey: Survey
) -> dict[PurePosixPath, list[str]]:
    found: dict[PurePosixPath, list[str]] = {}
    for file in files:
        name = find_original(file.path.name, unwritten)
        if name and survey.find(file, name):
            found.setdefault(file.path.parent, []).append(file.path.name)
    return found


def _say(names: list[str], folder: PurePosixPath, inside: PurePosixPath) -> str:
    is_one = len(names) == 1
    place = "beside grade.py" if folder == PurePosixPath() else f"in {shown(folder)}/"
    return (
        f"{listed(sorted(names))} {'is' if is_one else 'are'} written {place}, but only"
        f" {shown(inside)}{'' if inside.suffix else '/'} is graded: move"
        f" {'it' if is_one else 'them'} there, in place of the stub{'' if is_one else 's'}."
    )

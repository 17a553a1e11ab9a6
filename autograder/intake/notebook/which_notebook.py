"""Choose the notebook that is graded, where a submission holds one or several."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.errors import IntakeError
from autograder.intake.listing import File, Listing, listed, shown
from autograder.intake.names import parse_file_name, parse_folder_name
from autograder.intake.notebook.cutting import cut_cells
from autograder.intake.notebook.modules import Made, made_of, started
from autograder.intake.notebook.reading import Cell, Notebook, read_notebook
from autograder.intake.notebook.statements import Cut
from autograder.intake.python_source import with_newlines

__all__ = ["notebook_modules"]

#: Notebooks that are read to find the one with the homework in it.
MAX_NOTEBOOKS = 8

#: What Jupyter calls the copies that it saves on its own.
CHECKPOINT = "-checkpoint"

Files = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class _Candidate:
    file: File
    notebook: Notebook
    cut: Cut
    started: int
    defined: int

    @property
    def is_copy(self) -> bool:
        return self.file.path.stem.endswith(CHECKPOINT)

    @property
    def rank(self) -> tuple[int, int, bool, int]:
        """Larger for the one that is meant."""
        return self.started, self.defined, not self.is_copy, -len(self.file.path.parts)


def notebook_modules(
    listing: Listing, files: Files, *, source: str, modules: Mapping[str, File]
) -> tuple[Made | None, tuple[str, ...]]:
    """Return what the submission's notebook comes to, and sentences about the choice.

    It is None where the Python files are to be taken, which `modules` has by their names with
    ``.py``. `files` has the homework's functions; sentences call the submission `source`. It is an
    `IntakeError` if no notebook can be read, or two could be meant.
    """
    own = [name for name in files if f"{name}.py" in modules]
    if own and any([_is_started(modules[f"{name}.py"], files[name]) for name in own]):
        return None, _passed_over(listing.notebooks, files)
    _refuse_several_students(listing.notebooks, source)
    try:
        chosen, remarks = _chosen(listing.notebooks, files, source)
    except IntakeError:
        if own:
            return None, (f"The .py files were taken, not {listed(_names(listing.notebooks))}.",)
        raise
    name = shown(chosen.file.path.name)
    if own and not chosen.started:
        return None, ()
    if own:
        remarks = (*remarks, f"{name} was taken, not the .py files, in which nothing is started.")
    if chosen.is_copy:
        remarks = (*remarks, f"{name} is a copy that Jupyter saved on its own: is it the newest?")
    made = made_of(chosen.notebook, chosen.cut, files, name)
    return replace(made, notebook=chosen.file.path), remarks


def _passed_over(notebooks: Sequence[File], files: Files) -> tuple[str, ...]:
    """Return a remark on notebooks that somebody worked in; none on those that were handed out."""
    names = [file.path.name for file in notebooks[:MAX_NOTEBOOKS] if _is_worked_in(file, files)]
    return (f"The .py files were taken, not {listed(names)}.",) if names else ()


def _is_worked_in(file: File, files: Files) -> bool:
    try:
        cells = read_notebook(file.read(), shown(file.path.name)).cells
        return started(cut_cells(cells, own=files), files)[0] > 0
    except IntakeError:
        return True


def _names(notebooks: Sequence[File]) -> list[str]:
    return [notebook.path.name for notebook in notebooks]


def _is_started(file: File, functions: Collection[str]) -> bool:
    """Tell whether a Python file has a function that is written, or can't be read as Python."""
    text = with_newlines(file.read().decode("utf-8", "replace"))
    own = {"": functions}
    try:
        return started(cut_cells([Cell(1, text)], own=own), own)[0] > 0
    except IntakeError:
        return True


def _refuse_several_students(notebooks: Sequence[File], source: str) -> None:
    found = {}
    for notebook in notebooks:
        parts = [parse_folder_name(part) for part in notebook.path.parts[:-1]]
        for exported in [*parts, parse_file_name(notebook.path.name)]:
            if exported is not None:
                found[exported.platform, exported.student] = exported.name or exported.student
    if len(found) > 1:
        raise IntakeError(
            f"{source} holds the submissions of {len(found)} students ({listed(found.values())}):"
            " grade one of them at a time"
        )


def _chosen(
    notebooks: Sequence[File], files: Files, source: str
) -> tuple[_Candidate, tuple[str, ...]]:
    if len(notebooks) > MAX_NOTEBOOKS:
        raise IntakeError(f"{source} has {len(notebooks)} notebooks: hand in one")
    candidates, problems = [], []
    for file in notebooks:
        try:
            notebook = read_notebook(file.read(), shown(file.path.name))
            cut = cut_cells(notebook.cells, own=files)
            candidates.append(_Candidate(file, notebook, cut, *started(cut, files)))
        except IntakeError as error:
            problems.append(error)
    if not candidates:
        raise problems[0]
    best = max(candidates, key=lambda candidate: candidate.rank)
    equal = [one for one in candidates if one.rank == best.rank and one is not best]
    if [one for one in equal if one.notebook.cells != best.notebook.cells]:
        names = listed(sorted([f"{one.file.path}" for one in [best, *equal]]))
        raise IntakeError(f"{source} has {names}, and each could be meant: hand in one")
    others = [f"{file.path}" for file in notebooks if file is not best.file]
    remarks = [f"{shown(best.file.path)} was taken, not {listed(others)}."] if others else []
    return best, (*remarks, *[f"{error}." for error in problems])

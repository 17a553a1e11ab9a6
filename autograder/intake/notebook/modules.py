"""Write a notebook as modules: each names the statements that its functions need, in order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.intake.notebook import notebook_kernel as kernel
from autograder.intake.notebook.needs import needed_by
from autograder.intake.notebook.places import Places
from autograder.intake.notebook.reading import Notebook
from autograder.intake.notebook.remarks import remarks_on_cells
from autograder.intake.notebook.statements import Cut, Statement

__all__ = ["KERNEL", "Made", "made_of", "started", "without_other_uses"]

#: The module that runs the statements.
KERNEL = "notebook_kernel"

#: What the statements that more than one file needs are taken to stand in.
SHARED = "notebook_cells"


@dataclass(frozen=True)
class Made:
    """What a notebook came to.

    Attributes
    ----------
    modules : dict of str to bytes
        Each file's content by its name, with ``.py``.
    places : Places
        Which line stands in which cell.
    remarks : tuple of str
        Sentences for the student.
    """

    modules: dict[str, bytes]
    places: Places
    remarks: tuple[str, ...]


def made_of(notebook: Notebook, cut: Cut, files: Mapping[str, Collection[str]], name: str) -> Made:
    """Return the modules that a notebook is for the grader.

    Parameters
    ----------
    notebook : Notebook
        Read already.
    cut : Cut
        Its cells.
    files : mapping of str to collection of str
        The homework's functions by file.
    name : str
        What sentences call the notebook.

    Raises
    ------
    IntakeError
        If there is too much in it.
    """
    graded = frozenset([function for functions in files.values() for function in functions])
    statements = [without_other_uses(statement, graded) for statement in cut.statements]
    needed, alone = needed_by(statements, files)
    written = tuple(sorted(cut.written - files.keys()))
    modules = {f"{KERNEL}.py": _kernel(tuple(sorted(graded)), written)}
    for file, functions in files.items():
        entries = [_entry(cut.statements[i], alone.get(i, SHARED)) for i in needed[file]]
        defined = {name for i in needed[file] for name in statements[i].defines}
        uses = [f for f, names in files.items() if f != file and defined & set(names)]
        modules[f"{file}.py"] = _module(tuple(functions), tuple(uses), entries)
    places = Places(
        tuple(cut.first_lines.values()),
        tuple(cut.first_lines),
        _defining(statements, files),
        told=frozenset(map(_say_problem, cut.statements)),
    )
    remarks = remarks_on_cells(cut, statements, files, name)
    return Made(modules, places, (*notebook.remarks, *remarks))


def started(cut: Cut, files: Mapping[str, Collection[str]]) -> tuple[int, int]:
    """Return how many of the homework's functions are written, and how many there are at all."""
    graded = {function for functions in files.values() for function in functions}
    found: dict[str, bool] = {}
    for statement in cut.statements:
        for name in statement.defines & graded:
            found[name] = not statement.is_stub
    return sum(found.values()), len(found)


def without_other_uses(statement: Statement, graded: Collection[str]) -> Statement:
    """Return a statement that, giving a function's name to something else, counts as not giving it.

    Parameters
    ----------
    statement : Statement
        Any.
    graded : collection of str
        The names of the homework's functions.
    """
    others = statement.gives & frozenset(graded) - statement.defines
    if not others:
        return statement
    return replace(statement, gives=statement.gives - others, surely=statement.surely - others)


def _defining(
    statements: Sequence[Statement], files: Mapping[str, Collection[str]]
) -> dict[str, int]:
    last = {name: one.cell for one in statements for name in one.defines}
    return {
        f"{file}.{name}": last[name]
        for file, names in files.items()
        for name in names
        if name in last
    }


def _kernel(graded: tuple[str, ...], written: tuple[str, ...]) -> bytes:
    text = Path(kernel.__file__).read_text(encoding="utf-8")
    return f"{text}\n\nkernel = Kernel({graded!r}, {written!r})\n".encode()


def _say_problem(statement: Statement) -> str:
    """Return why a cell can't be read, and where; empty for one that can."""
    problem = statement.problem
    where = f"cell {statement.cell}, line {statement.line}"
    return f"{where}: {problem.message}" if problem is not None else ""


def _entry(statement: Statement, file: str) -> str:
    gives = tuple(sorted(statement.gives))
    # The cell's number is for readers, and for whoever tells by the bytes whether anything changed.
    indent = " " * 8
    head = f"{indent}# cell {statement.cell}\n{indent}"
    place = f"{statement.number}, {statement.column}, {file + '.py'!r}, {gives!a}"
    problem = statement.problem
    if problem is not None:
        return f"{head}({place}, {(_say_problem(statement), problem.column, problem.text)!a})"
    return f"{head}({place}, {_text(statement.source)})"


def _text(source: str) -> str:
    """Return a statement as a readable string where it can be one, for whoever looks."""
    is_plain = source.isascii() and source.replace("\n", " ").isprintable()
    if is_plain and '"""' not in source and "\\" not in source and not source.endswith('"'):
        return f'"""{source}"""'
    return ascii(source)


def _module(functions: tuple[str, ...], uses: tuple[str, ...], entries: Sequence[str]) -> bytes:
    listing = "".join([f"{entry},\n" for entry in entries])
    return (
        f"# Made of a notebook: what its cells give this module.\n"
        f"from {KERNEL} import kernel\n\n"
        f"kernel.run(\n    __name__,\n    functions={functions!r},\n    uses={uses!r},\n"
        f"    statements=(\n{listing}    ),\n)\n"
    ).encode()

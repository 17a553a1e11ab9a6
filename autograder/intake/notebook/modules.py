"""Write a notebook as modules: each names the statements that its functions need, in order.

A name has a value at a place in the notebook. Before it runs, a statement needs what it mentions at
its own place; what a function mentions, it needs at the place where it is called, which for the
homework's functions is the end. From there one goes back to the statements that gave the value:
those that lead to what running all cells would leave. `Places` says of a line of such a module in
which cell it stands.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from autograder.core.message import Message, Place
from autograder.core.records import SYNTAX_ERRORS, Line, OtherContent, Raised
from autograder.errors import IntakeError
from autograder.intake.left_stubs import LeftStub, left_in_cells
from autograder.intake.notebook import notebook_kernel as kernel
from autograder.intake.notebook.joining import Joined, Source, unmarked
from autograder.intake.notebook.remarks import remarks_on_calls, remarks_on_cells
from autograder.intake.notebook.statements import Cut, Statement

__all__ = [
    "KERNEL",
    "Made",
    "Places",
    "made_of",
    "needed_by",
    "needed_without_others",
    "started",
    "without_other_uses",
]

#: The module that runs the statements.
KERNEL = "notebook_kernel"

#: What the statements that more than one file needs are taken to stand in.
SHARED = "notebook_cells"

#: Steps from a name to a statement; a homework takes about a thousand.
MAX_STEPS = 500_000


@dataclass(frozen=True)
class Places:
    """Where in notebooks, or in a file of Python under another name, what is in modules stands."""

    #: The first line of each code cell, among the lines of all, and where each stands.
    firsts: tuple[int, ...]
    cells: tuple[Place, ...]
    #: The cell, or file, that defines a function, for each ``file.function``, and for each file.
    functions: Mapping[str, Place]
    #: The messages of exceptions that name their cell already, with what it holds, if known.
    told: Mapping[str, OtherContent | None] = field(default_factory=dict)
    #: The modules, without ``.py``, that are files of their own.
    files: frozenset[str] = frozenset()

    def located(self, raised: Raised) -> Raised:
        """Return an exception with the cells that its lines stand in, and what these hold."""
        lines = tuple([self._locate_line(line) for line in raised.lines])
        places = {line.place for line in lines}
        is_unread = raised.kind in SYNTAX_ERRORS and raised.message not in self.told
        if not is_unread or len(places) != 1 or None in places:
            return replace(raised, lines=lines, instead=self.told.get(raised.message))
        return replace(raised, lines=lines, message=f"{places.pop()}: {raised.message}")

    def _locate_line(self, line: Line) -> Line:
        at = bisect_right(self.firsts, line.number) - 1
        if at < 0 or line.file.removesuffix(".py") in self.files:
            return line
        cell, number = self.cells[at], line.number - self.firsts[at] + 1
        return replace(line, place=replace(cell, file=cell.file or line.file, line=number))

    def locate(self, message: Message) -> Message:
        """Return a message that sends its reader to a cell where it named a file."""
        message = message.with_places(self._locate_function)
        snippet = message.snippet
        if snippet is None:
            return message
        place = self._locate_function(Place(f"{snippet.file}.py", snippet.function))
        if place.is_in_notebook:
            return message.for_notebook()
        file = place.file.removesuffix(".py")
        return (
            replace(message, snippet=replace(snippet, file=file))
            if file.isidentifier()
            else message
        )

    def _locate_function(self, place: Place) -> Place:
        if place.is_in_notebook:
            return place
        file = place.file.removesuffix(".py")
        cell = self.functions.get(f"{file}.{place.function}", self.functions.get(file))
        if cell is None:
            return place
        return replace(cell, file=cell.file or place.file, function=place.function, line=0)


@dataclass(frozen=True)
class Made:
    """What a notebook came to, or several that complete one another."""

    #: Each file's content by its name, with ``.py``.
    modules: dict[str, bytes]
    places: Places
    #: Sentences for the student; more of them, about calls that are not made and may be missed.
    remarks: tuple[str, ...]
    not_run: tuple[str, ...] = ()
    #: Where they lie in the submission, and how many functions are written in them.
    notebooks: tuple[PurePosixPath, ...] = ()
    written: int = 0
    left: tuple[LeftStub, ...] = ()


def made_of(
    sources: Sequence[Source],
    joined: Joined,
    files: Mapping[str, Collection[str]],
    optional: Collection[str] = (),
) -> Made:
    """Return the modules that notebooks are for the grader, with `joined`, their cells.

    No remark misses a function of a file that is `optional`. It is an `IntakeError` if there is too
    much in them.
    """
    graded = frozenset([function for functions in files.values() for function in functions])
    statements = [without_other_uses(one, graded) for one in joined.cut.statements]
    needed, alone = needed_by(statements, files)
    modules = {f"{KERNEL}.py": _kernel(tuple(sorted(graded)), joined)}
    for file, functions in files.items():
        entries = [_entry(statements[i], alone.get(i, SHARED)) for i in needed[file]]
        defined = {name for i in needed[file] for name in statements[i].defines}
        uses = [f for f, names in files.items() if f != file and defined & set(names)]
        modules[f"{file}.py"] = _module(tuple(functions), tuple(uses), entries)
    name = " and ".join([source.name for source in sources])
    remarks = [remark for source in sources for remark in source.notebook.remarks]
    remarks += remarks_on_cells(joined.cut, statements, files, name, optional)
    run = frozenset[int]().union(*needed.values())
    not_run = remarks_on_calls(statements, run, graded)
    paths = tuple([source.file.path for source in sources])
    places = _locate(statements, files, joined)
    asked = {file: names for file, names in files.items() if file not in optional}
    written = started(joined.cut, asked)[0]
    left = tuple(left_in_cells(joined.cut.statements, files))
    return Made(modules, places, tuple(remarks), not_run, paths, written, left)


def _locate(
    statements: Sequence[Statement], files: Mapping[str, Collection[str]], joined: Joined
) -> Places:
    cut = joined.cut
    last = {name: one.place for one in statements for name in one.defines}
    defining = {f"{f}.{name}": last[name] for f in files for name in files[f] if name in last}
    # Where nothing is found, it is the only notebook, or some notebook.
    whole = {replace(place, cell=0, label="") for place in cut.places.values()}
    nowhere = whole.pop() if len(whole) == 1 else Place("", is_in_notebook=True)
    return Places(
        tuple(cut.first_lines.values()),
        tuple(cut.places.values()),
        defining | dict.fromkeys(files, nowhere),
        told={_say_problem(one): one.problem.instead for one in cut.statements if one.problem},
        files=joined.files,
    )


def started(cut: Cut, files: Mapping[str, Collection[str]]) -> tuple[int, int]:
    """Return how many of the homework's functions are written, and how many there are at all."""
    graded = {function for functions in files.values() for function in functions}
    found: dict[str, bool] = {}
    for statement in cut.statements:
        for name in statement.defines & graded:
            found[name] = not statement.is_stub
    return sum(found.values()), len(found)


def without_other_uses(statement: Statement, graded: Collection[str]) -> Statement:
    """Let a statement that gives a function's name to something else count as not giving it."""
    others = statement.gives & frozenset(graded) - statement.defines
    if not others:
        return statement
    return replace(statement, gives=statement.gives - others, surely=statement.surely - others)


def _kernel(graded: tuple[str, ...], joined: Joined) -> bytes:
    text = Path(kernel.__file__).read_text(encoding="utf-8")
    return f"{text}\n\nkernel = Kernel({graded!r}, {joined.writes!r}, {joined.starts!r})\n".encode()


def _say_problem(statement: Statement) -> str:
    """Return why a cell can't be read, and where; empty for one that can."""
    problem = statement.problem
    where = replace(statement.place, line=statement.line)
    return f"{where}: {problem.message}" if problem is not None else ""


def _entry(statement: Statement, file: str) -> str:
    gives = tuple(sorted([unmarked(name) for name in statement.gives]))
    # The cell's number is for readers, and for whoever tells by the bytes whether anything changed.
    indent = " " * 8
    head = f"{indent}# {statement.place}\n{indent}"
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


def needed_by(
    statements: Sequence[Statement], files: Mapping[str, Collection[str]]
) -> tuple[dict[str, tuple[int, ...]], dict[int, str]]:
    """Return which statements each file needs, and to which file each of them belongs.

    That is, by file their indices in order; and by index the only file that needs a statement, the
    homework's functions left aside, or the one whose function it defines. It is an `IntakeError` if
    finding that out takes longer than for any homework.
    """
    search = _Search(statements)
    graded = {name: file for file, names in files.items() for name in names}
    needed = {file: search.closure(names) for file, names in files.items()}
    _merge(statements, needed)
    owners: dict[int, set[str]] = {}
    for file, indices in needed_without_others(statements, files).items():
        for index in indices:
            owners.setdefault(index, set()).add(file)
    for index in owners:
        own = {graded[name] for name in statements[index].defines & graded.keys()}
        owners[index] = own or owners[index]
    alone = {index: min(own) for index, own in owners.items() if len(own) == 1}
    return {file: tuple(sorted(found)) for file, found in needed.items()}, alone


def needed_without_others(
    statements: Sequence[Statement], files: Mapping[str, Collection[str]]
) -> dict[str, tuple[int, ...]]:
    """Return the statements that each file needs beside the homework's functions of other files."""
    search = _Search(statements)
    graded = frozenset([name for names in files.values() for name in names])
    return {
        file: tuple(sorted(search.closure(names, but=graded - frozenset(names))))
        for file, names in files.items()
    }


class _Search:
    """Goes back from names to statements."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements = statements
        self.steps = 0
        self.giving: dict[str, list[int]] = {}
        for index, statement in enumerate(statements):
            for name in statement.gives | statement.fills:
                self.giving.setdefault(name, []).append(index)
        self.open = [index for index, one in enumerate(statements) if one.takes_all]

    def closure(self, names: Iterable[str], *, but: Collection[str] = ()) -> set[int]:
        """Return the statements that lead to the values of `names` at the notebook's end."""
        end = len(self.statements)
        waiting = [(name, end) for name in names]
        seen = set(waiting)
        found: set[int] = set()
        while waiting:
            name, at = waiting.pop()
            for index in self._leading_to(name, at):
                found.add(index)
                one = self.statements[index]
                wanted = [(inner, index) for inner in one.now] + [
                    (inner, at) for inner in one.later
                ]
                new = [place for place in wanted if place not in seen and place[0] not in but]
                seen.update(new)
                waiting += new
                self.steps += 1 + len(wanted)
            if self.steps > MAX_STEPS:
                raise IntakeError(
                    "the notebook's cells hang together in too many ways to be taken apart: submit"
                    " the homework's cells only"
                )
        return found

    def _leading_to(self, name: str, at: int) -> Iterator[int]:
        """Yield the statements before `at` that made the value that a name has there."""
        last = 0
        places = self.giving.get(name, [])
        for place in reversed(places[: bisect_left(places, at)]):
            yield place
            if name in self.statements[place].surely:
                last = place
                break
        yield from self.open[bisect_left(self.open, last) : bisect_left(self.open, at)]


def _merge(statements: Sequence[Statement], needed: dict[str, set[int]]) -> None:
    """Let files that need several values of one name be prepared together, in the cells' order."""
    giving: dict[str, dict[object, set[int]]] = {}
    for index in sorted(set().union(*needed.values())):
        one = statements[index]
        kind = one.source if one.source.startswith(("import ", "from ")) else index
        for name in one.gives | one.fills:
            giving.setdefault(name, {}).setdefault(kind, set()).add(index)
    for kinds in giving.values():
        indices = set().union(*kinds.values())
        files = [file for file, own in needed.items() if own & indices]
        if len(kinds) > 1 and len(files) > 1:
            together = set().union(*[needed[file] for file in files])
            for file in files:
                needed[file] = together

"""Choose the statements that the homework's functions need, as running all cells would leave them.

A name has a value at a place in the notebook. Before it runs, a statement needs what it mentions at
its own place; what a function mentions, it needs at the place where it is called, which for the
homework's functions is the end. From there one goes back to the statements that gave the value.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from autograder.errors import IntakeError
from autograder.intake.notebook.statements import Statement

__all__ = ["needed_by", "needed_without_others"]

#: Steps from a name to a statement; a homework takes about a thousand.
MAX_STEPS = 500_000


def needed_by(
    statements: Sequence[Statement], files: Mapping[str, Collection[str]]
) -> tuple[dict[str, tuple[int, ...]], dict[int, str]]:
    """Return which statements each file needs, and to which file each of them belongs.

    Parameters
    ----------
    statements : sequence of Statement
        The notebook's, in order.
    files : mapping of str to collection of str
        The homework's functions by file.

    Returns
    -------
    tuple of dict
        By file the statements' indices in order; by index the only file that needs a statement,
        the homework's functions left aside, or the one whose function it defines.

    Raises
    ------
    IntakeError
        If finding that out takes longer than for any homework.
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
    """Return the statements that each file needs beside the homework's functions of other files.

    Parameters
    ----------
    statements : sequence of Statement
        The notebook's, in order.
    files : mapping of str to collection of str
        The homework's functions by file.
    """
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
                    "the notebook's cells hang together in too many ways to be taken apart: hand in"
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

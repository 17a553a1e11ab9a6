"""A row for each small change of the solution: some check notices it, or it is no mistake.

Which changes are none is written down, each with a reason, in
``rubric/equivalent_mutations.json``: the results are the same within the tolerance on
every legal input, or the contract leaves the choice open. An entry that fits no change any more, or
one that is noticed now, is a fault of that list.
"""

import ast
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from autograder.authoring.verification.mutants import mutants
from autograder.authoring.verification.names import bound_names, global_names
from autograder.authoring.verification.rows import Outcome, Row
from autograder.errors import RubricError

__all__ = [
    "EQUIVALENT",
    "equivalent_faults",
    "mutation_faults",
    "mutation_rows",
    "read_equivalents",
    "stale_entries",
]

#: Where the list is, below the homework's root.
EQUIVALENT = Path("autograder", "rubric", "equivalent_mutations.json")

Files = Mapping[str, bytes]


def read_equivalents(path: Path) -> dict[str, str]:
    """Return the reason of each change that is no mistake, by ``file.place: old -> new``.

    Parameters
    ----------
    path : pathlib.Path
        JSON: for each reason the list of changes. None are listed where it is missing.

    Raises
    ------
    RubricError
        If a change is listed twice.
    """
    if not path.is_file():
        return {}
    reasons: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    listed: dict[str, str] = {}
    for reason, changes in reasons.items():
        for change in changes:
            if change in listed:
                raise RubricError(f"{path.name} lists '{change}' twice")
            listed[change] = reason
    return listed


def mutation_rows(
    solution: Files, functions: Collection[str], equivalents: Mapping[str, str]
) -> Iterator[Row]:
    """Yield a row for each small change of each file of the solution.

    Parameters
    ----------
    solution : mapping of str to bytes
        The solution's files by name.
    functions : collection of str
        The graded functions, ``file.function``.
    equivalents : mapping of str to str
        Changes that are no mistakes, with their reasons.
    """
    for name, content in solution.items():
        source, file = content.decode("utf-8"), name.removesuffix(".py")
        graded = [function for function in functions if function.partition(".")[0] == file]
        users = _users(ast.parse(source), [function.partition(".")[2] for function in graded])
        for mutant in mutants(source):
            changed = tuple([f"{file}.{user}" for user in users.get(mutant.place, ())])
            files = {**solution, name: mutant.source.encode()}
            yield _row(f"{file}.{mutant.place}: {mutant.change}", changed, files, equivalents)


def _row(
    name: str, functions: tuple[str, ...], files: Files, equivalents: Mapping[str, str]
) -> Row:
    reason = equivalents.get(name)
    if reason is None:
        return Row("mutation", name, functions, files, mutation_faults)
    return Row("mutation", name, functions, files, equivalent_faults, is_wrong=False, note=reason)


def mutation_faults(outcome: Outcome) -> tuple[str, ...]:
    """Say that a change costs nothing."""
    if outcome.lost:
        return ()
    return (f"no check notices it: add an example that does, or list it in {EQUIVALENT.name}",)


def equivalent_faults(outcome: Outcome) -> tuple[str, ...]:
    """Say that a change that is listed as no mistake costs points."""
    checks = ", ".join([lost.check for lost in outcome.lost])
    return (f"is listed in {EQUIVALENT.name}, but costs {checks}",) if checks else ()


def stale_entries(equivalents: Iterable[str], rows: Iterable[Row]) -> tuple[str, ...]:
    """Return the entries of the list that fit no change."""
    known = {row.name for row in rows if row.kind == "mutation"}
    return tuple([name for name in equivalents if name not in known])


def _users(tree: ast.Module, graded: Collection[str]) -> dict[str, list[str]]:
    """Return for each name of a module the graded functions that it belongs to.

    A graded function belongs to itself, a helper or constant to those that use it, directly or
    through other helpers.
    """
    mentions = {
        name: set(global_names(statement))
        for statement in tree.body
        if isinstance(statement, ast.FunctionDef | ast.Assign)
        for name in bound_names(statement)
    }
    users: dict[str, list[str]] = {}
    for function in graded:
        seen, queue = set(), [function]
        while queue:
            name = queue.pop()
            if name not in seen and (name == function or name not in graded):
                seen.add(name)
                queue += mentions.get(name, ())
        for name in seen & mentions.keys():
            users.setdefault(name, []).append(function)
    return users

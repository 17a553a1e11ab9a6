"""A row for each small change of the solution: some check notices it, or it is no mistake.

Which changes are none is written down, each with a reason (`EQUIVALENT`): the results are the same
within the tolerance on every legal input, or the contract leaves the choice open. An entry that
fits no change any more, or one that is noticed now, is a fault of that list.
"""

import ast
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from autograder.authoring.verification.mutants import mutants
from autograder.authoring.verification.rows import Files, Outcome, Row
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
EQUIVALENT = Path("rubric", "equivalent_mutations.json")

#: What a row of this module is called in the table, and not in the list.
PREFIX = "mutation: "

#: Stands for what the author has to say.
REASON = "why it is no mistake"


# ---- the list of changes that are no mistakes


def read_equivalents(path: Path) -> dict[str, str]:
    """Return the reason of each change that is no mistake, by ``file.place: old -> new``.

    The file is JSON, ``{reason: [change, ...]}``; none are listed where it is missing.

    Raises
    ------
    RubricError
        If it is something else, or a change is listed twice; the sentence shows what to write.
    """
    if not path.is_file():
        return {}
    listed: dict[str, str] = {}
    for reason, changes in _read_pairs(path):
        _require_list(reason, changes, path.name)
        for change in changes:
            if change.startswith(PREFIX):
                raise RubricError(
                    f"{path.name} lists '{change}': leave out '{PREFIX}', which is the row's kind"
                )
            if change in listed:
                raise RubricError(f"{path.name} lists '{change}' twice: remove one of the two")
            listed[change] = reason
    return listed


def _read_pairs(path: Path) -> list[tuple[str, Any]]:
    """Return the list's reasons with what belongs to each; a reason may be there twice."""
    try:
        pairs = json.loads(path.read_bytes(), object_pairs_hook=_Pairs)
    except ValueError as error:  # not JSON, or not UTF-8
        raise RubricError(
            f"{path.name} is not JSON ({error}): it has to be {_entry('a.f: x -> y', '{}')}"
        ) from error
    if not isinstance(pairs, _Pairs):
        raise RubricError(f"{path.name} has to be {_entry('a.f: x -> y', '{}')}, nothing else")
    return pairs


class _Pairs(list[tuple[str, Any]]):
    """A JSON object, every entry of it."""


def _require_list(reason: str, changes: Any, name: str) -> None:
    """Require a reason and the list of its changes."""
    if isinstance(changes, str) and not isinstance(changes, _Pairs):
        # The other way around, most likely: a change, and its reason.
        change, why = (
            (reason, changes) if " -> " in reason or " <-> " in reason else (changes, reason)
        )
        raise RubricError(
            f"{name}: {json.dumps(reason)} has a text where a list belongs. An entry is a reason"
            f" and the list of its changes: {_entry(change.removeprefix(PREFIX), reason=why)}"
        )
    is_list = isinstance(changes, list) and not isinstance(changes, _Pairs)
    if not is_list or not all([isinstance(change, str) for change in changes]):
        raise RubricError(
            f"{name}: what belongs to {json.dumps(reason)} is no list of texts. An entry is a"
            f" reason and the list of its changes: {_entry('a.f: x -> y', reason=reason)}"
        )
    if not reason.strip():
        raise RubricError(
            f"{name} has an empty reason: say why {', '.join(changes) or 'it'} is no mistake"
        )


def _entry(change: str, brackets: str = "", *, reason: str = REASON) -> str:
    """Return an entry of the list as it is written there, in the brackets around all of them."""
    entry = f"{json.dumps(reason)}: [{json.dumps(change)}]"
    return f"{brackets[:1]}{entry}{brackets[1:]}"


def stale_entries(equivalents: Iterable[str], rows: Iterable[Row]) -> tuple[str, ...]:
    """Return the entries of the list that fit no change."""
    known = {row.name for row in rows if row.kind == "mutation"}
    return tuple([name for name in equivalents if name not in known])


# ---- rows


def mutation_rows(
    solution: Files, functions: Collection[str], equivalents: Mapping[str, str]
) -> Iterator[Row]:
    """Yield a row for each small change of each file; `functions` are the graded ones.

    `equivalents` are the changes that are no mistakes, with their reasons.
    """
    for name, content in solution.items():
        source, file = content.decode("utf-8"), name.removesuffix(".py")
        graded = [function for function in functions if function.partition(".")[0] == file]
        users = _find_users(ast.parse(source), [f.partition(".")[2] for f in graded])
        for mutant in mutants(source):
            changed = tuple([f"{file}.{user}" for user in users.get(mutant.place, ())])
            files = {**solution, name: mutant.source.encode()}
            yield _row(f"{file}.{mutant.place}: {mutant.change}", changed, files, equivalents)


def _row(
    name: str, functions: tuple[str, ...], files: Files, equivalents: Mapping[str, str]
) -> Row:
    reason = equivalents.get(name)
    if reason is None:
        entry = _entry(name, "" if equivalents else "{}")
        return Row("mutation", name, functions, partial(mutation_faults, entry), files)
    return Row("mutation", name, functions, equivalent_faults, files, is_wrong=False, note=reason)


def mutation_faults(entry: str, outcome: Outcome) -> tuple[str, ...]:
    """Say that a change costs nothing, and what to write where it is no mistake."""
    if outcome.lost:
        return ()
    return (
        "no check notices it: add an example that does; or, if it is no mistake, add to"
        f" {EQUIVALENT.as_posix()}: {entry}",
    )


def equivalent_faults(outcome: Outcome) -> tuple[str, ...]:
    """Say that a change that is listed as no mistake costs points."""
    checks = ", ".join([lost.check for lost in outcome.lost])
    return (f"is listed in {EQUIVALENT.name}, but costs {checks}",) if checks else ()


def _find_users(tree: ast.Module, graded: Collection[str]) -> dict[str, list[str]]:
    """Return for each name of a module the graded functions that it belongs to.

    A graded function belongs to itself, a helper or constant to those that use it, directly or
    through other helpers.
    """
    mentions = {name: _names_in(statement) for name, statement in _definitions(tree)}
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


def _definitions(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            yield statement.name, statement
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield from [(name, statement) for name in _names_in(target)]


def _names_in(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}

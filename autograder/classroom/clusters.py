"""Clusters: who gave the same wrong answer, from the largest on, and one member to look at.

An answer is the same where its cause has the same name, or where no name is known and all wrong
values are the same, bit for bit. A cluster's key is stable from run to run: ``class comment KEY
"..."`` tells all of its members one thing.
"""

import ast
import builtins
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.classroom.columns import NOT_STARTED, Columns
from autograder.classroom.records import FunctionResult, Graded
from autograder.intake.python_source import parsed

__all__ = ["Cluster", "Exhibit", "exhibit", "find_clusters", "write_stub"]

#: So many digits of a hash of wrong values are in a key, or as many as tell them apart.
DIGITS = 8

#: Of so many members the one with the shortest code is shown.
LOOKED_AT = 5


@dataclass(frozen=True)
class Cluster:
    """Submissions whose function is wrong in one way.

    Attributes
    ----------
    key : str
        ``file.function:cause``, or ``file.function:wrong-1f2e3d4c`` without a name.
    cause, explained_by : str
        The name of what explains it, and of what kind that is; "" without one.
    wrong : str
        The hash of the wrong values; "" where the cause has a name.
    rows : tuple of int
        The members, as rows of the class's columns.
    """

    key: str
    function: str
    cause: str
    explained_by: str
    wrong: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Exhibit:
    """One member of a cluster: what the report says, the code, and a mistake to paste.

    Attributes
    ----------
    row : int
        Which member it is.
    check : mapping
        The check of the report that shows it, on the smallest input; empty if there is none.
    code : str
        The function as the student wrote it; "" where it could not be found.
    stub : str
        The start of a mistake for the rubric; "" where the answer has a name already.
    """

    row: int
    check: Mapping[str, Any]
    code: str
    stub: str


def find_clusters(columns: Columns) -> tuple[Cluster, ...]:
    """Return all clusters of a class, the largest first."""
    clusters = [
        cluster
        for place, function in enumerate(columns.functions)
        for cluster in _find_in_function(columns, place, function)
    ]
    return tuple(sorted(clusters, key=lambda cluster: (-len(cluster.rows), cluster.key)))


def _find_in_function(columns: Columns, place: int, function: str) -> Iterator[Cluster]:
    answers: dict[tuple[str, str], FunctionResult] = {}
    rows: dict[tuple[str, str], list[int]] = {}
    cells = columns.cells[:, place]
    order = np.argsort(cells, kind="stable")
    starts = np.flatnonzero(np.diff(cells[order], prepend=-1))
    for own in [own for own in np.split(order, starts[1:]) if len(own)]:
        one = columns.outcomes[cells[own[0]]]
        answer = _name_answer(one)
        if answer is not None:
            answers.setdefault(answer, one)
            rows.setdefault(answer, []).extend(own.tolist())
    digits = _count_digits([wrong for _, wrong in answers])
    for (cause, wrong), one in answers.items():
        yield Cluster(
            key=f"{function}:{cause or f'wrong-{wrong[:digits]}'}",
            function=function,
            cause=cause,
            explained_by=one.explained_by if cause else "",
            wrong=wrong,
            rows=tuple(sorted(rows[cause, wrong])),
        )


def _name_answer(one: FunctionResult) -> tuple[str, str] | None:
    """Return an answer's cause, or else the hash of its values; None if there is nothing wrong."""
    if one.status == NOT_STARTED or one.score >= one.max_score or not (one.cause or one.wrong):
        return None
    return (one.cause, "") if one.cause else ("", one.wrong)


def _count_digits(hashes: Sequence[str]) -> int:
    digits, count = DIGITS, len(set(hashes))
    while len({one[:digits] for one in hashes}) < count:
        digits += 1
    return digits


# ---- one member


def exhibit(
    cluster: Cluster, columns: Columns, graded_of: Callable[[str], Graded | None]
) -> Exhibit | None:
    """Return the member of a cluster to look at; None where nothing of them is kept."""
    found = []
    for row in cluster.rows[:LOOKED_AT]:
        graded = graded_of(columns.graded[row].content)
        if graded is not None:
            code = graded.code.get(cluster.function, "")
            found.append((not code, len(code), row, code, graded.report))
    if not found:
        return None
    _, _, row, code, report = min(found, key=lambda one: one[:3])
    stub = "" if cluster.cause else write_stub(cluster.function, code)
    return Exhibit(row, _choose_check(cluster, report), code, stub)


def _choose_check(cluster: Cluster, report: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the first check that shows the cause; public ones come first, and small inputs."""
    lost = [
        check
        for check in report["checks"]
        if check["function"] == cluster.function and check["score"] < check["max_score"]
    ]
    named = [check for check in lost if (check["misconception"] or "") == cluster.cause]
    return next(iter(named or lost), {})


def write_stub(function: str, code: str) -> str:
    """Return a rubric's mistake that gives what `code` gives, with a name and a sentence to write.

    Returns
    -------
    str
        Python for the file of the rubric that has the function's question; "" where `code` has no
        such function.
    """
    name = function.rpartition(".")[2]
    node = _find_function(name, code)
    if node is None:
        return ""
    lines = textwrap.dedent(code).splitlines()[node.lineno - 1 : node.end_lineno]
    lines = _leave_docstring_out(node, lines)
    lines[0] = re.sub(rf"def\s+{name}\b", "def _", lines[0], count=1)
    unknown = ", ".join(_list_unknown(node))
    note = [f"# Bring along what it uses: {unknown}."] if unknown else []
    head = f'@{name}.mistake(\n    "NAME",\n    "What was done, and why it is wrong.",\n)'
    return "\n".join([*note, head, *lines]) + "\n"


def _find_function(name: str, code: str) -> ast.FunctionDef | None:
    try:
        body = parsed(textwrap.dedent(code)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return next((n for n in body if isinstance(n, ast.FunctionDef) and n.name == name), None)


def _leave_docstring_out(node: ast.FunctionDef, lines: list[str]) -> list[str]:
    first = node.body[0]
    if ast.get_docstring(node) is None or first.lineno == node.lineno:
        return lines
    head, end = lines[: first.lineno - node.lineno], first.end_lineno or first.lineno
    if len(node.body) == 1:
        return [*head, "    return None"]
    if node.body[1].lineno == end:
        return lines
    return head + lines[end - node.lineno + 1 :]


def _list_unknown(node: ast.FunctionDef) -> list[str]:
    """Return the names that a function uses and does not define."""
    names = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
    own = {n.id for n in names if isinstance(n.ctx, ast.Store)} | {node.name, "np"}
    for inner in ast.walk(node):
        if isinstance(inner, ast.arg):
            own.add(inner.arg)
        elif isinstance(inner, (ast.FunctionDef, ast.ClassDef)):
            own.add(inner.name)
        elif isinstance(inner, ast.alias):
            own.add((inner.asname or inner.name).partition(".")[0])
        elif isinstance(inner, ast.ExceptHandler) and inner.name:
            own.add(inner.name)
    used = {n.id for n in names if isinstance(n.ctx, ast.Load) and not hasattr(builtins, n.id)}
    return sorted(used - own | {node.name} & used)

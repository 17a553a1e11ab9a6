"""Say what was taken of a notebook and what was not, where that is not plain."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from autograder.core.message import Place
from autograder.intake.listing import listed, shown
from autograder.intake.notebook.statements import Cut, Statement, leading_to

__all__ = ["remarks_on_calls", "remarks_on_cells"]

#: Cells of which each gets a sentence of its own.
MAX_SENTENCES = 5

MAX_WORDS = 40

#: Names of which it is told which calls change them.
MAX_CHANGED = 20


def remarks_on_cells(
    cut: Cut,
    statements: Sequence[Statement],
    files: Mapping[str, Collection[str]],
    name: str,
    optional: Collection[str] = (),
) -> tuple[str, ...]:
    """Return what a student has to know of a notebook that sentences call `name`."""
    graded = [function for functions in files.values() for function in functions]
    asked = [function for file in files if file not in optional for function in files[file]]
    return (
        *_missing(statements, asked, name),
        *_unread(statements),
        *_repeated(statements, graded),
        *_other_uses(cut.statements, graded),
        *_written(cut),
        *_left_out(cut),
    )


def remarks_on_calls(
    statements: Sequence[Statement], needed: Collection[int], graded: Collection[str]
) -> tuple[str, ...]:
    """Return a sentence about calls of helpers that change what the homework's functions use.

    ``prepare(TABLE)`` is not run: it may as well be a trial or a training. No one is to wonder why
    the table is empty. Nothing is said of calls that lead to the homework's functions: trials.
    What is run has the indices `needed`.
    """
    used = _values_used(statements, needed)
    functions = [one for one in statements if one.inside is not None or one.gives & used]
    local = {name for one in functions if _has_local_changes(one) for name in one.gives}
    by_argument = leading_to(local, functions)
    by_name = {
        name: leading_to(
            [f for one in functions if _changes(one, name) for f in one.gives], functions
        )
        for name in sorted(used)[:MAX_CHANGED]
    }
    trying = leading_to(graded, statements)
    texts: list[str] = []
    changed: set[str] = set()
    for index, one in enumerate(statements):
        if index in needed or not one.is_calling or not one.now.isdisjoint(trying):
            continue
        names = {name for name, callers in by_name.items() if not one.now.isdisjoint(callers)}
        if not one.now.isdisjoint(by_argument):
            names |= one.now & used
        changed |= names
        texts += [shown(one.source.partition("\n")[0])[:MAX_WORDS]] if names else []
    if not texts:
        return ()
    return (
        f"Not run: {listed(texts)}, which may change {listed(sorted(changed))}. The grader calls no"
        " helper for what it changes, and grades your functions without that: write the change"
        " itself at the left margin, as an assignment.",
    )


def _values_used(statements: Sequence[Statement], needed: Collection[int]) -> frozenset[str]:
    """Return the names of values, not of functions and modules, that what is run mentions."""
    run = [statements[index] for index in needed]
    values = {name for one in run if one.inside is None for name in one.gives - one.imported}
    values |= {name for one in statements for name in one.sets}
    return frozenset(values.intersection(*[{n for one in run for n in one.now | one.later}]))


def _has_local_changes(statement: Statement) -> bool:
    return bool((statement.inside or frozenset()) - statement.later)


def _changes(statement: Statement, name: str) -> bool:
    return name in statement.sets | ((statement.inside or frozenset()) & statement.later)


def _missing(statements: Sequence[Statement], graded: Sequence[str], name: str) -> Iterator[str]:
    found = {defined for one in statements for defined in one.defines}
    missing = [function for function in graded if function not in found]
    if len(missing) == len(graded):
        yield f"None of the homework's functions is defined in {name}."
    elif missing:
        yield f"No cell of {name} defines {listed(missing)}."
    hidden = {inner: one for one in statements for inner in one.hides}
    for function in [function for function in missing if function in hidden][:MAX_SENTENCES]:
        yield (
            f"{function} is defined inside of something else in {hidden[function].place}: write it"
            " at the left margin."
        )


def _unread(statements: Sequence[Statement]) -> Iterator[str]:
    broken = [one for one in statements if one.problem is not None]
    for one in broken[:MAX_SENTENCES]:
        assert one.problem is not None
        where, what = f"{replace(one.place, line=one.line)}", shown(one.problem.message)
        said, unit = f"{where}: {what}", "cell" if one.place.is_in_notebook else "file"
        if one.problem.instead is not None:
            said = one.problem.instead.say(f"{replace(one.place, line=0)}")
        said = said[0].upper() + said[1:] if one.place.is_in_notebook else said
        yield f"{said}; what this {unit} defines can't be used until that is fixed."
    if broken[MAX_SENTENCES:]:
        yield f"{len(broken) - MAX_SENTENCES} more cells can't be read."


def _repeated(statements: Sequence[Statement], graded: Collection[str]) -> Iterator[str]:
    cells: dict[str, list[Place]] = {}
    for one in statements:
        for name in sorted(one.defines.intersection(graded) - one.now):
            cells.setdefault(name, []).append(one.place)
    texts = [f"{name} ({_list_places(p)})" for name, p in cells.items() if len(p) > 1]
    if texts:
        yield f"Defined more than once, and the last one counts: {listed(texts)}."


def _list_places(places: Sequence[Place]) -> str:
    """Return several places in words: ``cells 3 and 4``, ``hw.py lines 3 and 9``."""
    head = "cells" if all([one.is_in_notebook and not one.label for one in places]) else ""
    if not places[0].is_in_notebook and len({one.file for one in places}) == 1:
        head = f"{places[0].file} lines"
    names = [f"{one}" if not head else f"{one.cell or one.line}" for one in places]
    return f"{head} {', '.join(names[:-1])} and {names[-1]}".strip()


def _other_uses(statements: Sequence[Statement], graded: Collection[str]) -> Iterator[str]:
    defined: set[str] = set()
    uses: dict[str, Place] = {}
    for one in statements:
        for name in sorted(one.gives.intersection(graded) - one.defines):
            if name in defined:
                uses.setdefault(name, one.place)
        defined |= one.defines
    texts = [f"{name} ({place})" for name, place in uses.items()]
    if texts:
        yield (
            f"A function's name has another use later: {listed(texts)}. The function was graded;"
            " give the other thing another name."
        )


def _written(cut: Cut) -> Iterator[str]:
    if cut.writing:
        names = [f"{name}.py" for name in sorted(cut.writing)]
        yield f"What cells write into {listed(names)} (%%writefile) was taken as cells' code."
    if cut.shadowing:
        names = [f"{name}.py" for name in sorted(cut.shadowing)]
        yield f"What cells write into {listed(names)} was left out: other modules have that name."


def _left_out(cut: Cut) -> Iterator[str]:
    if cut.left_out:
        texts = [f"{shown(w)[:MAX_WORDS]} ({cut.places[cell]})" for cell, w in cut.left_out]
        yield f"Left out, since only Jupyter knows them: {listed(texts)}."

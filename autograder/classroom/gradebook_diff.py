"""What would change if another run counted: who moves, by how much, by which check, and why."""

from collections.abc import Iterable, Sequence

from autograder.classroom.gradebook import Gradebook
from autograder.classroom.grades import Grade, list_grades, show_points
from autograder.classroom.records import Change, Moved

__all__ = ["compare_runs", "count_moves", "describe_moves"]


def compare_runs(book: Gradebook, before: int, after: int) -> list[Moved]:
    """Return the students whose score or status is another one by the run `after`, sorted."""
    old = {grade.student.id: grade.without_functions() for grade in list_grades(book, before)}
    moved = []
    for grade in list_grades(book, after):
        earlier = old.pop(grade.student.id, None)
        is_same = earlier is not None and (
            earlier.score == grade.score and earlier.result.status == grade.result.status
        )
        if not is_same:
            moved.append(_describe(book, earlier, grade.without_functions(), (before, after)))
    moved += [_describe(book, earlier, None, (before, after)) for earlier in old.values()]
    return sorted(moved, key=lambda one: one.student.id)


def _describe(
    book: Gradebook, old: Grade | None, new: Grade | None, runs: tuple[int, int]
) -> Moved:
    known = new or old
    assert known is not None
    lost = [
        book.lost(run, grade.result.key) if grade and grade.result.key.isdigit() else {}
        for run, grade in zip(runs, (old, new), strict=True)
    ]
    has_both = old is not None and new is not None and old.result.content and new.result.content
    return Moved(
        student=known.student,
        before=old.score if old else None,
        after=new.score if new else None,
        status_before=old.result.status.value if old else "not in the class",
        status_after=new.result.status.value if new else "not in the class",
        why=_say_why(old, new),
        changes=tuple(_list_changes(*lost)) if has_both else (),
    )


def _say_why(old: Grade | None, new: Grade | None) -> str:
    if old is None or new is None:
        return ""
    if old.result.content != new.result.content:
        return "another submission"
    return "" if old.result.status == new.result.status else new.remark


def _list_changes(
    old: dict[str, tuple[int, str]], new: dict[str, tuple[int, str]]
) -> Iterable[Change]:
    for check in sorted({*old, *new}):
        lost_before, cause_before = old.get(check, (0, ""))
        lost_after, cause_after = new.get(check, (0, ""))
        if lost_before != lost_after:
            yield Change(check, (lost_before - lost_after) / 100, cause_before, cause_after)


def count_moves(moved: Sequence[Moved]) -> str:
    """Return how many move, in words."""
    return "1 student moves" if len(moved) == 1 else f"{len(moved)} students move"


def describe_moves(moved: Iterable[Moved]) -> Iterable[str]:
    """Yield the lines of a table: each student, then each check that moves them."""
    for one in moved:
        before, after = _show(one.before, one.status_before), _show(one.after, one.status_after)
        why = f"  ({one.why})" if one.why else ""
        yield f"{one.student.id or '(unknown)'}  {before} -> {after}{why}"
        for change in one.changes:
            causes = [cause or "no named cause" for cause in _list_causes(change)]
            yield f"    {change.points:+g}  {change.check}  {' -> '.join(causes)}"


def _list_causes(change: Change) -> list[str]:
    if change.cause_before == change.cause_after:
        return [change.cause_after]
    return [change.cause_before or "no cause", change.cause_after or "no cause"]


def _show(score: float | None, status: str) -> str:
    return status if score is None else show_points(score)

"""What the page of similarity shows: features side by side, and how many share each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from autograder.classroom.columns import Columns
from autograder.classroom.features import Kind
from autograder.classroom.page.words import name_submission
from autograder.classroom.records import Graded, Result
from autograder.classroom.similarity import Group, Shared, Similarity

__all__ = ["GroupView", "view_groups"]

#: So many groups are shown, features of each, functions side by side, and members named.
MOST_GROUPS, MOST_FEATURES, MOST_FUNCTIONS, MOST_NAMES = 60, 40, 6, 12

#: What the place of a feature is called where it is no function.
_FILE_KINDS = (Kind.CODE,)


@dataclass(frozen=True)
class FeatureRow:
    """One feature: what it is, where, and who in the class has it."""

    kind: str
    place: str
    text: str
    shared_by: str
    holders: tuple[str, ...]
    more: int


@dataclass(frozen=True)
class GroupView:
    """A group: its members, features, and the code of two of them by function."""

    names: tuple[str, ...]
    more: int
    rows: tuple[FeatureRow, ...]
    left_out: int
    pair: tuple[str, str]
    code: tuple[tuple[str, str, str], ...]


def view_groups(
    similarity: Similarity, columns: Columns, graded_of: Callable[[str], Graded | None]
) -> Iterator[GroupView]:
    """Yield the views of the heaviest groups; the code of two members of each is read."""
    results = {result.key: result for result in columns.graded}
    for group in similarity.groups[:MOST_GROUPS]:
        names = [_name(key, results) for key in group.members]
        shown = [key for key in group.members if key in results][:2]
        yield GroupView(
            names=tuple(names[:MOST_NAMES]),
            more=len(names[MOST_NAMES:]),
            rows=tuple([_view_feature(one, results) for one in group.shared[:MOST_FEATURES]]),
            left_out=len(group.shared[MOST_FEATURES:]),
            pair=(_name(shown[0], results), _name(shown[-1], results)) if shown else ("", ""),
            code=tuple(_find_code(group, [results[key] for key in shown], graded_of)),
        )


def _name(key: str, results: Mapping[str, Result]) -> str:
    return name_submission(results[key]) if key in results else key


def _view_feature(shared: Shared, results: Mapping[str, Result]) -> FeatureRow:
    feature, count = shared.feature, len(shared.holders)
    has_text = feature.kind not in (Kind.SAME_FILES, Kind.CODE, Kind.WRONG)
    among = max(shared.among, count)
    whose = "who got it wrong" if feature.kind == Kind.WRONG else "who wrote it"
    return FeatureRow(
        kind=feature.kind.value,
        place=f"{feature.place}.py" if feature.kind in _FILE_KINDS else feature.place,
        text=feature.text if has_text else "",
        shared_by=f"{count:,} of {among:,} {whose}" if feature.place else f"{count:,} of {among:,}",
        holders=tuple([_name(key, results) for key in shared.holders[:MOST_NAMES]]),
        more=len(shared.holders[MOST_NAMES:]),
    )


def _find_code(
    group: Group, pair: list[Result], graded_of: Callable[[str], Graded | None]
) -> Iterator[tuple[str, str, str]]:
    """Yield the functions with features that both members of a pair wrote, side by side."""
    graded = [graded_of(result.content) for result in pair]
    if len(pair) < 2 or None in graded:
        return
    one, two = [found.code for found in graded if found is not None]
    places = [shared.feature.place for shared in group.shared]
    both = [name for name in one if name in two]
    in_files = [name for name in both if name.partition(".")[0] in places or "" in places]
    functions = dict.fromkeys([*[name for name in both if name in places], *in_files])
    for name in list(functions)[:MOST_FUNCTIONS]:
        yield name, one[name], two[name]

"""What the pages show of clusters: how many, what is wrong, and one member to look at."""

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from autograder.classroom.clusters import Cluster, exhibit
from autograder.classroom.columns import Columns
from autograder.classroom.page.messages import check_html, find_sentence
from autograder.classroom.page.words import KINDS, name_submission, share_text
from autograder.classroom.records import Graded

__all__ = ["PER_PAGE", "ClusterView", "choose_clusters", "view_clusters"]

#: So many clusters are on one page.
PER_PAGE = 40

#: Of answers without a name that only one submission gave, so many are shown.
MOST_SINGLES = 20

#: So many members are named.
MOST_NAMES = 12


@dataclass(frozen=True)
class ClusterView:
    """A cluster as the pages show it; `href` is its place, from the overview."""

    key: str
    anchor: str
    href: str
    function: str
    cause: str
    kind: str
    sentence: str
    count: int
    share: str
    percent: float
    names: tuple[str, ...]
    more: int
    who: str
    check: Markup
    code: str
    stub: str
    comments: tuple[str, ...]
    command: str


def choose_clusters(clusters: Sequence[Cluster]) -> tuple[Cluster, ...]:
    """Leave out most of what has no name and one member: a large class has thousands of these."""
    singles = [one for one in clusters if len(one.rows) == 1 and not one.cause]
    left_out = {one.key for one in singles[MOST_SINGLES:]}
    return tuple([one for one in clusters if one.key not in left_out])


def view_clusters(
    clusters: Sequence[Cluster],
    columns: Columns,
    graded_of: Callable[[str], Graded | None],
    comments: Mapping[str, Sequence[str]],
) -> Iterator[ClusterView]:
    """Yield the view of each cluster, in order; only a few members of each are read."""
    graded = len(columns.graded)
    for number, cluster in enumerate(clusters):
        shown = exhibit(cluster, columns, graded_of)
        check = shown.check if shown is not None else {}
        count, rows = len(cluster.rows), cluster.rows[:MOST_NAMES]
        key = shlex.quote(cluster.key)
        page = f"clusters-{number // PER_PAGE + 1}.html"
        yield ClusterView(
            key=cluster.key,
            anchor=f"cluster-{number + 1}",
            href=f"{page}#cluster-{number + 1}",
            function=cluster.function,
            cause=cluster.cause,
            kind=KINDS.get(cluster.explained_by, "") if cluster.cause else "no name",
            sentence=find_sentence(check) or cluster.cause or "wrong values",
            count=count,
            share=share_text(count, graded),
            percent=round(100 * count / graded, 2),
            names=tuple([name_submission(columns.graded[row]) for row in rows]),
            more=count - len(rows),
            who=name_submission(columns.graded[shown.row]) if shown is not None else "",
            check=Markup(check_html(check) if check else ""),
            code=shown.code if shown is not None else "",
            stub=shown.stub if shown is not None else "",
            comments=tuple(comments.get(cluster.key, ())),
            command=f'python -m autograder class comment {key} "..." --out FOLDER',
        )

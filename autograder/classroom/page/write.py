"""Write a class's pages: one overview, and clusters, similarity and students beside it.

Each page is one file that needs nothing else and no network, however large the class is: what
grows with it is cut into several files. The house is that of a student's report: its style, its
script and its policy. Whatever a student wrote, a name too, reaches a page as text.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from markupsafe import Markup

from autograder import __version__
from autograder.classroom.clusters import find_clusters
from autograder.classroom.columns import Columns, read_columns
from autograder.classroom.feedback import name_owner
from autograder.classroom.page.clusters import PER_PAGE, choose_clusters, view_clusters
from autograder.classroom.page.moves import view_moves
from autograder.classroom.page.overview import view_class
from autograder.classroom.page.similar import view_groups
from autograder.classroom.page.words import count_text, name_submission, points_text
from autograder.classroom.records import Graded, Moved, Result, ResultStatus
from autograder.classroom.similarity import Similarity
from autograder.classroom.statistics import find_identical_checks
from autograder.core.writing import write_atomically
from autograder.outputs.html.page import FOLDER as HOUSE
from autograder.outputs.html.page import open_templates, security_policy

__all__ = ["write_pages"]

HERE = Path(__file__).parent

#: So many clusters are on the overview, and students on a page of theirs.
FIRST, STUDENTS_PER_PAGE = 10, 500

#: So many reports are read to see which checks never differ.
MOST_REPORTS = 1000

#: What an earlier run of a larger class may have left.
_OLD = re.compile(r"(clusters|students)-\d+\.html|similar\.html")


def write_pages(
    folder: Path,
    results: Iterable[Result],
    graded_of: Callable[[str], Graded | None],
    *,
    title: str = "",
    comments: Mapping[str, Sequence[str]] | None = None,
    moved: Sequence[Moved] = (),
    similarity: Similarity | None = None,
    feedback: Mapping[str, str] | None = None,
    facts: Mapping[str, str] | None = None,
) -> tuple[Path, ...]:
    """Write ``index.html`` and the pages beside it; return them.

    Parameters
    ----------
    folder : Path
        Where to; pages of an earlier run that are no longer needed are removed.
    results : iterable of Result
        The class; read once.
    graded_of : callable
        Return what grading a content gave, by its digest; None where it is no longer kept.
    title : str
        The homework's.
    comments : mapping of str to sequence of str
        What was said to the members of a cluster, by its key.
    moved : sequence of Moved
        Who moves by a run that does not count yet.
    similarity : Similarity or None
        What submissions share; None if no one looked.
    feedback : mapping of str to str
        By its owner (`autograder.classroom.feedback.name_owner`) the address of a page, from
        `folder`.
    facts : mapping of str to str
        What the class was graded with.
    """
    columns = read_columns(results)
    renderer = _Renderer(title, facts or {}, bool(similarity))
    clusters = find_clusters(columns)
    chosen = choose_clusters(clusters)
    views = list(view_clusters(chosen, columns, graded_of, comments or {}))
    identical = find_identical_checks(_read_reports(columns, graded_of))
    pages = {
        "index.html": renderer(
            "index",
            view=view_class(columns, identical),
            first=views[:FIRST],
            clusters=len(views),
            moves=view_moves(moved),
        )
    }
    write = partial(_write, folder)
    written = [write(name, page) for name, page in pages.items()]
    for name, part in _cut("clusters", views, PER_PAGE):
        page = renderer("clusters", views=part.items, part=part, unseen=len(clusters) - len(chosen))
        written.append(write(name, page))
    if similarity is not None:
        groups = list(view_groups(similarity, columns, graded_of))
        page = renderer("similar", groups=groups, similarity=similarity)
        written.append(write("similar.html", page))
    people = sorted(
        columns.roll, key=lambda result: (name_submission(result).casefold(), result.key)
    )
    for name, part in _cut("students", people, STUDENTS_PER_PAGE):
        rows = [_view_student(result, feedback or {}) for result in part.items]
        written.append(write(name, renderer("students", rows=rows, part=part)))
    _remove_old(folder, {path.name for path in written})
    return tuple(written)


def _read_reports(
    columns: Columns, graded_of: Callable[[str], Graded | None]
) -> Iterator[Mapping[str, Any]]:
    """Yield the reports of some submissions, from all over the class, each content once."""
    contents = list(dict.fromkeys([result.content for result in columns.graded]))
    step = max(-(-len(contents) // MOST_REPORTS), 1)
    for content in contents[::step]:
        graded = graded_of(content)
        if graded is not None:
            yield graded.report


# ---- pages


@dataclass(frozen=True)
class _Part:
    """One file of several with a list in parts; `names` are all of them."""

    items: Sequence[Any]
    number: int
    names: tuple[str, ...]
    start: int
    total: int


def _cut(name: str, items: Sequence[Any], size: int) -> Iterator[tuple[str, _Part]]:
    count = max(-(-len(items) // size), 1)
    names = tuple([f"{name}-{number}.html" for number in range(1, count + 1)])
    for number, own in enumerate(names):
        start = number * size
        part = items[start : start + size]
        yield own, _Part(part, number + 1, names, start + 1, len(items))


def _view_student(result: Result, feedback: Mapping[str, str]) -> dict[str, Any]:
    is_graded = result.status == ResultStatus.GRADED
    owners = [name_owner(one.id, result) for one in result.students] or [name_owner("", result)]
    pages = [feedback[owner] for owner in owners if owner in feedback]
    return {
        "name": name_submission(result),
        "student_ids": ", ".join([one.id for one in result.students if one.id and one.name]),
        "status": result.status.value,
        "score": points_text(result.score) if is_graded else "",
        "max_score": points_text(result.max_score) if is_graded else "",
        "bonus": points_text(result.bonus) if result.bonus else "",
        "late": "late" if result.late else "",
        "remark": result.remark,
        "page": pages[0] if pages else "",
    }


class _Renderer:
    """Makes the pages; templates, style and script are read once."""

    def __init__(self, title: str, facts: Mapping[str, str], has_similarity: bool) -> None:
        self._environment = open_templates(HERE)
        self._environment.filters["count"] = count_text
        sheets = [HOUSE / "page.css", HERE / "class.css"]
        style = "\n".join([sheet.read_text(encoding="utf-8") for sheet in sheets])
        script = (HOUSE / "page.js").read_text(encoding="utf-8")
        self._shared: dict[str, Any] = {
            "title": title,
            "facts": [*facts.items(), ("grader", __version__)],
            "has_similarity": has_similarity,
            "style": Markup(style),
            "script": Markup(script),
            "policy": security_policy(f"<style>{style}</style><script>{script}</script>"),
        }

    def __call__(self, name: str, **shown: Any) -> bytes:
        template = self._environment.get_template(f"{name}.html.j2")
        return template.render(self._shared, page=name, **shown).encode("utf-8", "replace")


def _write(folder: Path, name: str, page: bytes) -> Path:
    path = folder / name
    write_atomically(path, page)
    return path


def _remove_old(folder: Path, written: set[str]) -> None:
    for path in folder.iterdir():
        if _OLD.fullmatch(path.name) and path.name not in written:
            path.unlink()

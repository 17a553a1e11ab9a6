"""The pages about a class, made of its gradebook: what the class got wrong, and what is alike.

They show the run that counts, and who would move by a newer one that does not count yet.
"""

import sys
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from autograder.classroom.engine.entry import Entry
from autograder.classroom.exports import read_class
from autograder.classroom.feedback import name_owner, name_pages
from autograder.classroom.gradebook import Gradebook, Run
from autograder.classroom.gradebook_diff import compare_runs
from autograder.classroom.page.write import write_pages
from autograder.classroom.records import Graded, ResultStatus
from autograder.classroom.similarity import Similarity, find_similar, read_archive, sources_of
from autograder.errors import AutograderError
from autograder.homework.folder import Homework

__all__ = ["read_handed_out", "title_of", "write_class_pages"]

#: What of the handout is text of the kind that students write.
_ENDINGS = (".py", ".md")


def title_of(homework: Homework) -> str:
    """Return what the pages call the homework: its title, or else its folder's name."""
    return homework.settings.homework.title or homework.root.name


def read_handed_out(homework: Homework) -> tuple[str, ...]:
    """Return the text of each file that students were given."""
    files = [file for file in homework.assignment.rglob("*") if file.suffix in _ENDINGS]
    return tuple([file.read_text("utf-8", "replace") for file in sorted(files)])


def write_class_pages(
    out: Path, book: Gradebook, run: Run, read: Callable[[str], Entry | None]
) -> None:
    """Write ``index.html`` and the pages beside it; `read` returns the entry of a content."""

    def find_graded(content: str) -> Graded | None:
        entry = read(content) if content else None
        return entry.graded if entry is not None else None

    results = list(book.results(run.id))
    paged = [result for result in results if result.status != ResultStatus.MISSING]
    owners = [[name_owner(s.id, r) for s in r.students] or [name_owner("", r)] for r in paged]
    names = name_pages([owner for some in owners for owner in some])
    newest = book.newest or run.id
    write_pages(
        out,
        results,
        find_graded,
        title=run.title,
        comments={key: [one.text for one in said] for key, said in book.comments().items()},
        moved=compare_runs(book, run.id, newest) if newest != run.id else (),
        similarity=_find_similar(book, run, find_graded),
        feedback={owner: f"feedback/{name}.html" for owner, name in names.items()},
        facts={"run": str(run.id), "key": run.key[:12]},
    )


def _find_similar(
    book: Gradebook, run: Run, find_graded: Callable[[str], Graded | None]
) -> Similarity:
    sources = sources_of(book.results(run.id), find_graded)
    if run.archive:
        try:
            earlier = read_class(Path(run.archive)).submissions
        except (AutograderError, OSError) as error:
            sys.stderr.write(f"The class is not compared with {run.archive}: {error}\n")
        else:
            sources = chain(sources, read_archive(earlier, run.functions))
    return find_similar(sources, handout=run.handout)

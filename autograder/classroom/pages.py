"""The pages about a class, made of its gradebook: what the class got wrong, and what is alike.

They show the run that counts, and who would move by a newer one that does not count yet.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path

from autograder.classroom.engine.entry import Entry
from autograder.classroom.exports import read_class
from autograder.classroom.feedback import name_owner, name_pages
from autograder.classroom.gradebook import Gradebook, Run
from autograder.classroom.gradebook_diff import compare_runs
from autograder.classroom.page.write import write_pages
from autograder.classroom.records import Graded, Result, ResultStatus
from autograder.classroom.similarity import (
    Similarity,
    find_similar,
    read_archive,
    read_similarity,
    sources_of,
    write_similarity,
)
from autograder.classroom.store import Store
from autograder.core.writing import read_portable
from autograder.errors import AutograderError
from autograder.homework.folder import Homework

__all__ = ["read_handed_out", "title_of", "write_class_pages"]

#: The modules of this package that say what is alike.
_COMPARING = ("features.py", "misspellings.py", "similarity.py")

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
    out: Path, book: Gradebook, run: Run, read: Callable[[str], Entry | None], store: Store
) -> None:
    """Write ``index.html`` and the pages beside it.

    `read` returns the entry of a content. In `store` is what took long and is the same next time.
    """

    def find_graded(content: str) -> Graded | None:
        entry = read(content) if content else None
        return entry.graded if entry is not None else None

    names = name_pages(
        [
            name_owner(student.id if student else "", result)
            for result in book.results(run.id)
            if result.status != ResultStatus.MISSING
            for student in result.students or (None,)
        ]
    )
    newest = book.newest or run.id
    write_pages(
        out,
        book.results(run.id),
        find_graded,
        title=run.title,
        comments={key: [one.text for one in said] for key, said in book.comments().items()},
        moved=compare_runs(book, run.id, newest) if newest != run.id else (),
        similarity=_find_similar(book, run, find_graded, store),
        feedback={owner: f"feedback/{name}.html" for owner, name in names.items()},
        facts={"run": str(run.id), "key": run.key[:12]},
    )


def _find_similar(
    book: Gradebook, run: Run, find_graded: Callable[[str], Graded | None], store: Store
) -> Similarity:
    """Return what is alike; of the same class it is found once, but for one with an archive."""
    if run.archive:
        return _compare(book, run, find_graded)
    name = _name_comparison(book.results(run.id), run)
    known = store.get(name)
    if known is not None:
        return read_similarity(known)
    found = _compare(book, run, find_graded)
    graded = [r for r in book.results(run.id) if r.status == ResultStatus.GRADED]
    if found.compared == len(graded):  # of what is gone from the store, nothing was seen
        store.put(name, write_similarity(found))
    return found


def _name_comparison(results: Iterable[Result], run: Run) -> str:
    """Return a name of all that what is alike depends on, beside the way to grade."""
    summary = hashlib.sha256(json.dumps(run.handout).encode())
    for name in _COMPARING:
        summary.update(read_portable(Path(__file__).with_name(name)))
    for one in results:
        wrong = [(name, f.cause, f.wrong) for name, f in one.functions.items() if f.wrong]
        told = one.key, sorted([s.id for s in one.students]), one.content, wrong
        summary.update(json.dumps(told).encode())
    return f"similar {summary.hexdigest()}"


def _compare(book: Gradebook, run: Run, find_graded: Callable[[str], Graded | None]) -> Similarity:
    sources = sources_of(book.results(run.id), find_graded)
    if run.archive:
        try:
            earlier = read_class(Path(run.archive)).submissions
        except (AutograderError, OSError) as error:
            sys.stderr.write(f"The class is not compared with {run.archive}: {error}\n")
        else:
            sources = chain(sources, read_archive(earlier, run.functions))
    return find_similar(sources, handout=run.handout)

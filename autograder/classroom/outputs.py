"""Everything that is made of a gradebook: the table, the pages, the feedback, in one folder.

It shows the run that counts. Made again of the same gradebook, each file has the same bytes.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from autograder.classroom.engine.entry import Entry, read_entry
from autograder.classroom.feedback import write_feedback
from autograder.classroom.gradebook import Gradebook
from autograder.classroom.grades import list_grades
from autograder.classroom.grades_csv import make_csv
from autograder.classroom.pages import write_class_pages
from autograder.classroom.store import Store, find_cache
from autograder.core.text import list_first
from autograder.core.writing import write_atomically

__all__ = ["GRADEBOOK", "open_store", "reading_entries", "write_outputs"]

GRADEBOOK = "gradebook.sqlite"


def open_store(out: Path, setting: str, *, fresh: bool = False) -> Store:
    """Return the store of a way to grade: in the user's cache, else in the class's own folder."""
    try:
        return Store(find_cache(), setting, fresh=fresh)
    except (OSError, RuntimeError):  # no home, or one that can't be written
        return Store(out / ".graded", setting, fresh=fresh)


def reading_entries(store: Store) -> Callable[[str], Entry | None]:
    """Return what reads the entry of a content from a store; None where there is none."""

    def read(content: str) -> Entry | None:
        packed = store.get(content)
        if packed is None:
            return None
        try:
            return read_entry(packed)
        except ValueError:
            return None

    return read


def write_outputs(out: Path, book: Gradebook) -> None:
    """Write all files of the run that counts; say which pages can't be made."""
    number = book.counting
    if number is None:
        return
    run = book.run(number)
    store = open_store(out, run.setting)  # the newest run may have another one
    read = reading_entries(store)
    write_atomically(out / "grades.csv", make_csv(list_grades(book, number), run.functions))
    write_class_pages(out, book, run, read, store)
    without = write_feedback(out, list_grades(book, number), read=read, comments=book.comments())
    if without:
        sys.stderr.write(
            f"The feedback of {list_first(without)} is as it was: what was graded is no longer in"
            " the store. Run 'class SUBMISSIONS --out' again, and it is made.\n"
        )

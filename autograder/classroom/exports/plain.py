"""Read a folder or a zip that a person put together: a folder, zip or notebook for each student.

The student's id is the name, without the ending. It is what is left where no platform fits.
"""

from pathlib import PurePosixPath

from autograder.classroom.exports.reading import Reading, natural, speak_of_others, submit, text_id
from autograder.classroom.exports.tree import Leaf, Tree
from autograder.classroom.records import Student, Submitted
from autograder.intake.names import is_notebook, is_python

__all__ = ["count", "read"]

#: What lies beside submissions and is none.
_BESIDE = frozenset({".csv", ".htm", ".html", ".json", ".md", ".txt", ".xls", ".xlsx", ".yml"})


def count(tree: Tree) -> int:
    """Return how many folders and files there are that may be submissions."""
    return len(tree.top_folders) + len([leaf for leaf in tree.top_files if _may_be_work(leaf)])


def read(tree: Tree) -> Reading:
    """Return a submission for each folder and each file."""
    submissions = [_submit(name, name, leaves) for name, leaves in tree.top_folders.items()]
    beside = []
    for leaf in tree.top_files:
        if _may_be_work(leaf):
            submissions.append(_submit(leaf.path, PurePosixPath(leaf.path).stem, [leaf]))
        else:
            beside.append(leaf.path)
    ordered = sorted(submissions, key=lambda one: natural(one.name))
    remarks = [*speak_of_others(beside)]
    if len(ordered) > 1 and not tree.top_folders and all([is_python(one.name) for one in ordered]):
        remarks.append(
            f"Each .py file of {tree.name} was taken for a student's. If it is the folder of one"
            " student, give the folder around it."
        )
    return Reading(tuple(ordered), tuple(remarks))


def _may_be_work(leaf: Leaf) -> bool:
    return PurePosixPath(leaf.path).suffix.lower() not in _BESIDE or (
        is_python(leaf.path) or is_notebook(leaf.path)
    )


def _submit(name: str, student: str, leaves: list[Leaf]) -> Submitted:
    problem = "" if leaves else "there is no file in it"
    return submit(name, leaves, [Student(text_id(student))], problem=problem)

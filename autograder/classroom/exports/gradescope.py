"""Read what Gradescope gives for 'Download Submissions': a folder for each active submission.

``submission_metadata.yml`` beside the folders says whose they are. Earlier attempts are in it
with their scores, but without files. A time without a zone is UTC. With anonymous grading there are
no names.
"""

from collections.abc import Mapping
from datetime import timezone

from autograder.classroom.exports.metadata import Entry, read_metadata
from autograder.classroom.exports.reading import Reading, natural, speak_of_others, submit, text_id
from autograder.classroom.exports.times import parse_time
from autograder.classroom.exports.tree import Leaf, Tree
from autograder.classroom.records import Student, Submitted
from autograder.core.limits import MIB
from autograder.intake.listing import shown
from autograder.intake.names import parse_folder_name

__all__ = ["count", "read"]

METADATA = "submission_metadata.yml"

#: Five times what two thousand students with their histories take.
MAX_METADATA_BYTES = 512 * MIB


def count(tree: Tree) -> int:
    """Return how many of the entries at the top have Gradescope's names."""
    folders = len([name for name in tree.top_folders if _is_submission(name)])
    return folders + (1 if tree.find(METADATA) else 0)


def read(tree: Tree) -> Reading:
    """Return a submission for each folder, and for each entry of the metadata without one."""
    metadata, remarks = tree.find(METADATA), []
    entries: dict[str, Entry] = {}
    if metadata is None:
        remarks.append(f"{METADATA} is missing, and with it who submitted what.")
    else:
        with metadata.open(MAX_METADATA_BYTES) as handle:
            for entry in read_metadata(handle, f"{tree.name}/{METADATA}"):
                if entry.folder in entries:
                    remarks.append(f"{shown(entry.folder)} is in {METADATA} twice.")
                entries[entry.folder] = entry
    folders = tree.top_folders
    beside = [name for name in folders if name not in entries and not _is_submission(name)]
    beside += [leaf.path for leaf in tree.top_files if leaf.path != METADATA]
    remarks += speak_of_others(beside)
    names = sorted((folders.keys() | entries.keys()) - {*beside}, key=natural)
    submissions = [_submit(name, entries.get(name), folders.get(name, [])) for name in names]
    return Reading(tuple(submissions), tuple(remarks))


def _is_submission(folder: str) -> bool:
    found = parse_folder_name(folder)
    return found is not None and found.platform == "Gradescope"


def _submit(folder: str, entry: Entry | None, leaves: list[Leaf]) -> Submitted:
    problem = "" if leaves else "its files are not in the export: download the submissions again"
    row = folder.rpartition("_")[2]
    if entry is None:
        return submit(folder, leaves, row=row, problem=problem)
    students = [_find_student(fields) for fields in entry.submitters]
    return submit(
        folder,
        leaves,
        [student for student in students if student.id],
        row=row,
        attempt=str(entry.earlier + 1),
        submitted=parse_time(entry.created_at, without_zone=timezone.utc),
        problem=problem,
    )


def _find_student(fields: Mapping[str, str]) -> Student:
    name, email = text_id(fields.get("name", "")), text_id(fields.get("email", ""))
    return Student(text_id(fields.get("sid", "")) or email or name, name, email)

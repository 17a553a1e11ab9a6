"""What Canvas and Moodle make of a gradebook that someone uploads, by their documented rules.

Small re-implementations: each takes the platform's state and a file, and returns what would change.
Sources: ``lib/gradebook_importer.rb`` in https://github.com/instructure/canvas-lms and
``mod/assign/feedback/offline/`` and ``mod/assign/feedback/file/`` in https://github.com/moodle/moodle.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Canvas", "Moodle", "Upload"]


@dataclass
class Upload:
    """What became of an upload."""

    error: str = ""
    #: Grades that change, from what they were; None where there was or is none. By participant in
    #: Moodle, by student and assignment in Canvas.
    changed: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    #: Assignments and students that would be created, and points possible that would change.
    created: list[str] = field(default_factory=list)
    points_possible: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)


@dataclass
class Canvas:
    """A course: its students by id, with logins and names, and its assignments with grades."""

    students: Mapping[str, tuple[str, str]]
    assignments: Mapping[str, str]
    grades: dict[tuple[str, str], str] = field(default_factory=dict)

    def upload(self, content: bytes) -> Upload:
        done = Upload()
        rows = self._parse(content.decode("utf-8-sig"))
        header = rows[0]
        is_split = header[:2] == ["LastName", "FirstName"]
        count = (4 if is_split else 3) + self._count_sis(header, 4 if is_split else 3)
        wrong = "Student" not in str(header[0]) and not is_split
        if wrong or len(header) <= 3 or "Section" not in str(header[count - 1]):
            return Upload(error="Invalid header row")
        columns = {}
        for index, title in enumerate(header[count:], count):
            if title is None or re.search(r"(Current|Final|Override) (Score|Grade|Points)", title):
                continue
            match = re.fullmatch(r"(.*) \((\d+)\)", title)
            if match and match[2] in self.assignments:
                columns[index] = match[2]
            else:
                done.created.append(title)
        for row in rows[1:]:
            self._take_row(row, columns, done, is_split)
        return done

    def _parse(self, text: str) -> list[list[str | None]]:
        lines = [line for line in text.splitlines() if not re.fullmatch(r"[;, ]+", line)]
        counts = {}
        for sign in ";,":
            sizes = {len(row) for row in csv.reader(lines[:3], delimiter=sign)}
            counts[sign] = sizes.pop() if len(sizes) == 1 else 0
        sign = ";" if counts[";"] > counts[","] else ","
        rows = csv.reader(io.StringIO("\n".join(lines)), delimiter=sign)
        return [[self._convert(cell) for cell in row] for row in rows]

    def _convert(self, cell: str) -> str | None:
        if cell == "":
            return None
        if re.fullmatch(r"-?[0-9.,]+%?", cell):
            *head, last = re.split("[,.]", cell)
            return f"{''.join(head)}.{last}" if head else last
        return cell

    def _count_sis(self, header: list[str | None], start: int) -> int:
        names = [str(cell) for cell in header[start - 1 : start + 4]] + [""] * 5
        if names[0] == "SIS Login ID":
            return 1
        if names[:2] == ["SIS User ID", "SIS Login ID"]:
            more = 1 if names[2] == "Integration ID" else 0
            return 2 + more + (1 if names[2 + more] == "Root Account" else 0)
        return 0

    def _take_row(
        self, row: list[str | None], columns: Mapping[int, str], done: Upload, is_split: bool
    ) -> None:
        if row and "Points Possible" in str(row[0]):
            for index, assignment in columns.items():
                new = row[index]
                if new is not None and float(new) != float(self.assignments[assignment]):
                    done.points_possible[assignment] = new
            return
        if all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", cell) for cell in row if cell):
            return
        student = str(row[2 if is_split else 1])
        if student not in self.students:
            done.created.append(f"student {row[0]}")
            return
        for index, assignment in columns.items():
            old, new = self.grades.get((student, assignment)), row[index]
            if old != new and (old is None or new is None or float(old) != float(new)):
                done.changed[f"{student} {assignment}"] = (old, new)


@dataclass
class Moodle:
    """An assignment: participants, maximum, grades with the time of the last change in seconds."""

    participants: Mapping[str, str]
    maximum: float
    grades: dict[str, tuple[float, float]] = field(default_factory=dict)
    words: tuple[str, str, str, str] = (
        "Identifier",
        "Grade",
        "Last modified (grade)",
        "Participant ",
    )
    comma: bool = False

    def upload(self, content: bytes, *, update_newer: bool = False) -> Upload:
        done = Upload()
        rows = [*csv.reader(io.StringIO(content.decode("utf-8")))]
        identifier, grade, modified, hidden = self.words
        if not {identifier, grade, modified} <= {*rows[0]}:
            return Upload(error="invalid")
        for row in rows[1:]:
            cells = dict(zip(rows[0], row, strict=True))
            number = cells[identifier][len(hidden) :]
            if number not in self.participants:
                done.ignored.append(cells[identifier])
                continue
            self._take(number, cells[grade], cells[modified], done, update_newer)
        return done

    def _take(self, number: str, text: str, modified: str, done: Upload, newer: bool) -> None:
        value = text.replace(",", ".") if self.comma else text
        try:
            points = float(value)
        except ValueError:
            done.ignored.append(f"{number}: no grade")
            return
        old, at = self.grades.get(number, (None, 0.0))
        seconds = 0.0 if modified == "-" else float(modified)
        if points < 0 or points > self.maximum or points == old:
            done.ignored.append(f"{number}: {text}")
        elif at > seconds + 60 and not newer:
            done.ignored.append(f"{number}: newer")
        else:
            done.changed[number] = (None if old is None else f"{old:g}", f"{points:g}")

    def upload_feedback(self, paths: list[str]) -> dict[str, str]:
        """Return under which name which participant gets each file."""
        found = {}
        for path in paths:
            parts = path.split("/")
            if parts[-1].startswith((".", "~")):
                continue
            while parts:
                info = parts.pop(0).split("_", 4)
                if len(info) >= 4 and info[1].isdigit() and info[1] in self.participants:
                    found[info[1]] = "/".join([info[4] if len(info) > 4 else "", *parts]).strip("/")
                    break
        return found

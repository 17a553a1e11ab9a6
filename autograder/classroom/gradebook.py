"""The gradebook of a class: what was graded when, what of it counts, and what people decided.

One SQLite file. Only rows are added: a run adds what it graded, `accept` and `undo` add which run
counts from now on, a person's adjustments and comments stay whatever is graded again. All of a run
is one transaction: a run that is broken off has left nothing here.
"""

import getpass
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from autograder.classroom.engine.entry import UNFINISHED, Entry
from autograder.classroom.gradebook_reports import Interned, Reports
from autograder.classroom.gradebook_schema import open_database
from autograder.classroom.records import Graded, Result, ResultStatus, Student, Submitted
from autograder.errors import UsageError

__all__ = ["Adjustment", "Comment", "Gradebook", "Given", "Run", "open_gradebook"]


@dataclass(frozen=True)
class Given:
    """A submission of an export as a run takes it: the digest of its content, or why it has none.

    `remark` are sentences about what of it can't be read.
    """

    submitted: Submitted
    content: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Run:
    """One run: who graded when, by which key and grader, in which way (`setting`, a digest).

    `handout` has the text of each file that students were given, `archive` the folder of earlier
    years that the class is compared with; it is empty where there is none. `pieces` are those of
    the key (`autograder.classroom.reach`); a run of an older grader has none.
    """

    id: int
    at: str
    who: str
    setting: str
    key: str
    grader: str
    functions: tuple[str, ...]
    policy: Mapping[str, Any]
    title: str
    handout: tuple[str, ...]
    archive: str
    pieces: Mapping[str, str]


@dataclass(frozen=True)
class Adjustment:
    """What a person decided for a student: points, in hundredths, days, or that it is excused."""

    student: str
    points: int
    days: float
    is_excused: bool
    reason: str
    who: str
    at: str


@dataclass(frozen=True)
class Comment:
    """What a person wrote to everyone whose answer is in a cluster."""

    cluster: str
    text: str
    who: str
    at: str


@contextmanager
def open_gradebook(path: Path, *, is_new: bool = False) -> Iterator["Gradebook"]:
    """Open the gradebook at `path`, made where it is missing if `is_new` allows it.

    Raises
    ------
    UsageError
        If it can't be opened, or can't be written in the block.
    """
    with closing(open_database(path, is_new=is_new)) as database:
        try:
            yield Gradebook(database)
        except sqlite3.Error as error:
            raise UsageError(
                f"the gradebook {path} can't be used ({error}): make room on the disk, or wait"
                " until no one else writes to it, and run the same command again"
            ) from error


class Gradebook:
    """An open gradebook (`open_gradebook`)."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._reports = Reports(database)
        self._contents = Interned(database, "content", "digest")

    # ---- a run

    def record(
        self,
        given: Sequence[Given],
        standing: Callable[[Mapping[int, int]], Mapping[str, int | None]],
        *,
        setting: Mapping[str, Any],
        policy: Mapping[str, Any],
        students: Iterable[Student],
        read: Callable[[str], Entry | None],
        is_fresh: bool = False,
        archive: str = "",
    ) -> int:
        """Add a run, all of it or nothing, and return its number; that of one that was the same.

        Parameters
        ----------
        given : sequence of Given
            All submissions of the export.
        standing : callable
            Say of each student which submission counts, by its place in `given`, None for none; it
            is told the score of each that is graded, in hundredths, by place.
        setting : dict
            ``digest``, ``key``, ``grader`` and ``functions`` of the way to grade, and ``title`` and
            ``handout`` of the homework, and the ``pieces`` of the key.
        policy : dict
            The rules that apply to late submissions.
        students : iterable of Student
            All that are known.
        read : callable
            Return the entry of a content by its digest.
        is_fresh : bool
            Whether what is known of a content is looked at again: it may have been graded again.
        archive : str
            As in `Run`.
        """
        with self._transaction():
            number = self._add_setting(setting)
            for student in students:
                self._add_student(student)
            places = [self._add_submission(one) for one in given]
            gradings = [
                self._add_grading(one.content, number, read, is_fresh=is_fresh) for one in given
            ]
            scores = {
                place: score
                for place, grading in enumerate(gradings)
                if grading is not None and (score := self._score_of(grading)) is not None
            }
            counts = {
                student: None if place is None else places[place]
                for student, place in standing(scores).items()
            }
            graded = dict(zip(places, gradings, strict=True))
            return self._add_run(number, policy, graded, counts, archive=archive)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _add_setting(self, setting: Mapping[str, Any]) -> int:
        interned = Interned(self._database, "setting", "digest")
        return interned.number(
            setting["digest"],
            digest=setting["digest"],
            key=setting["key"],
            grader=json.dumps(setting["grader"]),
            functions=json.dumps(list(setting["functions"])),
            title=setting["title"],
            handout=json.dumps(list(setting["handout"])),
            pieces=json.dumps(dict(setting["pieces"])),
        )

    def _add_student(self, student: Student) -> None:
        self._database.execute(
            "INSERT INTO student VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET"
            " name = CASE ?2 WHEN '' THEN name ELSE ?2 END,"
            " email = CASE ?3 WHEN '' THEN email ELSE ?3 END",
            (student.id, student.name, student.email),
        )

    def _add_submission(self, given: Given) -> int:
        one = given.submitted
        for student in one.students:
            self._add_student(student)
        content = None
        if given.content:
            raw = bytes.fromhex(given.content)
            content = self._contents.number(raw, digest=raw)
        columns: dict[str, Any] = {
            "name": one.name,
            "row": one.row,
            "attempt": one.attempt,
            "submitted": one.submitted.isoformat() if one.submitted else "",
            "late": one.late,
            "problem": given.remark,
            "content": content,
            "students": json.dumps([student.id for student in one.students]),
        }
        digest = hashlib.sha256(json.dumps(list(columns.values())).encode()).digest()[:16]
        interned = Interned(self._database, "submission", "digest")
        return interned.number(digest, digest=digest, **columns)

    def _add_grading(
        self, content: str, setting: int, read: Callable[[str], Entry | None], *, is_fresh: bool
    ) -> int | None:
        """Return the number of what grading a content gave, added where it is new."""
        if not content:
            return None
        place = self._contents.find(bytes.fromhex(content)) or 0
        found = (
            "SELECT max(id) FROM grading WHERE content = ? AND setting = ?"
            " AND status <> 'unfinished'"
        )
        number = self._database.execute(found, (place, setting)).fetchone()[0]
        if number is None or is_fresh:
            return self._write_grading(place, setting, read(content))
        return int(number)

    def _write_grading(self, content: int, setting: int, entry: Entry | None) -> int:
        entry = entry or Entry(ResultStatus.UNFINISHED, sentence=UNFINISHED)
        report = outcomes = None
        if entry.graded is not None:
            self._reports.start_dictionary(entry.graded.report)
            report = self._reports.add(entry.graded.report, setting)
            outcomes = self._reports.add_outcomes(entry.graded)
            code = self._reports.pack_code(entry.graded.code)
            added = "UPDATE content SET code = ? WHERE id = ? AND code IS NULL"
            self._database.execute(added, (code, content))
        values = (content, setting, entry.status.value, entry.sentence, report, outcomes)
        found = (
            "SELECT id FROM grading WHERE content = ? AND setting = ? AND status = ?"
            " AND sentence = ? AND report IS ? AND outcomes IS ?"
        )
        row = self._database.execute(found, values).fetchone()
        if row is None:
            added = (
                "INSERT INTO grading (content, setting, status, sentence, report, outcomes)"
                " VALUES (?, ?, ?, ?, ?, ?)"
            )
            row = (self._database.execute(added, values).lastrowid,)
        return int(row[0])

    def _score_of(self, grading: int) -> int | None:
        found = (
            "SELECT r.score + r.bonus FROM grading g JOIN report r ON r.id = g.report"
            " WHERE g.id = ?"
        )
        row = self._database.execute(found, (grading,)).fetchone()
        return int(row[0]) if row else None

    def _add_run(
        self,
        setting: int,
        policy: Mapping[str, Any],
        graded: Mapping[int, int | None],
        counts: Mapping[str, int | None],
        *,
        archive: str,
    ) -> int:
        rules = json.dumps(policy, sort_keys=True)
        rows = sorted(graded.items()), sorted(counts.items())
        whole = json.dumps([setting, rules, archive, *rows])
        digest = hashlib.sha256(whole.encode()).hexdigest()
        row = self._database.execute("SELECT id FROM run WHERE digest = ?", (digest,)).fetchone()
        if row:
            return int(row[0])
        run = self._database.execute(
            "INSERT INTO run (at, who, setting, policy, archive, digest) VALUES (?, ?, ?, ?, ?, ?)",
            (_now(), _name_user(), setting, rules, archive, digest),
        ).lastrowid
        gradings = [(run, *pair) for pair in graded.items()]
        self._database.executemany("INSERT INTO graded VALUES (?, ?, ?)", gradings)
        places = [(run, *pair) for pair in counts.items()]
        self._database.executemany("INSERT INTO standing VALUES (?, ?, ?)", places)
        if self.counting is None:  # there is nothing yet that it could be compared with
            self._decide("accept", run or 0)
        return run or 0

    # ---- which run counts

    @property
    def counting(self) -> int | None:
        """The run that counts; None in a gradebook without any."""
        runs = self._list_accepted()
        return runs[-1] if runs else None

    @property
    def newest(self) -> int | None:
        """The last run that was added."""
        number = self._database.execute("SELECT max(id) FROM run").fetchone()[0]
        return None if number is None else int(number)

    def _list_accepted(self) -> list[int]:
        runs: list[int] = []
        for verb, run in self._database.execute("SELECT verb, run FROM decision ORDER BY id"):
            if verb == "accept":
                runs.append(run)
            elif len(runs) > 1:
                runs.pop()
        return runs

    def accept(self, run: int) -> None:
        """Let a run count from now on."""
        with self._transaction():
            self._decide("accept", run)

    def undo(self) -> int:
        """Let the run count again that did before the one that counts; return its number.

        Raises
        ------
        UsageError
            If no other run counted before.
        """
        with self._transaction():
            runs = self._list_accepted()
            if len(runs) < 2:
                raise UsageError("there is nothing to undo: no other run counted before this one")
            self._decide("undo", runs[-1])
            return runs[-2]

    def _decide(self, verb: str, run: int) -> None:
        values = (_now(), _name_user(), verb, run)
        self._database.execute(
            "INSERT INTO decision (at, who, verb, run) VALUES (?, ?, ?, ?)", values
        )

    def run(self, number: int) -> Run:
        """Return what is known of a run."""
        found = (
            "SELECT r.at, r.who, s.digest AS setting, s.key, s.grader, s.functions, r.policy,"
            " s.title, s.handout, r.archive, s.pieces FROM run r JOIN setting s ON s.id = r.setting"
            " WHERE r.id = ?"
        )
        rows = self._database.execute(found, (number,))
        columns = [column[0] for column in rows.description]
        row = dict(zip(columns, rows.fetchone(), strict=True))
        for one in ("policy", "pieces"):
            row[one] = json.loads(row[one])
        for several in ("functions", "handout"):
            row[several] = tuple(json.loads(row[several]))
        return Run(number, **row)

    # ---- what people decide

    def adjust(
        self, student: str, *, points: int, days: float, is_excused: bool, reason: str
    ) -> None:
        """Add an adjustment."""
        values = (_now(), _name_user(), student, points, days, is_excused, reason)
        with self._transaction():
            self._database.execute(
                "INSERT INTO adjustment (at, who, student, points, days, excused, reason)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                values,
            )

    def adjustments(self) -> dict[str, list[Adjustment]]:
        """Return all adjustments by student, in the order in which they were made."""
        found: dict[str, list[Adjustment]] = {}
        rows = "SELECT student, points, days, excused, reason, who, at FROM adjustment ORDER BY id"
        for student, points, days, excused, reason, who, at in self._database.execute(rows):
            one = Adjustment(student, points, days, bool(excused), reason, who, at)
            found.setdefault(student, []).append(one)
        return found

    def comment(self, cluster: str, text: str) -> None:
        """Add a comment to all in a cluster; an empty text takes those before back."""
        with self._transaction():
            self._database.execute(
                "INSERT INTO comment (at, who, cluster, text) VALUES (?, ?, ?, ?)",
                (_now(), _name_user(), cluster, text),
            )

    def comments(self) -> dict[str, list[Comment]]:
        """Return by cluster the comments that were not taken back."""
        found: dict[str, list[Comment]] = {}
        rows = "SELECT cluster, text, who, at FROM comment ORDER BY id"
        for cluster, text, who, at in self._database.execute(rows):
            if text:
                found.setdefault(cluster, []).append(Comment(cluster, text, who, at))
            else:
                found.pop(cluster, None)
        return found

    # ---- what a run came to

    def students(self) -> dict[str, Student]:
        """Return all students by id."""
        rows = self._database.execute("SELECT id, name, email FROM student ORDER BY id")
        return {row[0]: Student(*row) for row in rows}

    def standing(self, run: int) -> dict[str, str]:
        """Return for each student of a run, sorted, the key of the result that counts."""
        found = "SELECT student, submission FROM standing WHERE run = ? ORDER BY student"
        rows = self._database.execute(found, (run,))
        return {student: _name_key(student, number) for student, number in rows}

    def results(self, run: int) -> Iterator[Result]:
        """Yield the results of a run that count, and those of no known student; then the missing.

        A group's comes once. What was submitted and does not count, such as an earlier attempt, is
        left out.
        """
        students = self.students()
        found = (
            "SELECT s.id, s.students, g.status, s.name, s.row, s.attempt, s.submitted, s.late,"
            " hex(c.digest), r.score, r.max_score, r.bonus, s.problem, g.sentence, g.outcomes"
            " FROM graded p JOIN submission s ON s.id = p.submission"
            " LEFT JOIN content c ON c.id = s.content LEFT JOIN grading g ON g.id = p.grading"
            " LEFT JOIN report r ON r.id = g.report WHERE p.run = ?1 AND (s.students = '[]' OR"
            " s.id IN (SELECT submission FROM standing WHERE run = ?1))"
            " ORDER BY s.id"
        )
        counting = self.standing(run)
        for row in self._database.execute(found, (run,)):
            yield self._make_result(row, students, counting)
        for student, key in counting.items():
            if key.startswith("missing"):
                yield Result(key, (students[student],), ResultStatus.MISSING)

    def _make_result(
        self, row: Sequence[Any], students: Mapping[str, Student], counting: Mapping[str, str]
    ) -> Result:
        number, own, status, name, place, attempt, submitted, late, content = row[:9]
        score, max_score, bonus, problem, sentence, outcomes = row[9:]
        key = _name_key("", number)
        return Result(
            key=key,
            students=tuple([students[one] for one in json.loads(own) if counting.get(one) == key]),
            status=ResultStatus(status or "unreadable"),
            name=name,
            row=place,
            attempt=attempt,
            submitted=datetime.fromisoformat(submitted) if submitted else None,
            late=None if late is None else bool(late),
            content=(content or "").lower(),
            score=(score or 0) / 100,
            max_score=(max_score or 0) / 100,
            bonus=(bonus or 0) / 100,
            remark=" ".join([text for text in (sentence, problem) if text]),
            functions=self._reports.read_outcomes(outcomes) if outcomes else {},
        )

    def graded(self, run: int, content: str) -> Graded | None:
        """Return the report and the code behind a result's content; None where it has none."""
        found = (
            "SELECT g.report, g.outcomes, c.code FROM content c JOIN submission s ON s.content ="
            " c.id JOIN graded p ON p.submission = s.id JOIN grading g ON g.id = p.grading"
            " WHERE p.run = ? AND c.digest = ? AND g.report IS NOT NULL"
        )
        row = self._database.execute(found, (run, bytes.fromhex(content))).fetchone()
        if row is None:
            return None
        functions = self._reports.read_outcomes(row[1])
        return Graded(
            self._reports.read(row[0]),
            {name: one.wrong for name, one in functions.items() if one.wrong},
            self._reports.unpack_code(row[2]),
        )

    def lost(self, run: int, key: str) -> dict[str, tuple[int, str]]:
        """Return by check the hundredths that a result lost, and the cause where it has one."""
        found = (
            "SELECT w.text, x.lost, c.text FROM graded p JOIN grading g ON g.id = p.grading"
            ' JOIN result x ON x.report = g.report JOIN word w ON w.id = x."check"'
            " JOIN word c ON c.id = x.cause WHERE p.run = ? AND p.submission = ? AND x.lost > 0"
            " ORDER BY w.text"
        )
        rows = self._database.execute(found, (run, key))
        return {check: (lost, cause) for check, lost, cause in rows}


def _name_key(student: str, submission: int | None) -> str:
    return f"missing {student}" if submission is None else str(submission)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _name_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user without a name
        return "unknown"

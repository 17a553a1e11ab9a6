"""Grade a class: read the export, grade what was never graded, record it, write what comes of it.

What is graded is in the store at once, so a run that is broken off, in whatever way, goes on where
it was when the same command is run again. The gradebook gets a run when all of it is graded.
"""

import contextlib
import dataclasses
import os
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from autograder.classroom.clusters import find_clusters
from autograder.classroom.columns import read_columns
from autograder.classroom.commands.fill import write_filled
from autograder.classroom.engine.entry import Entry, read_entry
from autograder.classroom.engine.here import grade_here
from autograder.classroom.engine.setup import Setup, set_up
from autograder.classroom.engine.tasks import (
    MOST,
    Done,
    Load,
    Waiting,
    count_cores,
    cut_tasks,
    size_of_tasks,
)
from autograder.classroom.exports import Class, read_class
from autograder.classroom.gradebook import Given, Gradebook, open_gradebook
from autograder.classroom.gradebook_diff import compare_runs, count_moves, describe_moves
from autograder.classroom.grades import Grade, list_grades, show_points
from autograder.classroom.outputs import GRADEBOOK, open_store, reading_entries, write_outputs
from autograder.classroom.pages import read_handed_out, title_of
from autograder.classroom.progress import showing_progress
from autograder.classroom.reach import Reach, list_pieces
from autograder.classroom.records import ResultStatus, Student, Submitted, UnreadableError
from autograder.classroom.store import Store, digest_content
from autograder.core.text import list_first
from autograder.errors import UsageError
from autograder.grading.progress import NO_ROOM
from autograder.grading.stop import Stopped, StopRequest
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework

__all__ = ["Asked", "grade_class"]

#: A class that leaves no more than this to grade is graded faster in this process.
FEW = 10

#: So many wrong answers are named in the terminal; the page has all.
MOST_CLUSTERS = 3

#: So many moves are shown in the terminal; 'class diff' has all.
MOST_MOVES = 10


@dataclass(frozen=True)
class Asked:
    """How a class is to be graded: the options of the command line."""

    submissions: Path
    out: Path
    roster: Path | None = None
    platform: str = ""
    count: str = "last"
    jobs: int = 0
    scheduler: str = ""
    insecure: bool = False
    fresh: bool = False
    changed: bool = False
    archive: Path | None = None
    fill: Path | None = None
    column: str = ""


def grade_class(homework: Homework, asked: Asked) -> int:
    """Grade a class and write what comes of it; return 0.

    Raises
    ------
    UsageError
        If a path or an option is wrong, or a disk is full; the sentence says what to do.
    GraderError
        If there is no key, or a layer of protection is missing that strangers' code needs.
    Stopped
        If a signal ended the run; what is graded by then is kept.
    """
    _check_folders(asked)
    request = StopRequest()
    request.heed_signals()
    kept = Counter[str]()
    try:
        with _saying_what_is_full():
            _grade_all(homework, asked, request, kept)
    except Stopped as stopped:
        sys.stderr.write(
            f"stopped by {stopped.name}: what is graded by now ({kept['graded']} submissions) is"
            " kept; run the same command again, and it goes on\n"
        )
        raise
    return 0


def _check_folders(asked: Asked) -> None:
    if not os.path.exists(asked.submissions):
        raise UsageError(
            f"there is nothing at {asked.submissions}: name the platform's export, a folder or a"
            " zip with all submissions"
        )
    if asked.archive is not None and not os.path.exists(asked.archive):
        raise UsageError(f"--archive: there is nothing at {asked.archive}")
    out, submissions = asked.out.resolve(), asked.submissions.resolve()
    if out.is_file():
        raise UsageError(f"--out {asked.out} is a file: name a folder, new or of this class")
    if out == submissions or submissions in out.parents:
        raise UsageError(
            f"--out {asked.out} is inside the submissions, and would be taken for one: name a"
            " folder beside them"
        )
    try:
        asked.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {asked.out} can't be made: {error.strerror}") from error


@contextlib.contextmanager
def _saying_what_is_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        where = f" ({error.filename})" if error.filename else ""
        raise UsageError(
            f"the disk is full{where}: make room; what is graded by now is kept, and the same"
            " command goes on"
        ) from error


def _grade_all(homework: Homework, asked: Asked, request: StopRequest, kept: Counter[str]) -> None:
    setup = set_up(homework)
    found = read_class(
        asked.submissions,
        platform=asked.platform or None,
        roster=asked.roster,
        count=asked.count,
    )
    store = open_store(asked.out, setup.digest, fresh=asked.fresh)
    given, waiting = _look_through(found.submissions, store)
    pieces = list_pieces(current_key(homework, "full"), setup.around)
    if asked.changed and waiting:
        _keep_unreached(asked.out, pieces, waiting, store)
    unfinished = _grade_waiting(setup, asked, waiting, store, request=request, kept=kept)

    def read(content: str) -> Entry | None:
        packed = unfinished.get(content)
        return read_entry(packed) if packed else stored(content)

    stored = reading_entries(store)
    with open_gradebook(asked.out / GRADEBOOK, is_new=True) as book:
        run = book.record(
            given,
            _choosing(given, found.missing),
            setting={
                "digest": setup.digest,
                "key": setup.key_digest,
                "grader": setup.grader,
                "functions": setup.functions,
                "title": title_of(homework),
                "handout": read_handed_out(homework),
                "pieces": pieces,
            },
            policy=dataclasses.asdict(homework.settings.late),
            students=found.missing,
            read=read,
            is_fresh=asked.fresh,
            archive=str(asked.archive.resolve()) if asked.archive else "",
        )
        write_outputs(asked.out, book)
        _tell(book, run, asked.out, found)
        if asked.fill is not None and book.counting is not None:
            grades = list_grades(book, book.counting)
            for line in write_filled(asked.out, asked.fill, grades, asked.column):
                print(line)


# ---- what is to be graded


def _look_through(
    submitted: Iterable[Submitted], store: Store
) -> tuple[list[Given], dict[str, Waiting]]:
    """Read each submission once; return what is known of it, and the contents to be graded."""
    given: list[Given] = []
    waiting: dict[str, Waiting] = {}
    for one in submitted:
        if one.read is None:
            given.append(Given(one, remark=one.problem))
            continue
        try:
            content = one.read()
        except (OSError, UnreadableError) as error:
            given.append(Given(one, remark=f"It can't be read: {error}"))
            continue
        digest = digest_content(content.files)
        given.append(Given(one, digest, " ".join(content.remarks)))
        if digest not in waiting and not store.has(digest):
            waiting[digest] = Waiting(digest, _loading(one))
    return given, waiting


def _keep_unreached(
    out: Path, pieces: Mapping[str, str], waiting: dict[str, Waiting], store: Store
) -> None:
    """Take from `waiting` what the key's change can't reach: it keeps what it was given before."""
    with open_gradebook(out / GRADEBOOK, is_new=True) as book:
        before = book.run(book.counting) if book.counting else None
    if before is None:
        print("--changed: no run counts yet, so everything is graded")
        return
    reach, earlier, count = (
        Reach(before.pieces, pieces),
        open_store(out, before.setting),
        len(waiting),
    )
    for content in list(waiting):
        packed = earlier.get(content)
        graded = read_entry(packed).graded if packed else None
        if packed and graded and not reach.has(graded):
            store.put(content, packed)
            del waiting[content]
    print(f"--changed: {_say_reach(reach)}; {count - len(waiting)} of {count} keep what they have")


def _say_reach(reach: Reach) -> str:
    if reach.is_everyone:
        return "points, settings or the grader are other ones, which reaches everyone"
    names = sorted({*reach.asked, *reach.explained})
    return f"{list_first(names, most=MOST_MOVES) or 'nothing'} in the key"


def _loading(one: Submitted) -> Load:
    read = one.read
    assert read is not None
    return lambda: read().files


def _choosing(
    given: Sequence[Given], missing: Iterable[Student]
) -> Callable[[Mapping[int, int]], dict[str, int | None]]:
    """Return what says of each student which submission counts: of several, the best, then last."""
    places: dict[str, list[int]] = {}
    for place, one in enumerate(given):
        for student in one.submitted.students:
            places.setdefault(student.id, []).append(place)

    def choose(scores: Mapping[int, int]) -> dict[str, int | None]:
        def worth(place: int) -> tuple[int, float, int]:
            at = given[place].submitted.submitted
            return scores.get(place, -1), at.timestamp() if at else 0.0, place

        best = {student: max(own, key=worth) for student, own in places.items()}
        return dict.fromkeys([student.id for student in missing]) | best

    return choose


# ---- grading


def _grade_waiting(
    setup: Setup,
    asked: Asked,
    waiting: Mapping[str, Waiting],
    store: Store,
    *,
    request: StopRequest,
    kept: Counter[str],
) -> dict[str, bytes]:
    """Grade what waits and put it into the store; return the entries of what did not finish."""
    unfinished: dict[str, bytes] = {}
    if not waiting:
        return unfinished
    with (
        showing_progress(len(waiting)) as step,
        contextlib.closing(_start_engine(setup, asked, waiting)) as engine,
    ):
        for content, entry in engine:
            if read_entry(entry).status == ResultStatus.UNFINISHED:
                unfinished[content] = entry
            else:
                store.put(content, entry)
                kept["graded"] += 1
            step(1)
            request.check()
    return unfinished


def _start_engine(
    setup: Setup, asked: Asked, waiting: Mapping[str, Waiting]
) -> Generator[Done, None, None]:
    jobs = asked.jobs or count_cores()
    if asked.scheduler:
        from autograder.classroom.engine.cluster import grade_on_cluster

        tasks = cut_tasks(waiting.values(), MOST)
        return grade_on_cluster(setup, tasks, address=asked.scheduler, insecure=asked.insecure)
    tasks = cut_tasks(waiting.values(), size_of_tasks(len(waiting), jobs))
    if jobs > 1 and (asked.jobs or (len(waiting) > FEW and _has_extra())):
        from autograder.classroom.engine.cluster import grade_in_processes

        return grade_in_processes(setup, tasks, jobs=jobs)
    return grade_here(setup, tasks)


def _has_extra() -> bool:
    """Tell whether several processes can be had; if not, one is as good and takes longer."""
    return all([find_spec(name) for name in ("distributed", "cryptography")])


# ---- what the terminal says


def _tell(book: Gradebook, run: int, out: Path, found: Class) -> None:
    grades = [grade.without_functions() for grade in list_grades(book, run)]
    statuses = Counter([grade.result.status.value for grade in grades])
    counts = ", ".join([f"{n} {status}" for status, n in sorted(statuses.items())])
    print(f"{len(grades)} students: {counts or 'nothing was submitted'}")
    scores = [g.score for g in grades if g.score is not None]
    if scores:
        most = max([grade.result.max_score for grade in grades])
        mean = sum(scores) / len(scores)
        print(f"mean {show_points(mean)} of {show_points(most)}")
    _tell_problems(grades)
    for cluster in find_clusters(read_columns(book.results(run)))[:MOST_CLUSTERS]:
        what = cluster.cause or "the same wrong values, which have no name"
        print(f"{len(cluster.rows)} x {cluster.function}: {what}")
    _tell_of_class(found)
    _tell_of_moves(book, run, out)
    print(f"grades: {out / 'grades.csv'}   feedback: {out / 'feedback'}{os.sep}")
    print(f"what the class got wrong: {(out / 'index.html').resolve().as_uri()}")


def _tell_of_class(found: Class) -> None:
    for remark in found.remarks:
        print(remark)
    for what, students in (
        ("not in the roster", found.unknown),
        ("several submissions, and nothing says which is later", found.double),
    ):
        if students:
            print(f"{what}: {list_first([one.id for one in students], most=MOST_MOVES)}")


def _tell_problems(grades: Sequence[Grade]) -> None:
    for status in (ResultStatus.UNREADABLE, ResultStatus.UNFINISHED):
        own = [grade for grade in grades if grade.result.status == status]
        for grade in own[:MOST_MOVES]:
            who = grade.student.id or grade.result.name
            print(f"{status.value}: {who}: {grade.remark}")
        if len(own) > MOST_MOVES:
            print(f"{status.value}: {len(own) - MOST_MOVES} more, in grades.csv")
    missing = [g.student.id for g in grades if g.result.status == ResultStatus.MISSING]
    if missing:
        print(f"missing: {list_first(missing, most=MOST_MOVES)}")


def _tell_of_moves(book: Gradebook, run: int, out: Path) -> None:
    counting = book.counting
    if counting is None or counting == run:
        return
    moved = compare_runs(book, counting, run)
    print(f"\nThis run does not count yet: by it, {count_moves(moved)}.")
    for line in describe_moves(moved[:MOST_MOVES]):
        print(line)
    if len(moved) > MOST_MOVES:
        print(f"... and {len(moved) - MOST_MOVES} more: 'class diff --out {out}'")
    print(
        f"'python -m autograder class accept --out {out}' lets it count; the files show the run"
        " before until then."
    )

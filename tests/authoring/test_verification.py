"""The verification says what is wrong with the grader, remembers rows, and shows it all."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder.authoring import Check, Exam, Part, Promise, Question
from autograder.authoring.commands import verify as command
from autograder.authoring.language.questions import Mistake
from autograder.authoring.verification.grading import outcome_of
from autograder.authoring.verification.mutations import (
    EQUIVALENT,
    equivalent_faults,
    mutation_faults,
)
from autograder.authoring.verification.rows import Lost, Outcome, Row, Rule, Verdict
from autograder.authoring.verification.run import (
    ROWS_FILE,
    Finished,
    chosen_rows,
    grade_rows,
    grader_digest,
    verify,
)
from autograder.authoring.verification.table import Table, complete, summary, tabulate, to_html
from autograder.authoring.verification.variants import patched_submission, variant_rows, whole_rows
from autograder.authoring.verification.wrong_functions import (
    fact_faults,
    kink_faults,
    mistake_faults,
    promise_faults,
    promise_rows,
)
from autograder.core.records import CheckResult, Report
from autograder.errors import RubricError, UsageError
from autograder.homework.folder import Homework
from autograder.homework.key import Key

ROOT = Path(__file__).parents[2]
SOFTMAX = "forward.softmax"


@pytest.fixture
def homework(tmp_path: Path) -> Homework:
    """A homework without sources, but for a list of equivalent changes."""
    path = tmp_path / EQUIVALENT
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    return Homework(tmp_path)


def lost(check: str, *, name: str | None = None, points: int = 100, status: str = "failed") -> Lost:
    return Lost(check, check.rpartition(".")[0], status, points, name)


def outcome(*checks: Lost) -> Outcome:
    return Outcome(10000 - sum([check.points for check in checks]), checks)


NOTICED: Rule = partial(mutation_faults, '{"why": ["a"]}')


def row(name: str, rule: Rule = NOTICED, *, kind: str = "mutation", note: str = "") -> Row:
    return Row(kind, name, (SOFTMAX,), rule, {"forward.py": name.encode()}, note=note)


class Grades(nullcontext[Any]):
    """What grades rows by a function."""

    def __init__(self, grade: Callable[[Row], Outcome]) -> None:
        super().__init__(self)
        self.grade = grade


def question_with(*names: str) -> Question:
    """Return the question about softmax with known mistakes of these names."""
    checks = [Check("values", "", "values", 100), Check("dtype", "", "dtype", 100)]
    question = Question(
        "softmax", returns="o", checks=[*checks, Check("varied", "", "breaks_symmetry", 100)]
    )
    question.part = Part("forward", "Forward", "", question)
    for name in names:
        question.mistake(name, "A sentence.")(lambda z: z)
    return question


def faults_of(outcome: Outcome) -> tuple[str, ...]:
    """Return what is wrong where the mistake ``sign`` comes to this."""
    mistake = Mistake("sign", "", lambda z: z, "values", "here")
    return mistake_faults(question_with("sign", "averaged"), mistake, outcome)


def test_a_mistake_that_costs_more_than_its_rubric_says_is_a_fault() -> None:
    mistake = Mistake("sign", "", lambda z: z, "values", "here", ("values",))
    question = question_with("sign")
    own, other = [lost(f"{SOFTMAX}.{check}", name="sign") for check in ("values", "hidden")]
    assert mistake_faults(question, mistake, outcome(own)) == ()
    said = f"costs {SOFTMAX}.hidden, which is not among its costs"
    assert mistake_faults(question, mistake, outcome(own, other)) == (said,)


# ---- promises


def _half(x: np.ndarray, by: float = 2.0) -> np.ndarray:
    return x / by


def broken(when: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that breaks a promise about `half`."""
    reference = SimpleNamespace(functions={"tiny.half": _half})
    [row] = promise_rows([Promise("tiny.half", "any", when)], reference)  # type: ignore[arg-type]
    assert (row.identity, row.functions, row.is_alone) == (
        "promise: tiny.half: any",
        ("tiny.half",),
        True,
    )
    return row.wrong["tiny.half"]


def test_a_promise_is_broken_in_the_calls_that_are_about_it_alone() -> None:
    wrong = broken(lambda x: len(x) == 1)
    assert wrong(np.array([4.0])).tolist() == [3.0]
    assert wrong(np.array([4.0, 6.0])).tolist() == [2.0, 3.0]


def test_a_promise_sees_defaults_and_how_the_arguments_lie_in_memory() -> None:
    assert broken(lambda by: by == 2.0)(np.array([4.0])).tolist() == [3.0]
    assert broken(lambda by: by == 2.0)(np.array([4.0]), 4.0).tolist() == [1.0]
    wrong = broken(lambda x: x.strides[0] < x.strides[1])
    assert wrong(np.ones((2, 2))).tolist() == [[0.5, 0.5]] * 2
    assert wrong(np.ones((2, 2), order="F")).tolist() == [[1.5, 1.5]] * 2


def test_a_promise_that_no_call_tries_is_a_fault() -> None:
    promise = Promise("forward.softmax", "any size", lambda z: True)
    assert promise_faults(promise, outcome(lost(f"{SOFTMAX}.values"))) == ()
    elsewhere = outcome(lost("forward.forward.values"))
    assert promise_faults(promise, elsewhere) == ("costs nothing: no call tries it",)


def test_a_promise_about_what_is_not_asked_is_refused() -> None:
    promise = Promise("forward.softmin", "any size", lambda z: True)
    with pytest.raises(RubricError, match="a promise is about forward"):
        Exam(Part("forward", "Forward", "", question_with()), promises=[promise])


# ---- rules


def test_a_mistake_that_is_named_and_costs_points_is_right() -> None:
    named = outcome(lost(f"{SOFTMAX}.values", name="sign"), lost(f"{SOFTMAX}.hidden"))
    assert faults_of(named) == ()


def test_a_mistake_that_costs_nothing_is_a_fault() -> None:
    elsewhere = outcome(lost("forward.forward.values", name="sign"))
    assert faults_of(elsewhere) == ("costs nothing",)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([None], "is called by no name, not sign"),
        (["averaged"], "is called averaged, not sign"),
        (["sign", "averaged"], "is called averaged, too"),
    ],
)
def test_a_mistake_by_another_name_is_a_fault(names: list[str | None], said: str) -> None:
    checks = [lost(f"{SOFTMAX}.check{i}", name=name) for i, name in enumerate(names)]
    assert faults_of(outcome(*checks)) == (said,)


@pytest.mark.parametrize(("check", "name"), [("dtype", "type-int64"), ("varied", "all-equal")])
def test_a_fact_that_follows_from_a_mistake_is_no_other_name(check: str, name: str) -> None:
    checks = [lost(f"{SOFTMAX}.values", name="sign"), lost(f"{SOFTMAX}.{check}", name=name)]
    assert faults_of(outcome(*checks)) == ()


def test_a_known_mistake_is_another_name_whatever_check_gives_it() -> None:
    checks = [lost(f"{SOFTMAX}.values", name="sign"), lost(f"{SOFTMAX}.varied", name="averaged")]
    assert faults_of(outcome(*checks)) == ("is called averaged, too",)


def test_a_mistake_that_is_charged_twice_is_a_fault() -> None:
    twice = outcome(lost(f"{SOFTMAX}.values", name="sign"), lost("forward.forward.values"))
    assert faults_of(twice) == ("costs points on forward.forward, too",)


def test_a_kink_costs_exactly_its_points() -> None:
    check = "relu_backward.relu_backward.kink"
    assert kink_faults("zero", 100, outcome(lost(check, name="zero"))) == ()
    more = outcome(lost(check, name="zero"), lost("activations.relu_grad.values", name="zero"))
    (fault,) = kink_faults("zero", 100, more)
    assert fault.startswith("costs 2 points, not 1: ")
    assert kink_faults("zero", 100, outcome())[-1] == "costs 0 points, not 1: no check"


def test_a_fact_costs_its_checks_and_no_other() -> None:
    checks = (f"{SOFTMAX}.dtype",)
    assert fact_faults(checks, outcome(lost(checks[0]))) == ()
    assert fact_faults(checks, outcome()) == (f"does not cost {SOFTMAX}.dtype",)
    more = outcome(lost(checks[0]), lost(f"{SOFTMAX}.values"))
    assert fact_faults(checks, more) == (f"also costs {SOFTMAX}.values",)


def test_the_solution_keeps_every_point_and_the_stubs_are_not_started() -> None:
    solution, stubs = whole_rows(Homework(ROOT), 10000)
    started = outcome(lost(f"{SOFTMAX}.values", status="failed", points=10000))
    assert solution.rule(outcome()) == ()
    assert solution.rule(started) == (f"loses 100 points in {SOFTMAX}.values",)
    assert stubs.rule(outcome(lost("a.b.c", status="not started", points=10000))) == ()
    assert stubs.rule(started) == (f"is 'failed' in {SOFTMAX}.values, not 'not started'",)
    assert stubs.rule(outcome())[-1] == "gets 100 points, not 0"
    assert solution.rule(Outcome(9000)) == ("gets 90 points, not 100",)


def test_a_row_that_can_not_be_graded_is_a_fault() -> None:
    verdict = Verdict.of(row("a"), Outcome(0, failure="no worker could be started"))
    assert verdict.faults == ("could not be graded: no worker could be started",)


# ---- submissions


def test_a_patch_is_appended_and_a_whole_file_takes_the_modules_place() -> None:
    solution = {"a.py": b"A", "b.py": b"B", "c.py": b"C"}
    patches = {"a.py": b"more", "b.py": b"# whole file\nmine", "helper.py": b"help"}
    files = patched_submission(solution, patches, renamed={"c.py": None})
    assert files == {
        "a.py": b"A\n\nmore",
        "b.py": b"# whole file\nmine",
        "helper.py": b"help",
    }


def test_the_right_submissions_of_a_folder_become_rows(tmp_path: Path) -> None:
    for name, score in (("right", 37.5), ("wrong", 36), ("wrong_extra_credit", 37.5)):
        tmp_path.joinpath(name).mkdir()
        tmp_path.joinpath(name, "a.py").write_bytes(b"mine")
        description = {"about": "In other words.", "score": score}
        description |= {"loses": {"b.f": {}}} if name == "wrong_extra_credit" else {}
        tmp_path.joinpath(name, "expected.json").write_text(json.dumps(description))
    assert list(variant_rows(tmp_path / "missing", {"a.py": b"A"}, 3750)) == []
    (variant,) = variant_rows(tmp_path, {"a.py": b"A"}, 3750)
    assert (variant.identity, variant.note) == ("variant: right", "In other words.")
    assert variant.files == {"a.py": b"A\n\nmine"}
    assert not variant.is_wrong


# ---- grading and remembering


def test_an_outcome_holds_the_checks_that_lost_points() -> None:
    def check(name: str, score: int) -> CheckResult:
        return CheckResult(
            f"{SOFTMAX}.{name}", "forward", SOFTMAX, "", "failed", score, 100, "public", "", "sign"
        )

    carried, wrong = check("values", 100), check("shape", 40)
    done = outcome_of(Report((carried, wrong), 200, {}, is_finished=True))
    assert done == Outcome(140, (Lost(f"{SOFTMAX}.shape", SOFTMAX, "failed", 60, "sign"),))


def test_a_row_that_is_known_is_not_graded_again(tmp_path: Path) -> None:
    rows = [row("a"), row("b")]
    path = tmp_path / "rows.jsonl"
    Finished(path, "grader", rows).add(rows[0], outcome(lost(f"{SOFTMAX}.values", name="sign")))
    finished = Finished(path, "grader", rows)
    graded = grade_rows(rows, finished, Grades(lambda _: outcome()))
    outcomes = {row.name: done for row, done in graded}
    assert outcomes["a"] == outcome(lost(f"{SOFTMAX}.values", name="sign"))
    assert outcomes["b"] == outcome()
    assert Finished(path, "grader", rows).outcome(rows[1]) == outcome()


def test_a_row_whose_files_or_grader_changed_is_not_known(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    Finished(path, "grader", [row("a")]).add(row("a"), outcome())
    changed = Row("mutation", "a", (), NOTICED, {"forward.py": b"other"})
    assert Finished(path, "another grader", [row("a")]).outcome(row("a")) is None
    Finished(path, "grader", [row("a")]).add(row("a"), outcome())
    assert Finished(path, "grader", [changed]).outcome(changed) is None


def test_a_line_that_was_cut_off_counts_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    Finished(path, "grader", [row("a"), row("b")]).add(row("a"), outcome())
    with path.open("a") as file:
        file.write('{"row": "mutation: b", "dig')
    finished = Finished(path, "grader", [row("a"), row("b")])
    assert finished.outcome(row("a")) == outcome()
    assert finished.outcome(row("b")) is None


def test_a_row_to_be_graded_afresh_is_forgotten(tmp_path: Path) -> None:
    path, rows = tmp_path / "rows.jsonl", [row("a"), row("b")]
    for one in rows:
        Finished(path, "grader", rows).add(one, outcome())
    finished = Finished(path, "grader", rows, forget=["mutation: a"])
    assert finished.outcome(rows[0]) is None
    assert finished.outcome(rows[1]) == outcome()


def test_a_row_that_failed_is_tried_again(tmp_path: Path) -> None:
    finished = Finished(tmp_path / "rows.jsonl", "grader", [row("a")])
    finished.add(row("a"), Outcome(0, failure="exit status 3"))
    assert finished.outcome(row("a")) is None


def test_an_interrupt_keeps_what_is_done(tmp_path: Path) -> None:
    rows, path = [row("a"), row("b")], tmp_path / "rows.jsonl"
    graded = grade_rows(rows, Finished(path, "grader", rows), Grades(lambda _: outcome()))
    done, _ = next(graded)
    with pytest.raises(KeyboardInterrupt):
        graded.throw(KeyboardInterrupt())
    finished = Finished(path, "grader", rows)
    assert finished.outcome(done) == outcome()
    assert [finished.outcome(row) for row in rows if row is not done] == [None]


def test_the_digest_follows_every_source_of_the_grader(tmp_path: Path) -> None:
    source = tmp_path / "anywhere" / "checks.py"
    source.parent.mkdir()
    source.write_text("1")
    before = grader_digest("key", package=tmp_path)
    assert grader_digest("another key", package=tmp_path) != before
    source.write_text("2")
    assert grader_digest("key", package=tmp_path) != before


# ---- the table


def made_up(key: Key) -> Table:
    """Return a table with every kind of fault."""
    mistake = row(
        f"{SOFTMAX}: sign",
        faults_of,
        kind="mistake",
        note="forward.py line 7",
    )
    outcomes = [
        (row("forward.softmax: <a> -> b"), outcome(lost(f"{SOFTMAX}.values"))),
        (row("forward.softmax: survivor"), outcome()),
        (mistake, outcome(lost(f"{SOFTMAX}.values"), lost(f"{SOFTMAX}.hidden"))),
        (row("forward.softmax: listed", equivalent_faults), outcome(lost(f"{SOFTMAX}.large"))),
    ]
    verdicts = [Verdict.of(*pair) for pair in outcomes]
    return tabulate(key, verdicts, ["the list has 'x', which is no change"], seconds=2, known=1)


def test_the_table_says_of_each_wrong_row_why(key: Key) -> None:
    table = made_up(key)
    text = summary(table)
    assert not table.is_right
    assert "WRONG mistake: forward.softmax: sign\n      is called by no name, not sign" in text
    assert "(forward.py line 7)" in text
    assert "WRONG mutation: forward.softmax: survivor\n      no check notices it" in text
    assert "WRONG mutation: forward.softmax: listed\n      is listed in" in text
    assert "WRONG the list has 'x', which is no change" in text
    assert table.headline == (
        "NOT proven: 3 of 4 submissions judged wrong, 1 wrong list entry"
        " (3 graded in 2 s, 1 known from an earlier run)"
    )
    assert table.headline in text
    assert "<a> -> b" not in text
    assert "    99  mutation: forward.softmax: <a> -> b" in complete(table)


@pytest.mark.parametrize(
    ("rows", "faults", "headline"),
    [
        (1, 0, "the grader proves itself: 1 submission judged right (1 graded in 2 s)"),
        (2, 0, "the grader proves itself: 2 submissions judged right (2 graded in 2 s)"),
        (2, 2, "NOT proven: 2 wrong list entries (2 graded in 2 s)"),
    ],
)
def test_the_headline_counts_as_people_do(key: Key, rows: int, faults: int, headline: str) -> None:
    caught = Verdict.of(row("a"), outcome(lost(f"{SOFTMAX}.values")))
    assert tabulate(key, [caught] * rows, ["a fault"] * faults, seconds=2).headline == headline


def test_the_table_counts_how_often_a_check_decides(key: Key) -> None:
    rates = {rate.check: rate for rate in made_up(key).rates}
    values, hidden = rates[f"{SOFTMAX}.values"], rates[f"{SOFTMAX}.hidden"]
    assert (values.lost, values.rows, values.only) == (2, 4, 1)
    assert (hidden.lost, hidden.rows, hidden.only) == (1, 4, 0)
    assert rates["forward.forward.values"].rows == 0


def test_the_table_lists_the_checks_that_decide_nothing(key: Key) -> None:
    table = made_up(key)
    assert f"{SOFTMAX}.shape" in table.never
    assert f"{SOFTMAX}.values" not in table.never
    assert f"  {SOFTMAX}.shape" in summary(table)


def test_a_kink_is_about_all_its_functions(key: Key) -> None:
    kink = next(check for check in key.checks if check.kind == "kink")
    member = kink.data["members"][-1]["function"]
    change = Row("mutation", f"{member}: a -> b", (member,), NOTICED)
    table = tabulate(key, [Verdict.of(change, outcome(lost(kink.id)))], [])
    rate = next(rate for rate in table.rates if rate.check == kink.id)
    assert (rate.lost, rate.rows, rate.only) == (1, 1, 1)


def test_points_lost_elsewhere_are_shown(key: Key) -> None:
    verdict = Verdict.of(row("a"), outcome(lost(f"{SOFTMAX}.values"), lost("train.train.values")))
    assert verdict.lost_elsewhere == ("train.train",)
    text = complete(tabulate(key, [verdict], []))
    assert "elsewhere train.train" in text
    assert "1 costs points elsewhere, too" in text


def test_the_page_shows_wrong_rows_first_and_escapes_them(key: Key) -> None:
    page = to_html(made_up(key))
    assert "<a>" not in page
    assert "&lt;a&gt; -&gt; b" in page
    every = page.partition("Every row")[2]
    assert every.index("survivor") < every.index("&lt;a&gt;")
    assert "prefers-color-scheme: dark" in page
    assert "http" not in page
    assert "is called by no name, not sign" in page


# ---- the whole


def test_only_rows_with_a_text_in_their_names_are_looked_at(key: Key, homework: Homework) -> None:
    rows = [row("softmax: a"), row("relu: b")]
    caught = outcome(lost(f"{SOFTMAX}.values"))
    table = verify(homework, key, rows=rows, only="relu", grader=Grades(lambda _: caught))
    assert [verdict.row.name for verdict in table.verdicts] == ["relu: b"]
    assert table.never == ()
    with pytest.raises(UsageError, match="none of the 2 rows has 'tanh' in its name"):
        chosen_rows(rows, "tanh")


def test_a_second_run_knows_the_rows_of_the_first(key: Key, homework: Homework) -> None:
    rows = [row("a"), row("b")]
    caught = outcome(lost(f"{SOFTMAX}.values"))
    first = verify(homework, key, rows=rows, grader=Grades(lambda _: caught))
    again = verify(homework, key, rows=rows, grader=Grades(lambda _: outcome()))
    fresh = verify(homework, key, rows=rows, fresh=True, grader=Grades(lambda _: outcome()))
    assert (first.known, again.known, fresh.known) == (0, 2, 0)
    assert again.is_right
    assert len(fresh.wrong) == 2
    assert homework.root.joinpath(ROWS_FILE).is_file()


def test_an_entry_of_the_list_that_fits_no_change_is_a_fault(key: Key, homework: Homework) -> None:
    list_file = homework.root / EQUIVALENT
    list_file.write_text(json.dumps({"the same": ["forward.softmax: gone"]}))
    caught = outcome(lost(f"{SOFTMAX}.values"))
    table = verify(homework, key, rows=[row("a")], grader=Grades(lambda _: caught))
    assert table.faults == (
        "equivalent_mutations.json lists 'forward.softmax: gone', which is no change of the"
        " solution: remove it",
    )
    assert not table.is_right


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, homework: Homework, key: Key) -> Callable[..., int]:
    """Run the verb with made-up rows, on a homework of its own."""

    def run(grade: Callable[[Row], Outcome]) -> int:
        monkeypatch.setattr(command, "current_key", lambda *_: key)
        monkeypatch.setattr(command, "Reference", lambda _: None)
        monkeypatch.setattr(command, "all_rows", lambda *_: [row("a"), row("b")])
        monkeypatch.setattr(command, "Grader", lambda *_: Grades(grade))
        return command.run_verify(homework)

    return run


def test_the_verb_fails_where_a_row_is_wrong(
    run: Callable[..., int], homework: Homework, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(lambda _: outcome()) == 3
    printed = capsys.readouterr()
    assert "WRONG mutation: a" in printed.out
    assert printed.err.startswith("NOT proven: 2 of 2 submissions judged wrong")
    assert "WRONG mutation: b" in homework.root.joinpath("build/verify.txt").read_text()
    assert "<h2>Wrong rows</h2>" in homework.root.joinpath("build/verify.html").read_text()


def test_the_verb_succeeds_where_every_row_is_right(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(lambda _: outcome(lost(f"{SOFTMAX}.values"))) == 0
    assert "no row is wrong" in capsys.readouterr().out


def test_the_verb_says_where_it_was_interrupted(
    run: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "progress_listener", lambda *_: (interrupt, lambda: None))
    assert run(lambda _: outcome()) == 130
    assert (
        "stopped after 1 of 2 submissions, which are kept: run the same command again to grade"
        " the rest\n"
    ) in capsys.readouterr().err


@pytest.mark.slow
def test_the_grader_proves_itself(answer_keys: dict[str, Path]) -> None:
    call = [sys.executable, "-m", "autograder", "verify"]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, timeout=3600)
    assert done.returncode == 0, done.stdout

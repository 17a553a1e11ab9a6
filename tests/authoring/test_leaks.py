"""Nothing that happens on hidden inputs reaches a student, whatever the submission does there."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import submission_corpus as corpus
from quick import slow_after
from runs import lay_out

from autograder.commands import gradescope_run
from autograder.core.message import Label, Message, Row
from autograder.core.records import CheckResult, Report, Status
from autograder.grading.audience import for_students
from autograder.grading.grade import grade
from autograder.homework.key import Key
from autograder.homework.settings import Feedback
from autograder.intake.take_in import take_in
from autograder.outputs.gradescope_json import to_gradescope
from autograder.outputs.report_json import write_message
from autograder.supervisor.spawn import Spawner

#: Occurs in no sentence of the grader's.
CANARY = "Canary8675"

CLOSED, OPEN = Feedback(), Feedback(name_hidden_mistakes=True)


Judge = Callable[..., Report]


@pytest.fixture
def judge(key: Key, tmp_path: Path) -> Judge:
    """Grade a submission in this process, with real workers."""

    def run(submission: Path, *, public_only: bool = False) -> Report:
        workspace = tmp_path / f"grade-{public_only}"
        workspace.mkdir()
        spawner = Spawner(workspace)
        try:
            taken = take_in(submission, workspace / "submission", wanted=key.files)
            return grade(taken, key, spawner, public_only=public_only)
        finally:
            spawner.close()
            shutil.rmtree(workspace)

    return run


# ---- submissions that behave on public inputs, and tell all they can on others

#: Stands in the submission's own helper module and in this test alike.
GUARD = """
import hashlib
import os
import sys

import numpy as np

FOLDER = os.path.dirname(os.path.abspath(__file__))


def digest(arguments):
    return hashlib.sha256(repr([plain(argument) for argument in arguments]).encode()).hexdigest()


def plain(value):
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    return value if isinstance(value, list) else np.asarray(value).tolist()


class Canary8675(Exception):
    pass


def tell(arguments):
    return "Canary8675 " + repr([plain(argument) for argument in arguments])


def guarded(function, known, misbehave):
    def call(*arguments):
        is_inside = sys._getframe(1).f_code.co_filename.startswith(FOLDER)
        if is_inside or digest(arguments) in known:
            return function(*arguments)
        return misbehave(function, arguments)
    return call


def raises(function, arguments):
    raise Canary8675(tell(arguments))


def prints(function, arguments):
    print(tell(arguments))
    print(tell(arguments), file=sys.stderr)
    raise ValueError(tell(arguments))


def returns(function, arguments):
    return tell(arguments)


def shifts(function, arguments):
    def moved(result):
        if isinstance(result, dict):
            return {name: moved(item) for name, item in result.items()}
        if isinstance(result, tuple):
            return tuple(moved(item) for item in result)
        return np.asarray(result) + 8675.309
    return moved(function(*arguments))


def exits(function, arguments):
    os._exit(86)


def names(function, arguments):
    raise type(tell(arguments), (Exception,), {})(tell(arguments))
"""


@pytest.fixture(scope="module")
def digests(key: Key) -> list[str]:
    """Return the digests of all public arguments, as the submissions make them."""
    there: dict[str, Any] = {"__file__": __file__}
    exec(GUARD, there)
    made = []
    for function in key.functions.values():
        for call in range(function.counts["public"]):
            made.append(there["digest"](list(function.named_arguments("public", call).values())))
    return sorted(set(made))


@pytest.fixture
def telling(root: Path, key: Key, digests: list[str], tmp_path: Path) -> Callable[[str], Path]:
    """Make a right submission that misbehaves on hidden inputs alone."""

    def make(how: str) -> Path:
        folder = tmp_path / how
        shutil.copytree(root / "solution", folder)
        (folder / "guard.py").write_text(f"{GUARD}\nKNOWN = frozenset({digests!r})\n")
        for file, functions in key.files.items():
            lines = ["", "import guard as _guard"]
            lines += [
                f"{name} = _guard.guarded({name}, _guard.KNOWN, _guard.{how})" for name in functions
            ]
            with (folder / f"{file}.py").open("a") as module:
                module.write("\n".join(lines) + "\n")
        return folder

    return make


WAYS = ("raises", "prints", "returns", "shifts", "exits", "names")


def numbers_of(key: Key) -> set[str]:
    """Return the hidden inputs' numbers that are long enough to be told from any other."""
    numbers: set[float] = set()
    for function in key.functions.values():
        for call in range(function.counts["hidden"]):
            for value in function.named_arguments("hidden", call).values():
                for array in value.values() if isinstance(value, dict) else [value]:
                    if isinstance(array, np.ndarray) and array.dtype.kind == "f":
                        numbers.update(array.ravel().tolist())
    return {repr(number) for number in numbers if len(repr(number)) > 8}


def without_tags(html: str) -> str:
    """Return what Gradescope shows of an output in the form of a message: a line for each row."""
    rows = html.replace("</dt>\n", " ")
    return "\n".join([line.strip() for line in re.sub("<[^>]*>", "", rows).split("\n")])


def assert_says_nothing(text: str, hidden: list[dict[str, Any]]) -> None:
    assert CANARY not in text
    assert "canary" not in text.lower()
    assert "8675" not in text
    for check in hidden:
        said = without_tags(check.get("output", check.get("message", "")))
        assert [line.split()[0] for line in said.split("\n") if line] in ([], ["inputs", "look"])
        assert not any([character.isdigit() for character in said])


@pytest.mark.parametrize("how", slow_after(2, WAYS))
def test_a_submission_that_tells_of_hidden_inputs_is_not_heard_on_gradescope(
    telling: Callable[[str], Path], how: str, tmp_path: Path, key: Key
) -> None:
    place = lay_out("gradescope", tmp_path / "run", telling(how))
    process = place.start()
    staff = process.communicate(timeout=120)[0]
    assert process.returncode == 0, staff
    text = place.report.read_text()
    checks = place.results()["checks"]
    hidden = [check for check in checks if check["visibility"] == "after_published"]
    shown = [check for check in checks if check["visibility"] == "visible"]
    assert {check["status"] for check in shown} == {"passed"}
    assert "failed" in {check["status"] for check in hidden}
    assert_says_nothing(text, hidden)
    assert not [number for number in numbers_of(key) if number in text]
    assert {check["extra_data"]["misconception"] for check in hidden} == {None}
    assert {check["extra_data"]["status"] for check in hidden} <= {"passed", "failed"}
    # Staff, who alone see standard output, are told.
    assert "input" in staff
    assert "\nnumpy: 2." in staff
    assert how in ("exits", "returns", "shifts") or CANARY in staff


@pytest.mark.parametrize("how", slow_after(1, WAYS))
def test_a_submission_that_tells_of_hidden_inputs_is_not_heard_in_a_report_for_students(
    telling: Callable[[str], Path],
    how: str,
    command: Callable[..., Any],
    tmp_path: Path,
) -> None:
    file = tmp_path / "report.json"
    done = command("grade", telling(how), "--json", file, "--for", "students")
    assert done.returncode == 0, done.stderr
    report = json.loads(file.read_text())
    hidden = [check for check in report["checks"] if check["visibility"] == "hidden"]
    assert report["audience"] == "students"
    assert_says_nothing(file.read_text(), hidden)
    assert_says_nothing(done.stdout + done.stderr, [])


def test_staff_are_told_all(
    telling: Callable[[str], Path], graded: Callable[..., dict[str, Any]]
) -> None:
    report = graded(telling("raises"))
    hidden = [check for check in report["checks"] if check["visibility"] == "hidden"]
    failed = [check for check in hidden if check["status"] == "error"]
    assert report["audience"] == "staff"
    assert failed
    for check in failed:
        assert f"raised     {CANARY}: {CANARY} [" in check["message"]
        assert "\ninput " in check["message"]


# ---- what students see at once depends on no hidden check

#: Printed times, random numbers and ends that are not the same from run to run.
VARYING = (
    "dataclasses_and_generators",
    "message_with_addresses_and_paths",
    "segmentation_fault",
    "unseeded_initialisation",
)

QUICK = (
    "missing_batch_mean",
    "every_relu_is_zero_at_zero",
    "raises_on_one_input",
    "softmax_overflows",
    "prints_everywhere",
    "flat_biases_not_averaged",
)


def assert_public_part_stands_alone(judge: Judge, submission: Path) -> None:
    full, alone = judge(submission), judge(submission, public_only=True)
    shown = for_students(full, CLOSED)
    assert [c for c in shown.checks if c.visibility == "public"] == list(alone.checks)
    assert shown.notes == alone.notes
    assert shown.printed == alone.printed
    for check in shown.checks:
        if check.visibility == "hidden":
            assert_is_bare(check, OPEN)


def assert_is_bare(check: CheckResult, feedback: Feedback) -> None:
    """Require that a hidden check, made for students, is made of its title and points alone."""
    bare = replace(check, message="anything", status=Status.ERROR, mistake="sign")
    other = for_students(Report((bare,), 100, {}, is_finished=True), CLOSED).checks[0]
    assert other == for_students(Report((check,), 100, {}, is_finished=True), CLOSED).checks[0]
    said = write_message(other.message)
    assert said in ("", f"inputs     hidden, not shown\nlook at    {place(check)}")


def place(check: CheckResult) -> str:
    file, _, function = check.function.partition(".")
    return f"{file}.py, {function}"


@pytest.mark.parametrize("name", slow_after(1, QUICK))
def test_students_see_at_once_what_their_own_run_shows(
    judge: Judge, name: str, tmp_path: Path
) -> None:
    assert_public_part_stands_alone(judge, corpus.build(name, tmp_path / "made"))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(corpus.names()) - set(QUICK)))
def test_students_of_any_test_submission_see_at_once_what_their_own_run_shows(
    judge: Judge, name: str, tmp_path: Path
) -> None:
    if corpus.expected(name)["slow"] or name in VARYING:
        pytest.skip("it takes long, or is not the same from run to run")
    assert_public_part_stands_alone(judge, corpus.build(name, tmp_path / "made"))


def test_the_time_that_students_see_does_not_run_on_hidden_inputs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter([100.0, 101.0, 102.0, 150.0, 160.0])
    monkeypatch.setattr(gradescope_run.time, "monotonic", lambda: next(clock))
    render = gradescope_run._Render()
    check = CheckResult("a", "p", "p.f", "t", Status.PASSED, 1, 1, "public", Message(), None)
    hidden = replace(check, id="b", visibility="hidden")
    seconds = [
        json.loads(render(Report(checks, 2, {"p": "P"}, is_finished=False)))["execution_time"]
        for checks in ((), (check,), (check, hidden), (check, hidden, hidden))
    ]
    assert seconds == [1.0, 2.0, 2.0, 2.0]


def test_names_are_shown_on_gradescope_only_where_the_settings_say_so() -> None:
    secret = Message((Row(Label.GOT, "secret"),))
    check = CheckResult("a", "p", "p.f", "t", Status.FAILED, 0, 1, "hidden", secret, "sign")
    report = Report((check,), 1, {"p": "P"}, is_finished=True)
    for feedback, expected in ((CLOSED, None), (OPEN, "sign")):
        content = to_gradescope(report, feedback=feedback, execution_seconds=0, metadata={})
        (test,) = json.loads(content)["tests"]
        assert test["extra_data"]["misconception"] == expected
        assert ("mistake sign" in without_tags(test["output"])) == (expected is not None)
        assert "secret" not in content.decode()

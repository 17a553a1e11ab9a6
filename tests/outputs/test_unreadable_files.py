"""A file that can't be imported is one thing to fix, whatever waits for it."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.core.message import Label, Message, Row
from autograder.core.records import CheckResult, Report, Status
from autograder.grading.audience import for_students
from autograder.grading.grade import grade
from autograder.homework.folder import Homework
from autograder.homework.settings import Feedback
from autograder.intake.take_in import take_in
from autograder.outputs.changes import changed_lines, next_lines
from autograder.outputs.groups import gather_blocks, state_of
from autograder.outputs.html.page import PageRenderer, view_of
from autograder.outputs.text import styled_lines
from autograder.supervisor.spawn import spawning

RELU = "return np.maximum(x, 0.0)"


def check(function: str, title: str, *, lost: int, row: Row, waits_for: str = "") -> CheckResult:
    """Return a check that has lost all of its points."""
    return CheckResult(
        id=f"{function}.{title}",
        part=function.partition(".")[0],
        function=function,
        title=title,
        status=Status.ERROR if waits_for else Status.FAILED,
        score=0,
        max_score=lost,
        visibility="public",
        message=Message((row,)),
        mistake=None if waits_for else title,
        waits_for=waits_for,
    )


def report_of(*checks: CheckResult) -> Report:
    parts = {check.part: check.part.title() for check in checks}
    return Report(checks, sum([check.max_score for check in checks]), parts, is_finished=True)


GOT = Row(Label.GOT, "1")
WAITS = Row(Label.FIRST, "uses waits for a.py")
UNREADABLE = Row(
    Label.RAISED,
    "a.py can't be imported: ",
    after="SyntaxError: invalid syntax",
    exception="SyntaxError",
)
BROKEN = report_of(
    check("b.wrong", "values", lost=900, row=GOT),
    check(
        "b.uses",
        "values",
        lost=200,
        waits_for="a",
        row=Row(Label.FIRST, "uses waits for a.py"),
    ),
    check("a.one", "values", lost=50, waits_for="a", row=UNREADABLE),
    check("a.two", "values", lost=50, waits_for="a", row=UNREADABLE),
)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            RELU,
            "return np.where(x >= 0, x, 0.0",
            ["can't be read, line 114: SyntaxError: '(' was never closed", "count the brackets"],
        ),
        ("import math", "import math\n\ny = mth.pi", ["can't be imported, line 9: NameError"]),
        ("import math", "import math\nimport os\n\nos._exit(3)", ["itself (exit status 3)"]),
        pytest.param(
            "import math",
            "import math\n\nwhile True:\n    pass",
            ["time limit stopped after"],
            marks=pytest.mark.slow,
        ),
    ],
    ids=["bracket", "raises", "kills", "hangs"],
)
def test_a_file_that_cant_be_imported_is_told_of_once(
    answer_keys: dict[str, Path], root: Path, tmp_path: Path, old: str, new: str, told: list[str]
) -> None:
    folder = tmp_path / "work"
    shutil.copytree(root / "solution", folder, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "activations.py"
    source = file.read_text(encoding="utf-8")
    assert old in source
    file.write_text(source.replace(old, new, 1), encoding="utf-8")
    words = [sys.executable, "-m", "autograder", "grade", str(folder), "--public"]
    words += ["--json", str(tmp_path / "report.json")]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, timeout=120)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("x  1. activations.py can't be ")
    assert (
        len([line for line in lines if line.startswith("x  ") and "can't be" in line]) == 2
    )  # and the file's part
    assert len(lines) < 25  # 98 checks fail
    text = " ".join(done.stdout.split())
    for words_of_it in (*told, "13 functions (17.25 points) of activations.py; 6 functions"):
        assert words_of_it in text
    assert "1 waiting for activations.py" in done.stdout
    content = json.loads((tmp_path / "report.json").read_bytes())
    waiting = [c["message"] for c in content["checks"] if c["function"] == "train.train"]
    assert all(
        [
            "train waits for activations.relu, and activations.py can't" in message
            for message in waiting
            if message
        ]
    )
    assert not any(["waits_for" in c for c in content["checks"]])


def test_what_waits_for_a_file_is_one_group_and_the_first() -> None:
    groups = [[c.function for c in block.checks] for block in gather_blocks(BROKEN.checks)]
    assert groups == [["a.one", "a.two", "b.uses"], ["b.wrong"]]


def test_the_first_thing_to_mend_is_the_file_on_the_page() -> None:
    first = view_of(BROKEN).first
    assert [one.block.name for one in first] == ["a.py", "b.wrong"]
    assert first[0].lost == "3 points"
    assert first[0].cause == "a.py can't be read: SyntaxError: invalid syntax"
    assert first[0].waits == "3 functions wait for this file"


def test_a_part_that_waits_leads_to_the_file() -> None:
    view = view_of(BROKEN)
    (waiting,) = next(part for part in view.parts if part.name == "b").kept_back
    assert (waiting.file, waiting.functions) == ("a.py", ("b.uses",))
    page = PageRenderer()(BROKEN).decode()
    assert f'Waiting for <a href="#{waiting.anchor}"><code>a.py</code></a>' in page
    assert page.count("a.py can&#39;t be read") == 2  # ahead of all, and where it belongs


@pytest.mark.parametrize("order", [1, -1])
def test_a_page_has_the_blocks_in_their_order_with_all_that_they_lose(order: int) -> None:
    checks = [
        check("a.twice", "one", lost=300, row=GOT),
        check("a.once", "one", lost=320, row=GOT),
        check("a.twice", "two", lost=50, row=Row(Label.GOT, "2")),
        check("a.little", "one", lost=310, row=GOT),
    ][::order]
    view = view_of(report_of(*checks))
    told = [(one.block.name, one.lost) for one in view.first]
    worth = {"a.twice": "3.5 points", "a.once": "3.2 points", "a.little": "3.1 points"}
    names = dict.fromkeys([check.function for check in checks])
    assert told == [(name, worth[name]) for name in names]
    assert [one.anchor for one in view.first] == [g.anchor for g in view.parts[0].groups]


def test_a_page_counts_what_waits_for_the_file() -> None:
    page = PageRenderer()(BROKEN).decode()
    assert "2 functions (1 point) of a.py; 1 function (2 points) of files that use it: uses" in page


def test_a_state_tells_what_waits_from_what_is_to_be_mended() -> None:
    own, others = BROKEN.checks[2:], BROKEN.checks[:2]
    assert state_of(own) == "can't be imported"
    assert state_of(others) == "1 to fix, 1 waiting for a.py"


def test_watching_tells_in_a_line_what_began_to_wait_and_what_waits_no_more() -> None:
    right = [
        replace(c, status=Status.PASSED, score=c.max_score, waits_for="") for c in BROKEN.checks
    ]
    passing = replace(BROKEN, checks=(BROKEN.checks[0], *right[1:]))
    assert [text for _, text in changed_lines(passing, BROKEN)] == [
        "x  -3  3 functions now wait for a.py"
    ]
    assert [text for _, text in changed_lines(BROKEN, passing)] == [
        "ok +3  3 functions that waited for a.py: right again"
    ]


def test_whoever_saves_a_file_that_waits_is_shown_what_it_waits_for() -> None:
    lines = [text for _, text in next_lines(BROKEN, ["b"])]
    assert lines[0].startswith("x  1. a.py can't be read: SyntaxError")


def test_students_see_hidden_checks_wait_with_the_others_of_the_file() -> None:
    hidden = replace(BROKEN.checks[2], id="a.one.hidden", visibility="hidden")
    told = for_students(replace(BROKEN, checks=(*BROKEN.checks, hidden)), Feedback())
    lines = [text for _, text in styled_lines(told)]
    assert len([line for line in lines if line.startswith("x  1. a.")]) == 1
    assert not any(["hidden" in line for line in lines])
    assert "SyntaxError" not in repr(told.checks[-1].message)


def test_whoever_raises_the_graders_own_words_waits_for_no_file_and_changes_no_argument(
    answer_keys: dict[str, Path], root: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    shutil.copytree(root / "solution", work, ignore=shutil.ignore_patterns("__pycache__"))
    for file, code in (
        ("forward", "def softmax(z):\n    raise ModuleNotFoundError(SAID, name='activations')\n"),
        ("updates", "def sgd_update(params, grads, lr):\n    raise KeyError('read-only')\n"),
        ("train", "def predict(f, params):\n    from missing import thing\n"),
    ):
        with (work / f"{file}.py").open("a", encoding="utf-8") as source:
            source.write(f'\n\nSAID = "activations.py can\'t be imported: no"\n\n\n{code}')
    key = Homework(root).read_key("full")
    assert key is not None
    with spawning() as spawner:
        taken = take_in(work, spawner.workspace / "submission", wanted=key.files)
        report = grade(taken, key, spawner, public_only=True)
    checks = {check.id: check for check in report.checks}
    assert {check.waits_for for check in report.checks} == {""}
    assert "activations.py can't" in checks["forward.softmax.values"].message.rows[2].said
    for name in ("forward.softmax", "updates.sgd_update", "train.predict"):
        own = [check for check in report.checks if check.function == name]
        assert {check.status for check in own} == {Status.ERROR}

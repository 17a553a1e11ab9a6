"""What is wrong with a function is one block, and blocks are numbered in the order of fixing."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.core.message import Label, Message, Place, Row
from autograder.core.records import CheckKind, CheckResult, Report, Status
from autograder.grading.audience import for_students
from autograder.grading.grade import grade
from autograder.homework.folder import Homework
from autograder.homework.settings import Feedback
from autograder.intake.take_in import take_in
from autograder.outputs.gradescope_json import to_gradescope
from autograder.outputs.groups import Block, gather_blocks, later_text
from autograder.outputs.report_json import write_message
from autograder.outputs.text import styled_lines
from autograder.supervisor.spawn import spawning

SHOWS = "python grade.py show"


def judged(
    folder: Path, changes: dict[str, tuple[str, str]], root: Path, half: str = "full"
) -> Report:
    """Judge the solution with one change in each of some files."""
    work = folder / "work"
    shutil.copytree(root / "solution", work, ignore=shutil.ignore_patterns("__pycache__"))
    for name, (old, new) in changes.items():
        file = work / f"{name}.py"
        source = file.read_text(encoding="utf-8")
        assert source.count(old) == 1
        file.write_text(source.replace(old, new), encoding="utf-8")
    key = Homework(root).read_key(half)
    assert key is not None
    with spawning() as spawner:
        taken = take_in(work, spawner.workspace / "submission", wanted=key.files)
        return grade(taken, key, spawner)


@pytest.fixture(scope="module")
def report(
    answer_keys: dict[str, Path], root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Report:
    """A submission with one slip in each of three files."""
    return judged(
        tmp_path_factory.mktemp("groups"),
        {
            "activations": ("return np.maximum(x, 0.0)", "print(np.maximum(x, 0.0))"),
            "forward": ("return e / e.sum(axis=1, keepdims=True)", "return e / e.sum()"),
            "train": ('"H": rng.normal', '"h": rng.normal'),
        },
        root,
    )


def block_of(name: str, report: Report) -> Block:
    (block,) = [b for b in gather_blocks(report.checks) if b.name == name and not b.is_carried]
    return block


def kinds_of(block: Block) -> set[str]:
    return {check.kind for check in block.checks}


def test_print_in_the_place_of_return_is_told_once(report: Report) -> None:
    block = block_of("activations.relu", report)
    assert block.what == "returns a wrong result"
    assert len(block.checks) == 6
    assert {CheckKind.ARGUMENTS, CheckKind.SHAPE} <= kinds_of(block)
    for check in block.checks:
        assert "nothing came back (None)" in write_message(check.message)
        assert "whatever the input" not in write_message(check.message)
    assert write_message(block.told().message).count("nothing came back") == 1


def test_a_key_that_is_missing_is_told_once(report: Report) -> None:
    block = block_of("train.init_params", report)
    assert len(block.checks) > 2
    assert write_message(block.told().message).count("lacks the key H") == 1


def test_a_named_mistake_is_named_wherever_it_explains(report: Report) -> None:
    block = block_of("forward.softmax", report)
    titles = {check.title for check in block.checks}
    assert len(titles) > 2
    assert len({check.mistake for check in block.checks}) == 1
    for check in block.checks:
        message = write_message(check.message)
        assert message.count("likely  ") == 1
        assert 'print("expected"' in message
        assert 'print("again"' not in message
    assert write_message(block.told().message).count("likely  ") == 1


def test_hidden_checks_are_a_line_of_the_block_with_their_points(report: Report) -> None:
    told = for_students(report, Feedback())
    (row,) = block_of("forward.softmax", told).told().message.find(Label.ALSO)
    *_, last = row.said.split("\n")
    assert last == "with the hidden inputs: 0 of 1 point"


def test_of_a_function_that_fails_hidden_checks_alone_students_see_that_and_no_input() -> None:
    row = Row(Label.INPUT, "x = np.array([[0.123]])")
    public = replace(VALUES, score=VALUES.max_score, status=Status.PASSED)
    hidden = check("a.f", CheckKind.VALUES, row, *SIDES, visibility="hidden")
    told = for_students(report_of(public, hidden), Feedback())
    (block,) = gather_blocks(told.checks)
    assert block.what == "returns wrong values with the hidden inputs"
    text = "\n".join([text for _, text in styled_lines(told)])
    assert "hidden, not shown" in text
    assert "0.123" not in text


# ---- made by hand


def check(
    function: str,
    kind: str = CheckKind.VALUES,
    *rows: Row,
    status: Status = Status.FAILED,
    visibility: str = "public",
    after: tuple[str, ...] = (),
    is_first: bool = True,
) -> CheckResult:
    """Return a check that lost a point."""
    return CheckResult(
        id=f"{function}.{kind}.{visibility}",
        part=function.partition(".")[0],
        function=function,
        title=f"the {kind}",
        status=status,
        score=0,
        max_score=100,
        visibility=visibility,
        message=Message(rows),
        mistake=None,
        kind=kind,
        is_first=is_first,
        after=after,
    )


def report_of(*checks: CheckResult, hidden: int = 0) -> Report:
    parts = {c.part: c.part.title() for c in checks}
    worth = sum([c.max_score for c in checks])
    return Report(checks, worth, parts, True, hidden_points={"a.f": hidden} if hidden else {})


def names_of(*checks: CheckResult) -> list[tuple[int, str]]:
    return [(block.number, block.name) for block in gather_blocks(checks)]


SIDES = (Row(Label.EXPECTED, "[1]"), Row(Label.GOT, "[2]"))
VALUES = check("a.f", CheckKind.VALUES, *SIDES)


@pytest.mark.parametrize(
    ("one", "what"),
    [
        (VALUES, "returns wrong values"),
        (check("a.f", CheckKind.VALUES, Row(Label.GOT, "None")), "returns a wrong result"),
        (check("a.f", CheckKind.SHAPE), "returns the wrong shape"),
        (check("a.f", CheckKind.DTYPE), "returns the wrong data type"),
        (check("a.f", CheckKind.ARGUMENTS), "modifies its arguments"),
        (check("a.f", "converges"), "fails: the converges"),
        (check("a.f", CheckKind.VALUES, is_first=False), "fails: the values"),
        (check("a.f", visibility="hidden"), "returns wrong values with the hidden inputs"),
        (
            check("a.f", "converges", visibility="hidden"),
            "fails with the hidden inputs: the converges",
        ),
        (check("a.f", status=Status.TIMEOUT), "takes too long"),
        (check("a.f", status=Status.CRASHED), "ends Python"),
        (check("a.f", CheckKind.SHAPE, Row(Label.RAISED, exception="KeyError")), "raises KeyError"),
    ],
)
def test_a_head_says_what_is_wrong_whatever_the_checks_title(one: CheckResult, what: str) -> None:
    (block,) = gather_blocks([one])
    assert block.what == what
    assert block.head == f"a.f {what}"


def test_what_a_function_calls_comes_before_it_and_all_else_in_the_order_of_the_parts() -> None:
    checks = [
        check("a.top", after=("a.middle", "b.low")),
        check("a.middle", after=("b.low",)),
        check("a.alone"),
        check("b.low"),
    ]
    blocks = gather_blocks(checks)
    assert [b.name for b in blocks] == ["a.alone", "b.low", "a.middle", "a.top"]
    assert [b.number for b in blocks] == [1, 2, 3, 4]
    assert [b.after for b in blocks] == [(), (), (2,), (2, 3)]


def test_functions_that_call_each_other_are_all_in_the_list() -> None:
    checks = [check("a.f", after=("a.g",)), check("a.g", after=("a.f",)), check("a.h")]
    assert names_of(*checks) == [(1, "a.h"), (2, "a.f"), (3, "a.g")]


def test_a_convention_that_is_broken_elsewhere_is_the_block_of_that_function() -> None:
    look = Row(Label.LOOK_AT, "", Place("b.py", "low", is_in_notebook=True, cell=3), ", low")
    assert names_of(check("a.top", CheckKind.KINK, look)) == [(1, "b.low")]
    assert names_of(check("a.top", CheckKind.VALUES, look)) == [(1, "a.top")]


def test_other_checks_are_a_line_each_with_what_the_first_one_does_not_say() -> None:
    raised = Row(Label.RAISED, after="ValueError: no\nmore", exception="ValueError")
    types = (Row(Label.EXPECTED, "type float64"), Row(Label.GOT, "type int64"))
    (block,) = gather_blocks(
        [
            VALUES,
            check("a.f", CheckKind.SHAPE, raised),
            check("a.f", CheckKind.ARGUMENTS, raised),
            check("a.f", CheckKind.DTYPE, *types),
            check("a.f", "large", *SIDES),
            check("a.f", visibility="hidden"),
        ]
    )
    (row,) = block.told().message.find(Label.ALSO)
    assert row.said.split("\n") == [
        "the large",
        "the shape, unchanged arguments: raises ValueError: no",
        "the dtype: got type int64, expected type float64",
        "with the hidden inputs: 0 of 1 point",
    ]
    assert block.checks[0].message.find(Label.ALSO) == ()  # the check's own message is as it was


def test_titles_with_commas_are_told_apart_and_so_is_what_cant_be_judged() -> None:
    unseen = Row(Label.UNSEEN, "This can't be judged while the values are wrong.")
    (block,) = gather_blocks(
        [
            VALUES,
            replace(check("a.f", "large"), title="large numbers, of either sign"),
            check("a.f", "small"),
            replace(check("a.f", "order", unseen), title="a new order, with each seed"),
            check("a.f", CheckKind.DTYPE, *SIDES, unseen),
        ]
    )
    (row,) = block.told().message.find(Label.ALSO)
    assert row.said.split("\n") == [
        "large numbers, of either sign; the small",
        "a new order, with each seed; the dtype: can't be judged before that",
    ]


def test_a_function_that_waits_for_another_says_which_number_to_fix() -> None:
    waits = check("b.g", CheckKind.VALUES, *SIDES, after=("a.f",))
    lines = [text for _, text in styled_lines(report_of(waits, VALUES))]
    assert lines[0] == "x  1. a.f returns wrong values" + " " * 36 + "1 point lost"
    start = lines.index(next(line for line in lines if line.startswith("x  2. b.g")))
    assert lines[start + 1 : start + 5] == [
        "  expected   [1]",
        "  got        [2]",
        "  first      fix 1, which it calls",
        "",
    ]
    assert "Start with 1, which 2 calls." in lines


def test_a_function_that_waits_keeps_its_whole_message_where_it_has_a_cause_of_its_own() -> None:
    own = Row(Label.LIKELY, "the sign")
    waits = check("b.g", CheckKind.VALUES, *SIDES, own, after=("a.f",))
    lines = [text for _, text in styled_lines(report_of(waits, VALUES))]
    assert "  likely     the sign" in lines


def test_a_score_says_how_much_is_checked_after_submission() -> None:
    assert later_text(report_of(VALUES)) == ""
    assert later_text(report_of(VALUES, hidden=100)) == "1 more point is checked after submission"
    *_, last = [text for _, text in styled_lines(report_of(VALUES, hidden=2625))]
    assert last == "score 0 of 1; 26.25 more points are checked after submission"


def test_of_the_tests_of_a_block_on_gradescope_the_first_has_the_message() -> None:
    look = Row(Label.LOOK_AT, "a.py")
    types = (Row(Label.EXPECTED, "type float64"), Row(Label.GOT, "type <b>"))
    checks = (
        replace(VALUES, message=Message((*SIDES, look))),
        check("a.f", CheckKind.DTYPE, *types, look),
        check("a.f", CheckKind.SHAPE, *SIDES, visibility="hidden"),
        check("a.g", CheckKind.VALUES, *SIDES, look, visibility="hidden"),
        check("a.g", CheckKind.DTYPE, *types, look),
    )
    content = json.loads(
        to_gradescope(report_of(*checks), feedback=Feedback(), execution_seconds=0, metadata={})
    )
    first, second, hidden, _, alone = [test["output"] for test in content["tests"]]
    assert "a.py" in first
    assert second == (
        "<p>See test 1.1 first, about a.f.</p>\n"
        "<p>This check: got type &lt;b&gt;, expected type float64</p>"
    )
    assert "hidden, not shown" in hidden
    assert "a.py" in alone  # what is shown now never leads to a hidden test
    assert not any(["hidden" in shown for shown in (first, second, alone)])


# ---- eight wrong functions

EIGHT = {
    "separability": ("return W0 @ W1, b0 @ W1 + b1", "return W1 @ W0, b0 @ W1 + b1"),
    "activations": ("return np.where(x >= 0, 1.0, slope)", "return np.where(x >= 0, 1, 0)"),
    "forward": ("return -np.log(o[np.arange(len(y)), y])", "return np.log(o[:, y])"),
    "softmax_ce": ("return o - one_hot(y, o.shape[1])", "return o - y"),
    "relu_backward": ("return dz @ U.T", "return dz @ U"),
    "updates": ("return dH, db_H, dU, db_U", "return dH, db_H[0], dU, db_U * len(f)"),
    "embeddings": ("return dE / t", "return dE"),
    "train": ("return o.argmax(axis=1)", "return o.argmax(axis=0)"),
}


@pytest.fixture(scope="module")
def eight(
    answer_keys: dict[str, Path], root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Report:
    return judged(tmp_path_factory.mktemp("eight"), EIGHT, root, "public")


def test_eight_wrong_functions_are_under_a_hundred_lines(eight: Report) -> None:
    blocks = [b for b in gather_blocks(eight.checks) if not b.is_carried]
    assert len(blocks) == 8
    lines = [text for _, text in styled_lines(eight, shows=SHOWS)]
    assert len(lines) < 115
    assert len([line for line in lines if line.startswith("x  ") and " lost" in line]) == 8
    assert "'python grade.py show 1' runs the example of 1." in " ".join(lines)
    assert not any(["import numpy" in line for line in lines])
    alone = [text for _, text in styled_lines(eight)]
    assert alone.count("import numpy as np") == 8  # for those who have no such command
    assert not any(["show 1" in line for line in alone])


def test_all_that_a_block_leaves_out_is_in_each_checks_own_message(eight: Report) -> None:
    lost = [c for c in eight.checks if c.score < c.max_score]
    assert all([write_message(c.message).startswith("called") for c in lost])
    assert all(["look at" in write_message(c.message) for c in lost])


def test_relu_with_the_other_derivative_at_0_is_the_block_of_the_function_that_is_wrong(
    answer_keys: dict[str, Path], root: Path, tmp_path: Path
) -> None:
    change = {
        "activations": ("return np.where(x >= 0, 1.0, 0.0)", "return np.where(x > 0, 1.0, 0.0)")
    }
    told = judged(tmp_path, change, root, "public")
    (block,) = gather_blocks(told.checks)
    assert (block.name, block.checks[0].function) == (
        "activations.relu_grad",
        "relu_backward.relu_backward",
    )
    assert "activations.relu_grad fails: " in block.head


def test_the_public_key_knows_how_much_the_full_one_checks_beside(
    answer_keys: dict[str, Path], root: Path, eight: Report
) -> None:
    full = Homework(root).read_key("full")
    assert full is not None
    hidden = [c for c in full.checks if c.visibility == "hidden"]
    assert sum(eight.hidden_points.values()) == sum([c.points for c in hidden])
    assert eight.hidden_points.keys() == {c.function for c in hidden}
    assert eight.max_score + full.worth_of(hidden) == 100_00
    assert eight.max_bonus + full.worth_of(hidden, bonus=True) == 5_00

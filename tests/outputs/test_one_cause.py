"""A cause that several checks of a function share is told once."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from judging import (
    MEAN,
    RECORD,
    TOTAL,
    X,
    function_key,
    judged,
    leaf,
)

from autograder.core.message import Label, Message, Row
from autograder.core.records import (
    Raised,
)
from autograder.homework.key import FunctionKey
from autograder.outputs.groups import Block, gather_blocks
from autograder.outputs.report_json import write_message


def told_of(outcomes: Sequence[Any], *kinds: str, key: FunctionKey | None = None) -> Block:
    """Return the block in which checks of these kinds are shown."""
    (block,) = gather_blocks([judged(kind, outcomes, key=key) for kind in kinds])
    assert len(block.checks) == len(kinds)
    return block


def causes_of(block: Block) -> list[str]:
    """Return what the checks after the first one say for themselves."""
    return [block.own_cause(check) for check in block.checks[1:]]


def test_nothing_came_back_is_told_once() -> None:
    block = told_of([None, None], "values", "shape", "dtype", "arguments")
    assert causes_of(block) == ["", "", ""]
    assert {tuple([r.said for r in check.message.find(Label.GOT)]) for check in block.checks} == {
        ("nothing came back (None): is a return missing?",)
    }


def test_a_key_that_is_missing_is_told_once() -> None:
    block = told_of([{"U": leaf([[3.0]])}], "values", "shape", "dtype", key=RECORD)
    assert causes_of(block) == ["", ""]
    assert "lacks the key H" in write_message(block.told().message)


def test_hidden_values_stay_with_the_public_ones_that_came_to_nothing() -> None:
    public = judged("values", [None, None])
    hidden = dataclasses.replace(
        public,
        id="tiny.mean.hidden",
        message=Message((Row(Label.INPUTS, "hidden"),)),
        is_first=True,
    )
    (block,) = gather_blocks([public, hidden, judged("shape", [None, None])])
    assert causes_of(block) == ["", ""]


def test_a_wrong_shape_beside_wrong_values_is_told_in_its_line() -> None:
    block = told_of([leaf([1.0]), leaf([2.0])], "values", "shape")
    (cause,) = causes_of(block)
    assert cause.startswith("got shape (1,), expected shape ")


SAME = function_key([(X[0],), (X[0],)], [[MEAN[0]], [MEAN[0]]])


def test_a_call_that_always_comes_to_the_same_is_shown_once_with_what_is_expected() -> None:
    later = write_message(judged("values", [TOTAL[0]] * 2, key=SAME, calls=(1,)).message)
    assert 'print("expected' in later
    assert "again" not in later


def test_a_call_that_comes_to_something_else_is_shown_twice() -> None:
    message = write_message(judged("values", [MEAN[0], TOTAL[0]], key=SAME).message)
    assert 'print("first", mean(x))\nprint("again", mean(x))' in message
    assert "from one call to the next" in message


def test_a_name_of_an_exception_is_one_line_of_what_can_be_seen() -> None:
    (block,) = gather_blocks([judged("values", [Raised("\x1b[31mOdd\n" + "E" * 999, "no")] * 2)])
    assert block.what.startswith("raises Odd E")
    assert block.what.isprintable()
    assert len(block.what) < 80


def test_zero_that_is_expected_has_no_sign() -> None:
    key = function_key([(X[0],), (X[0],)], [[leaf([[-0.0, 1.0]])]] * 2)
    message = write_message(judged("values", [leaf([[5.0, 1.0]])] * 2, key=key).message)
    assert 'print("expected", np.array([[0.0, 1.0]]))' in message

"""Mistakes that a rubric knows are told from the right answer, and from one another."""

from typing import Any

import numpy as np
import pytest
from tiny_exams import X, calls_of, compiled, mean, tiny, total

from autograder.authoring import (
    OpenOrder,
)
from autograder.core.codec import decode, encode
from autograder.errors import RubricError
from autograder.homework.key import Pool


def mistakes_of(content: dict[str, Any]) -> dict[str, Any]:
    """Return the mistakes of the one function by name."""
    return {mistake["name"]: mistake for mistake in decode(content["functions"][0]["mistakes"])}


def wrong_at(content: dict[str, Any], name: str, call: int) -> Any:
    """Return what a mistake gives at a public call, None where it can't be told from right."""
    pool = mistakes_of(content)[name]["results"]["public"]
    return Pool(pool["stored"], pool["of"]).at(call)


# Mistakes.


@pytest.mark.parametrize("check", ["values", "shape", "dtype", "arguments"])
def test_a_mistake_that_is_the_right_answer_fails(check: str) -> None:
    part, question = tiny()
    question.mistake("none-at-all", "It is right.", shows_in=check)(
        lambda x: x.sum(0)[None] / len(x)
    )
    with pytest.raises(
        RubricError, match=r"none-at-all of tiny\.mean can't be told from the right"
    ):
        compiled(part)


def test_the_sign_of_zero_tells_no_mistake_from_the_right_answer() -> None:
    part, question = tiny()
    question.mistake("minus-zero", "Zeros are negative.")(lambda x: np.where(x == 0, -0.0, x))
    with pytest.raises(RubricError, match=r"minus-zero of tiny\.mean can't be told"):
        compiled(part, mean=lambda x: x + 0.0)


def test_a_mistake_that_shows_nowhere_in_the_inputs_fails() -> None:
    part, question = tiny(inputs=X.fixing(t=1))
    question.mistake("total", "Not averaged.")(total)
    with pytest.raises(
        RubricError, match=r"test_compile_mistakes\.py line \d+: the mistake total of"
    ):
        compiled(part)


def test_two_mistakes_that_are_the_same_fail() -> None:
    part, question = tiny()
    question.mistake("total", "Not averaged.")(total)
    question.mistake("times-t", "Multiplied.")(lambda x: mean(x) * len(x))
    with pytest.raises(RubricError, match=r"total and times-t of tiny\.mean give the same answers"):
        compiled(part)


def test_two_mistakes_that_both_give_nan_everywhere_are_the_same() -> None:
    part, question = tiny()
    question.mistake("nan", "Undefined.")(lambda x: np.full((1, x.shape[1]), np.nan))
    question.mistake("nan-too", "Undefined.")(lambda x: mean(x) * np.nan)
    with pytest.raises(RubricError, match=r"nan and nan-too of tiny\.mean give the same answers"):
        compiled(part)


def test_two_mistakes_that_raise_the_same_everywhere_are_the_same() -> None:
    part, question = tiny()
    question.mistake("far", "Too far.")(lambda x: x[99])
    question.mistake("farther", "Too far.")(lambda x: x[999])
    with pytest.raises(RubricError, match=r"far and farther of tiny\.mean give the same answers"):
        compiled(part)


def test_what_a_mistake_gives_in_some_orders_is_kept_though_it_is_right_in_others() -> None:
    part, question = tiny()
    question.open_order = OpenOrder(lambda x: [0, 1], lambda x, order: [mean(x) + order])

    @question.mistake("far", "Too far.")
    def _(x, order):
        return [mean(x) + (order * 7 if len(x) == 2 else order + 7)]

    content = compiled(part)
    assert mistakes_of(content)["far"]["by_lot"]
    for call, (x,) in enumerate(calls_of(content)):
        added = [7] if len(x) == 2 else [7, 8]
        wrong = [result for result, _ in wrong_at(content, "far", call)]
        assert np.allclose(wrong, [mean(x) + number for number in added])


def test_two_mistakes_of_one_name_fail() -> None:
    part, question = tiny()
    question.mistake("total", "Not averaged.")(total)
    question.mistake("total", "The sign.")(lambda x: -mean(x))
    with pytest.raises(RubricError, match="total"):
        compiled(part)


def test_a_mistake_on_a_check_that_does_not_exist_fails() -> None:
    part, question = tiny()
    question.mistake("total", "Not averaged.", shows_in="vaules")(total)
    with pytest.raises(RubricError, match=r"tiny\.mean has no check called vaules"):
        compiled(part)


def test_the_smallest_input_that_shows_a_mistake_is_among_the_public_calls() -> None:
    part, question = tiny()
    question.mistake("total", "Not averaged.")(total)
    content = compiled(part)
    (x,) = calls_of(content)[mistakes_of(content)["total"]["smallest"]]
    assert x.shape == (2, 2)
    assert np.count_nonzero(x) == 1
    assert np.abs(x).max() == 0.5


def test_the_smallest_input_needs_what_the_mistake_needs() -> None:
    part, question = tiny()
    question.mistake("wrong-from-two-on", "Wrong for large x.")(lambda x: mean(x) + (x >= 2).any())
    content = compiled(part)
    (x,) = calls_of(content)[mistakes_of(content)["wrong-from-two-on"]["smallest"]]
    assert sorted(x.ravel()) == [0, 0, 0, 2]


def test_every_mistake_is_told_from_each_other_by_some_public_call() -> None:
    part, question = tiny()
    wrong = {
        "total": total,
        "sign": lambda x: -mean(x),
        "times-two": lambda x: 2 * mean(x),  # the same as the total of two items
        "maximum": lambda x: x.max(axis=0, keepdims=True),
        "raises": lambda x: x[99],
    }
    for name, function in wrong.items():
        question.mistake(name, f"It is {name}.")(function)
    content = compiled(part)
    calls = range(len(calls_of(content)))
    answers = {name: [encode(wrong_at(content, name, call)) for call in calls] for name in wrong}
    assert len(set(map(tuple, answers.values()))) == len(wrong)
    assert all([set(answer) != {encode(None)} for answer in answers.values()])


def test_a_mistake_that_gives_nan_is_kept_as_it_is() -> None:
    part, question = tiny()
    question.mistake("nan", "Undefined for negative x.")(lambda x: mean(np.sqrt(x) ** 2))
    content = compiled(part)
    call = mistakes_of(content)["nan"]["smallest"]
    ((array, dtype),) = wrong_at(content, "nan", call)
    assert np.isnan(array).any()
    assert dtype == "float64"


def test_a_mistake_that_raises_is_kept_by_the_name_of_its_exception() -> None:
    part, question = tiny()
    question.mistake("far", "Too far.")(lambda x: x[99])
    content = compiled(part)
    assert wrong_at(content, "far", 0) == {"raises": "IndexError"}


def test_a_mistake_has_no_entry_where_it_is_right() -> None:
    part, question = tiny(edges=[X.fixing(t=1)])
    question.mistake("total", "Not averaged.")(total)
    content = compiled(part)
    right = [wrong_at(content, "total", n) is None for n in range(len(calls_of(content)))]
    by_hand = [np.allclose(mean(x), total(x)) for (x,) in calls_of(content)]
    assert right == by_hand
    assert any(right)
    assert not all(right)


def test_a_function_that_writes_into_its_argument_spoils_no_call() -> None:
    def in_place(x):
        x -= 1
        return mean(x) + 1

    part, question = tiny()
    question.mistake("total", "Not averaged.")(lambda x: total(in_place(x)) * len(x))
    clean, other = tiny()
    other.mistake("total", "Not averaged.")(lambda x: mean(x) * len(x))
    assert calls_of(compiled(part, mean=in_place)) is not None
    kept = [encode(call) for call in calls_of(compiled(part, mean=in_place))]
    assert kept == [encode(call) for call in calls_of(compiled(clean))]

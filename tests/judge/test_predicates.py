"""A predicate decides by properties, and is told where it is at fault itself."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from judging import (
    LOADED,
    MEAN,
    OWN_PREDICATES,
    THERE,
    check_of,
    function_key,
    judged,
    known,
    leaf,
    mean_key,
    run_of,
)

from autograder.core.records import (
    CheckResult,
    FileState,
    Raised,
    Status,
)
from autograder.errors import GraderError, KeyFileError
from autograder.homework.folder import load_predicates
from autograder.homework.key import FunctionKey, Segment
from autograder.judge.checks import examine
from autograder.judge.evidence import Evidence, Finding
from autograder.judge.predicates import PREDICATES, read_numbers
from autograder.outputs.report_json import write_message

POINTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
SIGNS = (1.0, -1.0, -1.0, 1.0)
W = np.array([[1.0, -1.0], [-1.0, 1.0]])
BY_HAND = (leaf(W), leaf(np.zeros((1, 2))), leaf(-np.ones((2, 1))), leaf([[0.5]]))
TUTORIAL = (*BY_HAND[:2], leaf(np.ones((2, 1))), leaf([[-0.5]]))
XOR = function_key(
    [()],
    [[BY_HAND]],
    parameters=(),
    names=("W", "b", "w", "c"),
    mistakes=[known("labels-swapped", [TUTORIAL])],
)


def xor(value: Any) -> CheckResult:
    """Judge weights by hand."""
    data = {"points": POINTS, "signs": SIGNS}
    return judged("separates_xor", [value], key=XOR, data=data)


def test_a_predicate_that_the_rubric_lacks_is_told_in_a_sentence() -> None:
    with pytest.raises(KeyFileError, match=r"rubric/predicates\.py lacks separates_nothing"):
        judged("separates_nothing", [BY_HAND], key=XOR)


def test_a_predicate_that_raises_is_told_with_file_line_and_name(tmp_path: Path) -> None:
    file = tmp_path / "rubric" / "predicates.py"
    file.parent.mkdir()
    file.write_text("def is_so(check, evidence):\n    return {}['q']\n")
    own = load_predicates(file)
    key = dataclasses.replace(mean_key(), predicates=own)
    evidence = Evidence(key, "public", LOADED, run_of(MEAN))
    with pytest.raises(
        GraderError, match=r"^rubric/predicates\.py line 2: is_so raised KeyError: 'q'$"
    ):
        examine(check_of("is_so", key), evidence)


def numbers_of(outcome: Any, right: Any, names: Any) -> Any:
    """Return what a predicate reads of a function with one call."""
    key = function_key([()], [[right]], parameters=(), names=names)
    file = FileState(functions={key.function: THERE})
    evidence = Evidence(key, "public", file, run_of([outcome]))
    return read_numbers(check_of("a_predicate", key), evidence, 0)


ROW, EXTRA_AXIS, LONGER = leaf([[1.0, 2.0]]), leaf([[[1.0], [2.0]]]), leaf([1.0, 2.0, 3.0])
RETURNED = {
    "one result": (lambda one: one, "p"),
    "a tuple": (lambda one: (one, leaf(0.5)), ("p", "q")),
    "a dict": (lambda one: {"p": one}, {"p": "p"}),
    "a dict in a tuple": (lambda one: (leaf(0.5), {"p": one}), ("q", {"all": {"p": "p"}})),
}


@pytest.mark.parametrize(("returned", "names"), RETURNED.values(), ids=RETURNED.keys())
def test_a_predicate_reads_numbers_by_name_or_says_what_is_wrong(returned: Any, names: Any) -> None:
    for got in (ROW, EXTRA_AXIS, leaf([1, 2], "int64")):
        numbers = numbers_of(returned(got), returned(ROW), names)
        assert numbers["p"].tolist() == [[1.0, 2.0]]
    for got in (LONGER, leaf([1.0]), "text", None, (ROW,), {"p": LONGER}):
        wrong = numbers_of(returned(got), returned(ROW), names)
        assert isinstance(wrong, Finding)
        assert wrong.status == Status.FAILED
        assert wrong.difference is not None


def test_weights_that_separate_xor_pass() -> None:
    assert xor(BY_HAND).status == Status.PASSED
    times_two = tuple([leaf(2 * array) for array, _ in BY_HAND])
    assert xor(times_two).status == Status.PASSED
    flat = (BY_HAND[0], leaf(np.zeros(2)), leaf(-np.ones(2)), leaf(0.5))
    assert xor(flat).status == Status.PASSED
    whole = (leaf(W, "int64"), leaf([[0, 0]], "int64"), leaf([[-2], [-2]], "int64"), leaf([[1]]))
    assert xor(whole).status == Status.PASSED


def test_weights_the_wrong_way_round_are_named() -> None:
    result = xor(TUTORIAL)
    assert (result.status, result.mistake) == (Status.FAILED, "labels-swapped")
    assert "expected   a positive score at (0, 0)" in write_message(result.message)
    assert "got        -0.5 at (0, 0)" in write_message(result.message)


def test_a_score_of_zero_at_the_points_that_are_not_right_is_named() -> None:
    result = xor((*BY_HAND[:3], leaf([[0.0]])))
    assert (result.status, result.mistake) == (Status.FAILED, "zero-score")
    assert "got        0 at (0, 0)" in write_message(result.message)


@pytest.mark.parametrize(
    ("w", "c", "name", "says"),
    [
        ([-1.0, -1.0], 2.0, "one-sign-everywhere", "a negative score at (0, 1)"),
        ([-1.0, -1.0], -0.5, "one-sign-everywhere", "a positive score at (0, 0)"),
        ([-1.0, 0.0], 0.5, "linearly-separable-labels", "a negative score at (0, 1)"),
        ([1.0, 1.0], -1.5, "step-fires-at-zero", "a positive score at (0, 0)"),
    ],
)
def test_the_mistake_that_the_scores_show_is_named(
    w: list[float], c: float, name: str, says: str
) -> None:
    result = xor((*BY_HAND[:2], leaf([[unit] for unit in w]), leaf([[c]])))
    assert (result.status, result.mistake) == (Status.FAILED, name)
    assert says in write_message(result.message)


@pytest.mark.parametrize(
    ("value", "name", "says"),
    [
        ((*BY_HAND[:3], leaf([[np.nan]])), None, "got        nan or infinity"),
        ((*BY_HAND[:3], leaf([[1.0, 2.0]])), None, "c"),
        (BY_HAND[:3], "too-few-results", "3 results came back where 4 results are expected"),
        (None, "nothing-returned", "nothing came back (None)"),
    ],
)
def test_weights_that_do_not_separate_xor_fail(value: Any, name: str | None, says: str) -> None:
    result = xor(value)
    assert (result.status, result.mistake) == (Status.FAILED, name)
    assert says in write_message(result.message)


def params(seed: int, *, v: int = 3) -> dict[str, tuple[np.ndarray, str]]:
    """Return initial parameters of a network with 2 features and 2 labels."""
    rng = np.random.default_rng(seed)
    shapes = {"H": (2, v), "b_H": (1, v), "U": (v, 2), "b_U": (1, 2)}
    drawn = {name: leaf(rng.normal(size=shape)) for name, shape in shapes.items()}
    return drawn | {"b_H": leaf(np.zeros((1, v))), "b_U": leaf(np.zeros((1, 2)))}


INIT = function_key(
    [(2, 3, 2, 0), (2, 3, 2, 1), (2, 3, 2, 0)],
    [[params(seed)] for seed in (0, 1, 0)],
    parameters=("d", "v", "m", "seed"),
    names={"H": "H", "b_H": "b_H", "U": "U", "b_U": "b_U"},
)


def init(kind: str, outcomes: Sequence[Any]) -> CheckResult:
    """Judge initial parameters."""
    data = {"same": ((0, 2),), "different": ((0, 1),)}
    return judged(kind, outcomes, key=INIT, data=data)


def test_the_same_parameters_for_the_same_seed_pass() -> None:
    assert init("repeats_with_the_seed", [params(7), params(8), params(7)]).status == Status.PASSED


def test_other_parameters_for_the_same_seed_fail() -> None:
    result = init("repeats_with_the_seed", [params(7), params(8), params(9)])
    assert (result.status, result.mistake) == (Status.FAILED, "not-reproducible")
    assert "the same result as the call before with the same seed" in write_message(result.message)


NO_KEY = Raised("KeyError", "'H'")


@pytest.mark.parametrize("predicate", ["repeats_with_the_seed", "breaks_symmetry"])
def test_nothing_instead_of_parameters_fails(predicate: str) -> None:
    assert init(predicate, [None, None, None]).status == Status.FAILED
    assert init(predicate, [params(7), NO_KEY, NO_KEY]).status == Status.ERROR


def test_units_that_differ_pass() -> None:
    assert init("breaks_symmetry", [params(7), params(8), params(7)]).status == Status.PASSED


def test_two_equal_units_fail() -> None:
    equal = params(7)
    H, U = equal["H"][0].copy(), equal["U"][0].copy()
    H[:, 2], U[2] = H[:, 0], U[0]
    result = init("breaks_symmetry", [equal | {"H": leaf(H), "U": leaf(U)}] * 3)
    assert (result.status, result.mistake) == (Status.FAILED, "symmetric-units")


def test_units_that_differ_only_behind_the_activation_pass() -> None:
    same_H = [params(s) | {"H": leaf(np.ones((2, 3)))} for s in (7, 8, 7)]
    assert init("breaks_symmetry", same_H).status == Status.PASSED


def test_the_same_parameters_for_another_seed_fail() -> None:
    result = init("breaks_symmetry", [params(7)] * 3)
    assert (result.status, result.mistake) == (Status.FAILED, "seed-ignored")


def test_infinite_parameters_fail() -> None:
    spoiled = params(7) | {"b_H": leaf([[0.0, np.inf, 0.0]])}
    result = init("breaks_symmetry", [spoiled] * 3)
    assert result.status == Status.FAILED
    assert "nan or infinity" in write_message(result.message)


TRAINED = {
    "H": leaf([[2.0, 0.0, 1.0], [0.0, 2.0, 1.0]]),
    "b_H": leaf(np.zeros((1, 3))),
    "U": leaf([[0.0, 9.0], [9.0, 0.0], [0.0, 0.0]]),
    "b_U": leaf(np.zeros((1, 2))),
}
F, Y = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1, 0])
CONVERGED = {
    "key": dataclasses.replace(INIT, counts={"public": 1, "hidden": 1}),
    "data": {"f": F, "y": Y, "largest_loss": 0.1},
}


def test_training_that_labels_every_item_right_converges() -> None:
    assert judged("converges", [TRAINED], **CONVERGED).status == Status.PASSED


@pytest.mark.parametrize(
    ("spoiled", "says"),
    [
        ({"U": leaf(-TRAINED["U"][0])}, "got        0 of 2 items right"),
        ({"b_U": leaf([[500.0, 0.0]])}, "got        1 of 2 items right"),
        ({"U": leaf(TRAINED["U"][0] / 100)}, "2 of 2 items right, mean loss 0.6"),
        ({"U": leaf(TRAINED["U"][0] * np.nan)}, "nan or infinity"),
        ({"H": leaf(np.full((2, 3), 1e308)), "U": leaf(np.full((3, 2), 1e308))}, "mean loss nan"),
        ({"U": leaf(np.ones((2, 2)))}, "U"),
        ({"U": None}, "U: nothing came back (None)"),
    ],
)
def test_training_that_does_not_is_told_how_far_it_came(spoiled: Any, says: str) -> None:
    result = judged("converges", [TRAINED | spoiled], **CONVERGED)
    assert result.status == Status.FAILED
    assert says in write_message(result.message)


#: Two windows of one word each, of which the rows of E are the features of `CONVERGED`.
LEARNED = {
    "key": function_key(
        [(0,)],
        [[params(0) | {"E": leaf(np.zeros((3, 2)))}]],
        parameters=("seed",),
        names={name: name for name in ("H", "b_H", "U", "b_U", "E")},
    ),
    "data": {"ids": np.array([[2], [1]]), "y": Y, "share": 0.8},
}
EMBEDDED = TRAINED | {"E": leaf([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]])}


def test_training_that_labels_held_out_windows_learns() -> None:
    assert judged("learns", [EMBEDDED], **LEARNED).status == Status.PASSED


@pytest.mark.parametrize(
    ("spoiled", "says"),
    [
        ({"E": leaf(np.zeros((3, 2)))}, "got        1 of 2 right"),
        ({"U": leaf(-TRAINED["U"][0])}, "got        0 of 2 right"),
        ({"E": leaf([[0.0, 0.0], [0.0, np.nan], [1.0, 0.0]])}, "nan or infinity"),
        ({"H": leaf(np.full((2, 3), 1e308)), "U": leaf(np.full((3, 2), 1e308))}, "of 2 right"),
        ({"E": None}, "E: nothing came back (None)"),
    ],
)
def test_training_that_does_not_learn_is_told_how_many_are_right(spoiled: Any, says: str) -> None:
    result = judged("learns", [EMBEDDED | spoiled], **LEARNED)
    assert result.status == Status.FAILED
    assert says in write_message(result.message)


#: Two epochs of two orders each: the four right results, each with the two ways to see the losses.
ORDERS = [(leaf([float(n)]), leaf([n + loss])) for n in range(4) for loss in (0.25, 0.5)]
SHUFFLED = function_key(
    [(2, 0), (2, 1), (2, 0)], [ORDERS] * 3, parameters=("rounds", "seed"), names=("p", "losses")
)
ROUNDS = {"rounds": "rounds"}


def shuffled(*numbers: float) -> CheckResult:
    """Judge three trainings that end at these numbers, the third with the seed of the first."""
    outcomes = [(leaf([float(n)]), leaf([n + 0.5])) for n in numbers]
    return judged("reshuffles", outcomes, key=SHUFFLED, select=(0,), data=ROUNDS)


def test_a_new_order_in_some_epoch_passes() -> None:
    assert shuffled(1, 0, 1).status == Status.PASSED
    assert shuffled(0, 2, 0).status == Status.PASSED


def test_the_same_order_in_every_epoch_fails() -> None:
    for numbers in ((0, 0, 0), (0, 3, 0), (3, 0, 3)):
        result = shuffled(*numbers)
        assert (result.status, result.mistake) == (Status.FAILED, "never-reshuffled")


def test_one_order_that_is_shuffled_is_not_called_unshuffled() -> None:
    result = shuffled(3, 3, 3)
    assert (result.status, result.mistake) == (Status.FAILED, "seed-ignored")
    assert "does not come from random numbers that begin with the given seed" in write_message(
        result.message
    )


def test_one_training_that_no_order_leads_to_leaves_open_whether_it_is_shuffled() -> None:
    result = shuffled(0, 7, 0)
    assert (result.status, result.mistake) == (Status.FAILED, None)
    assert "the shuffling can't be seen" in write_message(result.message)


def wrong_by_ten(*places: int) -> FunctionKey:
    """Return the key of the same training with a mistake that adds 10 in every order."""
    wrong = tuple([(leaf(p[0] + 10), loss) for p, loss in ORDERS])
    several = [wrong if n in places else () for n in range(3)]
    mistakes = [known("ten-more", several, by_lot=True)]
    return dataclasses.replace(SHUFFLED, raw_mistakes=Segment.of(tuple(mistakes)))


def test_the_shuffling_is_seen_under_a_known_mistake() -> None:
    for numbers, passes in (((11, 10, 11), True), ((10, 13, 10), False)):
        outcomes = [(leaf([float(n)]), leaf([n - 9.5])) for n in numbers]
        key = wrong_by_ten(0, 1, 2)
        result = judged("reshuffles", outcomes, key=key, select=(0,), data=ROUNDS)
        assert (result.status == Status.PASSED) is passes
        assert result.mistake == (None if passes else "never-reshuffled")


def drawn(*numbers: float, listed: tuple[int, ...] = (0, 1)) -> str | None:
    """Return the name for three trainings; the mistake's results are listed for some alone."""
    outcomes = [(leaf([float(n)]), leaf([0.0])) for n in numbers]
    key = wrong_by_ten(*listed)
    return judged("values", outcomes, key=key, select=(0,)).mistake


def test_a_mistake_by_lot_may_be_right_by_luck_and_is_not_asked_where_it_is_not_listed() -> None:
    assert drawn(12, 10, 99) == "ten-more"
    assert drawn(12, 1, 99) == "ten-more"
    assert drawn(12, 77, 99) != "ten-more"


def test_a_mistake_by_lot_is_named_only_where_it_shows() -> None:
    assert drawn(1, 2, 99) != "ten-more"


def test_another_order_for_the_same_seed_fails() -> None:
    assert shuffled(1, 0, 2).mistake == "not-reproducible"


def test_parameters_of_no_order_show_no_shuffling() -> None:
    result = shuffled(7, 8, 7)
    assert (result.status, result.mistake) == (Status.FAILED, None)
    assert "the shuffling can't be seen" in write_message(result.message)


def test_what_is_no_number_shows_no_shuffling() -> None:
    outcomes = [(None, leaf([1.0]))] * 3
    result = judged("reshuffles", outcomes, key=SHUFFLED, select=(0,), data=ROUNDS)
    assert result.status == Status.FAILED
    assert "p: nothing came back (None)" in write_message(result.message)


def test_every_predicate_has_its_tests_above() -> None:
    assert {*PREDICATES, *OWN_PREDICATES} == {
        "separates_xor",
        "repeats_with_the_seed",
        "breaks_symmetry",
        "converges",
        "learns",
        "reshuffles",
    }

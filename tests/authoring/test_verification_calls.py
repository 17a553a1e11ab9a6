"""A wrong function that is called here comes to what a submission with it comes to."""

import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder.authoring import OpenOrder
from autograder.authoring.compiler.reference import Reference, load_exam
from autograder.authoring.verification.grading import Grader
from autograder.authoring.verification.mutations import mutation_rows
from autograder.authoring.verification.rows import Function, Row
from autograder.authoring.verification.variants import patched_submission, read_modules
from autograder.authoring.verification.wrong_functions import fact_rows, mistake_rows
from autograder.homework.key import Key

ROOT = Path(__file__).parents[2]
SOLUTION = read_modules(ROOT / "solution")
EXAM = load_exam(ROOT / "solution")
REFERENCE = Reference(ROOT / "solution")
QUESTIONS = {question.full_name: question for question in EXAM.questions}


@pytest.fixture(scope="module")
def grader(key: Key) -> Iterator[Grader]:
    with Grader(key, REFERENCE) as grader:
        yield grader


@pytest.fixture(scope="module")
def facts(key: Key) -> dict[str, Row]:
    return {row.name: row for row in fact_rows(EXAM.questions, key, REFERENCE)}


def draw_order() -> Callable[..., Any]:
    """Return how the question of training draws an order."""
    open_order = QUESTIONS["train.train"].open_order
    assert open_order is not None
    assert open_order.draw is not None
    return open_order.draw


def row_of(function: str, **made_of: Any) -> Row:
    return Row("mutation", function, (function,), lambda _: (), **made_of)


def wrong_in(row: Row) -> Function:
    (function,) = row.wrong.values()
    return function


# ---- the same as files

SOFTMAX = "def softmax(z):\n    return np.exp(z)\n"
LOSS = "def cross_entropy(o, y):\n    return np.log(o[np.arange(len(y)), y])\n"
RAISES = "def one_hot(y, m):\n    return np.eye(m)[y, :, 0]\n"
IN_PLACE = "def relu(x):\n    x *= x > 0\n    return x\n"
UNSEEDED = "def sigmoid(x):\n    return np.random.random(np.shape(x))\n"


@pytest.mark.parametrize(
    ("function", "source"),
    [
        ("forward.softmax", SOFTMAX),
        ("forward.cross_entropy", LOSS),
        ("softmax_ce.one_hot", RAISES),
        ("activations.relu", IN_PLACE),
        ("activations.sigmoid", UNSEEDED),
    ],
)
def test_a_function_that_is_called_comes_to_what_its_file_comes_to(
    grader: Grader, function: str, source: str
) -> None:
    file, _, name = function.partition(".")
    scope: dict[str, Any] = {"np": np}
    exec(source, scope)
    called = grader.grade(row_of(function, wrong={function: scope[name]}))
    files = patched_submission(SOLUTION, {f"{file}.py": f"import numpy as np\n{source}".encode()})
    submitted = grader.grade(row_of(function, files=files))
    assert called.failure == submitted.failure == ""
    assert called.lost_by([function])
    assert called == submitted


def test_the_solutions_functions_keep_every_point_when_called(grader: Grader, key: Key) -> None:
    right = {name: REFERENCE.functions[name] for name in key.functions}
    for is_alone in (True, False):
        outcome = grader.grade(row_of("whole", wrong=right, is_alone=is_alone))
        assert (outcome.lost, outcome.failure) == ((), "")


@pytest.mark.slow
def test_a_change_comes_to_the_same_whether_every_function_is_asked_or_those_it_reaches(
    grader: Grader, key: Key
) -> None:
    rows = list(mutation_rows(SOLUTION, list(key.functions), {}))
    for function in ("forward.softmax", "updates.batch_gradients", "activations.gelu"):
        row = next(row for row in rows if row.functions == (function,))
        everything = Row("mutation", row.name, (), row.rule, row.files)
        reached = grader.grade(row)
        assert reached.lost
        assert reached == grader.grade(everything)


def test_a_row_that_can_not_be_graded_says_why(grader: Grader) -> None:
    row = Row("variant", "a", (), lambda _: (), {"no-such-folder/a.py": b""})
    assert grader.grade(row).failure.startswith("FileNotFoundError: ")


def test_a_wrong_function_sees_the_right_ones(grader: Grader) -> None:
    doubled = row_of("forward.softmax", wrong={"forward.softmax": _twice_the_softmax})
    outcome = grader.grade(doubled)
    assert {one.status for one in outcome.lost_by(["forward.softmax"])} == {"failed"}
    assert REFERENCE.functions["forward.softmax"] is not _twice_the_softmax


def _twice_the_softmax(z: np.ndarray) -> np.ndarray:
    import forward

    return 2 * np.asarray(forward.softmax(z))


@pytest.mark.parametrize("is_alone", [True, False])
def test_a_wrong_function_costs_its_callers_nothing(grader: Grader, is_alone: bool) -> None:
    def nothing(x: np.ndarray) -> None:
        return None

    wrong = {"activations.relu": nothing}
    outcome = grader.grade(row_of("activations.relu", wrong=wrong, is_alone=is_alone))
    assert outcome.lost_by(["activations.relu"])
    assert not outcome.lost_elsewhere(["activations.relu"])


def test_an_interrupt_in_a_call_is_no_answer(grader: Grader) -> None:
    def interrupted(x: np.ndarray) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grader.grade(row_of("activations.relu", wrong={"activations.relu": interrupted}))


def test_a_function_that_takes_all_memory_fails_and_nothing_else(key: Key) -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    kept: list[np.ndarray] = []

    def greedy(x: np.ndarray) -> None:
        kept.append(np.empty(8 << 30, np.uint8))  # never touched: no more than an address

    with Grader(key, REFERENCE) as grader:
        wrong = {"separability.step": greedy}
        outcome = grader.grade(row_of("separability.step", wrong=wrong))
    assert {one.status for one in outcome.lost} == {"error"}
    assert not kept
    assert resource.getrlimit(resource.RLIMIT_AS) == before


# ---- mistakes


def test_every_mistake_and_convention_becomes_a_row() -> None:
    names = {row.name for row in mistake_rows(EXAM, REFERENCE)}
    asked = {f"{name}: {m.name}" for name, q in QUESTIONS.items() for m in q.mistakes}
    assert asked | {convention.mistake for convention in EXAM.conventions} == names


def made_of(question: str, wrong: Function, **more: Any) -> Function:
    """Return what a mistake in a function of the solution is called as."""
    mistake = SimpleNamespace(name="odd", wrong=wrong, where="here")
    order = OpenOrder(results=lambda: [], **more) if more else None
    asked = SimpleNamespace(full_name=question, mistakes=[mistake], open_order=order)
    exam = SimpleNamespace(questions=[asked], conventions=[])
    (row,) = mistake_rows(exam, REFERENCE)  # type: ignore[arg-type]
    return wrong_in(row)


def test_a_mistake_keeps_the_defaults_of_the_solution() -> None:
    leaky = made_of("activations.leaky_relu", lambda x, slope: x * slope)
    assert leaky(np.array([[100.0]])).tolist() == [[1.0]]
    assert leaky(np.array([[100.0]]), slope=0.5).tolist() == [[50.0]]
    with pytest.raises(TypeError):
        leaky()


def test_a_mistake_in_training_is_called_with_what_it_names() -> None:
    def wrong(y: Any, lr: float, order: Any) -> list[Any]:
        return [(lr, [len(batch) for epoch in order for batch in epoch]), None]

    train = made_of(
        "train.train",
        wrong,
        orders=lambda y: pytest.fail("too many to list"),
        draw=draw_order(),
    )
    assert train(np.zeros((3, 2)), np.zeros(3), {}, 0.25, 2, 2, 7) == (0.25, [2, 1, 2, 1])


def test_an_order_of_several_is_chosen_by_the_arguments() -> None:
    train = made_of("train.train", lambda order: [order], orders=lambda y: [*range(5)])

    def order(seed: int) -> Any:
        return train(np.zeros((3, 2)), np.zeros(3), {}, 0.25, 2, 2, seed)

    assert [order(seed) for seed in range(20)] == [order(seed) for seed in range(20)]
    assert {order(seed) for seed in range(20)} == {*range(5)}


def test_a_random_order_takes_every_item_once_in_each_epoch() -> None:
    draw = draw_order()
    order = draw(np.zeros(5), epochs=3, batch_size=2, seed=4)
    assert [sorted(item for batch in epoch for item in batch) for epoch in order] == [
        [*range(5)]
    ] * 3
    assert [[len(batch) for batch in epoch] for epoch in order] == [[2, 2, 1]] * 3
    assert order == draw(np.zeros(5), epochs=3, batch_size=2, seed=4)
    assert len(set(order)) > 1


# ---- facts


@pytest.mark.parametrize(
    ("fact", "shapes", "dtype"),
    [
        ("float32", [(2, 3), (1, 3), (2, 3), (1, 3)], np.float32),
        ("an axis more", [(1, 2, 3), (1, 1, 3), (1, 2, 3), (1, 1, 3)], np.float64),
        ("leading axis dropped", [(2, 3), (3,), (2, 3), (3,)], np.float64),
    ],
)
def test_each_fact_is_spoiled_by_itself(
    facts: dict[str, Row], fact: str, shapes: list[tuple[int, ...]], dtype: type
) -> None:
    arguments = [np.ones((4, 2)), np.ones((4, 2)), np.ones((4, 3)), np.ones((4, 3))]
    got = wrong_in(facts[f"updates.batch_gradients: {fact}"])(*arguments)
    expected = REFERENCE.functions["updates.batch_gradients"](*arguments)
    assert [array.shape for array in got] == shapes
    assert {array.dtype for array in got} == {np.dtype(dtype)}
    assert all([np.allclose(a.ravel(), b.ravel()) for a, b in zip(got, expected, strict=True)])


def test_a_dict_of_results_is_spoiled_entry_by_entry(facts: dict[str, Row]) -> None:
    params = wrong_in(facts["train.init_params: an axis more"])(2, 3, 2, 0)
    assert params["H"].shape == (1, 2, 3)


def test_a_function_is_right_on_public_inputs_alone(facts: dict[str, Row], key: Key) -> None:
    softmax = wrong_in(facts["forward.softmax: right on public inputs alone"])
    for phase, is_right in (("public", True), ("hidden", False)):
        (z,) = key.functions["forward.softmax"].arguments(phase, 0)
        assert np.allclose(softmax(z).sum(axis=1), 1) == is_right


def test_every_array_among_the_arguments_is_changed_once(facts: dict[str, Row]) -> None:
    changing = wrong_in(facts["updates.sgd_update: grads changed"])
    params, grads = {"H": np.zeros(2)}, {"H": np.ones(2)}
    assert changing(params, grads, 0.5)["H"].tolist() == [-0.5, -0.5]
    assert (params["H"].tolist(), grads["H"].tolist()) == ([0, 0], [2, 2])
    assert "updates.sgd_update: params changed" in facts
    assert "updates.sgd_update: lr changed" not in facts

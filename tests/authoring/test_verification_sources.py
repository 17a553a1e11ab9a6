"""A mistake written as a submission gives what the rubric's own wrong function gives."""

import importlib
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from autograder.authoring.language.words import Mistake, Part, Question

from autograder.authoring.compiler.reference import Reference, load_parts, structure_of
from autograder.authoring.verification import shuffled, spoiled
from autograder.authoring.verification.copies import right_copies, signature_of
from autograder.authoring.verification.facts import fact_rows
from autograder.authoring.verification.mistakes import mistake_rows, written_mistake
from autograder.authoring.verification.names import literal
from autograder.authoring.verification.rows import Row
from autograder.authoring.verification.slices import THE_MISTAKE, Slices
from autograder.authoring.verification.variants import patched_submission, read_modules
from autograder.core.codec import encode
from autograder.core.results import plain_result
from autograder.errors import RubricError
from autograder.homework.key import Key, read_key

ROOT = Path(__file__).parents[2]
SOLUTION = read_modules(ROOT / "solution")
PARTS = load_parts(ROOT / "solution")

#: Training takes its time; these calls are the first ones, with all items in one minibatch.
FEW_TRAININGS = 3


@pytest.fixture(scope="module")
def key(answer_keys: dict[str, Path]) -> Key:
    return read_key(answer_keys["full"])


@pytest.fixture(scope="module")
def facts(key: Key) -> dict[str, Row]:
    rows = fact_rows(PARTS, key, Reference(ROOT / "solution"), SOLUTION)
    return {row.name: row for row in rows}


@contextmanager
def imported(files: Mapping[str, bytes], folder: Path) -> Iterator[Callable[[str], Any]]:
    """Write a submission and yield what imports its modules, apart from those of the same names."""
    folder.mkdir(parents=True)
    for name, content in files.items():
        folder.joinpath(name).write_bytes(content)
    own = [name.removesuffix(".py") for name in files]
    others = {name: sys.modules.pop(name) for name in own if name in sys.modules}
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module
    finally:
        sys.path.remove(str(folder))
        for name in own:
            sys.modules.pop(name, None)
        sys.modules.update(others)


def chosen(question: Question, mistake: Mistake, named: dict[str, Any], *arguments: Any) -> Any:
    """Return the mistake's result, of several the one for an order that the seed gives."""
    if question.orders is None:
        return mistake.wrong(*arguments)
    return shuffled.first_result(mistake.wrong, named)


def outcome_of(function: Callable[..., Any], question: Question, arguments: Any) -> Any:
    """Return what a function with one result gives, or what it raises."""
    try:
        with np.errstate(all="ignore"):
            return plain_result(function(*deepcopy(arguments)), structure_of(question.returns))
    except Exception as error:
        return {"raises": type(error).__name__}


def determined(parts: tuple[Part, ...]) -> list[Question]:
    """Return the questions whose mistakes have one result."""
    return [q for part in parts for q in part.questions if q.orders is None]


@pytest.mark.parametrize("part", PARTS, ids=[part.name for part in PARTS])
def test_a_written_mistake_gives_the_results_of_the_rubrics(
    part: Part, key: Key, tmp_path: Path
) -> None:
    rows = {row.name: row for row in mistake_rows([part], SOLUTION)}
    asked = [(q, m) for q in part.questions for m in q.mistakes]
    asked = [(q, m) for q, m in asked if f"{q.full_name}: {m.name}" in rows]
    for question, mistake in asked:
        function = key.functions[question.full_name]
        count = function.counts["public"] if question.orders is None else FEW_TRAININGS
        row = rows[f"{question.full_name}: {mistake.name}"]
        with imported(row.files, tmp_path / row.name) as load:
            written = getattr(load(part.name), question.name)
            for arguments in [function.arguments("public", call) for call in range(count)]:
                got = outcome_of(written, question, arguments)
                named = dict(zip(function.parameters, arguments, strict=False))
                expected = outcome_of(
                    partial(chosen, question, mistake, named), question, arguments
                )
                assert encode(got) == encode(expected), mistake.where


def test_the_other_functions_of_the_submission_call_the_written_mistake(tmp_path: Path) -> None:
    wrong = next(m for q in determined(PARTS) for m in q.mistakes if m.name == "not-normalised")
    files = patched_submission(SOLUTION, written_mistake("forward.softmax", wrong.wrong, SOLUTION))
    with imported(files, tmp_path / "submission") as load:
        forward = load("forward").forward
        o = forward(*[np.ones((2, 2))] * 5)[-1]
        assert o.sum(axis=1).tolist() == [2.0, 2.0]


def test_a_written_mistake_keeps_the_defaults_of_the_solution(tmp_path: Path) -> None:
    patches = written_mistake("activations.leaky_relu", lambda x, slope: x * slope, SOLUTION)
    with imported(patched_submission(SOLUTION, patches), tmp_path / "submission") as load:
        assert load("activations").leaky_relu(np.array([[100.0]])).tolist() == [[1.0]]


def test_every_mistake_and_kink_becomes_a_row(key: Key) -> None:
    names = {row.name for row in mistake_rows(PARTS, SOLUTION)}
    asked = {f"{q.full_name}: {m.name}" for q in determined(PARTS) for m in q.mistakes}
    assert asked | {kink.misconception for part in PARTS for kink in part.kinks} <= names


# ---- slices

EXAM_KEY = """
import math
import numpy as np
import activations as right
from forward import softmax as right_softmax
from autograder.errors import RubricError
from datasets import load

LIMIT: float = 0.5
TABLE = np.array([[1.0, 2.0]])
DATA = load("xor")
erf = np.vectorize(math.erf, otypes=[float])


class Question:
    def mistake(self, name):
        return lambda function: function


question = Question()


def halved(x):
    if x.min() < 0:
        raise RubricError("choose other inputs")
    return right.relu(x) * LIMIT


@question.mistake("everything")
def _(x: np.ndarray) -> np.ndarray:
    return halved(x) + TABLE + erf(right_softmax(x)) + DATA.f.sum()


def factory(factor, g, table):
    return lambda x: factor * g(x) + table


everything = _
closure = factory(3.0, right.tanh, TABLE)
of_numpy = factory(2.0, np.abs, 0.0)
of_a_helper = factory(1.0, halved, 0.0)
pair = (lambda x: x, lambda x: -x)
other_names = (lambda x: x, lambda y: -y)
grader = lambda x: load(x)
"""


@pytest.fixture(scope="module")
def exam_key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[types.ModuleType]:
    folder = tmp_path_factory.mktemp("rubric")
    folder.joinpath("exam_key.py").write_text(EXAM_KEY)
    sys.path.insert(0, str(folder))
    yield importlib.import_module("exam_key")
    sys.path.remove(str(folder))


def written(function: Callable[..., Any], folder: Path) -> tuple[dict[str, bytes], Path]:
    slices = Slices([name.removesuffix(".py") for name in SOLUTION])
    slices.add(function, "mine")
    files = {f"{name}.py": source.encode() for name, source in slices.sources().items()}
    return files | right_copies(SOLUTION, slices.copied), folder / "submission"


@pytest.mark.parametrize(
    "name", ["everything", "closure", "of_numpy", "of_a_helper", "other_names"]
)
def test_all_that_a_function_mentions_is_written(
    exam_key: types.ModuleType, tmp_path: Path, name: str
) -> None:
    function = getattr(exam_key, name)
    function = function[1] if isinstance(function, tuple) else function
    x = np.array([[1.0, 2.0], [3.0, 0.5]])
    files, folder = written(function, tmp_path)
    assert not any([b"autograder" in content for content in files.values()])
    with imported(files, folder) as load:
        assert np.array_equal(getattr(load("mine"), THE_MISTAKE)(x), function(x))


def test_what_guards_the_rubrics_author_raises_no_more(
    exam_key: types.ModuleType, tmp_path: Path
) -> None:
    with pytest.raises(RubricError):
        exam_key.everything(np.array([[-1.0, 1.0]]))
    files, folder = written(exam_key.everything, tmp_path)
    with imported(files, folder) as load:
        result = load("mine").the_mistake(np.array([[-1.0, 1.0]]))
        assert np.isfinite(result).all()


def test_two_functions_on_one_line_can_not_be_told_apart(exam_key: types.ModuleType) -> None:
    with pytest.raises(RubricError, match="2 such functions"):
        Slices([]).add(exam_key.pair[0], "mine")


def test_what_no_submission_can_have_is_refused(exam_key: types.ModuleType) -> None:
    with pytest.raises(RubricError, match=r"exam_key mentions from datasets import load"):
        Slices([]).add(exam_key.grader, "mine")


@pytest.mark.parametrize(
    "value",
    [None, True, 3, 2.5, "text", (1,), (), [1, 2.0], {"a": (1, 2)}, float("inf"), np.float64(0.5)],
)
def test_a_plain_value_is_written_as_source(value: object) -> None:
    source = literal(value)
    assert source is not None
    assert eval(source) == value


@pytest.mark.parametrize("array", [np.zeros((2, 0)), np.arange(3), np.array([[0.1]]), np.array(1)])
def test_an_array_is_written_with_its_shape_and_type(array: np.ndarray) -> None:
    source = literal(array)
    assert source is not None
    again = eval(source, {"np": np})
    assert (again.shape, again.dtype) == (array.shape, array.dtype)
    assert np.array_equal(again, array)


def test_a_function_is_no_plain_value() -> None:
    assert literal([np.tanh]) is None


def test_copies_import_one_another_and_nothing_of_the_submission() -> None:
    copies = right_copies(SOLUTION, ["train"])
    assert {"right_train.py", "right_forward.py", "right_activations.py"} <= copies.keys()
    assert b"from right_activations import relu" in copies["right_forward.py"]


def test_a_signature_is_written_without_annotations() -> None:
    assert signature_of(SOLUTION, "activations.swish") == ("x, beta=1.0", ("x", "beta"))


# ---- training


def test_a_random_order_takes_every_item_once_in_each_epoch() -> None:
    order = shuffled.random_order(5, 3, 2, seed=4)
    assert [sorted(item for batch in epoch for item in batch) for epoch in order] == [
        [*range(5)]
    ] * 3
    assert [[len(batch) for batch in epoch] for epoch in order] == [[2, 2, 1]] * 3
    assert order == shuffled.random_order(5, 3, 2, seed=4)
    assert len(set(order)) > 1


def test_a_mistake_in_training_is_called_with_what_it_names(tmp_path: Path) -> None:
    def wrong(y, lr, order):  # type: ignore[no-untyped-def]
        return [(lr, [len(batch) for epoch in order for batch in epoch]), None]

    question = SimpleNamespace(
        full_name="train.train",
        name="train",
        orders=lambda *_: [],
        mistakes=[SimpleNamespace(name="odd", wrong=wrong, where="here", charged_along=None)],
    )
    part = SimpleNamespace(questions=[question], kinks=[])
    (row,) = mistake_rows([part], SOLUTION)  # type: ignore[list-item]
    with imported(row.files, tmp_path / "submission") as load:
        result = load("train").train(np.zeros((3, 2)), np.zeros(3), {}, 0.25, 2, 2, 7)
    assert result == (0.25, [2, 1, 2, 1])


# ---- facts


def test_each_fact_is_spoilt_by_itself() -> None:
    result = (np.ones((1, 2)), {"b": np.ones((3, 2))}, [1.0, 2.0])
    assert [a.dtype for a in spoiled.as_float32(result)[::2]] == [np.float32] * 2
    assert spoiled.with_leading_axis(result)[1]["b"].shape == (1, 3, 2)
    assert spoiled.without_leading_axis(result)[0].shape == (2,)
    assert spoiled.without_leading_axis(result)[1]["b"].shape == (3, 2)
    argument = {"b": np.zeros(2)}
    spoiled.change(argument)
    assert argument["b"].tolist() == [1.0, 1.0]


def test_a_spoilt_function_is_right_but_for_the_fact(facts: dict[str, Row], tmp_path: Path) -> None:
    reference = Reference(ROOT / "solution")
    row = facts["updates.batch_gradients: leading axis dropped"]
    arguments = [np.ones((2, 3))] * 4
    with imported(row.files, tmp_path / "submission") as load:
        got = load("updates").batch_gradients(*arguments)
    expected = reference.functions["updates.batch_gradients"](*arguments)
    assert [array.shape for array in got] == [(3, 3), (3,), (3, 3), (3,)]
    assert all([np.array_equal(a.ravel(), b.ravel()) for a, b in zip(got, expected, strict=True)])


def test_a_spoilt_function_is_called_by_no_other(facts: dict[str, Row], tmp_path: Path) -> None:
    row = facts["forward.softmax: an axis more"]
    with imported(row.files, tmp_path / "submission") as load:
        module = load("forward")
        assert module.softmax(np.zeros((2, 2))).shape == (1, 2, 2)
        assert module.forward(*[np.ones((2, 2))] * 5)[-1].shape == (2, 2)


def test_a_function_can_be_right_on_public_inputs_alone(
    facts: dict[str, Row], key: Key, tmp_path: Path
) -> None:
    row, function = facts["forward.softmax: right on public inputs alone"], key.functions
    with imported(row.files, tmp_path / "submission") as load:
        softmax = load("forward").softmax
        for phase, is_right in (("public", True), ("hidden", False)):
            (z,) = function["forward.softmax"].arguments(phase, 0)
            assert np.allclose(softmax(z).sum(axis=1), 1) == is_right


def test_every_array_among_the_arguments_is_changed_once(facts: dict[str, Row]) -> None:
    assert "updates.sgd_update: params changed" in facts
    assert "updates.sgd_update: grads changed" in facts
    assert "updates.sgd_update: lr changed" not in facts

"""Changes of the solution are found for every kind, told apart, and said without its lines."""

import ast
import inspect
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_compile import FakeReference, X

from autograder.authoring import (
    Check,
    Exam,
    Examples,
    Inputs,
    OpenOrder,
    Part,
    Question,
    one_of,
    real,
)
from autograder.authoring.changes.called_mistakes import list_called, replace_called
from autograder.authoring.changes.changed_functions import (
    changed_functions,
    changed_pairs,
    find_helpers,
)
from autograder.authoring.changes.confusions import Homework
from autograder.authoring.changes.sentences import NAMES, Words
from autograder.authoring.compiler.build import compile_exam
from autograder.core.codec import decode

ROOT = Path(__file__).resolve().parents[2]

Function = Callable[..., Any]

OURS = {"gate": "_gate", "rate": "_rate"}
HOMEWORK = Homework("f", OURS, {"gate": (1, 1), "rate": (1, 1)})


def gate(x):
    return np.maximum(x, 0.0)


def rate(x):
    return np.tanh(x)


ONE_WAY = "after one change:"

#: The number 2 stands in the docstrings of the functions here.
NUMBERS = (2.0,)


def list_changes(function: Function, *results: str) -> dict[str, tuple[str, Any]]:
    """Return the sentences of a function's changes, each with its name and the changed function."""
    parameters = tuple(inspect.signature(function).parameters)
    words = Words(parameters, results or ("r",), OURS, [n for n in parameters if n == "y"], NUMBERS)
    found = {}
    for change in changed_functions(function, words, HOMEWORK):
        scope = function.__globals__ | {"_gate": gate, "_rate": rate}
        exec(change.code, scope)  # this file's own code, with one change
        found.setdefault(change.sentence, (change.name, scope[function.__name__]))
    return found


def add(x, b):
    return gate(x + b)


def divide(x, w):
    return (x - w) / len(x)


def average(x, w):
    return np.sum(x @ w.T, axis=0, keepdims=True)


def choose(x, y):
    return np.where(x > y, -x, x * 2.0)


def several(x, b):
    k = x + b
    h = gate(k)
    return k, h


A, B = np.array([[1.0, -2.0], [3.0, 4.0]]), np.array([[0.5, 1.5], [-3.0, 2.0]])


@pytest.mark.parametrize(
    ("function", "name", "what", "given"),
    [
        (add, "change-term", "b left out of a sum", lambda: gate(A)),
        (add, "change-sign", "a minus sign where a plus sign belongs", lambda: gate(A - B)),
        (add, "change-operator", "a product where a sum belongs", lambda: gate(A * B)),
        (add, "change-function", "gate left out", lambda: A + B),
        (add, "change-function", "rate instead of gate", lambda: rate(A + B)),
        (add, "change-function", "rate applied to x first", lambda: gate(rate(A) + B)),
        (add, "change-result", "rate applied to the result", lambda: rate(gate(A + B))),
        (add, "change-order", "gate applied before b is added", lambda: gate(A) + B),
        (add, "change-names", "x instead of b", lambda: gate(A + A)),
        (divide, "change-factor", "a division left out", lambda: A - B),
        (divide, "change-order", "the two sides of a subtraction swapped", lambda: (B - A) / 2),
        (divide, "change-brackets", "brackets around other terms", lambda: A - B / 2),
        (divide, "change-names", "x and w swapped", lambda: (B - A) / 2),
        (
            divide,
            "change-length",
            "the number of all entries of x instead of the length of its first axis",
            lambda: (A - B) / 4,
        ),
        (average, "change-transpose", "w not transposed", lambda: (A @ B).sum(0, keepdims=True)),
        (
            average,
            "change-axis",
            "sum over axis 1, not axis 0",
            lambda: (A @ B.T).sum(1, keepdims=True),
        ),
        (average, "change-axis", "keepdims of sum left out", lambda: (A @ B.T).sum(0)),
        (
            average,
            "change-function",
            "mean instead of sum",
            lambda: (A @ B.T).mean(0, keepdims=True),
        ),
        (choose, "change-comparison", ">= where > belongs", lambda: np.where(A >= B, -A, A * 2)),
        (choose, "change-sign", "a minus sign left out", lambda: np.where(A > B, A, A * 2)),
        (choose, "change-factor", "the factor 2.0 left out", lambda: np.where(A > B, -A, A)),
    ],
)
def test_a_change_is_said_and_done(
    function: Function, name: str, what: str, given: Callable[[], Any]
) -> None:
    ends = f" {what}."
    found = {s: change for s, change in list_changes(function).items() if s.endswith(ends)}
    ((sentence, (found_name, changed)),) = found.items()
    is_named = {*re.findall(r"\w+", what)} & {"x", "b", "w", "y", "r", "gate", "rate"}
    unnamed = f"A right f gives your results {ONE_WAY}{ends}"
    assert sentence == (f"This is what comes out with{ends}" if is_named else unnamed)
    assert found_name == name
    assert np.array_equal(changed(A.copy(), B.copy()), given())


def test_results_are_named() -> None:
    found = list_changes(several, "k", "h")
    _, changed = found["This is what comes out with k instead of h."]
    assert np.array_equal(changed(A, B)[1], A + B)
    _, changed = found["This is what comes out with gate applied before b is added."]
    assert np.array_equal(changed(A, B)[1], gate(A) + B)
    _, changed = found["This is what comes out with rate applied to k."]
    assert np.array_equal(changed(A, B)[0], rate(A + B))


def test_another_function_of_the_homework_may_be_computed() -> None:
    _, changed = list_changes(add)["This is what gate gives for b."]
    assert np.array_equal(changed(A, B), gate(B))


def test_places_of_largest_entries_stand_for_labels_alone() -> None:
    found = list_changes(choose)
    assert "This is what comes out with the places of x's largest entries instead of y." in found
    assert not [
        sentence for sentence in found if "instead of x" in sentence and "places" in sentence
    ]


@pytest.mark.parametrize("function", [add, divide, average, choose, several])
def test_every_change_has_a_known_name_and_no_line_of_code(function: Function) -> None:
    lines = [
        ast.unparse(s)
        for s in ast.walk(ast.parse(inspect.getsource(function)))
        if isinstance(s, ast.BinOp)
    ]
    for sentence, (name, _) in list_changes(function).items():
        assert name in NAMES
        assert not [line for line in lines if line in sentence]
        assert "_" not in sentence.replace("b_", "")


def odd(x):
    return 0.25 * x * (3.0 + np.exp(-x)) / _half(x, 7.5)


def test_numbers_and_helpers_of_one_way_to_write_it_are_never_named() -> None:
    for sentence in list_changes(odd):
        assert not re.search(r"0\.25|3\.0|7\.5|_half", sentence), sentence
    said = " ".join(list_changes(odd))
    assert "another number in the formula." in said
    assert "one factor of a product left out." in said
    assert "-x instead of x." in said


def weigh(x, w):
    return x * gate(x @ w) * (w @ x)


def test_a_function_is_applied_to_a_product_that_has_none() -> None:
    _, changed = list_changes(weigh)[
        "This is what comes out with rate applied to a factor that is used as it is."
    ]
    assert np.array_equal(changed(A, B), A * gate(A @ B) * rate(B @ A))


def list_pairs(function: Function) -> dict[str, Any]:
    """Return the sentences of a function's pairs of changes, each with the changed function."""
    words = Words(tuple(inspect.signature(function).parameters), ("r",), OURS, (), NUMBERS)
    found = {}
    for change in changed_pairs(function, words, HOMEWORK):
        assert change.name == "two-changes"
        scope = function.__globals__ | {"_gate": gate, "_rate": rate}
        exec(change.code, scope)  # this file's own code, with two changes
        found.setdefault(change.sentence, scope[function.__name__])
    return found


def bump(x, b):
    return 2.0 * x * (b + gate(x))


BOTH = "A right f gives your results with both."


@pytest.mark.parametrize(
    ("what", "given"),
    [
        ("the factor 2.0 left out, and a minus sign where a plus sign belongs", A * (B - gate(A))),
        ("b left out of a sum, and gate left out", 2 * A * A),
        ("one factor of a product left out, and b left out of a sum", gate(A)),
        ("the factor x left out, and -x instead of x", 2 * (B + gate(-A))),
    ],
)
def test_two_changes_are_made_at_once_one_inside_the_other_as_well(what: str, given: Any) -> None:
    pairs = list_pairs(bump)
    first, second = what.split(", and ")
    said = [
        f"Two things at once: {one}, and {other}. {BOTH}"
        for one, other in ((first, second), (second, first))
    ]
    results = [pairs[sentence](A, B) for sentence in said if sentence in pairs]
    assert any([np.array_equal(result, given) for result in results]), list(pairs)


def run_on(x):
    while x.max() > 1:
        x = x / 2.0
    return x


def lengthy(x):
    y = x * 1 + x * 2 + x * 3 + x * 4 + x * 5 + x * 6 + x * 7 + x * 8
    return y * 1 + y * 2 + y * 3 + y * 4 + y * 5 + y * 6 + y * 7 + y * 8


@pytest.mark.parametrize("function", [run_on, lengthy])
def test_a_long_function_and_one_whose_loop_may_not_end_have_no_pairs(function: Function) -> None:
    assert list_pairs(function) == {}


def _half(x):
    return x / 2


def halves(x):
    return _half(x) + 1.0


def test_helpers_are_found_and_a_graded_function_is_none() -> None:
    assert find_helpers(halves, {}) == [_half]
    assert find_helpers(halves, {"tiny._half": _half}) == []


def test_a_function_without_a_source_has_no_changes() -> None:
    scope: dict[str, Any] = {}
    exec("def f(x):\n    return x + 1", scope)
    assert list_changes(scope["f"]) == {}


# ---- what the compiler keeps


def recorded(question: Question, **functions: Function) -> dict[str, Any]:
    """Return what the full key says of the changes of the one question."""
    content = compile_exam(
        Exam(Part("tiny", "A tiny part", "1", question)), FakeReference(**functions)
    )
    changes: dict[str, Any] = decode(content["functions"][0]["changes"])
    said = [re.split(f" with |{ONE_WAY} ", s, maxsplit=1)[-1] for s in changes["sentences"]]
    return changes | {"said": said}


def spread(x):
    """Subtract the mean of each column."""
    return x - x.mean(axis=0, keepdims=True)


def count_down(x):
    """Halve as often as it takes: a loop that a change lets run on."""
    n = 4
    while n > 0:
        x = x / 2.0
        n = n - 1
    return x


def test_each_result_is_kept_once_and_never_the_right_one_or_a_known_mistake() -> None:
    question = Question("spread", points=100, inputs=X, returns="r")
    question.mistake("mean-added", "The mean is added.")(lambda x: x + x.mean(0, keepdims=True))
    changes = recorded(question, spread=spread)
    numbers = changes["tables"]["public"]["numbers"]
    assert len(numbers) == len(changes["names"]) + 1
    assert len({row.tobytes() for row in numbers.round(9)}) == len(numbers)
    assert "a plus sign where a minus sign belongs." not in changes["said"]
    assert "mean over axis 1, not axis 0." in changes["said"]


def test_a_change_without_an_end_is_left_out() -> None:
    question = Question("count_down", points=100, inputs=X, returns="r")
    changes = recorded(question, count_down=count_down)
    assert "a product where a division belongs." in changes["said"]
    assert "a plus sign where a minus sign belongs." not in changes["said"]


def test_a_helpers_change_counts_for_the_function_that_uses_it() -> None:
    question = Question("halves", points=100, inputs=X, returns="r")
    changes = recorded(question, halves=halves)
    assert "a product where a division belongs." in changes["said"]


def test_another_way_to_write_a_function_is_changed_as_well() -> None:
    question = Question("spread", points=100, inputs=X, returns="r")

    @question.way()
    def _(x):
        return x - np.ones((len(x), 1)) @ x.mean(axis=0, keepdims=True)

    sentences = recorded(question, spread=spread)["said"]
    assert "sum over all entries at once, without an axis." not in sentences
    assert "a division where a product belongs." not in sentences
    own = sentences.index("one side of a difference left out.")
    assert "zeros instead of ones." not in sentences[:own]


# ---- known mistakes of what a function calls


def _spread_again(x):
    return [spread(row) for row in (x, x)][1]


def twice_spread(x):
    return 2.0 * _spread_again(x)


def outer(x):
    return twice_spread(x) + 1.0


def test_a_function_calls_others_by_helpers_and_by_each_other_nearest_first() -> None:
    graded = {"a.spread": spread, "a.twice_spread": twice_spread, "a.outer": outer, "a.rate": rate}
    assert list_called(outer, graded) == ["a.twice_spread", "a.spread"]
    assert list_called(rate, graded) == []


def test_what_is_called_is_replaced_on_every_way_and_the_solution_stays_as_it_is() -> None:
    x = np.array([[1.0, 2.0], [3.0, 5.0]])
    changed = replace_called(outer, spread, lambda x: x)
    assert np.array_equal(changed(x), 2 * x + 1)
    assert np.array_equal(outer(x), 2 * spread(x) + 1)
    assert np.array_equal(replace_called(outer, twice_spread, lambda x: x)(x), x + 1)


def test_a_known_mistake_of_a_function_is_known_of_those_that_call_it() -> None:
    questions = [
        Question(name, points=50, inputs=X, returns="r") for name in ("spread", "twice_spread")
    ]
    questions[0].mistake("not-moved", "The mean stays.")(lambda x: x)
    questions[0].mistake("raises", "It raises.")(lambda x: x[99])
    questions[1].mistake("odd", "It is odd.")(lambda x: 2.0 * (x - x.mean(axis=1, keepdims=True)))
    questions[0].mistake("rows", "Rows.")(lambda x: x - x.mean(axis=1, keepdims=True))
    exam = Exam(Part("tiny", "A tiny part", "1", *questions))
    content = compile_exam(exam, FakeReference(spread=spread, twice_spread=twice_spread))
    changes = decode(content["functions"][1]["changes"])
    found = dict(zip(changes["names"], changes["sentences"], strict=True))
    assert changes["names"][0] == "spread-not-moved"  # before any change of twice_spread itself
    assert found["spread-not-moved"] == (
        "This is what comes out with a mistake that is known of spread: The mean stays."
    )
    assert not found.keys() & {"spread-raises", "spread-rows", "twice_spread-odd"}


def test_where_the_order_is_open_calls_count_that_have_one_result_in_every_order() -> None:
    inputs = Inputs.of(x=real("t d"))
    order = OpenOrder(lambda x: [0, 1], results=lambda x, order: [spread(x) + order * (len(x) > 2)])
    question = Question("spread", points=100, inputs=inputs, returns="r", open_order=order)
    content = compile_exam(
        Exam(Part("tiny", "A tiny part", "1", question)), FakeReference(spread=spread)
    )
    request = decode(content["functions"][0]["requests"]["public"])["calls"]
    changes = decode(content["functions"][0]["changes"])
    single = [n for n, (_, (x,)) in enumerate(request) if len(x) <= 2]
    assert set(changes["tables"]["public"]["calls"]) <= set(single)
    assert changes["names"]


def scale(x, rate=0.25):
    """Scale x by 0.25, and add 1."""
    return rate * (x + 1.0) * np.exp(-x)


def test_another_default_is_recorded_where_a_call_leaves_the_parameter_out() -> None:
    inputs = Inputs.of(x=real("t d"), rate=one_of(0.5, 2.0))
    left_out = Check("default", "rate left out", "values", 10, examples=Examples(X, 3))
    question = Question("scale", points=100, inputs=inputs, checks=[left_out], returns="r")
    changes = recorded(question, scale=scale)
    said = "rate counts as 0.1 where it is not given; its default is 0.25."
    place = changes["sentences"].index(said)
    assert changes["names"][place] == "other-default"
    numbers = changes["tables"]["public"]["numbers"]
    differs = np.abs(numbers[place + 1] - numbers[0]) > 1e-9
    assert differs[-3:].any()
    assert not differs[:-3].any()
    alone = Question("scale", points=100, inputs=inputs, returns="r")
    assert "other-default" not in recorded(alone, scale=scale)["names"]


def test_labels_have_no_pairs_of_changes() -> None:
    def sign(x, b):
        return np.sign(x * 2.0 + b)

    inputs = Inputs.of(x=real("t d"), b=real("t d"))
    question = Question("sign", points=100, inputs=inputs, returns="r")
    assert "two-changes" not in recorded(question, sign=sign)["names"]
    bumped = recorded(Question("bump", points=100, inputs=inputs, returns="r"), bump=bump)
    assert "two-changes" in bumped["names"]
    first = bumped["names"].index("two-changes")
    assert {*bumped["names"][first:]} == {"two-changes"}


def test_what_many_orders_may_give_is_left_out() -> None:
    inputs = Inputs.of(x=real("t d"))
    order = OpenOrder(lambda x: [0, 1], results=lambda x, order: [spread(x) + order])
    question = Question("spread", points=100, inputs=inputs, returns="r", open_order=order)
    assert recorded(question, spread=spread)["names"] == ()


# ---- the real command

WRONG = """

def error(x, w, y):
    return np.mean(predict(x, w) - y) ** 2


def step(w, grad, rate):
    return w - rate * w
"""


@pytest.mark.slow
def test_a_homework_without_a_line_about_it_names_a_change(tmp_path: Path) -> None:
    homework = tmp_path / "homework"
    kept_out = shutil.ignore_patterns("build", "dist", "__pycache__")
    shutil.copytree(ROOT / "homeworks" / "regression", homework, ignore=kept_out)
    submission = shutil.copytree(homework / "solution", tmp_path / "work")
    with (submission / "regression.py").open("a", encoding="utf-8") as file:
        file.write(WRONG)
    call = [sys.executable, "-m", "autograder", "--homework", str(homework)]
    report = tmp_path / "report.json"
    for words in (["compile"], ["grade", str(submission), "--json", str(report)]):
        done = subprocess.run([*call, *words], cwd=ROOT, capture_output=True, text=True)
        assert "Traceback" not in done.stderr
    checks = {check["id"]: check for check in json.loads(report.read_bytes())["checks"]}
    values = checks["regression.error.values"], checks["regression.step.values"]
    assert [c["explained_by"] for c in values] == ["change", "change"]
    assert [c["misconception"] for c in values] == ["change-order", "change-names"]
    assert "with mean applied before the power." in values[0]["message"]
    assert "This is what comes out with w instead of grad." in values[1]["message"]
    rest = [c for name, c in checks.items() if ".error." not in name and ".step." not in name]
    assert {c["status"] for c in rest} == {"passed"}

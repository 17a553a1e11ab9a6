"""The judge decides hand-made evidence rightly, and says so in the words that it promises."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.core.codec import encode
from autograder.core.message import Label, Message, Row
from autograder.core.records import (
    CheckResult,
    Ending,
    FileState,
    FunctionRun,
    Line,
    Raised,
    Report,
    Returned,
    Status,
    While,
)
from autograder.core.vectors import pack
from autograder.errors import GraderError, KeyFileError
from autograder.grading.audience import for_students
from autograder.homework.folder import Homework, load_predicates
from autograder.homework.key import CheckKey, FunctionKey, Key, Pool, Segment
from autograder.homework.settings import Feedback
from autograder.judge.carried import fix_first
from autograder.judge.checks import examine
from autograder.judge.evidence import Evidence, Finding
from autograder.judge.predicates import PREDICATES, read_numbers
from autograder.judge.verdicts import judge_check
from autograder.outputs.groups import Block, gather_blocks
from autograder.outputs.report_json import write_message

#: The homework's own kinds of checks.
OWN_PREDICATES = load_predicates(Homework.here().predicates_path)

#: Occurs in no sentence of the judge, so it is easily found in a message.
SECRET = 8675.5

THERE = {"is_there": True, "is_callable": True, "uses": ()}
LOADED = FileState(functions={"mean": THERE})

Outcome = Returned | Raised


def leaf(numbers: Any, dtype: str = "float64") -> tuple[np.ndarray, str]:
    """Return one result as the worker sends it."""
    return np.asarray(numbers, dtype=dtype), dtype


def pool(results: Sequence[bytes | None]) -> Pool:
    """Return results by call."""
    stored = tuple([result for result in results if result is not None])
    places = iter(range(len(stored)))
    return Pool(stored, tuple([-1 if result is None else next(places) for result in results]))


def known(name: str, results: Sequence[Any], *, smallest: int = 0) -> dict[str, Any]:
    """Return a mistake with its results by call: a result, what it raises, None where right."""
    entries = [r if r is None else encode(r if isinstance(r, dict) else (r,)) for r in results]
    raw = dataclasses.asdict(pool(entries))
    return {
        "name": name,
        "sentence": f"It is {name}.",
        "smallest": smallest,
        "results": {"public": raw, "hidden": raw},
    }


def function_key(
    calls: Sequence[tuple[Any, ...]],
    right: Sequence[Sequence[Any]],
    *,
    name: str = "tiny.mean",
    parameters: tuple[str, ...] = ("x",),
    names: Any = "r",
    mistakes: Sequence[dict[str, Any]] = (),
) -> FunctionKey:
    """Return a function's key; both phases have the same calls and, for each, all right results."""
    request = encode({"call": name, "calls": tuple([(0, call) for call in calls])})
    expected = pool([encode(pack(tuple(trees))) for trees in right])
    return FunctionKey(
        name=name,
        parameters=parameters,
        names=names,
        notes="1.3",
        trains=False,
        counts={"public": len(calls), "hidden": len(calls)},
        requests={"public": request, "hidden": request},
        expected={"public": expected, "hidden": expected},
        raw_mistakes=Segment.of(tuple(mistakes)),
        raw_recorded=Segment.of({}),
    )


X = (np.array([[SECRET, 1.0], [0.5, 3.0]]), np.array([[2.0, 4.0], [0.0, 0.0]]))
MEAN = tuple([leaf(x.mean(axis=0, keepdims=True)) for x in X])
TOTAL = tuple([leaf(x.sum(axis=0, keepdims=True)) for x in X])


def mean_key(**more: Any) -> FunctionKey:
    """Return the key of a function that averages over the items, with two calls."""
    return function_key([(x,) for x in X], [[right] for right in MEAN], **more)


def check_of(kind: str, key: FunctionKey, **more: Any) -> CheckKey:
    """Return a check of all calls of a function, worth one point."""
    fields = {
        "id": f"{key.name}.{kind}",
        "part": key.file,
        "function": key.name,
        "title": f"right {kind}",
        "kind": kind,
        "points": 100,
        "visibility": "public",
        "calls": tuple(range(key.counts["public"])),
        "select": (),
        "data": {},
    }
    return CheckKey(**(fields | more))


def run_of(outcomes: Sequence[Any]) -> FunctionRun:
    """Return a run; what is no outcome yet was returned."""
    made = [o if isinstance(o, Returned | Raised) else Returned(o) for o in outcomes]
    return FunctionRun(tuple(made))


def judged(
    kind: str,
    outcomes: Sequence[Any] | FunctionRun,
    *,
    key: FunctionKey | None = None,
    file: FileState | None = LOADED,
    **more: Any,
) -> CheckResult:
    """Judge one check of one function."""
    key = dataclasses.replace(key or mean_key(), predicates=OWN_PREDICATES)
    check = check_of(kind, key, **more)
    run = outcomes if isinstance(outcomes, FunctionRun) else run_of(outcomes)
    if file is LOADED:
        file = FileState(functions={key.function: THERE})
    evidence = Evidence(key, check.visibility, file, run)
    whole = Key("", "full", {key.file: ""}, {key.name: key}, (check,))
    return judge_check(check, whole, {(key.name, check.visibility): evidence})


def column(message: str) -> list[str]:
    """Return the first words of a message's lines, those that continue a line left out."""
    return [line[:11].strip() for line in message.split("\n") if line[:11].strip()]


FACTS = ("values", "shape", "dtype", "arguments")


def lost(outcomes: Sequence[Any], **more: Any) -> set[str]:
    """Return which of the four facts do not pass."""
    return {kind for kind in FACTS if judged(kind, outcomes, **more).status != Status.PASSED}


# The four facts.


def test_right_results_pass_every_fact() -> None:
    result = judged("values", MEAN)
    assert (result.status, result.score, write_message(result.message)) == (Status.PASSED, 100, "")
    assert result.mistake is None
    assert lost(MEAN) == set()


def changed(results: Sequence[Any], change: Any) -> list[Any]:
    """Return the results with `change` applied to each array; its type is named as it is then."""
    arrays = [change(array) for array, _ in results]
    return [(array, str(array.dtype)) for array in arrays]


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        (lambda a: a * (1 + 0.9e-6), set()),
        (lambda a: a * (1 + 1.1e-6), {"values"}),
        (lambda a: a + 0.9e-9, set()),
        (lambda a: a * (1 - 1.1e-6), {"values"}),
        (lambda a: a.ravel(), {"shape"}),
        (lambda a: a.T, {"shape"}),
        (lambda a: a[None], {"shape"}),
        (lambda a: a.astype(np.float32), {"dtype"}),
        (lambda a: a.astype(np.float16), {"dtype"}),
        (lambda a: a.astype(np.float32).ravel(), {"dtype", "shape"}),
        (lambda a: -a, {"values"}),
        (lambda a: a[:, :1], {"values", "shape"}),
        (lambda a: np.where(a == a.max(), np.nan, a), {"values"}),
        (lambda a: np.where(a == a.max(), np.inf, a), {"values"}),
        (lambda a: np.concatenate([a, a]), {"values", "shape"}),
        (lambda a: a[:0], {"values", "shape", "dtype", "arguments"}),
    ],
)
def test_each_wrong_fact_costs_that_fact_alone(change: Any, facts: set[str]) -> None:
    assert lost(changed(MEAN, change)) == facts


def test_one_wrong_number_in_one_call_is_enough() -> None:
    other = leaf(MEAN[1][0] + np.array([[0, 1e-5]]))
    assert lost([MEAN[0], other]) == {"values"}


def test_whole_numbers_and_truth_values_lose_only_the_type() -> None:
    key = function_key([(X[0],), (X[1],)], [[leaf([[1.0, 0.0]])], [leaf([[0.0, 1.0]])]])
    for dtype in ("int64", "bool"):
        results = [leaf([[1, 0]], dtype), leaf([[0, 1]], dtype)]
        assert lost(results, key=key) == {"dtype"}
        assert judged("dtype", results, key=key).mistake == f"type-{dtype}"


def test_any_integer_type_is_right_where_integers_are_asked_for() -> None:
    key = function_key([(X[0],), (X[1],)], [[leaf([1, 0], "int64")], [leaf([2, 1], "int64")]])
    for name in ("int64", "int32", "uint8"):
        arrays = [np.array([1, 0]), np.array([2, 1])]
        assert lost([(array, name) for array in arrays], key=key) == set()
    assert lost([leaf([1, 0]), leaf([2, 1])], key=key) == {"dtype"}


def test_a_changed_argument_costs_that_fact_alone() -> None:
    outcomes = [Returned(MEAN[0]), Returned(MEAN[1], changed=(0,))]
    assert lost(outcomes) == {"arguments"}
    result = judged("arguments", outcomes)
    assert result.mistake == "argument-changed"
    assert "got        x changed by the call" in write_message(result.message)


def test_writing_into_a_protected_argument_is_changing_it() -> None:
    raised = Raised("ValueError", "assignment destination is read-only", is_read_only=True)
    result = judged("arguments", [Returned(MEAN[0]), raised])
    assert (result.status, result.mistake) == (Status.FAILED, "argument-changed")
    assert "it writes into a write-protected argument" in write_message(result.message)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "nothing came back (None): is a return missing?"),
        ("a str", "a str came back where an array belongs"),
        ((MEAN[0], MEAN[0]), "several results came back where one array belongs"),
        ({"r": MEAN[0]}, "several results came back where one array belongs"),
    ],
)
def test_what_is_no_array_loses_every_fact_but_the_arguments(value: Any, says: str) -> None:
    for kind in ("values", "shape", "dtype"):
        result = judged(kind, [value, value])
        assert result.status == Status.FAILED
        assert says in write_message(result.message)


PAIR = function_key([(X[0],)], [[(leaf([[1.0, 2.0]]), leaf([3.0]))]], names=("dW", "db"))


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ((leaf([[1.0, 2.0]]), leaf([4.0])), "expected   db = [3]\ngot        db = [4]"),
        ((leaf([[1.0, 5.0]]), leaf([4.0])), "dW row 0 = [1, 2]\ngot        dW row 0 = [1, 5]"),
        ((leaf([[1.0, 2.0]]), None), "db: nothing came back (None)"),
        ((leaf([[1.0, 2.0]]),), "1 results came back where 2 results are expected: dW, db"),
        (leaf([[1.0, 2.0]]), "one array came back where 2 results are expected: dW, db"),
    ],
)
def test_the_first_wrong_result_of_several_is_named(value: Any, says: str) -> None:
    result = judged("values", [value], key=PAIR)
    assert result.status == Status.FAILED
    assert says in write_message(result.message)


@pytest.mark.parametrize(
    ("names", "right", "wrong", "says"),
    [
        ("dw", [0.0, 0.125], [0.0, 0.0], "expected   [0, 0.125]\ngot        [0, 0]"),
        ("loss", 0.5, 0.25, "expected   0.5\ngot        0.25"),
        (("dw", "loss"), 0.5, 0.25, "expected   loss = 0.5\ngot        loss = 0.25"),
        (("dw", "loss"), [0.5], [0.25], "expected   loss = [0.5]\ngot        loss = [0.25]"),
    ],
)
def test_a_result_in_one_line_has_an_equals_sign_only_behind_its_name(
    names: Any, right: Any, wrong: Any, says: str
) -> None:
    first = [] if isinstance(names, str) else [leaf([1.0])]
    results = [(*first, leaf(value)) if first else leaf(value) for value in (right, wrong)]
    key = function_key([(X[0],)], [[results[0]]], names=names)
    assert says in write_message(judged("values", [results[1]], key=key).message)


def test_a_check_looks_at_its_own_results_alone() -> None:
    value = (leaf([[1.0, 2.0]]), leaf([4.0]))
    assert judged("values", [value], key=PAIR, select=(0,)).status == Status.PASSED
    assert judged("values", [value], key=PAIR, select=(1,)).status == Status.FAILED


RECORD = function_key(
    [(X[0],)], [[{"H": leaf([[1.0, 2.0]]), "U": leaf([[3.0]])}]], names={"H": "H", "U": "U"}
)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"H": leaf([[1.0, 2.0]])}, "lacks the key U"),
        ({"H": leaf([[1.0, 2.0]]), "U": leaf([[5.0]])}, "U row 0 = [3]\ngot        U row 0 = [5]"),
        (leaf([1.0]), "came back where a dict belongs, with the keys H, U"),
    ],
)
def test_a_wrong_dict_is_described(value: Any, says: str) -> None:
    assert says in write_message(judged("values", [value], key=RECORD).message)


def test_a_key_too_many_is_the_shapes_affair() -> None:
    value = {"H": leaf([[1.0, 2.0]]), "U": leaf([[3.0]]), "E": leaf([1.0])}
    assert write_message(judged("values", [value], key=RECORD).message) == ""
    assert "a key too many: E" in write_message(judged("shape", [value], key=RECORD).message)


def test_a_dict_in_another_order_is_right() -> None:
    value = {"U": leaf([[3.0]]), "H": leaf([[1.0, 2.0]])}
    assert lost([value], key=RECORD) == set()


@pytest.mark.parametrize("number", [0.0, 1.0, SECRET, np.nan])
def test_the_same_number_everywhere_earns_nothing(number: float) -> None:
    assert lost([leaf(np.full((1, 2), number))] * 2) == set(FACTS)


def test_a_placeholder_is_called_one() -> None:
    message = write_message(judged("shape", [leaf(np.zeros((1, 2)))] * 2).message)
    assert "the same number whatever the input" in message


def test_a_wrong_answer_that_is_computed_earns_the_other_facts() -> None:
    assert lost(TOTAL) == {"values"}


# Known mistakes.


def test_a_mistake_is_named_when_it_gives_every_answer() -> None:
    key = mean_key(mistakes=[known("other", [MEAN[1], MEAN[0]]), known("total", TOTAL)])
    result = judged("values", TOTAL, key=key)
    assert (result.status, result.mistake) == (Status.FAILED, "total")
    assert "likely     It is total." in write_message(result.message)


def test_a_mistake_is_not_named_when_one_answer_is_another() -> None:
    key = mean_key(mistakes=[known("total", TOTAL)])
    for outcomes in ([TOTAL[0], leaf(-TOTAL[1][0])], [TOTAL[0], MEAN[1]], [MEAN[0], TOTAL[1]]):
        result = judged("values", outcomes, key=key)
        assert (result.status, result.mistake) == (Status.FAILED, None)
        assert "likely" not in write_message(result.message)


def test_where_a_mistake_is_right_the_answer_has_to_be_right() -> None:
    key = mean_key(mistakes=[known("total", [TOTAL[0], None])])
    assert judged("values", [TOTAL[0], MEAN[1]], key=key).mistake == "total"
    assert judged("values", [TOTAL[0], TOTAL[1]], key=key).mistake != "total"


def test_a_mistake_that_gives_nan_is_named_by_its_nan() -> None:
    wrong = [leaf([[np.nan, 2.0]]), leaf([[1.0, np.nan]])]
    key = mean_key(mistakes=[known("nan", wrong)])
    assert judged("values", wrong, key=key).mistake == "nan"
    assert judged("values", [wrong[0], leaf([[np.nan, 1.0]])], key=key).mistake is None


def test_a_mistake_that_raises_is_named_by_the_exception() -> None:
    key = mean_key(mistakes=[known("far", [{"raises": "IndexError"}] * 2)])
    raised = Raised("IndexError", "index 7 is out of bounds")
    assert judged("values", [raised] * 2, key=key).mistake == "far"
    other = Raised("TypeError", "index 7 is out of bounds")
    assert judged("values", [other] * 2, key=key).mistake is None
    assert judged("values", [raised, MEAN[1]], key=key).mistake is None


def test_a_mistake_is_shown_at_its_smallest_input() -> None:
    key = mean_key(mistakes=[known("total", TOTAL, smallest=1)])
    message = write_message(judged("values", TOTAL, key=key).message)
    assert "x = np.array([[2.0, 4.0], [0.0, 0.0]])" in message
    assert "expected   row 0 = [1, 2]\ngot        row 0 = [2, 4]" in message


def test_a_mistake_of_shape_is_named_by_the_shape() -> None:
    flat = changed(MEAN, np.ravel)
    key = mean_key(mistakes=[known("flat", flat)])
    assert judged("shape", flat, key=key).mistake == "flat"
    assert judged("values", flat, key=key).status == Status.PASSED


def test_no_mistake_is_named_for_a_type_or_a_changed_argument() -> None:
    key = mean_key(mistakes=[known("total", TOTAL)])
    outcomes = [Returned(total, changed=(0,)) for total in TOTAL]
    assert judged("arguments", outcomes, key=key).mistake == "argument-changed"


def test_a_misconception_is_short_whatever_a_worker_says() -> None:
    name = "float64\x1b[31m\n" + "x" * 5000
    result = judged("dtype", [(MEAN[0][0], name), (MEAN[1][0], name)])
    assert result.status == Status.FAILED
    assert result.mistake is None or len(result.mistake) < 100
    assert result.mistake is None or result.mistake.isprintable()


# Messages.


def test_a_message_has_its_lines_in_order() -> None:
    key = mean_key(mistakes=[known("total", TOTAL)])
    assert write_message(judged("values", TOTAL, key=key).message) == (
        "called     mean(x)\n"
        "input      x = np.array([[8675.5, 1.0], [0.5, 3.0]])\n"
        "expected   row 0 = [4338, 2]\n"
        "got        row 0 = [8676, 4]\n"
        "likely     It is total.\n"
        "look at    tiny.py, mean; notes section 1.3\n"
        "see it     run this in the folder of your files:\n"
        "import numpy as np\n"
        "from tiny import mean\n"
        "x = np.array([[8675.5, 1.0], [0.5, 3.0]])\n"
        'print("got", mean(x))\n'
        'print("expected", np.array([[4338.0, 2.0]]))'
    )


def test_the_input_of_a_message_can_be_pasted() -> None:
    calls = [({"H": np.array([[0.5]]), "U": np.array([[1, 2]])}, np.array([0, 1]), 0.1)]
    key = function_key(calls, [[leaf([1.0])]], parameters=("params", "y", "lr"))
    lines = write_message(judged("values", [leaf([2.0])], key=key).message).split("\n")
    given: dict[str, Any] = {}
    shown = [line[11:] for line in lines[1:4]]
    exec("\n".join(shown), {"np": np}, given)
    assert encode((given["params"], given["y"], given["lr"])) == encode(calls[0])


def test_an_exception_is_shown_with_the_students_own_lines() -> None:
    lines = tuple([Line("tiny.py", n, f"line {n}") for n in (3, 5, 8)])
    raised = Raised("ValueError", "no\x1b[31m\nmatch at 0x7f0011223344", lines)
    result = judged("values", [raised] * 2)
    assert result.status == Status.ERROR
    assert write_message(result.message) == (
        "called     mean(x)\n"
        "input      x = np.array([[8675.5, 1.0], [0.5, 3.0]])\n"
        "raised     ValueError: no\n"
        "           match at 0x...\n"
        "at         tiny.py line 5: line 5\n"
        "at         tiny.py line 8: line 8\n"
        "look at    tiny.py, mean; notes section 1.3\n"
        "see it     run this in the folder of your files:\n"
        "import numpy as np\n"
        "from tiny import mean\n"
        "x = np.array([[8675.5, 1.0], [0.5, 3.0]])\n"
        "print(mean(x))"
    )


def test_a_message_without_end_is_cut() -> None:
    raised = Raised("E" * 10_000, "x" * 10_000, (Line("f" * 9000, 1, "t" * 9000),))
    assert len(write_message(judged("values", [raised] * 2).message)) < 2000


def test_the_wrong_row_is_shown() -> None:
    right = leaf([[1.0, 2.0], [3.0, 4.0]])
    key = function_key([(X[0],)], [[right]])
    message = write_message(judged("values", [leaf([[1.0, 2.0], [3.0, 5.0]])], key=key).message)
    assert "expected   row 1 = [3, 4]\ngot        row 1 = [3, 5]" in message


FINDINGS = {
    "wrong": run_of([leaf([[SECRET, SECRET]])] * 2),
    "total": run_of(TOTAL),
    "nothing": run_of([None, None]),
    "text": run_of([f"a {SECRET}"] * 2),
    "shape": run_of(changed(MEAN, np.ravel)),
    "raised": run_of([Raised("Boom8675", f"x was {SECRET}", (Line("tiny.py", 8675, "x[0]"),))] * 2),
    "timeout": FunctionRun((), Ending(Status.TIMEOUT, f"at {SECRET}")),
    "crashed": FunctionRun((), Ending(Status.CRASHED, f"at {SECRET}")),
    "to do": run_of([Raised("NotImplementedError", str(SECRET), (), "tiny.mean")] * 2),
    "to do elsewhere": run_of([Raised("NotImplementedError", str(SECRET), (), "t.other")] * 2),
    "changed": run_of([Returned(TOTAL[0], changed=(0,))] * 2),
}


def for_a_student(result: CheckResult, *, names: bool = True) -> CheckResult:
    """Return what a student sees of a check."""
    report = Report((result,), 100_00, {}, is_finished=True)
    return for_students(report, Feedback(name_hidden_mistakes=names)).checks[0]


@pytest.mark.parametrize("name", FINDINGS)
@pytest.mark.parametrize("kind", FACTS)
def test_of_a_hidden_check_students_see_no_number_and_no_exception(kind: str, name: str) -> None:
    key = mean_key(mistakes=[known("total", TOTAL)])
    result = for_a_student(judged(kind, FINDINGS[name], key=key, visibility="hidden"))
    if result.status == Status.PASSED:
        assert write_message(result.message) == ""
        return
    *lines, place = write_message(result.message).split("\n")
    assert place == "look at    tiny.py, mean"
    assert not any([character.isdigit() for line in lines for character in line])
    assert "Boom" not in write_message(result.message)
    assert "np.array" not in write_message(result.message)
    assert "8675" not in (result.mistake or "")


@pytest.mark.parametrize("name", FINDINGS)
@pytest.mark.parametrize("kind", FACTS)
def test_of_a_hidden_check_staff_see_what_students_see_of_a_public_one(
    kind: str, name: str
) -> None:
    key = mean_key(mistakes=[known("total", TOTAL)])
    hidden = judged(kind, FINDINGS[name], key=key, visibility="hidden")
    public = judged(kind, FINDINGS[name], key=key)
    assert column(write_message(hidden.message)) == column(write_message(public.message))
    assert (hidden.status, hidden.mistake) == (public.status, public.mistake)


def test_a_hidden_check_shows_its_input_to_staff() -> None:
    result = judged("values", TOTAL, visibility="hidden")
    assert column(write_message(result.message))[:4] == ["called", "input", "expected", "got"]


def test_students_see_the_name_of_a_hidden_checks_mistake_where_that_is_allowed() -> None:
    key = mean_key(mistakes=[known("total", TOTAL)])
    result = judged("values", TOTAL, key=key, visibility="hidden")
    assert result.mistake == "total"
    shown = for_a_student(result)
    assert (shown.mistake, column(write_message(shown.message))) == (
        "total",
        ["inputs", "mistake", "look at"],
    )
    shown = for_a_student(result, names=False)
    assert (shown.mistake, column(write_message(shown.message))) == (
        None,
        ["inputs", "look at"],
    )


def test_students_see_all_of_a_public_check() -> None:
    result = judged("values", TOTAL)
    assert for_a_student(result) == result


# Statuses.

RAISED = Raised("KeyError", "'H'")
NOT_STARTED = Raised("NotImplementedError", "mean: tiny.py", (), "tiny.mean")
HUNG = Ending(Status.TIMEOUT, "stopped after 10 s in importing tiny.py", While.IMPORT)
SLOW = Ending(Status.TIMEOUT, "stopped after 5 s in call 2", While.CALL)
DEAD = Ending(Status.CRASHED, "SIGSEGV in call 2", While.CALL)


@pytest.mark.parametrize(
    ("file", "run", "status", "says"),
    [
        (None, run_of(MEAN), Status.NOT_STARTED, "tiny.py is not in the submission"),
        (
            FileState(
                problem=Ending(
                    Status.TIMEOUT, "stopped after 10 s in importing tiny.py", While.IMPORT
                )
            ),
            run_of(MEAN),
            Status.TIMEOUT,
            "time limit stopped after 10 s in importing tiny.py",
        ),
        (
            FileState(problem=Raised("SyntaxError", "invalid syntax", (Line("tiny.py", 3, "x="),))),
            run_of(MEAN),
            Status.ERROR,
            "tiny.py can't be imported: SyntaxError: invalid syntax",
        ),
        (FileState(), run_of(MEAN), Status.NOT_STARTED, "tiny.py has no function mean"),
        (
            FileState(functions={"mean": {"is_there": True, "is_callable": False}}),
            run_of(MEAN),
            Status.ERROR,
            "mean in tiny.py is not a function",
        ),
        (LOADED, FunctionRun(), Status.CRASHED, "the call was never made"),
        (LOADED, run_of([MEAN[0], RAISED]), Status.ERROR, "raised     KeyError: 'H'"),
        (
            LOADED,
            run_of([NOT_STARTED] * 2),
            Status.NOT_STARTED,
            "to do      mean in tiny.py is not",
        ),
        (
            LOADED,
            run_of([Raised("NotImplementedError", "", (), "tiny.total")] * 2),
            Status.NOT_STARTED,
            "it needs tiny.total, which is not started yet",
        ),
        (
            LOADED,
            FunctionRun(
                (Returned(MEAN[0]),),
                SLOW,
            ),
            Status.TIMEOUT,
            "time limit stopped after 5 s in call 2",
        ),
        (
            LOADED,
            FunctionRun((Returned(MEAN[0]),), DEAD),
            Status.CRASHED,
            "crashed    SIGSEGV in call 2",
        ),
        (
            LOADED,
            FunctionRun((Returned(TOTAL[0]),), SLOW),
            Status.FAILED,
            "got        row 0",
        ),
    ],
)
def test_the_first_thing_that_is_wrong_gives_the_status(
    file: FileState | None, run: FunctionRun, status: str, says: str
) -> None:
    result = judged("values", run, file=file)
    assert (result.status, result.score) == (status, 0)
    assert says in write_message(result.message)


def test_every_fact_has_the_status_of_a_function_that_could_not_be_called() -> None:
    for kind in FACTS:
        assert judged(kind, run_of([NOT_STARTED] * 2)).status == Status.NOT_STARTED
        assert judged(kind, run_of([RAISED] * 2)).status == Status.ERROR
        assert judged(kind, run_of(MEAN), file=None).status == Status.NOT_STARTED


# Predicates.

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
    ("value", "says"),
    [
        ((*BY_HAND[:3], leaf([[np.nan]])), "got        nan or infinity"),
        ((*BY_HAND[:3], leaf([[1.0, 2.0]])), "c"),
        (BY_HAND[:3], "3 results came back where 4 results are expected: W, b, w, c"),
        (None, "nothing came back (None)"),
    ],
)
def test_weights_that_do_not_separate_xor_fail(value: Any, says: str) -> None:
    result = xor(value)
    assert (result.status, result.mistake) == (Status.FAILED, None)
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


@pytest.mark.parametrize("predicate", ["repeats_with_the_seed", "breaks_symmetry"])
def test_nothing_instead_of_parameters_fails(predicate: str) -> None:
    assert init(predicate, [None, None, None]).status == Status.FAILED
    assert init(predicate, [params(7), RAISED, RAISED]).status == Status.ERROR


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
        "reshuffles",
    }


# The kink.

K = np.array([[0.0, 1.0], [-1.0, 0.0]])
DH = np.array([[5.0, 6.0], [7.0, 8.0]])
BACK_RIGHT, BACK_OTHER = leaf(DH * (K >= 0)), leaf(DH * (K > 0))
GRAD_RIGHT, GRAD_OTHER = leaf((K >= 0) * 1.0), leaf((K > 0) * 1.0)
BACK = function_key([(DH, K)], [[BACK_RIGHT]], name="back.back", parameters=("dh", "k"))
GRAD = function_key(
    [(K + 0.5,), (K,)], [[leaf([[1.0, 1.0], [0.0, 1.0]])], [GRAD_RIGHT]], name="act.grad"
)


def kink(back: Any, grad: Any, *, grad_elsewhere: Any = ((1.0, 1.0), (0.0, 1.0))) -> CheckResult:
    """Judge the convention that two functions share."""
    members = (
        {"function": "back.back", "calls": (0,), "at": (K == 0,), "wrong": (BACK_OTHER[0],)},
        {"function": "act.grad", "calls": (1,), "at": (K == 0,), "wrong": (GRAD_OTHER[0],)},
    )
    data = {"members": members, "misconception": "zero-at-zero", "sentence": "It is 1 there."}
    check = check_of("kink", BACK, data=data)
    values = check_of("values", GRAD, calls=(0,))
    key = Key("", "full", {}, {"back.back": BACK, "act.grad": GRAD}, (check, values))
    back_file = FileState(functions={"back": THERE})
    grad_file = FileState(functions={"grad": THERE})
    other = NOT_STARTED if grad is NOT_STARTED else leaf(grad_elsewhere)
    return judge_check(
        check,
        key,
        {
            ("back.back", "public"): Evidence(BACK, "public", back_file, run_of([back])),
            ("act.grad", "public"): Evidence(GRAD, "public", grad_file, run_of([other, grad])),
        },
    )


def test_the_notes_convention_passes() -> None:
    assert kink(BACK_RIGHT, GRAD_RIGHT).status == Status.PASSED


def test_the_kink_looks_at_the_entries_that_differ_alone() -> None:
    elsewhere = leaf(np.where(K == 0, DH, 99.0))
    assert kink(elsewhere, GRAD_RIGHT).status == Status.PASSED


def test_the_other_convention_is_charged_once_wherever_it_is_found() -> None:
    for back, grad, place in (
        (BACK_OTHER, GRAD_OTHER, "back.py, back"),
        (BACK_OTHER, GRAD_RIGHT, "back.py, back"),
        (BACK_RIGHT, GRAD_OTHER, "act.py, grad"),
    ):
        result = kink(back, grad)
        assert (result.status, result.mistake) == (Status.FAILED, "zero-at-zero")
        assert (result.id, result.function) == ("back.back.kink", "back.back")
        assert "likely     It is 1 there." in write_message(result.message)
        assert f"look at    {place};" in write_message(result.message)


def test_another_function_is_not_charged_before_it_is_right_otherwise() -> None:
    assert kink(BACK_RIGHT, GRAD_OTHER, grad_elsewhere=K).status == Status.PASSED
    assert kink(BACK_RIGHT, NOT_STARTED).status == Status.PASSED


def test_the_first_function_has_to_be_started() -> None:
    result = kink(Raised("NotImplementedError", "", (), "back.back"), GRAD_RIGHT)
    assert result.status == Status.NOT_STARTED


def test_a_third_value_at_the_kink_is_wrong_but_is_not_the_other_convention() -> None:
    result = kink(leaf(np.where(K == 0, DH / 2, BACK_RIGHT[0])), GRAD_RIGHT)
    assert (result.status, result.mistake) == (Status.FAILED, None)
    assert "likely" not in write_message(result.message)


def test_zeros_everywhere_are_not_the_other_convention() -> None:
    result = kink(leaf(np.zeros((2, 2))), GRAD_RIGHT)
    assert (result.status, result.mistake) == (Status.FAILED, None)


def test_the_row_that_is_wrong_at_the_kink_is_shown() -> None:
    half_right = BACK_RIGHT[0].copy()
    half_right[1, 1] = 0.0
    message = write_message(kink(leaf(half_right), GRAD_RIGHT).message)
    assert "expected   row 1 = [0, 8]\ngot        row 1 = [0, 0]" in message


def test_a_result_of_another_kind_is_wrong_at_the_kink() -> None:
    for value in (None, "a str", (BACK_RIGHT, BACK_RIGHT), leaf([1.0])):
        assert kink(value, GRAD_RIGHT).status == Status.FAILED


def test_shape_and_type_cost_nothing_at_the_kink() -> None:
    flat = leaf(BACK_RIGHT[0].ravel(), "float32")
    assert kink(flat, leaf(GRAD_RIGHT[0], "int64")).status == Status.PASSED


# Fix first.


def result_of(function: str, *, kind: str = "values", status: str = Status.FAILED) -> CheckResult:
    """Return a check's result."""
    part = function.partition(".")[0]
    name = f"{function}.{kind}"
    return CheckResult(name, part, function, kind, status, 0, 100, "public", Message(), None, kind)


USES = {"c.train": ("b.forward",), "b.forward": ("a.relu", "a.softmax"), "a.relu": ()}


def advice(*failing: CheckResult, uses: dict[str, tuple[str, ...]] = USES) -> str:
    """Return what is said about train."""
    train = dataclasses.replace(result_of("c.train"), id="c.train.other")
    *_, advised = fix_first([*failing, train], uses, {})
    (*_, row) = (Row(Label.FIRST, ""), *advised.message.find(Label.FIRST))
    return row.said


def test_the_functions_to_mend_first_follow_the_calls_all_the_way() -> None:
    sentence = "train calls a.relu, which fails its own checks: fix it first"
    assert advice(result_of("a.relu")) == sentence


def test_several_functions_are_listed_nearest_first() -> None:
    failing = [result_of(name) for name in ("a.softmax", "a.relu", "b.forward")]
    assert advice(*failing) == (
        "train calls b.forward, a.relu and a.softmax, which fail their own checks: fix them first"
    )


def test_nothing_is_said_about_what_is_not_called_or_is_right() -> None:
    assert advice(result_of("a.other"), result_of("c.train")) == ""
    assert advice(result_of("a.relu", status=Status.PASSED)) == ""


def test_the_convention_at_the_kink_explains_nothing_above() -> None:
    assert advice(result_of("a.relu", kind="kink")) == ""


def test_a_convention_explains_nothing_above_whatever_its_check_is_called() -> None:
    named = dataclasses.replace(result_of("a.relu", kind="kink"), id="a.relu.at_zero")
    assert advice(named) == ""
    other = dataclasses.replace(result_of("a.relu"), id="a.relu.kink")
    assert advice(other) != ""


def test_functions_that_call_each_other_come_to_an_end() -> None:
    uses = {"c.train": ("a.one",), "a.one": ("a.two",), "a.two": ("a.one", "c.train")}
    assert "calls a.two, which fails" in advice(result_of("a.two"), uses=uses)


# ---- one cause, told once


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


# ---- facts are no sentences


def test_words_like_those_of_a_missing_import_make_no_file_wait() -> None:
    raised = Raised("ModuleNotFoundError", "tiny.py can't be imported: fix it first")
    assert judged("values", [raised] * 2).waits_for == ""
    told = dataclasses.replace(raised, not_imported="other", wanted="other.relu")
    result = judged("values", [told] * 2)
    assert result.waits_for == "other"
    said = (
        "first      mean waits for other.relu, and other.py can't be imported: fix that file first"
    )
    assert said in write_message(result.message)


def test_words_like_numpys_change_no_argument() -> None:
    raised = Raised("ValueError", "my book is read-only")
    assert judged("arguments", [raised] * 2).status == Status.ERROR


@pytest.mark.parametrize(
    ("during", "says"),
    [
        (While.IMPORT, "code outside of functions runs at every import"),
        (While.CALL, "look at each loop"),
        (While.WAIT, ""),
    ],
)
def test_what_hung_is_known_by_what_was_going_on_and_not_by_its_sentence(
    during: While, says: str
) -> None:
    ending = Ending(Status.TIMEOUT, "importing in call 1", during)
    result = judged("values", FunctionRun((), ending))
    rows = [row.said for row in result.message.find(Label.TO_DO)]
    assert rows == [] if not says else rows[0].startswith(says)


def test_only_a_file_whose_own_import_ended_is_waited_for() -> None:
    for during, waits_for in ((While.IMPORT, "tiny"), (While.WAIT, "")):
        ending = Ending(Status.TIMEOUT, "in importing tiny.py", during)
        result = judged("values", FunctionRun(), file=FileState(problem=ending))
        assert result.waits_for == waits_for


def test_a_head_goes_by_kind_whatever_the_checks_are_called() -> None:
    wrong = [leaf([[1.0, 2.0]]), leaf([[1.0, 5.0]])]
    public = judged("values", wrong, id="tiny.mean.right")
    twin = dataclasses.replace(public, id="tiny.mean.unseen", visibility="hidden")
    (block,) = gather_blocks([twin, public])
    assert (block.checks[0], block.what) == (public, "returns wrong values")
    another = dataclasses.replace(public, id="tiny.mean.values", is_first=False)
    (block,) = gather_blocks([another])
    assert block.what == f"fails: {public.title}"

"""The judge decides hand-made evidence rightly."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from judging import (
    FACTS,
    LOADED,
    MEAN,
    NOT_STARTED,
    RECORD,
    SECRET,
    TOTAL,
    X,
    changed,
    function_key,
    judged,
    known,
    leaf,
    lost,
    mean_key,
    run_of,
)

from autograder.core.message import Label
from autograder.core.records import (
    Ending,
    ExplainedBy,
    FileState,
    FunctionRun,
    Line,
    Raised,
    Report,
    Returned,
    Status,
    While,
)
from autograder.grading.audience import for_students
from autograder.homework.settings import Feedback
from autograder.outputs.groups import gather_blocks
from autograder.outputs.report_json import write_message


def test_right_results_pass_every_fact() -> None:
    result = judged("values", MEAN)
    assert (result.status, result.score, write_message(result.message)) == (Status.PASSED, 100, "")
    assert result.mistake is None
    assert lost(MEAN) == set()


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
        ((leaf([[1.0, 2.0]]),), "1 result came back where 2 results are expected: dW, db"),
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


# Of what kind an explanation is.


def test_a_mistake_of_the_rubric_is_one() -> None:
    result = judged("values", TOTAL, key=mean_key(mistakes=[known("total", TOTAL)]))
    assert result.explained_by == ExplainedBy.MISTAKE


def test_what_holds_between_results_whatever_the_homework_is_a_relation() -> None:
    far = [leaf(3 * m[0]) for m in MEAN]
    single = leaf(MEAN[0][0].astype(np.float32), "float32")
    assert judged("values", far).explained_by == ExplainedBy.RELATION
    assert judged("dtype", [single] * 2).mistake == "type-float32"
    assert judged("dtype", [single] * 2).explained_by == ExplainedBy.RELATION
    changed = [Returned(right, changed=(0,)) for right in MEAN]
    assert judged("arguments", changed).explained_by == ExplainedBy.RELATION


def test_what_a_predicate_of_the_homework_names_is_its_mistake() -> None:
    data = {"points": np.eye(2), "signs": (1.0, -1.0)}
    score = (leaf(np.eye(2)), leaf(np.zeros((1, 2))), leaf([[-1.0], [1.0]]), leaf([[0.0]]))
    key = function_key([()], [[score]], parameters=(), names=("W", "b", "w", "c"))
    result = judged("separates_xor", [score], key=key, data=data)
    assert result.mistake == "labels-swapped"
    assert result.explained_by == ExplainedBy.MISTAKE


def test_a_sentence_on_what_to_do_is_advice() -> None:
    unknown = Raised("NameError", "name 'np' is not defined")
    result = judged("values", [unknown] * 2)
    assert result.mistake is None
    assert result.explained_by == ExplainedBy.ADVICE


def test_where_nothing_is_explained_there_is_no_kind() -> None:
    assert judged("values", MEAN).explained_by is None
    assert judged("values", [Raised("KeyError", "'x'")] * 2).explained_by is None
    stub = [Raised("NotImplementedError", "mean: tiny.py", (), "tiny.mean")] * 2
    assert judged("values", stub).status == Status.NOT_STARTED
    assert judged("values", stub).explained_by is None


def test_students_get_the_kind_of_a_hidden_checks_mistake_only_with_its_name() -> None:
    key = mean_key(mistakes=[known("total", TOTAL)])
    report = Report(
        (judged("values", TOTAL, key=key, visibility="hidden"),), 100_00, {}, is_finished=True
    )
    for named, kind in ((False, None), (True, ExplainedBy.MISTAKE)):
        (check,) = for_students(report, Feedback(name_hidden_mistakes=named)).checks
        assert check.explained_by == kind


def test_a_misconception_is_short_whatever_a_worker_says() -> None:
    name = "float64\x1b[31m\n" + "x" * 5000
    result = judged("dtype", [(MEAN[0][0], name), (MEAN[1][0], name)])
    assert result.status == Status.FAILED
    assert result.mistake is None or len(result.mistake) < 100
    assert result.mistake is None or result.mistake.isprintable()


RAISED = Raised("KeyError", "'H'")


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

"""A change of the solution is named where it gives every result, and refuted where it does not."""

import dataclasses
import functools
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from judging import LOADED, MEAN, TOTAL, X, check_of, judged, known, leaf, mean_key, run_of

from autograder.core.records import CheckResult, ExplainedBy, Status
from autograder.core.sketches import sketch
from autograder.homework.key import FunctionKey, Key, Segment
from autograder.judge import changes
from autograder.judge.evidence import Evidence
from autograder.judge.relations import explain, numbers
from autograder.judge.verdicts import judge_check

#: No relation has it.
ODD = tuple([leaf(np.sin(3 * x.sum(axis=0, keepdims=True)) + 1.25) for x in X])
OTHER = tuple([leaf(np.cos(5 * x.sum(axis=0, keepdims=True)) - 0.3) for x in X])


def with_changes(key: FunctionKey, **changes: Sequence[Any]) -> FunctionKey:
    """Return a function's key with changes, the results of each by call; None where it raises."""
    rows = [list(MEAN), *map(list, changes.values())]
    sketches = [[None if tree is None else sketch(tree) for tree in row] for row in rows]
    shapes = tuple({shape for row in sketches for s in row if s for shape in s.shapes})
    table = {
        "calls": (0, 1),
        "starts": (0, 1),
        "forms": (".", "."),
        "numbers": np.array([[s.numbers[0] if s else 0.0 for s in row] for row in sketches]),
        "shapes": shapes,
        "layouts": tuple(
            [np.array([shapes.index(s.shapes[0]) if s else -1 for s in r]) for r in sketches]
        ),
        "of": np.arange(len(rows)),
    }
    raw = {
        "names": tuple([f"change-{name}" for name in changes]),
        "sentences": tuple([f"It is {name}." for name in changes]),
        "tables": {"public": table, "hidden": table},
    }
    return dataclasses.replace(key, raw_changes=Segment.of(raw))


def judged_with(*outcomes: Any, key: FunctionKey, kind: str = "values", **more: Any) -> CheckResult:
    return judged(kind, outcomes, key=key, **more)


def test_a_change_that_gives_every_result_is_named() -> None:
    result = judged_with(*ODD, key=with_changes(mean_key(), term=ODD))
    assert result.mistake == "change-term"
    assert result.explained_by == ExplainedBy.CHANGE
    assert "It is term." in str(result.message)


def test_one_that_misses_a_call_is_not() -> None:
    key = with_changes(mean_key(), term=(ODD[0], OTHER[1]))
    assert judged_with(*ODD, key=key).explained_by != ExplainedBy.CHANGE


def test_one_that_raises_in_a_call_is_not() -> None:
    assert judged_with(*ODD, key=with_changes(mean_key(), term=(ODD[0], None))).mistake is None


def test_a_right_function_passes_whatever_the_changes_are() -> None:
    result = judged_with(*MEAN, key=with_changes(mean_key(), term=MEAN, factor=ODD))
    assert (result.status, result.mistake) == (Status.PASSED, None)


def test_a_known_mistake_comes_first() -> None:
    key = with_changes(mean_key(mistakes=[known("odd", ODD)]), term=ODD)
    result = judged_with(*ODD, key=key)
    assert (result.mistake, result.explained_by) == ("odd", ExplainedBy.MISTAKE)


def test_a_change_comes_before_a_relation_and_a_vague_one_after_it() -> None:
    double = judged_with(*TOTAL, key=mean_key()).mistake
    assert double is not None
    assert judged_with(*TOTAL, key=with_changes(mean_key(), term=TOTAL)).mistake == "change-term"
    assert judged_with(*TOTAL, key=with_changes(mean_key(), number=TOTAL)).mistake == double
    assert judged_with(*ODD, key=with_changes(mean_key(), number=ODD)).mistake == "change-number"


def test_the_first_of_two_that_fit_is_said() -> None:
    key = with_changes(mean_key(), axis=OTHER, term=ODD, factor=ODD)
    assert judged_with(*ODD, key=key).mistake == "change-term"


def test_nothing_but_nan_is_no_sign_of_a_change() -> None:
    nan = [leaf(np.full(tree[0].shape, np.nan)) for tree in MEAN]
    assert judged_with(*nan, key=with_changes(mean_key(), term=nan)).mistake != "change-term"


def test_a_change_with_nan_beside_numbers_is_recognized() -> None:
    mixed = (leaf([[np.nan, np.inf]]), ODD[1])
    assert judged_with(*mixed, key=with_changes(mean_key(), term=mixed)).mistake == "change-term"


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_numbers_of_a_short_type_are_recognized_at_their_precision(dtype: str) -> None:
    short = [leaf(tree[0], dtype) for tree in ODD]
    assert judged_with(*short, key=with_changes(mean_key(), term=ODD)).mistake == "change-term"


def test_what_is_too_little_for_a_sketch_has_no_change() -> None:
    key = with_changes(mean_key(), term=MEAN)
    little = tuple([(tree[0] * (1 + np.array([[4e-6, -4e-6]])), tree[1]) for tree in MEAN])
    result = judged_with(*little, key=key)
    assert result.status == Status.FAILED
    assert result.explained_by != ExplainedBy.CHANGE


def test_a_shape_is_recognized_with_its_numbers() -> None:
    flat = tuple([leaf(tree[0][0]) for tree in MEAN])
    key = with_changes(mean_key(), axis=flat)
    assert judged_with(*flat, key=key, kind="shape").mistake == "change-axis"
    assert judged_with(*flat, key=key).status == Status.PASSED
    column = tuple([leaf(tree[0].T) for tree in MEAN])
    assert judged_with(*column, key=key, kind="shape").mistake != "change-axis"


def test_a_result_of_a_size_that_no_change_gives_is_not_looked_at() -> None:
    huge = [leaf(np.ones((1, 4_000_000), dtype=bool), "bool")] * 2
    start = time.process_time()
    result = judged_with(*huge, key=with_changes(mean_key(), term=ODD))
    assert result.explained_by != ExplainedBy.CHANGE
    assert time.process_time() - start < 2


@pytest.mark.filterwarnings("error")
def test_numbers_at_the_edge_of_floats_warn_of_nothing() -> None:
    edge = [leaf(np.full((1, 2), 1e308))] * 2
    assert judged_with(*edge, key=with_changes(mean_key(), term=ODD)).status == Status.FAILED


def test_another_structure_has_no_change() -> None:
    both = [(tree, tree) for tree in ODD]
    result = judged_with(*both, key=with_changes(mean_key(), term=ODD))
    assert result.mistake == "several-results-for-one"


def test_a_check_that_passes_refutes_a_change() -> None:
    key = with_changes(mean_key(), term=ODD, factor=(ODD[0], MEAN[1]))
    first = check_of("values", key, calls=(0,))
    second = check_of("values", key, id="tiny.mean.large", calls=(1,))
    whole = Key("", "full", {key.file: ""}, {key.name: key}, (first, second))
    evidence = Evidence(key, "public", LOADED, run_of((ODD[0], MEAN[1])))
    result = judge_check(first, whole, {(key.name, "public"): evidence})
    assert result.mistake == "change-factor"


def test_a_check_of_the_hidden_half_is_looked_up_there() -> None:
    key = with_changes(mean_key(), term=ODD)
    assert judged_with(*ODD, key=key, visibility="hidden").mistake == "change-term"


def test_a_result_is_sketched_once_whatever_the_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    read, sketched = [], []
    real_read, real_sketch = Segment.read, changes.sketch
    monkeypatch.setattr(Segment, "read", lambda self: read.append(self) or real_read(self))
    monkeypatch.setattr(changes, "sketch", lambda tree: sketched.append(1) or real_sketch(tree))
    key = with_changes(mean_key(), term=OTHER, number=OTHER)
    checks = [check_of("values", key, id=f"tiny.mean.{n}", calls=(n % 2,)) for n in range(6)]
    whole = Key("", "full", {key.file: ""}, {key.name: key}, tuple(checks))
    evidences = {(key.name, "public"): Evidence(key, "public", LOADED, run_of(ODD))}
    results = [judge_check(check, whole, evidences) for check in checks]
    assert {result.status for result in results} == {Status.FAILED}
    assert len(sketched) == 2
    assert sum([segment is key.raw_changes for segment in read]) == 1


def test_what_explains_a_check_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    real = numbers.constant
    search = functools.wraps(real)(lambda case: tried.append(case) or real(case))
    monkeypatch.setitem(explain.TABLES, "values", ((search,), ()))
    key = mean_key()
    checks = [check_of("values", key, id=f"tiny.mean.{n}") for n in range(3)]
    whole = Key("", "full", {key.file: ""}, {key.name: key}, tuple(checks))
    evidences = {(key.name, "public"): Evidence(key, "public", LOADED, run_of(ODD))}
    for check in checks:
        judge_check(check, whole, evidences)
    assert len(tried) == 1

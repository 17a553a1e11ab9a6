"""The statistics of a class: small tables by hand, and a slow way to the same numbers."""

import statistics as slow
import time
from typing import Any

import numpy as np
import pytest
from synthetic_class import FUNCTIONS, SyntheticClass

from autograder.classroom.columns import Columns, read_columns
from autograder.classroom.records import FunctionResult, Result, ResultStatus
from autograder.classroom.statistics import (
    FEW,
    UNNAMED,
    describe_functions,
    describe_scores,
    find_identical_checks,
    find_reliability,
    list_options,
)

RIGHT = FunctionResult(2, 2, 1, 1, "passed")
HIDDEN = FunctionResult(1, 2, 1, 1, "failed", "edge", "mistake")
WRONG = FunctionResult(0, 2, 0, 1, "failed", "sign", "relation", "h1")
NAMELESS = FunctionResult(0, 2, 0, 1, "failed", wrong="h2")
RAISED = FunctionResult(0, 2, 0, 1, "error")
CARRIED = FunctionResult(2, 2, 1, 1, "error")
EMPTY = FunctionResult(0, 2, 0, 1, "not started")


def result(
    *functions: FunctionResult, status: ResultStatus = ResultStatus.GRADED, number: int = 0
) -> Result:
    return Result(
        key=f"s{number}",
        students=(),
        status=status,
        score=sum([one.score for one in functions]),
        max_score=2.0 * len(functions),
        functions={f"a.f{i}": one for i, one in enumerate(functions)},
    )


def table(*rows: tuple[FunctionResult, ...]) -> Columns:
    return read_columns([result(*row, number=i) for i, row in enumerate(rows)])


@pytest.fixture(scope="module")
def columns() -> Columns:
    """A class that is large enough for coefficients."""
    return read_columns(SyntheticClass(120, seed=3).results())


# ---- reading


def test_a_class_is_read_in_any_order_of_its_functions_and_counts_only_what_is_graded() -> None:
    one = result(RIGHT, WRONG)
    two = Result("s1", (), ResultStatus.GRADED, functions={"a.f2": RIGHT, "a.f1": EMPTY})
    columns = read_columns([one, result(status=ResultStatus.MISSING), two])
    assert columns.functions == ("a.f0", "a.f1", "a.f2")
    assert columns.score.tolist() == [[2, 0, 0], [0, 0, 2]]
    assert columns.is_started.tolist() == [[True, True, False], [False, False, True]]
    assert columns.max_score.tolist() == [2, 2, 2]
    assert [one.status for one in columns.roll] == ["graded", "missing", "graded"]
    assert not any([one.functions for one in columns.roll])


def test_a_class_of_none_has_facts_about_nothing() -> None:
    columns = read_columns([result(status=ResultStatus.MISSING)])
    assert describe_scores(columns).count == 0
    assert describe_functions(columns) == ()
    assert list_options(columns) == {}
    assert find_reliability(columns) is None


# ---- by hand


def test_scores_are_described() -> None:
    columns = table((RIGHT, RIGHT), (RIGHT, HIDDEN), (WRONG, EMPTY))  # 4, 3, 0 of 4
    scores = describe_scores(columns)
    assert (scores.count, scores.max_score, scores.lowest, scores.highest) == (3, 4, 0, 4)
    assert scores.mean == pytest.approx(7 / 3)
    assert scores.median == 3
    assert scores.deviation == pytest.approx(slow.stdev([4, 3, 0]))
    assert [one.count for one in scores.bins] == [1, 0, 0, 0, 0, 0, 0, 1, 0, 1]
    assert (scores.bins[0].low, scores.bins[-1].high) == (0, 4)


def test_a_function_is_counted_as_right_started_and_misled() -> None:
    (facts,) = describe_functions(table((RIGHT,), (HIDDEN,), (WRONG,), (EMPTY,), (CARRIED,)))
    assert (facts.started, facts.right, facts.misled) == (4, 2, 1)
    assert facts.mean == pytest.approx(5 / 10)
    assert facts.discrimination is None


def test_every_option_is_counted_with_the_rest_of_its_holders() -> None:
    rows = [(RIGHT, RIGHT), (RIGHT, RAISED), (WRONG, HIDDEN), (NAMELESS, EMPTY), (EMPTY, RIGHT)]
    first = list_options(table(*rows))["a.f0"]
    assert [(o.kind, o.name, o.count, o.rest) for o in first] == [
        ("right", "", 2, 0.5),
        (UNNAMED, "", 1, 0.0),
        ("relation", "sign", 1, 0.5),
        ("not started", "", 1, 1.0),
    ]
    second = list_options(table(*rows))["a.f1"]
    assert [(o.kind, o.name) for o in second[1:3]] == [("error", ""), ("mistake", "edge")]


def test_a_cause_whose_holders_are_better_than_all_who_wrote_it_points_at_the_handout() -> None:
    """Those who left everything empty don't count: beside them every cause would look good."""
    strong = [(HIDDEN, RIGHT, RIGHT)] * 8
    others = [(RIGHT, RIGHT, WRONG), (RIGHT, WRONG, RIGHT)] * 10
    weak = [(WRONG, RIGHT, WRONG)] * 8
    nothing = [(EMPTY, EMPTY, EMPTY)] * 40
    told = {
        option.name: option.points_at_handout
        for option in list_options(table(*strong, *others, *weak, *nothing))["a.f0"]
    }
    assert told["edge"]
    assert not told["sign"]
    few = list_options(table(*strong, *others))["a.f0"]
    assert not any([option.points_at_handout for option in few])


def test_few_submissions_have_counts_and_no_coefficients() -> None:
    rows = [(RIGHT, HIDDEN), (WRONG, RIGHT), (EMPTY, WRONG)] * 10
    few, enough = table(*rows[: FEW - 1]), table(*rows)
    assert find_reliability(few) is None
    assert find_reliability(enough) is not None
    for facts in describe_functions(few):
        assert (facts.discrimination, facts.upper, facts.alpha_without) == (None, None, None)
    for facts in describe_functions(enough):
        assert None not in (facts.discrimination, facts.upper, facts.lower)


def test_where_all_are_the_same_there_is_no_coefficient() -> None:
    columns = table(*[(RIGHT, RIGHT)] * 40)
    assert find_reliability(columns) is None
    assert describe_functions(columns)[0].discrimination is None
    assert describe_functions(columns)[0].upper == pytest.approx(1.0)


def test_those_who_tie_at_the_end_of_a_group_share_its_seats() -> None:
    """No order of the rows changes a figure: 10.8 seats, 4 above and 20 who tie for 6.8."""
    rows = [(RIGHT, RIGHT)] * 4 + [(RIGHT, EMPTY)] * 10 + [(EMPTY, RIGHT)] * 10
    rows += [(EMPTY, EMPTY)] * 16
    shuffled = [rows[i] for i in np.random.default_rng(1).permutation(len(rows))]
    facts, again = describe_functions(table(*rows))[0], describe_functions(table(*shuffled))[0]
    assert facts.upper == pytest.approx((4 + 6.8 / 2) / 10.8)
    assert (again.upper, again.lower) == pytest.approx((facts.upper, facts.lower))
    assert facts.lower == pytest.approx(0.0)


# ---- a slow way to the same


def rest_of(columns: Columns, row: int, place: int) -> float:
    return sum([float(x) for i, x in enumerate(columns.score[row]) if i != place])


def test_discrimination_is_the_correlation_with_all_other_functions(columns: Columns) -> None:
    for place, facts in enumerate(describe_functions(columns)):
        own = [float(x) for x in columns.score[:, place]]
        rest = [rest_of(columns, row, place) for row in range(len(own))]
        assert facts.discrimination == pytest.approx(slow.correlation(own, rest))


def alpha(rows: list[list[float]]) -> float:
    count = len(rows[0])
    own = sum([slow.pvariance(column) for column in zip(*rows, strict=True)])
    return count / (count - 1) * (1 - own / slow.pvariance([sum(row) for row in rows]))


def test_alpha_is_cronbachs_with_and_without_each_function(columns: Columns) -> None:
    rows = columns.score.tolist()
    assert find_reliability(columns) == pytest.approx(alpha(rows))
    for place, facts in enumerate(describe_functions(columns)):
        without = [row[:place] + row[place + 1 :] for row in rows]
        assert facts.alpha_without == pytest.approx(alpha(without))


def test_upper_and_lower_group_are_27_percent(columns: Columns) -> None:
    points = columns.points
    for place, facts in enumerate(describe_functions(columns)):
        for share, sign in ((facts.upper, -1), (facts.lower, 1)):
            order = sorted(range(len(points)), key=lambda row: sign * points[row])
            seats, sum_right = 0.27 * len(points), 0.0
            end = points[order[int(seats)]]
            above = [row for row in order if sign * points[row] < sign * end]
            ties = [row for row in order if points[row] == end]
            sum_right += sum([bool(columns.is_right[row, place]) for row in above])
            tied = sum([bool(columns.is_right[row, place]) for row in ties])
            sum_right += (seats - len(above)) * tied / len(ties)
            assert share == pytest.approx(sum_right / seats)


def test_options_cover_the_class_and_their_rests_are_means(columns: Columns) -> None:
    worth = columns.max_score.sum()
    for place, (name, options) in enumerate(list_options(columns).items()):
        assert sum([option.count for option in options]) == 120
        for option in options:
            rows = [
                row
                for row, cell in enumerate(columns.cells[:, place])
                if columns.outcomes[cell].cause == option.name != ""
                and columns.outcomes[cell].status != "passed"
            ]
            if option.name:
                rest = [rest_of(columns, row, place) for row in rows]
                mean = slow.mean(rest) / (worth - columns.max_score[place])
                assert option.count == len(rows), name
                assert option.rest == pytest.approx(mean)


def test_the_order_of_submissions_changes_nothing(columns: Columns) -> None:
    rows = list(SyntheticClass(120, seed=3).results())
    again = read_columns(reversed(rows))
    for one, two in zip(describe_functions(columns), describe_functions(again), strict=True):
        assert vars(one) == pytest.approx(vars(two))


# ---- checks


def report(**failed: bool) -> dict[str, Any]:
    checks = [
        {"id": f"a.f.{name}", "function": "a.f", "score": 1 - lost, "max_score": 1, "status": "x"}
        for name, lost in failed.items()
    ]
    return {"checks": checks}


def test_checks_that_fail_together_in_every_report_are_identical() -> None:
    reports = [report(values=True, hidden=True, shape=False, dtype=False)] * 10
    (found,) = find_identical_checks([*reports, report(values=0, hidden=0, shape=0, dtype=0)])
    assert found.checks == ("a.f.values", "a.f.hidden")  # shape and dtype failed for no one
    assert (found.failed, found.reports) == (10, 11)
    assert find_identical_checks([*reports, report(values=1, hidden=0, shape=0, dtype=0)]) == ()


def test_functions_that_only_fail_as_a_whole_have_no_identical_checks() -> None:
    reports = [report(values=True, hidden=True)] * 30
    assert find_identical_checks(reports) == ()
    few = [report(values=True, hidden=True, shape=False)] * 9
    assert find_identical_checks(few) == ()
    empty = [{"checks": [{**c, "status": "not started"} for c in r["checks"]]} for r in reports]
    assert find_identical_checks(empty) == ()


# ---- large classes


@pytest.mark.slow
def test_a_hundred_thousand_are_described_in_seconds() -> None:
    many = SyntheticClass(100_000)
    columns = read_columns(many.results())
    start = time.process_time()
    describe_scores(columns)
    facts = describe_functions(columns)
    list_options(columns)
    find_reliability(columns)
    assert time.process_time() - start < 10
    assert len(facts) == len(FUNCTIONS)

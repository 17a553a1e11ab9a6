"""A known mistake costs what its rubric says; other checks that fail by it keep their points."""

import dataclasses
from collections.abc import Sequence

from judging import THERE, X, check_of, function_key, known, leaf, run_of

from autograder.core.message import Label
from autograder.core.records import CheckResult, ExplainedBy, FileState, Status
from autograder.homework.key import CheckKey, FunctionKey, Key
from autograder.judge.evidence import Evidence, Finding
from autograder.judge.same_mistake import charge_once, say_causes
from autograder.judge.verdicts import judge_check
from autograder.outputs.groups import gather_blocks

RIGHT, TWICE, THRICE = [[leaf([float(f * n)]) for n in (1, 2, 3, 4)] for f in (1, 2, 3)]

NAME = "tiny.mean"
COSTS = (f"{NAME}.values",)


def learns(check: CheckKey, evidence: Evidence) -> Finding | None:
    """Refuse every result that is not right."""
    wrong = [call for call in check.calls if evidence.match(call) is None]
    return Finding(Status.FAILED, wrong[0], expected="it", got="not it") if wrong else None


def make_key(costs: tuple[str, ...] = COSTS) -> FunctionKey:
    """Return the key of four calls and two mistakes; of the last call none is listed."""
    calls = [(X[0],), (X[1],), (X[0] + 1,), (X[1] + 1,)]
    mistakes = [
        known("twice", [*TWICE[:3], None], costs=costs),
        known("thrice", [*THRICE[:3], None]),
    ]
    key = function_key(calls, [[right] for right in RIGHT], name=NAME, mistakes=mistakes)
    return dataclasses.replace(key, predicates={"learns": learns})


def make_checks(key: FunctionKey) -> list[CheckKey]:
    """Return a check of values for each of three calls, a hidden one, and what can't be listed."""

    def check(name: str, kind: str, *calls: int, visibility: str = "public") -> CheckKey:
        return check_of(kind, key, id=f"{NAME}.{name}", calls=calls, visibility=visibility)

    return [
        check("values", "values", 0),
        check("more", "values", 1, 2),
        check("learns", "learns", 3),
        check("dtype", "dtype", 0),
        check("hidden", "values", 0, 1, visibility="hidden"),
    ]


def charge(
    public: Sequence[object], hidden: Sequence[object] = RIGHT, *, costs: tuple[str, ...] = COSTS
) -> list[CheckResult]:
    """Judge the results of the four calls in both phases, and charge them."""
    function = make_key(costs)
    file = FileState(functions={"mean": THERE})
    made = {"public": public, "hidden": hidden}
    evidences = {
        (NAME, phase): Evidence(function, phase, file, run_of(made[phase])) for phase in made
    }
    checks = make_checks(function)
    key = Key("", "full", {"tiny": ""}, {NAME: function}, tuple(checks))
    results: list[CheckResult] = []
    for phase in made:
        results += [judge_check(c, key, evidences) for c in checks if c.visibility == phase]
        results = charge_once(results, key, evidences, phase)
    return results


def lost(results: Sequence[CheckResult]) -> set[str]:
    return {r.id.rpartition(".")[2] for r in results if r.score < r.max_score}


def test_what_fails_by_the_mistake_beside_the_checks_that_it_costs_keeps_its_points() -> None:
    results = charge(TWICE, TWICE)
    assert lost(results) == {"values"}
    kept = {r.id: r for r in results if r.status == Status.FAILED and r.score}
    assert kept.keys() == {f"{NAME}.{name}" for name in ("more", "learns", "hidden")}
    for result in kept.values():
        (row,) = result.message.find(Label.CARRIED)
        assert row.said == "no points are lost here: the same mistake as in 'right values'"
        assert (result.mistake, result.explained_by, result.after) == (None, None, (NAME,))
        assert not result.message.find(Label.LIKELY)


def test_a_mistake_of_which_the_rubric_says_nothing_costs_whatever_it_fails() -> None:
    assert lost(charge(THRICE, THRICE)) == {"values", "more", "learns", "hidden"}
    assert lost(charge(TWICE, TWICE, costs=())) == {"values", "more", "learns", "hidden"}


def test_the_first_check_that_fails_is_charged_where_those_that_it_costs_pass() -> None:
    assert lost(charge([RIGHT[0], *TWICE[1:]], TWICE)) == {"more"}


def test_what_fails_otherwise_is_a_mistake_of_its_own() -> None:
    odd = leaf([7.0])
    assert lost(charge([*TWICE[:2], odd, TWICE[3]])) == {"values", "more", "learns"}
    assert lost(charge(TWICE, [odd, odd, odd, odd])) == {"values", "hidden"}
    assert lost(charge([*TWICE[:2], THRICE[2], TWICE[3]])) == {"values", "more", "learns"}


def test_the_data_type_is_a_fact_of_its_own() -> None:
    single = [(array.astype("float32"), "float32") for array, _ in TWICE]
    assert lost(charge(single)) == {"values", "dtype"}


def test_what_students_see_at_once_depends_on_no_hidden_result() -> None:
    for hidden in (RIGHT, TWICE, THRICE):
        public = [r for r in charge(TWICE, hidden) if r.visibility == "public"]
        assert lost(public) == {"values"}


def test_a_result_that_is_right_by_itself_is_never_touched() -> None:
    assert lost(charge(RIGHT)) == set()
    assert lost(charge([*RIGHT[:3], TWICE[3]])) == {"learns"}


def test_a_function_is_one_block_with_all_that_fails() -> None:
    (block,) = gather_blocks(charge(TWICE, TWICE))
    assert (block.number, block.lost) == (1, 100)
    (said,) = block.told().message.find(Label.ALSO)
    assert said.said == (
        "right values, right learns, right values: the same mistake, which costs nothing more"
    )


# ---- causes


def explain(public: Sequence[object], *, costs: tuple[str, ...] = ()) -> dict[str, CheckResult]:
    """Return the public results with their causes, by the last part of their ids."""
    results = charge(public, costs=costs)
    own = make_key()
    key = Key("", "full", {"tiny": ""}, {NAME: own}, tuple(make_checks(own)))
    return {r.id.rpartition(".")[2]: r for r in say_causes(results, key, "public")}


def test_one_cause_of_all_values_is_that_of_a_property_as_well() -> None:
    result = explain(THRICE)["learns"]
    assert (result.mistake, result.explained_by) == ("thrice", ExplainedBy.MISTAKE)
    (likely,) = result.message.find(Label.LIKELY)
    assert likely.said == "It is thrice."
    assert result.message.rows[-1].label == Label.LOOK_AT


def test_without_one_cause_a_property_says_which_check_to_look_at_first() -> None:
    for public in ([*THRICE[:2], leaf([7.0]), THRICE[3]], [leaf([7.5]), *THRICE[1:]]):
        result = explain(public)["learns"]
        assert result.mistake is None
        (row,) = result.message.find(Label.FIRST)
        assert row.said == "'right values' of the same function fails as well: fix that first"


def test_nothing_is_said_where_the_values_are_right_or_no_points_are_lost() -> None:
    for results in (explain([*RIGHT[:3], TWICE[3]]), explain(TWICE, costs=COSTS)):
        result = results["learns"]
        assert result.mistake is None
        assert not result.message.find(Label.FIRST) + result.message.find(Label.LIKELY)

"""Clusters of the same wrong answer, and the mistake that a rubric can have of one."""

import numpy as np
import pytest
from synthetic_class import FUNCTIONS, SyntheticClass

from autograder.authoring import Inputs, Question, real
from autograder.classroom.clusters import exhibit, find_clusters, write_stub
from autograder.classroom.columns import Columns, read_columns
from autograder.classroom.records import FunctionResult, Graded, Result, ResultStatus

RIGHT = FunctionResult(2, 2, 1, 1, "passed")
EMPTY = FunctionResult(0, 2, 0, 1, "not started")
CARRIED = FunctionResult(2, 2, 1, 1, "failed", "sign", "relation")


def failed(cause: str = "", wrong: str = "", score: float = 0.0) -> FunctionResult:
    return FunctionResult(score, 2, 0, 1, "failed", cause, "mistake" if cause else "", wrong)


def table(*answers: FunctionResult) -> Columns:
    return read_columns(
        [
            Result(f"s{i}", (), ResultStatus.GRADED, content=f"c{i}", functions={"a.f": one})
            for i, one in enumerate(answers)
        ]
    )


# ---- who is in one


def test_answers_are_the_same_by_the_name_of_their_cause_or_else_by_all_wrong_values() -> None:
    named = [failed("sign", "h1"), failed("sign", "h2", 0.5), failed("sign")]
    nameless = [failed(wrong="f0" * 16), failed(wrong="f0" * 16), failed(wrong="ab" * 16)]
    nothing = [RIGHT, EMPTY, CARRIED, failed()]
    found = find_clusters(table(*named, *nothing, *nameless))
    assert [(one.key, one.rows) for one in found] == [
        ("a.f:sign", (0, 1, 2)),
        ("a.f:wrong-f0f0f0f0", (7, 8)),
        ("a.f:wrong-abababab", (9,)),
    ]
    assert [one.explained_by for one in found] == ["mistake", "", ""]
    assert [one.wrong for one in found] == ["", "f0" * 16, "ab" * 16]


def test_keys_are_long_enough_to_tell_hashes_apart() -> None:
    found = find_clusters(table(failed(wrong="12345678aaaa"), failed(wrong="12345678abbb")))
    assert {one.key for one in found} == {"a.f:wrong-12345678aa", "a.f:wrong-12345678ab"}


def test_clusters_cover_all_named_and_hashed_answers_of_a_class_once() -> None:
    many = SyntheticClass(200, seed=5)
    results = list(many.results())
    columns = read_columns(results)
    clusters = find_clusters(columns)
    assert len({one.key for one in clusters}) == len(clusters)
    assert [len(one.rows) for one in clusters] == sorted(
        [len(one.rows) for one in clusters], reverse=True
    )
    members = {(one.function, row) for one in clusters for row in one.rows}
    expected = {
        (name, row)
        for row, result in enumerate(results)
        for name, one in result.functions.items()
        if one.cause or one.wrong
    }
    assert members == expected
    assert sum([len(one.rows) for one in clusters]) == len(expected)


# ---- one member


def check(name: str, *, score: float, cause: str | None = None) -> dict[str, object]:
    return {
        "id": f"a.f.{name}",
        "function": "a.f",
        "score": score,
        "max_score": 1,
        "misconception": cause,
        "message": name,
    }


def test_the_member_with_the_shortest_code_is_shown_with_the_check_that_names_the_cause() -> None:
    columns = table(failed("sign"), failed("sign"), failed("sign"))
    codes = {"c0": "", "c1": "def f(x):\n    return -x\n", "c2": "def f(x): return -x\n"}
    checks = [check("shape", score=0.0), check("values", score=0.0, cause="sign")]
    (cluster,) = find_clusters(columns)
    found = exhibit(
        cluster,
        columns,
        lambda content: Graded({"checks": checks}, {}, {"a.f": codes[content]}),
    )
    assert found is not None
    assert (found.row, found.code, found.check["id"]) == (2, codes["c2"], "a.f.values")
    assert found.stub == ""
    assert exhibit(cluster, columns, lambda content: None) is None


def test_every_cluster_of_a_class_can_be_exhibited() -> None:
    many = SyntheticClass(60, seed=2)
    columns = read_columns(many.results())
    for cluster in find_clusters(columns):
        found = exhibit(cluster, columns, many.graded_of)
        assert found is not None
        assert found.check["function"] == cluster.function
        assert (found.check["misconception"] or "") == cluster.cause
        assert f"def {cluster.function.partition('.')[2]}(" in found.code
        assert bool(found.stub) == (not cluster.cause)
    assert len(FUNCTIONS) > 30


# ---- a mistake to paste

CODES = {
    "plain": "def twice(x):\n    return x * 3\n",
    "one line": "def twice(x): return x * 3\n",
    "docstring": 'def twice(x):\n    """Return 2 x.\n\n    Well.\n    """\n    return x * 3\n',
    "docstring on the line": 'def twice(x):\n    """Return."""; y = 3\n    return x * y\n',
    "signature": "def twice(\n    x,\n):\n    'Return it.'\n    return x * 3\n",
    "decorated": "@staticmethod\ndef twice(x):\n    return x * 3\n",
    "annotated": "def  twice(x: np.ndarray) -> np.ndarray:\n    # own\n    return x * 3\n",
    "indented": "    def twice(x):\n        return x * 3\n",
    "inner": "def twice(x):\n    def help(v):\n        return v * 3\n    return help(x)\n",
}


@pytest.mark.parametrize("code", CODES.values(), ids=CODES.keys())
def test_a_stub_is_a_mistake_that_gives_what_the_student_gives(code: str) -> None:
    twice = Question("twice", points=1, inputs=Inputs.of(x=real("t")), returns="2 x")
    stub = write_stub("a.twice", code)
    exec(stub, {"twice": twice, "np": np})
    (mistake,) = twice.mistakes
    assert mistake.name == "NAME"
    assert mistake.wrong(np.array([1.0, 2.0])).tolist() == [3.0, 6.0]
    assert "Return 2 x" not in stub
    assert "Bring along" not in stub


def test_a_function_of_a_docstring_alone_returns_nothing() -> None:
    stub = write_stub("a.twice", 'def twice(x):\n    """Return 2 x."""\n')
    assert stub.endswith("def _(x):\n    return None\n")


def test_a_stub_names_what_it_uses_from_elsewhere() -> None:
    code = "def twice(x):\n    y = [len(v) for v in helper(x)]\n    return relu(y) + twice(EPS)\n"
    first = write_stub("a.twice", code).splitlines()[0]
    assert first == "# Bring along what it uses: EPS, helper, relu, twice."


@pytest.mark.parametrize(
    "code",
    ["", "def other(x): return x", "def twice(x:", "x = '\0'", "twice = lambda x: x", "(" * 5000],
)
def test_code_without_the_function_has_no_stub(code: str) -> None:
    assert write_stub("a.twice", code) == ""

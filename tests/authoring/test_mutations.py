"""Each operator makes its small changes, each change one name, and each is one submission."""

import ast
from pathlib import Path

import pytest

from autograder.authoring.verification.mutants import Mutant, mutants
from autograder.authoring.verification.mutations import (
    EQUIVALENT,
    equivalent_faults,
    mutation_faults,
    mutation_rows,
    read_equivalents,
    stale_entries,
)
from autograder.authoring.verification.rows import Lost, Outcome
from autograder.errors import RubricError

LOST = Lost("tiny.f.values", "tiny.f", "failed", 100, None)


def changes(source: str) -> list[str]:
    """Return the names of all changes of a module."""
    return [mutant.change for mutant in mutants(source)]


def bodies(expression: str, parameters: str = "x") -> set[str]:
    """Return what ``return expression`` becomes in a function's mutants."""
    source = f"def f({parameters}):\n    return {expression}\n"
    functions = [ast.parse(mutant.source).body[0] for mutant in mutants(source)]
    found = set()
    for function in functions:
        assert isinstance(function, ast.FunctionDef)
        found.add(ast.unparse(function.body[0]).removeprefix("return "))
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x + c", {"x - c", "x * c", "x", "c"}),
        ("x - c", {"x + c", "c - x", "x", "c"}),
        ("x * c", {"x / c", "x + c", "x", "c"}),
        ("x / c", {"x * c", "c / x"}),
        ("x ** c", {"x * c", "c ** x"}),
        ("x @ c", {"x * c", "c @ x", "x", "c"}),
        ("-x", {"x"}),
        ("x >= c", {"x > c", "x < c", "x == c"}),
        ("x > c", {"x >= c", "x < c"}),
        ("x == c", {"x != c"}),
        ("x + 0", {"x + 1", "x + -1"}),
        ("x * 1.0", {"x * 2.0", "x * 0.0", "x * 0.5"}),
        ("x + 0.5", {"x + 1.5", "x + -0.5", "x + 0.25"}),
        ("x.sum(axis=0, keepdims=True)", {"x.sum(axis=1, keepdims=True)", "x.sum(axis=0)"}),
        (
            "x.sum(axis=0, keepdims=True)",
            {"x.sum(keepdims=True)", "x", "x.mean(axis=0, keepdims=True)"},
        ),
        ("np.maximum(x, 0.0)", {"np.minimum(x, 0.0)", "np.maximum(0.0, x)", "x"}),
        ("np.exp(x)", {"np.log(x)", "x"}),
        ("np.zeros(x)", {"np.ones(x)"}),
        ("x.argmax()", {"x.argmin()", "x"}),
        ("x.T", {"x"}),
        ("x[1:c]", {"x[:c]", "x[1:]", "x[1 + 1:c]", "x[1:c - 1]", "x[1:c + 1]"}),
        ("a if x else b", {"a", "b"}),
        ("a and b", {"a", "b"}),
        ("(a, b, c)", {"(b, a, c)", "(c, b, a)", "(a, c, b)"}),
        ("{'a': x, 'b': c}", {"{'a': c, 'b': x}"}),
        ("[i for i in x if i]", {"[i for i in x]"}),
        ("g(x, c)", {"g(c, x)", "x"}),
        ("g(x, c=c)", {"g(x)"}),
    ],
)
def test_an_expression_becomes_each_of_its_neighbours(expression: str, expected: set[str]) -> None:
    assert expected <= bodies(expression)


def test_what_comes_to_the_same_is_not_tried() -> None:
    assert "c + x" not in bodies("x + c")
    assert "c * x" not in bodies("x * c")


def test_text_is_never_changed() -> None:
    assert bodies("'H'") == {"pass"}


def test_a_statement_is_dropped() -> None:
    source = "def f(x):\n    x = abs(x)\n    return x\n"
    assert "x = abs(x) -> (nothing)" in changes(source)
    assert "return x -> (nothing)" in changes(source)


def test_a_loop_is_dropped_and_emptied() -> None:
    source = "def f(x):\n    for i in x:\n        g(i)\n        x[i] = 0\n    return x\n"
    assert {"for i in x: -> (nothing)", "for i in x: -> for i in x: pass"} <= set(changes(source))
    assert {"g(i) -> (nothing)", "x[i] = 0 -> (nothing)"} <= set(changes(source))


def test_each_branch_of_a_condition_is_taken_alone() -> None:
    source = "def f(x):\n    if x:\n        y = x\n    else:\n        y = None\n    return y\n"
    assert {"if x: -> y = x", "if x: -> y = None"} <= set(changes(source))


def test_a_sum_that_is_gathered_is_overwritten() -> None:
    source = "def f(x):\n    total = 0\n    total += x\n    return total\n"
    assert "total += x -> total = x" in changes(source)


def test_parameters_of_one_kind_are_exchanged() -> None:
    source = "def f(a: int, b: int, c: str):\n    return a + g(b) + c\n"
    exchanged = [mutant for mutant in mutants(source) if "<->" in mutant.change]
    assert [mutant.change for mutant in exchanged] == ["a <-> b"]
    assert "return b + g(a) + c" in exchanged[0].source


def test_a_default_and_a_constant_of_the_module_are_changed() -> None:
    source = "EDGE = 2.0\ndef f(x, slope=0.5):\n    return x\n"
    by_place = {(mutant.place, mutant.change) for mutant in mutants(source)}
    assert ("EDGE", "EDGE = 2.0 -> EDGE = 3.0") in by_place
    assert ("f", "x, slope=0.5 -> x, slope=1.5") in by_place


def test_docstrings_and_annotations_are_not_changed() -> None:
    source = '"""One."""\ndef f(x: int = None) -> int:\n    """Add 1 + 1."""\n    return x\n'
    assert changes(source) == ["return x -> (nothing)"]


def test_equal_changes_are_one_and_every_name_is_one_changes() -> None:
    source = "def f(x):\n    y = abs(x) + abs(x)\n    return y * (abs(x) + abs(x))\n"
    found = mutants(source)
    assert len({ast.dump(ast.parse(mutant.source)) for mutant in found}) == len(found)
    assert len({mutant.change for mutant in found}) == len(found)


def test_a_change_is_named_by_the_call_around_it() -> None:
    source = "def softmax(z):\n    return z - z.max(axis=1, keepdims=True)\n"
    name = "z.max(axis=1, keepdims=True) -> z.max(axis=0, keepdims=True)"
    assert name in changes(source)


def test_a_name_does_not_depend_on_other_functions() -> None:
    source = "def f(x):\n    return x + 1\n"
    before = changes(source)
    more = mutants("def g(x):\n    return x + 1\n\n" + source)
    assert [mutant.change for mutant in more if mutant.place == "f"] == before


def test_a_name_is_the_same_on_every_version_of_python() -> None:
    source = "def f(x):\n    a, *b = x\n    return [i for i, j in a]\n"
    names = changes(source)
    assert "a, *b = x -> (nothing)" in names
    assert "return [i for i, j in a] -> (nothing)" in names


def test_every_mutant_compiles_and_differs(root: Path) -> None:
    for path in sorted((root / "solution").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        found: list[Mutant] = mutants(source)
        assert found
        for mutant in found:
            compile(mutant.source, path.name, "exec")
        names = [(mutant.place, mutant.change) for mutant in found]
        assert len(set(names)) == len(names)


# ---- rows

TINY = {"tiny.py": b"def _helper(x):\n    return -x\n\ndef f(x):\n    return _helper(x)\n"}


def test_a_change_of_a_helper_belongs_to_the_functions_that_use_it() -> None:
    rows = {row.name: row for row in mutation_rows(TINY, ["tiny.f", "other.g"], {})}
    row = rows["tiny._helper: return -x -> return x"]
    assert row.functions == ("tiny.f",)
    assert row.files.keys() == {"tiny.py"}
    assert row.identity == "mutation: tiny._helper: return -x -> return x"
    assert rows["tiny.f: _helper(x) -> x"].functions == ("tiny.f",)


def test_a_change_that_costs_nothing_is_a_fault() -> None:
    assert mutation_faults("entry", Outcome(9900, (LOST,))) == ()
    (fault,) = mutation_faults("entry", Outcome(10000))
    assert "no check notices it" in fault


@pytest.mark.parametrize("listed", [{}, {"tiny.f: a -> b": "the same"}])
def test_what_is_said_of_an_unnoticed_change_can_be_pasted_into_the_list(
    tmp_path: Path, listed: dict[str, str]
) -> None:
    source = {"tiny.py": b"def f(x):\n    return x['a\\n'] + 1\n"}
    rows = list(mutation_rows(source, ["tiny.f"], listed))
    for row in rows:
        (fault,) = row.rule(Outcome(10000))
        entry = fault.partition("equivalent_mutations.json: ")[2]
        path = tmp_path / "list.json"
        path.write_text(f"{{{entry}}}" if listed else entry)
        assert read_equivalents(path) == {row.name: "why it is no mistake"}


def test_a_listed_change_that_costs_points_is_a_fault() -> None:
    assert equivalent_faults(Outcome(10000)) == ()
    (fault,) = equivalent_faults(Outcome(9900, (LOST,)))
    assert "costs tiny.f.values" in fault


def test_a_listed_change_is_no_wrong_row_and_says_why() -> None:
    name = "tiny._helper: return -x -> return x"
    row = next(row for row in mutation_rows(TINY, ["tiny.f"], {name: "sign"}) if row.name == name)
    assert not row.is_wrong
    assert row.note == "sign"
    assert row.rule is equivalent_faults


def test_an_entry_that_fits_no_change_is_found() -> None:
    rows = list(mutation_rows(TINY, ["tiny.f"], {}))
    assert stale_entries([rows[0].name, "tiny.f: a -> b"], rows) == ("tiny.f: a -> b",)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"one": ["a: b -> c"], "two": ["a: b -> c"]}', "lists 'a: b -> c' twice: remove one"),
        ('{"one": ["a: b -> c"], "one": ["a: b -> c"]}', "lists 'a: b -> c' twice: remove one"),
        ('{"a: b -> c": "one"}', 'the list of its changes: "one": ["a: b -> c"]'),
        ('{"mutation: a: b -> c": "one"}', 'the list of its changes: "one": ["a: b -> c"]'),
        ('{"one": "a: b -> c"}', 'the list of its changes: "one": ["a: b -> c"]'),
        ('{"one": [1]}', "no list of texts. An entry is a reason and the list"),
        ('{"one": {"a: b -> c": "x"}}', "no list of texts. An entry is a reason and the list"),
        ('{"one": {}}', "no list of texts. An entry is a reason and the list"),
        ('{"one": null}', "no list of texts. An entry is a reason and the list"),
        ('{" ": ["a: b -> c"]}', "has an empty reason: say why a: b -> c is no mistake"),
        ('{"one": ["mutation: a: b -> c"]}', "leave out 'mutation: '"),
        ('{"one": ["a: b -> c"],}', "is not JSON ("),
        ("", "is not JSON ("),
        ('["a: b -> c"]', 'has to be {"why it is no mistake": ["a.f: x -> y"]}, nothing else'),
    ],
)
def test_a_list_of_another_form_is_refused_with_what_to_write(
    tmp_path: Path, content: str, sentence: str
) -> None:
    path = tmp_path / "list.json"
    path.write_text(content)
    with pytest.raises(RubricError) as refused:
        read_equivalents(path)
    assert sentence in str(refused.value)
    assert str(refused.value).startswith("list.json")


def test_a_reason_may_stand_twice_and_a_missing_list_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    assert read_equivalents(path) == {}
    path.write_text('{"one": ["a: b -> c"], "one": ["a: d -> e"]}')
    assert read_equivalents(path) == {"a: b -> c": "one", "a: d -> e": "one"}


def test_every_entry_of_the_list_fits_a_change_and_has_a_reason(root: Path) -> None:
    solution = {path.name: path.read_bytes() for path in (root / "solution").glob("*.py")}
    listed = read_equivalents(root / EQUIVALENT)
    assert stale_entries(listed, mutation_rows(solution, [], {})) == ()
    assert all(listed.values())

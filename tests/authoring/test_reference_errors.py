"""Every slip in a mistake or a reference is a sentence that begins with its file and line."""

import json.decoder
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from quick import slow_after
from rubric_text import (
    HEAD,
    QUESTION,
    SOLUTION,
    Compile,
    at,
    convention,
    homework,
    line_of,
    place,
)

from autograder.authoring.compiler.reference import Reference
from autograder.errors import RubricError

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_two_mistakes_that_nothing_tells_apart_are_named_with_both_lines(
    sentence: Compile,
) -> None:
    one = 'mean.mistake("total", "Not averaged.")(lambda x: x.sum(axis=0, keepdims=True))\n'
    two = (
        'mean.mistake("times-t", "Multiplied.")(\n'
        "    lambda x: x.mean(axis=0, keepdims=True) * len(x)\n)\n"
    )
    rubric = HEAD + QUESTION + one + two
    told = sentence(rubric)
    assert told.startswith(at('"times-t"', rubric) + "the mistakes total and times-t of tiny.mean")
    assert told.endswith("total is at " + place('"total"', rubric))


def test_a_mistake_that_nothing_tells_from_the_right_answer_fails(sentence: Compile) -> None:
    right = (
        '@mean.mistake("right", "It is right.")\ndef _(x):\n    return x.sum(0)[None] / len(x)\n'
    )
    rubric = HEAD + QUESTION + right
    told = sentence(rubric)
    assert told.startswith(at('"right"', rubric) + "the mistake right of tiny.mean can't be told")


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ("lambda x: nq.sum(x)", "NameError: name 'nq' is not defined"),
        ("lambda x: np.summ(x)", "AttributeError: module 'numpy' has no attribute 'summ'"),
        ("lambda x: __import__('nunpy')", "ModuleNotFoundError: No module named 'nunpy'"),
        ("lambda: 0", "TypeError: <lambda>() takes 0 positional arguments but 1 was given"),
        ("lambda x, y: 0", "TypeError: <lambda>() missing 1 required positional argument: 'y'"),
        ("lambda x: np.sum(x, axs=0)", "TypeError: sum() got an unexpected keyword argument"),
        ("lambda x: len(x, x)", "TypeError: len() takes exactly one argument (2 given)"),
        ("lambda x: np.transpose()", "TypeError: transpose() missing 1 required positional"),
    ],
)
def test_a_mistake_with_a_slip_of_its_own_is_refused(
    sentence: Compile, wrong: str, error: str
) -> None:
    rubric = HEAD + QUESTION + f'mean.mistake("total", "Not averaged.")(\n    {wrong}\n)\n'
    told = sentence(rubric)
    assert re.match(r"tiny_rubric\.py line (7|8): the mistake total of tiny\.mean, on", told)
    assert f"fails with {error}" in told


def test_a_mistake_that_returns_nothing_is_refused(sentence: Compile) -> None:
    wrong = '@mean.mistake("total", "Not averaged.")\ndef _(x):\n    x.sum(axis=0)\n'
    rubric = HEAD + QUESTION + wrong
    told = sentence(rubric)
    assert told.startswith(at('"total"', rubric))
    assert told.endswith("returns nothing (None): is a return missing?")


FINE = {
    "an index too far": "return x[99]",
    "raised on purpose": "raise AttributeError('module numpy has no attribute int')",
    "a name that only some inputs need": "return x.sum(0) if (x > 0).any() else nothing_there",
    "another kind of TypeError": "return np.zeros((2, 2), 3)",
}


@pytest.mark.parametrize("body", slow_after(1, FINE.values()), ids=FINE.keys())
def test_a_mistake_that_raises_as_students_functions_do_is_none_of_these(
    sentence: Compile, body: str
) -> None:
    wrong = f'@mean.mistake("wrong", "Wrong.")\ndef _(x):\n    {body}\n'
    assert sentence(HEAD + QUESTION + wrong) == ""


def test_a_mistake_on_an_unknown_check_names_the_nearest(sentence: Compile) -> None:
    wrong = 'mean.mistake("total", "Not averaged.", shows_in="vaules")(lambda x: x)\n'
    rubric = HEAD + QUESTION + wrong
    told = sentence(rubric)
    assert told.startswith(at('"total"', rubric) + "tiny.mean has no check called vaules")
    assert told.endswith("did you mean values?")


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        (
            '["values", "hiden"]',
            "costs the check hiden, which does not exist: did you mean hidden?",
        ),
        ('["hidden"]', "shows in values, which is not among the checks that it costs"),
    ],
)
def test_a_mistake_costs_checks_that_there_are_with_the_one_that_shows_it(
    sentence: Compile, costs: str, said: str
) -> None:
    wrong = f'mean.mistake("total", "Not averaged.", costs={costs})(lambda x: x)\n'
    rubric = HEAD + QUESTION + wrong
    told = sentence(rubric)
    assert told == at('"total"', rubric) + f"the mistake total of tiny.mean {said}"


def test_two_mistakes_of_one_name_are_named_with_both_lines(sentence: Compile) -> None:
    rubric = HEAD + QUESTION + 2 * 'mean.mistake("total", "Not averaged.")(lambda x: x)\n'
    told = sentence(rubric)
    line = line_of('"total"', rubric)
    assert told.startswith(f"tiny_rubric.py line {line + 1}: tiny.mean has two mistakes called")
    assert told.endswith(f"the first is at tiny_rubric.py line {line}")


# The reference.


def test_a_reference_that_raises_is_named_by_its_line(sentence: Compile) -> None:
    solution = SOLUTION.replace("x.mean(", "x[7].mean(")
    told = sentence(HEAD + QUESTION, solution=solution)
    line = line_of("x[7]", solution)
    assert told.startswith(f"tiny.py line {line}: the reference of tiny.mean raised IndexError: ")


ORDERS = """
mean.open_order = OpenOrder(
    lambda x: [1, 2], results=lambda x, order: [x.mean(axis=0, keepdims=True), x[:1] * order]
)
"""


def test_results_in_open_order_that_raise_are_named_by_their_line(sentence: Compile) -> None:
    rubric = HEAD + QUESTION + ORDERS.replace("x[:1]", "x[7]")
    told = sentence(rubric)
    assert told.startswith(at("results", rubric) + "the results of tiny.mean raised IndexError: ")


def test_a_mistake_in_open_order_may_have_a_slip_too(sentence: Compile) -> None:
    wrong = 'mean.mistake("total", "Not averaged.")(lambda x, ordr: [x.sum(axis=0)])\n'
    rubric = HEAD + QUESTION + ORDERS + wrong
    told = sentence(rubric)
    assert told.startswith(at('"total"', rubric) + "the mistake total of tiny.mean, on every")
    assert "missing 1 required positional argument: 'ordr'" in told


def test_another_way_that_gives_something_else_is_named_by_its_line(sentence: Compile) -> None:
    rubric = HEAD + QUESTION + "mean.way()(\n    lambda x: x.sum(axis=0, keepdims=True)\n)\n"
    told = sentence(rubric)
    assert told.startswith(
        at("lambda x: x.sum", rubric) + "this way to write tiny.mean gives other"
    )


def test_a_reference_that_is_not_finite_is_named_with_the_call(sentence: Compile) -> None:
    solution = SOLUTION.replace("x.mean(", "np.log(x).mean(")
    told = sentence(HEAD + QUESTION, solution=solution)
    line = line_of("def mean", solution)
    assert told.startswith(
        f"tiny.py line {line}: the reference of tiny.mean gives nan or infinity, not finite,"
        " called with (np.array([["
    )


PROOF = "proof=Gradient(of=lambda x, p: (x @ p.T).sum() / len(x), at=lambda x: 0 * x[:1])"


def test_a_reference_that_is_no_gradient_is_named_with_the_proof(sentence: Compile) -> None:
    rubric = HEAD + QUESTION.replace("inputs=X", f"inputs=X, {PROOF}")
    solution = SOLUTION.replace("x.mean(", "1.01 * x.mean(")
    told = sentence(rubric, solution=solution)
    line = line_of("def mean", solution)
    assert told.startswith(f"tiny.py line {line}: the reference of tiny.mean is not a gradient:")
    assert told.endswith(f"its proof is at {place('mean = ', rubric)}")


def test_a_proof_that_raises_is_named_by_its_line(sentence: Compile) -> None:
    proof = PROOF.replace("x @ p.T", "x @ p")
    rubric = HEAD + QUESTION.replace("inputs=X,", f"inputs=X,\n    {proof},")
    told = sentence(rubric)
    assert told.startswith(at("proof=", rubric) + "compiling tiny.mean raised ValueError: matmul")


@pytest.mark.parametrize(
    ("returned", "returns", "problem"),
    [
        ("None", '"r"', "gives no arrays of numbers"),
        ("'text'", '"r"', "gives no arrays of numbers"),
        ("x", '("r", "s")', "gives no arrays of numbers"),
        ("(x, x, x)", '("r", "s")', "does not give the 2 results that are expected"),
        ("{'r': x}", '{"r": "r", "s": "s"}', "does not give a dict with the keys r, s"),
    ],
)
def test_a_reference_that_gives_something_else_fails(
    sentence: Compile, returned: str, returns: str, problem: str
) -> None:
    solution = SOLUTION.replace("x.mean(axis=0, keepdims=True)", returned)
    rubric = HEAD + QUESTION.replace('"r"', returns)
    told = sentence(rubric, solution=solution)
    line = line_of("def mean", solution)
    assert told.startswith(f"tiny.py line {line}: the reference of tiny.mean {problem}")


# Conventions.


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (convention("tiny.maen"), "is about tiny.maen, for which there is no question: did you"),
        (convention(inputs="None"), "draws nothing for tiny.mean"),
        (convention(other="lambda x: x.mean(axis=0, keepdims=True)"), "tells the two conventions"),
        (convention(other="lambda x: nq"), "NameError: name 'nq' is not defined"),
    ],
)
def test_a_convention_with_a_slip_fails(sentence: Compile, text: str, words: str) -> None:
    rubric = HEAD + QUESTION.replace("100", "99") + text
    told = sentence(rubric)
    line = line_of("Convention(", rubric)
    assert re.match(rf"tiny_rubric\.py line ({line}|{line + 1}): ", told)
    assert words in told


def test_a_convention_of_a_checks_name_fails(sentence: Compile) -> None:
    rubric = HEAD + QUESTION.replace("100", "99") + convention(own="values")
    told = sentence(rubric)
    assert told == at("Convention(", rubric) + "tiny.mean has a check called values already"


# The import.


@pytest.mark.parametrize(
    ("slip", "error"),
    [
        ("Question(\n", "SyntaxError: '(' was never closed"),
        ("X.fixin(t=1)\n", "AttributeError: 'Inputs' object has no attribute 'fixin'"),
        ("nothing_there\n", "NameError: name 'nothing_there' is not defined"),
        ("import nunpy\n", "ModuleNotFoundError: No module named 'nunpy'"),
        ("raise SystemExit(0)\n", "SystemExit: 0"),
        ('Question("mean", edge=[])\n', "TypeError: Question.__init__() got an"),
    ],
)
def test_a_rubric_that_cannot_be_imported_is_named_by_its_line(
    sentence: Compile, slip: str, error: str
) -> None:
    rubric = HEAD + slip
    told = sentence(rubric)
    line = len(HEAD.splitlines()) + 1
    assert told.startswith(f"tiny_rubric.py line {line}: the rubric can't be read: {error}")


def test_a_solution_that_cannot_be_imported_is_named_by_its_line(sentence: Compile) -> None:
    solution = SOLUTION.replace("return x", "return return")
    told = sentence(HEAD + QUESTION, solution=solution)
    line = line_of("return return", solution)
    assert told == f"tiny.py line {line}: the solution can't be read: SyntaxError: invalid syntax"


def test_a_solution_with_the_name_of_a_module_of_pythons_own_fails(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("def mean(x):\n    return x\n")
    with pytest.raises(RubricError, match=r"^json\.py line 1: json is the name of a"):
        Reference(tmp_path)
    assert sys.modules["json.decoder"] is json.decoder


@pytest.mark.parametrize("exam", ["EXAM = ()", "EXAM = X", "# no EXAM"])
def test_a_rubric_without_an_exam_fails(sentence: Compile, exam: str) -> None:
    told = sentence(HEAD + QUESTION + exam + "\n")
    assert told.startswith("tiny_rubric.py line 1: there is no EXAM = Exam(...)")


@pytest.mark.parametrize(
    ("exam", "words"),
    [
        ("Exam(mean)", "EXAM holds Question("),
        ('Exam(Part("tiny", "A tiny part", "", np.mean))', "the part tiny holds <function mean"),
    ],
)
def test_an_exam_that_holds_something_else_fails(sentence: Compile, exam: str, words: str) -> None:
    rubric = HEAD + QUESTION + f"EXAM = {exam}\n"
    assert sentence(rubric).startswith(at("EXAM = ", rubric) + words)


def test_a_rubric_without_a_slip_is_compiled(sentence: Compile) -> None:
    rubric = HEAD + QUESTION.replace("inputs=X", f"inputs=X, {PROOF}")
    assert sentence(rubric) == ""


# Where something was made.


def test_of_a_helper_it_is_the_line_that_called_it(sentence: Compile) -> None:
    helper = """
        def ask(name, points):
            return Question(name, points=points, inputs=X, returns="r")


        mean = ask("mean", 0)
    """
    rubric = HEAD + textwrap.dedent(helper)
    assert sentence(rubric).startswith(at("mean = ask", rubric))


# The real command.


TWICE = 'mean.mistake("{}", "Not averaged.")(lambda x: x.sum(axis=0, keepdims=True))\n'

REAL = {
    "two that are the same": (
        HEAD + QUESTION + TWICE.format("total") + TWICE.format("sum"),
        SOLUTION,
        "rubric/exam.py line 8: the mistakes total and sum of tiny.mean give the same",
    ),
    "no Python": (
        HEAD + "mean = Question(\n",
        SOLUTION,
        "rubric/exam.py line 6: the rubric can't be read: SyntaxError: '(' was never",
    ),
    "the reference raises": (
        HEAD + QUESTION,
        SOLUTION.replace("x.mean", "x[9].mean"),
        "solution/tiny.py line 8: the reference of tiny.mean raised IndexError: index 9 is out of",
    ),
}


@pytest.mark.parametrize(
    ("rubric", "solution", "told"),
    slow_after(1, reversed(REAL.values())),
    ids=reversed(REAL.keys()),
)
def test_the_command_ends_with_the_sentence_alone(
    tmp_path: Path, rubric: str, solution: str, told: str
) -> None:
    folder = homework(tmp_path, rubric, solution)
    command = [sys.executable, "-m", "autograder", "compile"]
    here: dict[str, Any] = {"cwd": folder, "env": os.environ | {"PYTHONPATH": str(ROOT)}}
    done = subprocess.run(command, **here, capture_output=True, text=True, timeout=120)
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") == 1
    command.insert(command.index("compile"), "--traceback")
    done = subprocess.run(command, **here, capture_output=True, text=True, timeout=120)
    assert done.returncode == 3
    assert done.stderr.startswith(told)
    assert "Traceback (most recent call last)" in done.stderr


# Predicates.

PREDICATES = """\
from autograder.judge.predicates import Finding, Status, read_numbers


def in_bounds(check, evidence):
    numbers = read_numbers(check, evidence, check.calls[0])
    if isinstance(numbers, Finding):
        return numbers
    if abs(numbers["r"]).max() > 1e6:
        return Finding(Status.FAILED, check.calls[0], expected="small", got="large")
"""
ASKED = """\
from rubric.predicates import in_bounds

mean = Question("mean", points=100, inputs=X, returns="r", checks=[
    Check("bounds", "in bounds", "in_bounds", 10, calls_of=("values",))
])
EXAM = Exam(Part("tiny", "A tiny part", "", mean), predicates=[in_bounds])
"""

FAULTY = {
    "none": (("", ""), ""),
    "another name": (
        ('["r"]', '["q"]'),
        "rubric/predicates.py line 8: in_bounds raised KeyError: 'q' on the solution's own results;"
        " the results are called r",
    ),
    "another call": (
        ("(check, evidence)", "(check)"),
        "rubric/predicates.py line 4: in_bounds raised TypeError: in_bounds() takes 1 positional",
    ),
    "a truth": (
        ("        return Finding", "        pass\n    return True or Finding"),
        "rubric/predicates.py line 4: in_bounds returned True, no Finding and not None on the",
    ),
    "the solution fails it": (
        ("> 1e6", "< 1e6"),
        "rubric/predicates.py line 4: in_bounds refuses the solution's own results in the check"
        " tiny.mean.bounds: expected small, got large",
    ),
    "it imports the solution": (
        ("from autograder", "import tiny\nfrom autograder"),
        "rubric/predicates.py can't be imported: ModuleNotFoundError: No module named 'tiny' (it"
        " may not import the solution: it runs where students' code is judged)",
    ),
}


def compile_with(folder: Path, predicates: str) -> str:
    """Compile a homework with predicates by the command; return what the author is told."""
    homework(folder, HEAD)
    (folder / "rubric" / "exam.py").write_text(HEAD + ASKED)
    (folder / "rubric" / "predicates.py").write_text(predicates)
    command = [sys.executable, "-m", "autograder", "compile"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == (3 if done.stderr else 0)
    return done.stderr


@pytest.mark.parametrize(("slip", "told"), FAULTY.values(), ids=FAULTY.keys())
def test_a_predicate_with_a_fault_of_its_own_is_refused(
    tmp_path: Path, slip: tuple[str, str], told: str
) -> None:
    said = compile_with(tmp_path, PREDICATES.replace(*slip, 1))
    assert said.startswith(told)
    assert said.count("\n") == bool(told)


def test_a_predicate_that_lies_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "more.py").write_text(PREDICATES)
    told = compile_with(tmp_path, "from more import in_bounds\n")
    assert told.startswith("more.py line 4: the exam's predicate in_bounds is not in rubric/predi")


def test_a_predicate_of_the_graders_without_its_needs_is_refused(sentence: Compile) -> None:
    check = "Check('order', 'shuffled', 'reshuffles', 10, calls_of=('values',))"
    rubric = HEAD + QUESTION.replace("inputs=X", f"inputs=X, checks=[\n{check}]")
    told = sentence(rubric)
    assert told.startswith(at("Check(", rubric))
    assert "reshuffles raised KeyError: 'rounds' on the solution's own results" in told

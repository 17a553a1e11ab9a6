"""Every slip in a rubric or a reference is a sentence that begins with its file and line."""

import json.decoder
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from quick import slow_after

from autograder.authoring import (
    Exam,
    Inputs,
    Letter,
    Part,
    Question,
    far_apart_rows,
    labels,
    length,
    real,
)
from autograder.authoring.compiler.build import compile_exam
from autograder.authoring.compiler.draw import draw_examples
from autograder.authoring.compiler.reference import Reference, load_exam
from autograder.errors import RubricError
from autograder.homework.find import SETTINGS

ROOT = Path(__file__).resolve().parents[2]

SOLUTION = '''\
"""Sums."""

import numpy as np


def mean(x):
    """Average over the items."""
    return x.mean(axis=0, keepdims=True)
'''

#: What every rubric of these tests begins with; its lines are numbered from 1.
HEAD = """\
import numpy as np

from autograder.authoring import *

X = Inputs.of(x=real("t d"))
"""

QUESTION = 'mean = Question("mean", points=100, inputs=X, returns="r")\n'

#: What one ends with, unless it says something else of the exam.
EXAM = 'EXAM = Exam(Part("tiny", "A tiny part", "", mean))\n'

Compile = Callable[..., str]


@pytest.fixture
def sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Compile]:
    """Compile a rubric and a solution from their text; return what the author is told, or ''."""

    def compile_them(rubric: str, *, solution: str = SOLUTION, more: str = "") -> str:
        (tmp_path / "solution").mkdir()
        (tmp_path / "solution" / "tiny.py").write_text(solution)
        (tmp_path / "solution" / "tiny_more.py").write_text(more)
        (tmp_path / "tiny_rubric.py").write_text(rubric if "EXAM" in rubric else rubric + EXAM)
        try:
            exam = load_exam(tmp_path / "solution", rubric="tiny_rubric")
            compile_exam(exam, Reference(tmp_path / "solution"))
        except RubricError as error:
            return str(error)
        return ""

    monkeypatch.syspath_prepend(tmp_path)
    yield compile_them
    for name in ("tiny", "tiny_more", "tiny_rubric"):
        sys.modules.pop(name, None)


def line_of(text: str, rubric: str) -> int:
    """Return the number of the first line that holds `text`."""
    return next(n for n, line in enumerate(rubric.splitlines(), start=1) if text in line)


def place(text: str, rubric: str) -> str:
    """Return how the line with `text` is called."""
    return f"tiny_rubric.py line {line_of(text, rubric)}"


def at(text: str, rubric: str) -> str:
    """Return how a sentence about the line with `text` begins."""
    return f"{place(text, rubric)}: "


# Points.


def test_points_that_do_not_add_up_are_listed_by_part_with_its_line(sentence: Compile) -> None:
    rubric = HEAD + QUESTION.replace("100", "90") + EXAM
    told = sentence(rubric)
    assert told.startswith("the points add up to 90, not to 100:")
    assert f"tiny 90 ({place('EXAM = ', rubric)})" in told


def test_a_part_whose_questions_do_not_add_up_to_its_points_fails(sentence: Compile) -> None:
    rubric = HEAD + QUESTION + EXAM.replace("mean))", "mean, points=90))")
    told = sentence(rubric)
    assert told == at("EXAM = ", rubric) + (
        "the part tiny should be worth 90 points, but its questions are worth 100"
    )


def test_a_question_whose_checks_do_not_add_up_to_its_points_fails(sentence: Compile) -> None:
    check = 'Check("values", "right", "values", 98, examples=Examples(X, 2))'
    rubric = HEAD + QUESTION.replace("inputs=X", f"checks=[{check}]")
    told = sentence(rubric)
    assert told == at("mean = ", rubric) + ("mean is worth 100 points, but its checks add up to 98")


@pytest.mark.parametrize("points", ["0", "-3", "0.25"])
def test_a_question_with_too_few_points_fails(sentence: Compile, points: str) -> None:
    rubric = HEAD + QUESTION.replace("100", points)
    told = sentence(rubric)
    assert told.startswith(at("mean = ", rubric) + f"{points} points are too few")


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ("0", "is worth 0 points"),
        ("-1", "is worth -1 points"),
        ("0.1", "is worth 0.1 points, not a multiple of the exam's step, 0.25"),
        ("'1'", "are '1', not a number"),
    ],
)
def test_a_check_without_points_fails(sentence: Compile, points: str, words: str) -> None:
    rubric = HEAD + QUESTION + f"mean.checks.append(Check('a', 'b', 'values', {points}))\n"
    told = sentence(rubric)
    assert told.startswith(at("Check(", rubric))
    assert words in told
    assert "check a of mean" in told


def test_a_convention_without_points_fails(sentence: Compile) -> None:
    rubric = HEAD + QUESTION + convention().replace("1,", "0,")
    assert sentence(rubric) == at("Convention(", rubric) + (
        "the convention kink is worth 0 points: give it some"
    )


def test_points_that_no_steps_add_up_to_fail(sentence: Compile) -> None:
    rubric = HEAD + QUESTION.replace("100", "99.9")
    told = sentence(rubric)
    assert told == at("mean = ", rubric) + (
        "99.9 points can't be shared among values, hidden, shape, dtype, arguments in steps of 0.25"
    )


@pytest.mark.parametrize("points", [1.25, 1.5, 1.75, 2, 2.75, 3, 7, 10])
def test_points_are_shared_in_whole_steps_and_most_are_for_the_values(points: float) -> None:
    question = Question("mean", points=points, inputs=Inputs.of(x=real("t")), returns="r")
    Exam(Part("tiny", "A tiny part", "", question), step=0.25)
    worth = {check.name: check.points for check in question.checks}
    assert sum(worth.values()) == points
    assert all([(value / 0.25).is_integer() and value > 0 for value in worth.values()])
    assert worth["values"] == max(worth.values())
    assert worth["hidden"] >= points / 8


# Functions.


def test_a_question_about_an_unknown_function_names_the_nearest(sentence: Compile) -> None:
    rubric = HEAD + QUESTION.replace('"mean"', '"maen"')
    told = sentence(rubric)
    assert told.startswith(at("mean = ", rubric) + "the rubric asks for tiny.maen")
    assert told.endswith("did you mean tiny.mean?")


def test_a_function_without_a_question_is_named_with_the_line_of_the_solution(
    sentence: Compile,
) -> None:
    solution = SOLUTION + "\n\ndef total(x):\n    return x.sum(axis=0)\n"
    told = sentence(HEAD + QUESTION, solution=solution)
    line = line_of("def total", solution)
    assert told == f"tiny.py line {line}: tiny.total of the solution has no check in the rubric"


def test_a_file_of_the_solution_without_a_part_is_named(sentence: Compile) -> None:
    told = sentence(HEAD + QUESTION, more=SOLUTION)
    assert told == (
        "tiny_more.py line 6: tiny_more.mean of the solution has no check in the rubric, and EXAM"
        " has no part tiny_more"
    )


def test_a_question_that_is_asked_twice_names_both_lines(sentence: Compile) -> None:
    rubric = HEAD + QUESTION + "again" + QUESTION + EXAM.replace("mean)", "mean, againmean)")
    told = sentence(rubric)
    assert told.startswith(at("againmean", rubric) + "the rubric asks for tiny.mean twice")
    assert told.endswith(f"the first is at {place('mean = ', rubric)}")


def test_two_parts_of_one_name_are_named_with_both_lines(sentence: Compile) -> None:
    parts = 'ONE = Part("tiny", "Once", "", mean)\nOTHER = Part("tiny", "Again", "", mean)\n'
    rubric = HEAD + QUESTION + parts + "EXAM = Exam(ONE, OTHER)\n"
    told = sentence(rubric)
    assert told.startswith(at("OTHER = Part", rubric) + "the rubric has two parts called tiny")
    assert told.endswith(f"line {line_of('ONE = ', rubric)}")


def test_a_part_that_asks_nothing_fails(sentence: Compile) -> None:
    rubric = HEAD + EXAM.replace(', "", mean', "")
    assert sentence(rubric) == at("EXAM = ", rubric) + "the part tiny has no questions"


# Checks.


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (
            '"more", "more", "vaules", 1, examples=Examples(X, 2)',
            "is of the kind vaules, which does not exist: did you mean values?",
        ),
        (
            '"more", "more", "quick", 1, examples=Examples(X, 2)',
            "is of the kind quick, which does not exist: use one of values, shape, dtype,"
            " arguments",
        ),
        (
            '"more", "more", "values", 1, calls_of=("vaules",)',
            "looks at the calls of vaules, which does not exist: did you mean values?",
        ),
        (
            '"more", "more", "values", 1, calls_of=("hidden",)',
            "is public and looks at the calls of hidden, which is hidden",
        ),
        (
            '"more", "more", "values", 1, "hiden", Examples(X, 2)',
            "has the visibility hiden, which does not exist: did you mean hidden?",
        ),
        (
            '"more", "more", "values", 1, examples=Examples(X, 2, layout="readonly")',
            "has examples of the layout readonly, which does not exist: did you mean read-only?",
        ),
        ('"more", "more", "values", 1, examples=Examples(X)', "makes no call"),
        ('"more", "more", "values", 1', "makes no call"),
        (
            '"more", "more", "values", 1, select=(1,), calls_of=("values",)',
            "selects the result 1, but mean has one result",
        ),
    ],
)
def test_a_check_that_names_what_is_not_there_fails(
    sentence: Compile, check: str, words: str
) -> None:
    rubric = HEAD + QUESTION + f"mean.checks.append(\n    Check({check}),\n)\n"
    told = sentence(rubric)
    assert told.startswith(at("Check(", rubric) + "the check more of tiny.mean ")
    assert words in told


def test_a_check_that_selects_a_result_too_far_says_which_there_are(sentence: Compile) -> None:
    more = 'Check("more", "more", "values", 1, select=(0, 2), calls_of=("values",))'
    rubric = HEAD + QUESTION.replace('"r"', '("r", "s")') + f"mean.checks.append({more})\n"
    assert "selects the result 2, but mean has the results 0 to 1" in sentence(rubric)


def test_two_checks_of_one_name_are_named_with_both_lines(sentence: Compile) -> None:
    again = 'mean.checks.append(Check("shape", "again", "shape", 1, calls_of=("values",)))\n'
    rubric = HEAD + QUESTION + again
    told = sentence(rubric)
    assert told.startswith(at("mean.checks", rubric) + "tiny.mean has two checks called shape")
    assert told.endswith(f"the first is at {place('mean = ', rubric)}")


def test_a_usual_check_that_there_is_not_cannot_be_left_out(sentence: Compile) -> None:
    rubric = HEAD + QUESTION.replace("inputs=X", 'inputs=X, without=["values"]')
    told = sentence(rubric)
    assert told.startswith(at("mean = ", rubric) + "there is no usual check called values that")


def test_a_hidden_check_whose_calls_are_all_public_fails(sentence: Compile) -> None:
    rubric = HEAD.replace('real("t d")', "constant(np.eye(2))") + QUESTION
    told = sentence(rubric)
    assert told.startswith(at("mean = ", rubric) + "the check hidden of tiny.mean makes no call")


# Inputs.


def test_inputs_of_which_nothing_is_left_fail(sentence: Compile) -> None:
    rubric = HEAD + "NONE = X.adjusted(lambda _: None)\n" + QUESTION.replace("=X", "=NONE")
    told = sentence(rubric)
    assert told.startswith(at("NONE = ", rubric) + "the inputs can't be drawn")


def test_an_edge_of_which_nothing_is_left_fails(sentence: Compile) -> None:
    edge = "NONE = X.fixing(t=1).adjusted(lambda _: None)\n"
    rubric = HEAD + edge + QUESTION.replace("=X", "=X, edges=[NONE]")
    told = sentence(rubric)
    assert told.startswith(at("NONE = ", rubric) + "the inputs can't be drawn")


def test_nothing_to_choose_from_fails(sentence: Compile) -> None:
    rubric = HEAD + "slope = one_of()\n" + QUESTION
    assert sentence(rubric).startswith(at("one_of", rubric) + "one_of() has nothing to draw from")


@pytest.mark.parametrize("word", ["fixing(q=1)", "choosing(q=(1, 2))"])
def test_an_edge_with_an_unknown_letter_fails(sentence: Compile, word: str) -> None:
    rubric = HEAD + f"EDGE = X.{word}\n" + QUESTION.replace("=X", "=X, edges=[EDGE]")
    told = sentence(rubric)
    assert told == at("EDGE = ", rubric) + ("no shape of these inputs has the letter q, only t, d")


def test_an_argument_that_there_is_not_cannot_be_replaced(sentence: Compile) -> None:
    rubric = HEAD + 'Y = X.replacing(y=real("t"))\n' + QUESTION
    told = sentence(rubric)
    assert told == at("Y = ", rubric) + "there is no argument y to replace, only x"


def test_an_argument_that_is_no_spec_fails(sentence: Compile) -> None:
    rubric = HEAD.replace('real("t d")', "3") + QUESTION
    told = sentence(rubric)
    assert told.startswith(at("X = ", rubric) + "x is 3, which does not say how to draw it")


def test_inputs_that_are_not_called_as_the_parameters_fail(sentence: Compile) -> None:
    rubric = HEAD.replace("x=real", "f=real") + QUESTION
    told = sentence(rubric)
    assert told.startswith(at("X = ", rubric) + "these inputs are called f, but tiny.mean takes x")


def test_an_adjust_that_raises_is_named_by_its_line(sentence: Compile) -> None:
    adjust = "def fit(arguments):\n    return arguments['y']\n\n\nX = X.adjusted(fit)\n"
    rubric = HEAD + adjust + QUESTION
    told = sentence(rubric)
    assert told == at("['y']", rubric) + "compiling tiny.mean raised KeyError: 'y'"


def test_letters_of_ones_own_are_drawn_from_their_lengths() -> None:
    own = Inputs.of(x=real("q w")).choosing(q=(1, 3), w=(2, 4))
    shapes = [x.shape for (x,) in draw_examples(own.strategy({}), 40, seed=1)]
    assert set(shapes) == {(1, 2), (1, 4), (3, 2), (3, 4)}
    assert shapes[0] == (1, 2)


def test_letters_that_the_exam_does_not_know_never_agree_in_length() -> None:
    own = Inputs.of(x=real("q w"), y=real("w batch"), z=real("t t"))
    calls = draw_examples(own.strategy({"t": Letter("items", (2, 3))}), 60, seed=1)
    assert len(calls) == 60
    for x, y, z in calls:
        assert len({*x.shape, *y.shape, *z.shape}) == 4
    assert len({x.shape for x, *_ in calls}) > 4


def test_letters_keep_away_from_those_that_they_are_unlike() -> None:
    letters = {"c": Letter("classes", (2, 3), unlike="w"), "w": Letter("words", (2, 3, 4))}
    for own in (Inputs.of(x=real("c w")), Inputs.of(x=real("w c"))):
        shapes = {x.shape for (x,) in draw_examples(own.strategy(letters), 60, seed=1)}
        assert len(shapes) == 4
        assert all([first != second for first, second in shapes])


@pytest.mark.parametrize("lengths", ["()", "3", "(0, 1)", "('two',)"])
def test_a_letter_without_lengths_fails(sentence: Compile, lengths: str) -> None:
    rubric = HEAD + f'Q = Letter("items", {lengths})\n' + QUESTION
    assert sentence(rubric).startswith(at("Q = ", rubric) + "the lengths of the items are")


def test_a_divisor_that_no_shape_knows_fails(sentence: Compile) -> None:
    table = (
        'mean.mistakes_by_divisor(\n    lambda x: x.sum(0), ("total", "q", "Not averaged.")\n)\n'
    )
    rubric = HEAD + QUESTION + table
    told = sentence(rubric)
    assert told == at("mistakes_by_divisor", rubric) + (
        "no shape of these inputs has the letter q by itself, only t, d"
    )


def test_a_divisor_too_many_fails(sentence: Compile) -> None:
    table = 'mean.mistakes_by_divisor(lambda x: x.sum(0), ("total", "1 t", "Not averaged."))\n'
    rubric = HEAD + QUESTION + table
    assert sentence(rubric) == at("mistakes_by_divisor", rubric) + (
        "the mistake total of mean has 2 divisors, and there are 1 results"
    )


def test_other_lengths_of_a_known_letter_take_the_place_of_the_usual_ones() -> None:
    wide = Inputs.of(x=real("t d")).choosing(d=(8, 9)).fixing(t=1)
    letters = {"t": Letter("items", (2, 3)), "d": Letter("features", (2, 3))}
    shapes = {x.shape for (x,) in draw_examples(wide.strategy(letters), 40, seed=1)}
    assert shapes == {(1, 8), (1, 9)}


def test_a_function_whose_first_argument_is_a_number_can_be_proved(sentence: Compile) -> None:
    rubric = HEAD.replace("x=real", "a=one_of(0.5, 2.0), x=real") + QUESTION.replace(
        "inputs=X",
        "inputs=X, proof=Gradient(of=lambda a, x, p: a * (p * p / 2).sum(), at=lambda a, x: x)",
    )
    solution = SOLUTION.replace("(x):", "(a, x):").replace("x.mean(axis=0, keepdims=True)", "a * x")
    assert sentence(rubric, solution=solution) == ""


@pytest.mark.parametrize("below", ["2", "'2'", "'d'"])
def test_labels_may_be_below_a_number_or_a_letter(sentence: Compile, below: str) -> None:
    rubric = HEAD.replace('t d")', f't d"), s=labels("t", below={below})') + QUESTION
    assert sentence(rubric, solution=SOLUTION.replace("(x):", "(x, s):")) == ""


def test_labels_below_a_number_are_below_it() -> None:
    for below in (2, "2"):
        drawn = draw_examples(Inputs.of(s=labels("9", below=below)).strategy({}), 40, seed=1)
        assert {int(label) for (s,) in drawn for label in s} == {0, 1}
    fixed = Inputs.of(m=length("3"), x=far_apart_rows("3 2"))
    ((m, x),) = draw_examples(fixed.strategy({}), 1, seed=1)
    assert (m, x.shape) == (3, (3, 2))


def test_the_author_is_told_of_a_bound_that_the_exam_does_not_declare(
    tmp_path: Path,
) -> None:
    rubric = HEAD.replace('t d")', 't d"), s=labels("t", below="c")') + QUESTION
    folder = homework(tmp_path, rubric, SOLUTION.replace("(x):", "(x, s):"))
    command = [sys.executable, "-m", "autograder", "compile"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.startswith("letters that the exam does not declare: c (drawn from small ")
    assert "rubric/exam.py line 5" in done.stdout


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("real('t* d')", "t* is not a length"),
        ("labels('t', below=2.5)", "2.5 is not a length"),
        ("labels('t', below='m-1')", "m-1 is not a length"),
        ("real(3)", "the shape is 3; write a text"),
        ("length(3)", "the shape is 3; write a text"),
    ],
)
def test_a_shape_with_a_slip_is_named_by_its_line(sentence: Compile, spec: str, words: str) -> None:
    rubric = HEAD.replace('real("t d")', spec) + QUESTION
    assert sentence(rubric).startswith(at("X = ", rubric) + words)


def test_a_misspelt_setting_is_refused_by_every_verb_of_staff(tmp_path: Path) -> None:
    folder = homework(tmp_path, HEAD + QUESTION)
    (folder / SETTINGS).write_text("[homework]\ntitel = Sums\n")
    for verb in ("compile", "explain", "stubs", "verify", "release", "gradescope", "handout"):
        done = subprocess.run(
            [sys.executable, "-m", "autograder", verb],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 2, verb
        assert (
            "homework.ini: [homework] has no setting 'titel'; did you mean 'title'?" in done.stderr
        )


# Mistakes.


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


def convention(
    name: str = "tiny.mean", other: str = "lambda x: x * 0", inputs: str = "X", own: str = "kink"
) -> str:
    """Return an exam with one convention, which takes a point from the question's 100."""
    return (
        f'SHARED = Convention(\n    "{own}", "at 0", 1, "name", "Sentence.",'
        f' {{"{name}": (Examples({inputs}, 2), {other})}},\n)\n'
        + EXAM.replace("mean))", "mean), conventions=[SHARED])")
    )


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


def homework(folder: Path, rubric: str, solution: str = SOLUTION) -> Path:
    """Make a homework of one function."""
    (folder / SETTINGS).touch()
    (folder / "rubric").mkdir()
    (folder / "rubric" / "__init__.py").write_text('"""The rubric."""\n')
    (folder / "rubric" / "exam.py").write_text(rubric + EXAM)
    (folder / "solution").mkdir()
    (folder / "solution" / "tiny.py").write_text(solution)
    return folder


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

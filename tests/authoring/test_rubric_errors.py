"""Every slip in what a rubric declares is a sentence that begins with its file and line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from rubric_text import (
    EXAM,
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
from autograder.authoring.compiler.draw import draw_examples
from autograder.homework.find import SETTINGS

ROOT = Path(__file__).resolve().parents[2]


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


BONUS = 'EXAM = Exam(Part("tiny", "A tiny part", "", mean, bonus=True))\n'


def test_extra_credit_is_beyond_the_points_that_add_up(sentence: Compile) -> None:
    rubric = HEAD + QUESTION + BONUS
    assert sentence(rubric) == "the points add up to 0, not to 100, extra credit aside:\n    "


def test_extra_credit_comes_after_all_other_parts(sentence: Compile) -> None:
    first = QUESTION.replace("mean", "more")
    exam = """EXAM = Exam(
    Part("tiny_more", "More", "", more, bonus=True), Part("tiny", "A tiny part", "", mean)
)
"""
    solution = SOLUTION.replace("mean(x)", "more(x)", 1)
    rubric = HEAD + first + QUESTION + exam
    assert sentence(rubric, more=solution).endswith(
        "the part tiny_more is extra credit: it comes after all others, and tiny follows"
    )


def test_a_convention_either_counts_or_is_extra_credit(sentence: Compile) -> None:
    first = QUESTION.replace("mean", "more").replace("100", "5")
    shared = """SHARED = Convention(
    "kink", "at 0", 1, "name", "Sentence.",
    {"tiny.mean": (Examples(X, 2), lambda x: x * 0),
     "tiny_more.more": (Examples(X, 2), lambda x: x * 0)},
)
EXAM = Exam(
    Part("tiny", "A tiny part", "", mean), Part("tiny_more", "More", "", more, bonus=True),
    conventions=[SHARED],
)
"""
    solution = SOLUTION.replace("mean(x)", "more(x)", 1)
    told = sentence(HEAD + first + QUESTION.replace("100", "99") + shared, more=solution)
    assert told.endswith(
        "is shared by tiny.mean, which counts, and tiny_more.more, which is extra credit: its"
        " points can't be both"
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

"""Staff are shown what the key holds: as numbers that can be pasted, with lines of the rubric."""

import io
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from students import lay_out_key

from autograder.authoring.commands.explain import explain_all, explain_check, explain_function
from autograder.authoring.compiler.reference import Reference, load_exam
from autograder.authoring.language.questions import Exam, Question
from autograder.core.codec import encode
from autograder.homework.key import Key

ROOT = Path(__file__).resolve().parents[2]

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def exam() -> Exam:
    return load_exam(ROOT / "solution")


def explained(name: str, key: Key, exam: Exam) -> str:
    """Explain a check by its id."""
    return explain_check(next(check for check in key.checks if check.id == name), key, exam)


def blocks(text: str, word: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each paragraph whose first line begins with `word`, and what it gives when pasted."""
    for paragraph in text.split("\n\n"):
        if paragraph.startswith(word):
            names: dict[str, Any] = {}
            code = [line[4:] for line in paragraph.splitlines() if line.startswith("    ")]
            exec("\n".join(code), {"np": np}, names)
            yield paragraph, names


def question(name: str, exam: Exam) -> Question:
    return next(q for q in exam.questions if q.full_name == name)


def same(got: Any, expected: Any) -> bool:
    """Tell whether two results are equal, in numbers, shape and type."""
    if isinstance(expected, dict):
        return got.keys() == expected.keys() and all([same(got[k], expected[k]) for k in expected])
    if isinstance(expected, tuple):
        return len(got) == len(expected) and all(map(same, got, expected))
    return encode(np.asarray(got)) == encode(np.asarray(expected))


# Checks.


@pytest.mark.parametrize("phase", ["values", "hidden"])
@pytest.mark.parametrize(
    "name", ["relu_backward.hidden_grad", "forward.forward", "updates.sgd_update"]
)
def test_every_call_of_a_check_is_shown_as_it_can_be_pasted(
    key: Key, exam: Exam, name: str, phase: str
) -> None:
    file, _, function = name.partition(".")
    right = getattr(import_module(file), function)
    check = next(check for check in key.checks if check.id == f"{name}.{phase}")
    shown = list(blocks(explained(check.id, key, exam), "call"))
    assert len(shown) == len(check.calls) > 5
    for (_, names), call in zip(shown, check.calls, strict=True):
        expected = names.pop("right")
        arguments = key.functions[name].arguments(check.visibility, call)
        assert same(tuple(names.values()), arguments)
        assert tuple(names) == key.functions[name].parameters
        assert same(right(*names.values()), expected)


def test_a_check_says_what_it_is_worth_and_where_it_is(key: Key, exam: Exam) -> None:
    head = explained("forward.softmax.large", key, exam).partition("\n\n")[0].splitlines()
    assert head[0] == "forward.softmax.large: large logits"
    lines = {line.split()[0]: line.split(maxsplit=1)[1] for line in head[1:]}
    assert lines["points"] == "1, public"
    assert lines["kind"] == "values"
    assert lines["function"] == "forward.softmax(z); notes 1.1, 1.3"
    assert int(lines["calls"]) > 3
    file, _, number = lines["rubric"].partition(" line ")
    written = (ROOT / file).read_text().splitlines()[int(number) - 1 :]
    assert '"large"' in "".join(written[:3])


def test_a_mistake_is_shown_at_its_smallest_input(key: Key, exam: Exam) -> None:
    name = "updates.batch_gradients"
    text = explained(f"{name}.values", key, exam)
    shown = list(blocks(text, "mistake"))
    assert len(shown) > 5
    for paragraph, names in shown:
        mistake = next(
            m for m in question(name, exam).mistakes if f"mistake {m.name} (" in paragraph
        )
        assert mistake.where in paragraph
        assert mistake.sentence.split()[0] in paragraph
        right = names.pop("right")
        wrong = names.pop("wrong", None)
        computed = Reference(ROOT / "solution").wrong_outcomes(
            mistake.wrong, question(name, exam), tuple(names.values())
        )
        if isinstance(computed, dict):
            assert f"raises {computed['raises']}" in paragraph
        else:
            arrays = tuple([array for array, _ in computed[0]])
            assert same(wrong, arrays)
            assert not same(wrong, right)


def test_a_mistake_that_shows_elsewhere_is_left_out(key: Key, exam: Exam) -> None:
    typical = explained("forward.softmax.values", key, exam)
    large = explained("forward.softmax.large", key, exam)
    overflow = next(m for m in question("forward.softmax", exam).mistakes if m.shows_in == "large")
    assert f"mistake {overflow.name} " in large
    assert f"mistake {overflow.name} " not in typical


def test_of_selected_results_the_others_are_not_shown(key: Key, exam: Exam) -> None:
    text = explained("train.train.losses", key, exam)
    for _, names in [*blocks(text, "call"), *blocks(text, "mistake")]:
        assert len(names["right"]) == 1
        assert len(names["right"][0]) == names["epochs"]
    assert "# one of 72 right results" in text
    assert "mistake losses-summed" in text


def test_a_shape_is_missed_by_the_mistakes_that_give_another(key: Key, exam: Exam) -> None:
    text = explained("relu_backward.hidden_grad.shape", key, exam)
    assert "mistake transposed " in text
    assert "mistake sign " not in text
    assert "mistake biases-flat " in explained("updates.batch_gradients.shape", key, exam)
    assert "mistake biases-flat " not in explained("updates.batch_gradients.values", key, exam)


def test_a_predicate_is_shown_with_what_it_needs(key: Key, exam: Exam) -> None:
    text = explained("separability.xor_by_hand.separates", key, exam)
    assert "  kind       separates_xor" in text
    assert "  needs      signs = (1.0, -1.0, -1.0, 1.0)" in text
    assert "mistake labels-swapped" in text


def test_a_kink_is_shown_under_both_conventions(key: Key, exam: Exam) -> None:
    text = explained("relu_backward.relu_backward.kink", key, exam)
    shown = list(blocks(text, "call"))
    assert {paragraph.split("(")[0].split()[-1] for paragraph, _ in shown} == {
        "relu_backward.relu_backward",
        "activations.relu_grad",
        "activations.leaky_relu_grad",
    }
    assert all([not same(names["right"], names["wrong"]) for _, names in shown])
    assert "mistake relu-gradient-zero-at-zero" in text


def test_every_check_can_be_explained(key: Key, exam: Exam) -> None:
    for check in key.checks:
        text = explain_check(check, key, exam)
        assert text.startswith(f"{check.id}: {check.title}\n")
        assert len(list(blocks(text, "call"))) >= len(check.calls)


# Functions.


def test_a_function_is_shown_with_its_checks_and_mistakes(key: Key, exam: Exam) -> None:
    for name, function in key.functions.items():
        text = explain_function(name, key, exam)
        ids = [check.id for check in key.checks if check.function == name]
        assert [line.split()[4][:-1] for line in text.splitlines() if " calls  " in line] == ids
        assert all([f"  {mistake.name} (shows in " in text for mistake in function.mistakes])


def test_the_lines_are_those_of_the_rubric(key: Key, exam: Exam) -> None:
    text = explain_function("relu_backward.hidden_grad", key, exam)
    for name, file, line in re.findall(r"^  (\S+) \(shows in \w+; (\S+) line (\d+)\)", text, re.M):
        written = (ROOT / file).read_text().splitlines()[int(line) - 1 :]
        if written[0].startswith("@"):
            assert written[0].startswith("@hidden_grad.mistake(")
            assert f'"{name}"' in "".join(written[:2])
        else:  # of a table that several functions share
            assert written[0].startswith("declare_mistakes_through_weights(hidden_grad")


def test_one_table_shows_what_everything_is_worth(key: Key) -> None:
    text = explain_all(key)
    rows = re.findall(r"^ *([\d.]+) +([\d.]+)  ( *)([\w.]+)", text, re.M)
    files = [row for row in rows if not row[2]]
    functions = [row for row in rows if row[2]]
    assert [name for *_, name in functions] == list(key.functions)
    hidden = sum([check.points for check in key.checks if check.visibility == "hidden"]) / 100
    assert [float(points) for points, *_ in files[-2:]] == [100, 5]
    for several in (functions, files[:-2], files[-2:]):
        assert sum([float(points) for points, *_ in several]) == pytest.approx(105)
        assert sum([float(points) for _, points, *_ in several]) == pytest.approx(hidden)
    words = " ".join(text.split())
    for check in key.checks:
        assert f"{check.id.rpartition('.')[2]} {check.points / 100:g}" in words


# The command.


def test_the_command_explains_a_check(command: Command) -> None:
    done = command("explain", "relu_backward.hidden_grad.hidden")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("relu_backward.hidden_grad.hidden: values on hidden inputs")
    assert "    dz = np.array([[" in done.stdout
    assert done.stderr == ""


def test_the_command_lists_all_functions(command: Command, key: Key) -> None:
    done = command("explain")
    assert done.returncode == 0, done.stderr
    assert done.stdout == explain_all(key)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("forward.sofmax", "forward.softmax"),
        ("softmax", "forward.softmax"),
        ("forward.softmax.vaules", "forward.softmax.values"),
    ],
)
def test_an_unknown_name_ends_with_the_nearest(command: Command, name: str, near: str) -> None:
    done = command("explain", name)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"autograder: there is no check or function {name}: did you mean")
    assert near in done.stderr
    assert "Traceback" not in done.stderr


def test_a_name_like_no_other_ends_with_where_to_find_them(command: Command) -> None:
    done = command("explain", "qqqqqqqq")
    assert done.returncode == 2
    assert done.stderr.endswith("'explain' alone lists them all\n")


def test_without_the_sources_it_is_for_staff(answer_keys: dict[str, Path], tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "autograder", tmp_path / "autograder", ignore=ignored)
    lay_out_key(tmp_path, answer_keys)
    words = [sys.executable, "-m", "autograder", "explain"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("autograder: explain needs the solution and the rubric")
    shutil.rmtree(tmp_path / "autograder" / "authoring")  # as in the handout
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("autograder: this command is for staff")


def test_the_handout_has_nothing_of_it(command: Command, tmp_path: Path) -> None:
    done = command("release", "--output", tmp_path / "handout.zip")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "handout.zip") as archive:
        (wheel,) = [name for name in archive.namelist() if name.endswith(".whl")]
        names = zipfile.ZipFile(io.BytesIO(archive.read(wheel))).namelist()
    assert "autograder/commands/grade.py" in names
    staff = "authoring/commands/explain.py"
    assert not [name for name in names if name.endswith(staff)]
    assert (ROOT / "autograder" / staff).is_file()

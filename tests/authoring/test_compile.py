"""The compiler finds the mistakes of whoever writes the rubric, and gives data, always the same."""

import hashlib
import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_exams import FakeReference, X, calls_of, compiled, mean, tiny, total

from autograder.authoring import (
    Check,
    Convention,
    Exam,
    Examples,
    Gradient,
    Inputs,
    OpenOrder,
    Part,
    Question,
    one_of,
    real,
)
from autograder.authoring.compiler import draw
from autograder.authoring.compiler.build import compile_exam
from autograder.authoring.compiler.reference import Reference
from autograder.authoring.language.checks import SHARES
from autograder.core.codec import decode, encode
from autograder.errors import GraderError, RubricError
from autograder.homework.folder import Homework
from autograder.homework.key import FunctionKey, read_key, write_key

ROOT = Path(__file__).resolve().parents[2]


def proof_of_mean() -> Gradient:
    """Prove `mean`: the gradient of the mean of the items' products with a point."""
    return Gradient(
        of=lambda x, point: (x @ point.T).sum() / len(x), at=lambda x: np.zeros((1, x.shape[1]))
    )


# Points and questions.


def test_points_that_do_not_add_up_to_100_fail() -> None:
    part, _ = tiny(points=99.5)
    with pytest.raises(RubricError, match=r"points add up to 99\.5, not to 100:\s+tiny 99\.5"):
        compiled(part)


def test_a_convention_counts_among_the_points() -> None:
    part, _ = tiny()
    shown_by = {"tiny.mean": (Examples(X, 2), lambda x: 0 * x)}
    convention = Convention("kink", "at 0", 1, "name", "Sentence.", shown_by)
    with pytest.raises(RubricError, match="points add up to 101, not to 100"):
        compile_exam(Exam(part, conventions=[convention]), FakeReference(mean=mean))


def test_a_function_of_the_solution_without_a_check_fails() -> None:
    part, _ = tiny()
    with pytest.raises(RubricError, match=r"tiny\.median of the solution has no check"):
        compiled(part, median=lambda x: np.median(x, axis=0))


def test_a_question_about_a_function_that_the_solution_lacks_fails() -> None:
    part, _ = tiny(points=50)
    part.questions.append(Question("mode", points=50, inputs=X, returns="r"))
    with pytest.raises(RubricError, match=r"asks for tiny\.mode, which the solution does not have"):
        compiled(part)


def test_a_question_that_is_asked_twice_fails() -> None:
    part, _ = tiny(points=50)
    part.questions.append(Question("mean", points=50, inputs=X, returns="r"))
    with pytest.raises(RubricError, match=r"asks for tiny\.mean twice"):
        compiled(part)


def test_the_reference_is_what_the_solutions_own_modules_define(tmp_path: Path) -> None:
    (tmp_path / "tiny_of_the_test.py").write_text(
        "from math import sqrt\nfrom json import dumps\n"
        "def mean(x):\n    return x\n\ndef _helper(x):\n    return x\n"
    )
    assert set(Reference(tmp_path).functions) == {"tiny_of_the_test.mean"}


# Checks.


def test_a_check_that_makes_no_call_fails() -> None:
    part, question = tiny(points=99)
    question.checks.append(Check("idle", "nothing", "values", 1))
    with pytest.raises(RubricError, match=r"check idle of tiny\.mean makes no call"):
        compiled(part)


def test_a_usual_check_that_does_not_exist_cannot_be_left_out() -> None:
    with pytest.raises(RubricError, match="no usual check called speed"):
        tiny(without=["speed"])


def test_the_share_of_a_check_that_is_left_out_goes_to_the_values() -> None:
    part, question = tiny(without=["dtype", "hidden"])
    Exam(part)
    points = {check.name: check.hundredths for check in question.checks}
    assert set(points) == {"values", "shape", "arguments"}
    assert sum(points.values()) == 100_00
    assert points["shape"] == 100 * SHARES["shape"]
    assert points["values"] > 100 * (SHARES["values"] + SHARES["hidden"])
    assert compiled(part)["checks"][0]["points"] == points["values"]


def test_a_kind_of_check_that_no_judge_knows_fails() -> None:
    part, question = tiny(points=99)
    question.checks.append(Check("odd", "odd", "vaules", 1, examples=Examples(X, 2)))
    with pytest.raises(RubricError, match="vaules"):
        compiled(part)


def test_two_checks_of_one_name_fail() -> None:
    part, question = tiny(points=99)
    question.checks.append(Check("values", "again", "values", 1, examples=Examples(X, 2)))
    with pytest.raises(RubricError, match="values"):
        compiled(part)


def test_a_check_that_looks_at_the_calls_of_no_check_fails() -> None:
    part, question = tiny(points=99)
    question.checks.append(Check("more", "more", "values", 1, calls_of=("vaules",)))
    with pytest.raises(RubricError, match="vaules"):
        compiled(part)


@pytest.mark.parametrize(
    "inputs",
    [lambda: X.adjusted(lambda _: None), lambda: Inputs.of(x=real("t d"), slope=one_of())],
    ids=["never fits", "no choice"],
)
def test_inputs_that_draw_nothing_fail(inputs: Callable[[], Inputs]) -> None:
    def compile_them() -> object:
        return compiled(tiny(inputs=inputs())[0], mean=lambda x, *_: mean(x))

    with pytest.raises(RubricError, match=r"can't be drawn|nothing to draw from"):
        compile_them()


# The reference.


def test_a_reference_that_raises_fails() -> None:
    part, _ = tiny()

    def raising(x):
        return x[7]

    with pytest.raises(RubricError, match=r"reference of tiny\.mean raised IndexError: index 7"):
        compiled(part, mean=raising)


def test_a_reference_that_raises_fails_though_the_rubric_looks_for_mistakes_first() -> None:
    part, question = tiny()
    question.mistake("total", "Not averaged.")(total)

    def raising(x):
        raise ValueError("no")

    with pytest.raises(RubricError, match=r"reference of tiny\.mean raised ValueError: no"):
        compiled(part, mean=raising)


def test_a_reference_that_gives_nan_fails() -> None:
    part, _ = tiny()
    with pytest.raises(RubricError, match=r"tiny\.mean"):
        compiled(part, mean=lambda x: mean(x) * np.nan)


def test_a_reference_that_is_none_of_the_right_results_fails() -> None:
    part, question = tiny()
    question.open_order = OpenOrder(lambda x: [1, 2], lambda x, order: [mean(x) + order])
    with pytest.raises(RubricError, match=r"tiny\.mean gives none of the results listed as right"):
        compiled(part)


def test_a_right_gradient_is_proved() -> None:
    part, _ = tiny(proof=proof_of_mean())
    assert len(calls_of(compiled(part))) > 10


@pytest.mark.parametrize(
    "change",
    [
        lambda g: 1.0005 * g,  # off by 0.05 %
        lambda g: 0.9995 * g,
        lambda g: -g,
        lambda g: np.where(np.arange(g.size) == g.size - 1, 1.0005 * g, g),  # one entry alone
        lambda g: g * np.nan,
    ],
    ids=["0.05 % more", "0.05 % less", "sign", "one entry", "nan"],
)
def test_a_gradient_that_is_none_fails(change: Callable[[np.ndarray], np.ndarray]) -> None:
    part, _ = tiny(proof=proof_of_mean())
    with pytest.raises(RubricError, match=r"tiny\.mean"):
        compiled(part, mean=lambda x: change(mean(x)))


def test_the_sentence_about_a_wrong_gradient_has_both_numbers() -> None:
    part, _ = tiny(proof=proof_of_mean())
    sentence = r"reference of tiny\.mean is not a gradient: entry \[0, \d\] is .+ differences give "
    with pytest.raises(RubricError, match=sentence):
        compiled(part, mean=lambda x: 1.0005 * mean(x))


def test_a_gradient_of_another_shape_fails() -> None:
    part, _ = tiny(proof=proof_of_mean())
    with pytest.raises(RubricError, match=r"has shape \(\d,\), its finite differences \(1, \d\)"):
        compiled(part, mean=lambda x: mean(x)[0])


def square_of(checks: list[Check]) -> tuple[Part, dict[str, Callable[..., Any]]]:
    """Return a part that asks for the gradient of x squared, and a reference that is none."""
    proof = Gradient(of=lambda x, p: (p * p).sum(), at=lambda x: x)
    question = Question("square_grad", returns="2 x", checks=checks, proof=proof)
    return Part("tiny", "A tiny part", "", question), {"square_grad": lambda x: 5 * x}


@pytest.mark.parametrize("visibility", ["public", "hidden"])
def test_a_gradient_is_proved_whatever_its_checks_are_called(visibility: str) -> None:
    part, wrong = square_of([Check("right", "right", "values", 100, visibility, Examples(X, 4))])
    with pytest.raises(RubricError, match=r"reference of tiny\.square_grad is not a gradient"):
        compile_exam(Exam(part), FakeReference(**wrong))


def test_a_gradient_is_proved_on_the_examples_of_every_check() -> None:
    wide = Check("wide", "wide", "values", 10, examples=Examples(X.fixing(d=9), 4))
    part, _ = tiny(proof=proof_of_mean(), checks=[wide])
    with pytest.raises(RubricError, match=r"reference of tiny\.mean is not a gradient"):
        compiled(part, mean=lambda x: mean(x) * (1 + (x.shape[1] == 9)))


def test_a_gradient_is_proved_at_one_hot_rows_too() -> None:
    hot = Inputs.of(T=real("t m"), z=real("t m")).adjusted(
        lambda drawn: drawn | {"T": np.eye(drawn["T"].shape[1])[[0] * len(drawn["T"])]}
    )

    def cross_entropy(T, z):
        return (np.log(np.exp(z).sum(axis=1)) - (T * z).sum(axis=1)).sum()

    def times_three(T, z):
        o = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        return 3 * (o - T)

    proof = Gradient(of=lambda T, z, p: cross_entropy(T, p), at=lambda T, z: z)
    question = Question("ce_grad", points=100, inputs=hot, returns="dz", proof=proof)
    with pytest.raises(RubricError, match=r"reference of tiny\.ce_grad is not a gradient"):
        compile_exam(Exam(Part("tiny", "", "", question)), FakeReference(ce_grad=times_three))


@pytest.mark.parametrize("size", [1e3, 1e6])
def test_a_gradient_can_be_proved_at_large_numbers(size: float) -> None:
    part, _ = square_of([Check("r", "r", "values", 100, examples=Examples(X, 4, pinned=()))])
    part.questions[0].checks = [
        Check("r", "r", "values", 100, examples=Examples(pinned=((np.full((1, 2), size),),)))
    ]
    compile_exam(Exam(part), FakeReference(square_grad=lambda x: 2 * x))
    with pytest.raises(RubricError, match=r"is not a gradient"):
        compile_exam(Exam(part), FakeReference(square_grad=lambda x: 2.001 * x))


def test_where_a_proof_does_not_hold_it_is_said_how_often_it_does() -> None:
    proof = Gradient(of=lambda x, p: (p * p).sum(), at=lambda x: x, where=lambda x: len(x) > 2)
    part, _ = square_of([Check("r", "r", "values", 100, examples=Examples(X, 8))])
    part.questions[0].proof = proof
    (remark,) = compile_exam(
        Exam(part), FakeReference(square_grad=lambda x: 2 * x if len(x) > 2 else 5 * x)
    )["remarks"]
    found = re.match(r"tiny\.square_grad is proved .* on (\d+) of (\d+) examples", remark)
    assert found is not None
    assert 0 < int(found[1]) < int(found[2])


def test_a_proof_that_holds_nowhere_fails() -> None:
    part, _ = tiny(proof=replace(proof_of_mean(), where=lambda x: False))
    with pytest.raises(RubricError, match=r"proof of tiny\.mean holds on none of its \d+ examples"):
        compiled(part)


def test_a_hypothesis_that_draws_constants_in_another_way_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(draw, "DRAWS_CONSTANTS", "_renamed")
    with pytest.raises(GraderError, match=r"Hypothesis [\d.]+ has no _renamed to switch off"):
        draw.draw_examples(X.strategy({}), 3, seed=0)


def test_one_wrong_gradient_among_several_is_named() -> None:
    proof = Gradient(
        of=lambda x, p: (x @ p["W"]).sum() + p["b"].sum() * len(x),
        at=lambda x: {"W": np.zeros((x.shape[1], 1)), "b": np.zeros((1, 1))},
    )
    part, _ = tiny(proof=proof, returns=("dW", "db"))
    with pytest.raises(RubricError, match=r"tiny\.mean \(b\) is not a gradient"):
        compiled(part, mean=lambda x: (x.sum(axis=0)[:, None], np.full((1, 1), len(x) * 1.0005)))


# The key.


def leaves(value: Any) -> Iterator[Any]:
    """Yield what is no tuple and no dict in a key, digests aside, encoded parts decoded."""
    if isinstance(value, bytes):
        yield from leaves(decode(value))
    elif isinstance(value, dict) and "sizes" in value and "kinds" in value:  # right replies
        ends = np.cumsum(value["sizes"]).tolist()
        for start, end in zip([0, *ends], ends, strict=False):
            yield from leaves(value["content"][start:end])
    elif isinstance(value, dict):
        yield from value
        for name, item in value.items():
            if name != "digest":
                yield from leaves(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def test_a_key_is_data_without_a_line_of_the_rubric_or_the_reference(tmp_path: Path) -> None:
    part, question = tiny(proof=proof_of_mean())
    question.mistake("total", "Not averaged.")(total)
    path = tmp_path / "key"
    write_key(path, compiled(part) | {"digest": "", "half": "full"})
    content = path.read_bytes()
    functions = read_key(path).functions.values()
    segments = [s for f in functions for s in (f.raw_mistakes, f.raw_changes, f.raw_recorded)]
    start = content.index(b"\n") + 1 + hashlib.sha256().digest_size + 8
    end = len(content) - sum([len(segment.content) for segment in segments])
    plain = (type(None), bool, int, float, str, np.ndarray)
    found = [*leaves(decode(content[start:end])), *leaves(tuple([s.read() for s in segments]))]
    assert all([type(leaf) in plain for leaf in found])
    texts = [leaf for leaf in found if isinstance(leaf, str)]
    assert "Not averaged." in texts
    assert not any(
        [word in text for text in texts for word in ("lambda", "def ", "axis=", "x.mean")]
    )
    assert b"__" not in content


SCRIPT = """
import sys, hashlib
sys.path[:0] = {paths!r}
import test_compile as t
from autograder.core.codec import encode
part, question = t.tiny(proof=t.proof_of_mean())
question.mistake("total", "Not averaged.")(t.total)
question.mistake("sign", "The sign is wrong.")(lambda x: -t.mean(x))
sys.stdout.write(hashlib.sha256(encode(t.compiled(part))).hexdigest())
"""


def test_the_same_rubric_gives_the_same_bytes_in_every_process() -> None:
    """Another hash seed, other modules loaded before, another working directory."""
    digests = set()
    for seed, extra in (("1", ""), ("4711", "import decimal, email.message, argparse, csv\n")):
        script = extra + SCRIPT.format(
            paths=[str(Path(__file__).parent), str(ROOT / "tests" / "support"), str(ROOT)]
        )
        environment = os.environ | {"PYTHONHASHSEED": seed}
        call = [sys.executable, "-c", script]
        done = subprocess.run(call, env=environment, capture_output=True, text=True, cwd="/")
        assert done.returncode == 0, done.stderr
        digests.add(done.stdout)
    part, question = tiny(proof=proof_of_mean())
    question.mistake("total", "Not averaged.")(total)
    question.mistake("sign", "The sign is wrong.")(lambda x: -mean(x))
    digests.add(hashlib.sha256(encode(compiled(part))).hexdigest())
    assert len(digests) == 1


@pytest.mark.slow
def test_the_homework_gives_the_same_keys_in_every_folder_and_with_every_hash_seed(
    tmp_path: Path,
) -> None:
    started = []
    for seed, name in (("0", "a"), ("90125", "a longer name")):
        for folder in ("autograder", "rubric", "solution", "datasets"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / folder, tmp_path / name / folder, ignore=ignored)
        shutil.copy(ROOT / "homework.ini", tmp_path / name)
        call = [sys.executable, "-m", "autograder", "compile"]
        environment = os.environ | {"PYTHONHASHSEED": seed}
        started.append(subprocess.Popen(call, cwd=tmp_path / name, env=environment))
    assert [process.wait(timeout=600) for process in started] == [0, 0]
    for half in ("full", "public"):
        one, other = (
            Homework(tmp_path / name).key_path(half).read_bytes() for name in ("a", "a longer name")
        )
        assert one == other


def test_the_public_key_holds_none_of_the_hidden_calls(answer_keys: dict[str, Path]) -> None:
    full, public = read_key(answer_keys["full"]), read_key(answer_keys["public"])
    bytes_of_public = answer_keys["public"].read_bytes()
    assert public.half == "public"
    # Two elementwise functions may try the same zeros, one in public and one hidden.
    known = {call for function in full.functions.values() for call in _calls(function, "public")}
    for name, function in full.functions.items():
        assert set(public.functions[name].requests) == {"public"}
        assert set(public.functions[name].expected) == {"public"}
        assert all([set(m.results) == {"public"} for m in public.functions[name].mistakes])
        hidden = set(_calls(function, "hidden")) - known
        assert not hidden or function.requests["hidden"] not in bytes_of_public
        assert not any([content in bytes_of_public for content in hidden]), name


def _calls(function: FunctionKey, phase: str) -> list[bytes]:
    """Return the arguments of a function's calls, encoded."""
    return [encode(arguments) for _, arguments in decode(function.requests[phase])["calls"]]


def test_no_hidden_call_of_a_function_is_one_of_its_public_calls(
    answer_keys: dict[str, Path],
) -> None:
    shared = {
        name: len(set(_calls(function, "public")) & set(_calls(function, "hidden")))
        for name, function in read_key(answer_keys["full"]).functions.items()
    }
    assert {name: count for name, count in shared.items() if count} == {}


def test_the_public_key_has_the_public_checks_alone(answer_keys: dict[str, Path]) -> None:
    full, public = read_key(answer_keys["full"]), read_key(answer_keys["public"])
    ids = [check.id for check in full.checks if check.visibility == "public"]
    assert [check.id for check in public.checks] == ids
    assert len(ids) < len(full.checks)


def test_every_mistake_of_the_homework_is_told_from_each_other_by_a_public_call(
    answer_keys: dict[str, Path],
) -> None:
    for name, function in read_key(answer_keys["full"]).functions.items():
        pools = [mistake.results["public"] for mistake in function.mistakes]
        calls = range(function.counts["public"])
        answers = [tuple([encode(pool.at(call)) for call in calls]) for pool in pools]
        assert len(set(answers)) == len(answers), name


def test_not_divided_by_t_is_shown_by_two_items(answer_keys: dict[str, Path]) -> None:
    functions = read_key(answer_keys["full"]).functions
    for name in ("updates.batch_gradients", "embeddings.embed_backward"):
        function = functions[name]
        (smallest,) = [m.smallest for m in function.mistakes if m.name == "not-divided-by-t"]
        first = function.arguments("public", smallest)[0]
        assert len(first) == 2
        arrays = [a for a in function.arguments("public", smallest) if isinstance(a, np.ndarray)]
        gradients = arrays[2:] if name.startswith("updates") else arrays[:1]
        assert sum([np.count_nonzero(array) for array in gradients]) == 1


def test_a_reference_that_is_not_finite_fails() -> None:
    part, _ = tiny()
    with pytest.raises(RubricError, match="not finite"):
        compiled(part, mean=lambda x, *_: mean(x) / 0.0 * 0.0)


def test_the_first_function_that_is_replaced_is_replaced_wherever_it_is_mentioned() -> None:
    reference = Reference(ROOT / "solution")
    with reference.replacing({"activations.relu": lambda x: None}):
        assert importlib.import_module("forward").relu(1.0) is None
        with pytest.raises(ValueError, match="matmul"):
            reference.functions["forward.forward"](*[np.ones((2, 2))] * 5)
    assert reference.functions["forward.forward"](*[np.ones((2, 2))] * 5)

"""Pictures are compiled from a rubric like everything else, and its slips are sentences."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.authoring import Curves, Exam, Inputs, Part, Picture, Question, real
from autograder.authoring.compiler.build import compile_exam, compile_pictures
from autograder.authoring.compiler.reference import Reference, load_exam
from autograder.core.codec import decode
from autograder.errors import RubricError
from autograder.homework.key import read_key, write_key
from rubric.pictures.declare import MOST_EPOCHS, Network, Words

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = ROOT / "solution"

Compile = Callable[[Picture], dict[str, Any]]


@pytest.fixture(scope="module")
def compiled() -> Compile:
    """Compile one picture of this homework."""
    questions, reference = load_exam(SOLUTION).questions, Reference(SOLUTION)
    return lambda picture: compile_pictures([picture], questions, reference)[0]


def declared(kind: type) -> Any:
    """Return the homework's own picture of a kind, the first one."""
    return next(p for p in load_exam(SOLUTION).pictures if isinstance(p, kind))


def refusal(compiled: Compile, picture: Picture) -> str:
    with pytest.raises(RubricError) as raised:
        compiled(picture)
    return str(raised.value)


# ---- what is compiled


def test_a_curve_is_the_references_and_has_no_point_at_a_kink(compiled: Compile) -> None:
    entry = compiled(Curves("ReLU", ("activations.relu", "activations.relu_grad")))
    x = entry["data"]["x"]
    assert 0 not in x
    assert (entry["data"]["expected"][0] == np.maximum(x, 0)).all()
    assert (entry["data"]["expected"][1] == (x > 0)).all()
    ((_, arguments),) = decode(entry["requests"]["activations.relu"])["calls"]
    assert (arguments[0] == x).all()


def test_each_frame_is_a_training_of_its_own_from_the_start(compiled: Compile) -> None:
    network = declared(Network)
    entry = compiled(network)
    calls = [arguments for _, arguments in decode(entry["requests"]["train.train"])["calls"]]
    assert tuple(epochs for *_, epochs, _, _ in calls) == network.epochs == entry["data"]["epochs"]
    assert {batch_size for *_, batch_size, _ in calls} == {len(network.y)}
    for _, _, params, *_ in calls:
        assert all([(params[name] == network.params[name]).all() for name in params])


def test_the_frames_of_all_pictures_are_quick() -> None:
    trained = [p for p in load_exam(SOLUTION).pictures if not isinstance(p, Curves)]
    assert len(trained) == 2
    assert sum([sum(picture.epochs) for picture in trained]) < MOST_EPOCHS


def test_both_halves_of_the_key_hold_the_pictures(answer_keys: dict[str, Path]) -> None:
    full, public = (read_key(answer_keys[half]).pictures for half in ("full", "public"))
    assert [p.kind for p in full] == [p.kind for p in public]
    assert {(p.name, p.kind) for p in full} == {
        ("activations", "curves"),
        ("xor", "network"),
        ("embeddings", "words"),
    }
    assert [p.requests for p in full] == [p.requests for p in public]


def test_a_homework_without_pictures_compiles_as_before(tmp_path: Path) -> None:
    mean = Question("mean", points=100, inputs=Inputs.of(x=real("t d")), returns="r")
    reference = Reference(tmp_path)
    reference.functions = {"tiny.mean": lambda x: x.mean(axis=0, keepdims=True)}
    content = compile_exam(Exam(Part("tiny", "A tiny part", "", mean)), reference)
    write_key(tmp_path / "key", content | {"digest": "", "half": "full"})
    assert read_key(tmp_path / "key").pictures == ()


def test_a_rubric_without_pictures_has_none() -> None:
    assert Exam().pictures == ()


# ---- slips


def test_pictures_that_are_none_are_refused() -> None:
    with pytest.raises(RubricError, match=r"line \d+: pictures holds 'xor', which is no Picture"):
        Exam(pictures=("xor",))  # type: ignore[arg-type]


def test_a_function_that_there_is_no_question_about_is_named(compiled: Compile) -> None:
    said = refusal(compiled, Curves("ReLU", ("activations.rely",)))
    assert "test_pictures_compile.py line" in said
    assert "no question about activations.rely: did you mean activations.relu?" in said


def test_a_function_that_is_no_curve_is_refused(compiled: Compile) -> None:
    wide = np.ones((1, 2))
    picture = Curves("SwiGLU", ("activations.swiglu",), (wide, wide), is_column=True)
    said = refusal(compiled, picture)
    assert "the picture SwiGLU: activations.swiglu does not give one number for each x" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lr": 1e-4}, "the reference has 2 of 4 items wrong: train longer, or start elsewhere"),
        ({"epochs": ()}, "epochs is a rising list"),
        ({"epochs": (0,)}, "epochs is a rising list"),
        ({"epochs": (0, 5, 5)}, "epochs is a rising list"),
        ({"epochs": (-1, 5)}, "epochs is a rising list"),
        ({"epochs": (0, 10**6)}, "trained for 1000000 epochs"),
        ({"epochs": tuple(range(50))}, "at most 40 frames"),
        ({"f": np.zeros((4, 3))}, "it takes 2 features, 2 hidden units and 2 labels"),
        ({"train": "train.fit"}, "no question about train.fit"),
        ({"params": {}}, "KeyError"),
    ],
)
def test_a_network_that_can_not_be_shown_is_refused(
    compiled: Compile, change: dict[str, Any], said: str
) -> None:
    assert said in refusal(compiled, replace(declared(Network), **change))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"words": {"all": ("not", "good")}}, "the embedding table takes 2 numbers a word"),
        ({"ids": np.full((36, 2), 12)}, "each id a word"),
        ({"lr": 1e-6}, "items wrong"),
    ],
)
def test_words_that_can_not_be_shown_are_refused(
    compiled: Compile, change: dict[str, Any], said: str
) -> None:
    assert said in refusal(compiled, replace(declared(Words), **change))

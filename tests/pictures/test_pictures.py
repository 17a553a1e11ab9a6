"""A submission's own functions draw the pictures; whatever it does, there is one or a sentence."""

import ast
import shutil
import sys
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.core.records import CheckResult, Report
from autograder.homework.folder import Homework
from autograder.homework.key import Key, read_key
from autograder.homework.own_code import load_own
from autograder.intake.take_in import take_in
from autograder.outputs.html.drawings import drawings_html
from autograder.pictures.collect import collect_pictures
from autograder.pictures.records import Curve, CurvesPicture, OwnPicture, Pictures
from autograder.supervisor.spawn import spawning

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "rubric" / "pictures"

Collect = Callable[..., Pictures]


@pytest.fixture(scope="module")
def key(answer_keys: dict[str, Path]) -> Key:
    return read_key(answer_keys["public"])


@pytest.fixture
def collect(key: Key, tmp_path: Path) -> Collect:
    """Collect the pictures of the solution with some of its files' ends replaced."""

    def run(
        *,
        source: Path = ROOT / "solution",
        key: Key = key,
        code: Path = CODE,
        **options: Any,
    ) -> Pictures:
        wrong = {name: options.pop(name) for name in list(options) if name in key.files}
        folder = tmp_path / "submission"
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__"))
        for file, text in wrong.items():
            with (folder / f"{file}.py").open("a") as open_file:
                open_file.write(textwrap.dedent(text))
        with spawning() as spawner:
            taken = take_in(folder, spawner.workspace / "submission", wanted=key.files)
            return collect_pictures(taken, key, spawner, code=code, **options)

    return run


def curves(pictures: Pictures) -> dict[str, Curve]:
    """Return all curves by their function's name."""
    found = [p for p in pictures.pictures if isinstance(p, CurvesPicture)]
    return {curve.name: curve for picture in found for curve in picture.curves}


def own(pictures: Pictures, kind: str) -> Any:
    """Return the record of the first picture of one of the homework's own kinds."""
    module = load_own(CODE, kind)
    found = [p for p in pictures.pictures if isinstance(p, OwnPicture) and p.draw is module.draw]
    return found[0].record


def network(pictures: Pictures) -> Any:
    return own(pictures, "network")


def words(pictures: Pictures) -> Any:
    return own(pictures, "words")


def sentence(drawn: Any) -> str:
    assert drawn.problem is not None
    return str(drawn.problem.sentence)


# ---- right ones


def test_the_solution_draws_every_picture_to_its_end(collect: Collect) -> None:
    pictures = collect()
    assert len(curves(pictures)) == 13
    for curve in curves(pictures).values():
        assert curve.problem is None
        assert curve.got is not None
        assert not curve.is_wrong.any()
    xor, table = network(pictures), words(pictures)
    assert xor.problem is table.problem is None
    assert all(xor.frames[-1].is_right)
    assert not all(xor.frames[0].is_right)
    assert [len(xor.losses), len(table.losses)] == [xor.frames[-1].epoch, table.frames[-1].epoch]
    assert table.frames[-1].right == len(table.data["y"]) > table.frames[0].right


def test_the_hidden_space_ends_as_under_the_notes_own_weights(collect: Collect) -> None:
    xor = network(collect())
    items = [tuple(f.tolist()) for f in xor.data["f"]]
    by_label = dict(zip(items, xor.frames[-1].hidden, strict=True))
    assert np.abs(by_label[0, 1] - by_label[1, 0]).max() < 0.05
    assert np.abs(by_label[0, 0] - by_label[1, 1]).min() > 1
    first = xor.frames[0].hidden
    start = dict(zip(items, first, strict=True))
    # A linear map to begin with: the four points are a parallelogram.
    assert np.allclose(start[0, 0] + start[1, 1], start[0, 1] + start[1, 0])


def test_the_output_layers_line_tells_the_same_as_the_forward_pass(collect: Collect) -> None:
    xor = network(collect())
    for frame in xor.frames:
        w1, w2, c = frame.line
        says_second = frame.hidden @ np.array([w1, w2]) + c > 0
        assert ((says_second == (xor.data["y"] == 1)) == np.array(frame.is_right)).all()


def test_words_that_do_the_same_end_up_nearer_to_each_other_than_to_others(
    collect: Collect,
) -> None:
    table = words(collect())
    kinds = np.repeat(
        np.arange(len(table.data["groups"])), [count for _, count in table.data["groups"]]
    )
    E = table.frames[-1].E
    far = np.linalg.norm(E[:, None] - E, axis=2)
    same = kinds[:, None] == kinds
    assert far[same].max() < far[~same].min()


def test_a_key_without_pictures_asks_nothing(key: Key, collect: Collect) -> None:
    assert collect(key=replace(key, pictures=())) == Pictures()


# ---- unfinished and wrong ones


def test_what_is_not_started_is_said_to_be_so_and_no_mistake(collect: Collect) -> None:
    pictures = collect(source=ROOT / "assignment")
    drawn = [*curves(pictures).values(), network(pictures), words(pictures)]
    assert {sentence(picture) for picture in drawn} == {"it is not started yet"}
    assert not any([picture.problem.is_started for picture in drawn if picture.problem])


def test_a_function_that_another_one_lacks_is_named(collect: Collect) -> None:
    pictures = collect(forward="\ndef softmax(z):\n    raise NotImplementedError\n")
    assert sentence(network(pictures)) == "it calls forward.softmax, which is not started yet"


def test_a_missing_file_costs_its_own_pictures_only(collect: Collect, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "solution", tmp_path / "less")
    (tmp_path / "less" / "activations.py").unlink()
    (tmp_path / "less" / "forward.py").write_text(
        (ROOT / "solution" / "forward.py")
        .read_text()
        .replace("from activations import relu", "relu = lambda k: np.maximum(k, 0)")
    )
    (tmp_path / "less" / "relu_backward.py").write_text(
        "import numpy as np\n"
        "def hidden_grad(dz, U):\n    return dz @ U.T\n"
        "def relu_backward(dh, k):\n    return dh * (k >= 0)\n"
    )
    pictures = collect(source=tmp_path / "less")
    assert sentence(curves(pictures)["relu"]) == "there is no activations.py"
    assert network(pictures).problem is None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise ValueError('<b>no</b>')", "it raised ValueError: <b>no</b>"),
        ("pass", "nothing comes back (None): is there a return?"),
        ("return x[:3]", "its result has shape (3,), not (160,)"),
        ("return 'much'", "a str comes back where its result belongs"),
        ("return (x, x, x)", "its result has shape (3, 160), not (160,)"),
        ("import os; os._exit(3)", "the Python process ended itself (exit status 3)"),
        ("while True: pass", "it was stopped after 1 s"),
    ],
    ids=["raises", "forgets to return", "short", "text", "many", "dies", "hangs"],
)
def test_a_curve_that_can_not_be_drawn_has_a_sentence_in_its_place(
    collect: Collect, body: str, said: str
) -> None:
    pictures = collect(activations=f"\ndef tanh(x):\n    {body}\n")
    assert said in sentence(curves(pictures)["tanh"])
    assert curves(pictures)["tanh"].got is None
    assert curves(pictures)["tanh_grad"].name == "tanh_grad"
    assert curves(pictures)["sigmoid"].problem is None
    assert all(network(pictures).frames[-1].is_right)


def test_a_wrong_curve_is_wrong_exactly_where_it_differs(collect: Collect) -> None:
    pictures = collect(activations="\ndef relu(x):\n    return np.where(x < 0, x / 2, x)\n")
    curve = curves(pictures)["relu"]
    assert (curve.is_wrong == (curve.x < 0)).all()


def test_numbers_that_are_not_finite_are_marked_and_the_others_drawn(collect: Collect) -> None:
    curve = curves(collect(activations="\ndef relu(x):\n    return np.log(x)\n"))["relu"]
    assert curve.got is not None
    assert (np.isnan(curve.got) == (curve.x < 0)).all()
    assert curve.is_wrong.all()


UPHILL = """
def sgd_update(params, grads, lr):
    return {name: params[name] + 2 * lr * grads[name] for name in params}
"""


def test_the_frames_of_a_diverging_training_end_where_it_runs_away(collect: Collect) -> None:
    pictures = collect(updates=UPHILL)
    assert 0 < len(network(pictures).frames) < 24
    assert sentence(network(pictures)) == "after 25 epochs b_H holds numbers beyond 1,000,000"
    assert len(network(pictures).losses) == network(pictures).frames[-1].epoch
    assert 0 < len(words(pictures).frames) < 21


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("None", "after 0 epochs nothing comes back (None): is there a return?"),
        ("params", "something else comes back than (params, losses)"),
        ("params, params, []", "something else comes back than (params, losses)"),
        ("[], []", "params is no dict"),
        ("{}, []", "params has no H"),
        ("params, np.zeros(2 * 10**6)", "a result that is far too large comes back"),
        ("params | {'U': np.zeros((3, 2))}, []", "U has shape (3, 2), not (2, 2)"),
        ("params | {'U': np.full((2, 2), np.nan)}, []", "U holds numbers that are not finite"),
        ("params | {'b_U': np.full((1, 2), -1e9)}, []", "b_U holds numbers beyond 1,000,000"),
    ],
)
def test_what_training_must_not_return_is_named(collect: Collect, result: str, said: str) -> None:
    head = "\ndef train(f, y, params, lr, epochs, batch_size, seed):\n    "
    pictures = collect(train=f"{head}return {result}\n")
    assert said in sentence(network(pictures))
    assert network(pictures).frames == ()
    assert words(pictures).problem is None


@pytest.mark.parametrize(
    "losses", ["None", "3.5", "['many']", "[[1.0, 2.0]]", "list(range(1000))", "{'a': 1}"]
)
def test_losses_that_are_none_leave_the_frames_alone(collect: Collect, losses: str) -> None:
    wrapped = f"""
    right = train
    def train(*arguments):
        return right(*arguments)[0], {losses}
    """
    pictures = collect(train=wrapped)
    assert network(pictures).problem is None
    assert network(pictures).losses == ()
    assert len(network(pictures).frames) == 24


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("None", "nothing comes back (None)"),
        ("h, h, h", "something else comes back than (k, h, z, o)"),
        ("h, h[:3], h, h", "h has shape (3, 2)"),
        ("h, h, h, np.full(h.shape, np.inf)", "o holds numbers that are not finite"),
    ],
)
def test_a_forward_pass_that_can_not_be_drawn_is_named(
    collect: Collect, result: str, said: str
) -> None:
    wrapped = f"""
    right = forward
    def forward(f, H, b_H, U, b_U):
        if len(f) < 100:
            return right(f, H, b_H, U, b_U)
        k, h, z, o = right(f, H, b_H, U, b_U)
        return {result}
    """
    pictures = collect(forward=wrapped)
    assert said in sentence(network(pictures))
    assert "forward" in sentence(network(pictures))
    assert words(pictures).problem is None


def test_a_training_that_is_slow_shows_the_frames_that_it_came_to(
    collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_own(CODE, "training"), "TRAINING_SECONDS", 1.0)
    wrapped = """
    right = train
    def train(f, y, params, lr, epochs, batch_size, seed):
        while epochs > 20:
            pass
        return right(f, y, params, lr, epochs, batch_size, seed)
    """
    xor = network(collect(train=wrapped))
    assert [frame.epoch for frame in xor.frames][-1] == 20
    assert sentence(xor) == "it was stopped after 1 s"


def test_what_hung_while_it_was_graded_is_not_called_again(collect: Collect) -> None:
    hung = CheckResult("", "", "activations.gelu", "", "timeout", 0, 1, "public", "", None)
    pictures = collect(report=Report((hung,), 1, {}, True))
    assert sentence(curves(pictures)["gelu"]) == "it was stopped when it was graded"
    assert curves(pictures)["gelu_grad"].problem is None


def test_without_time_there_are_sentences_and_no_wait(collect: Collect) -> None:
    pictures = collect(seconds=0.0)
    said = {sentence(curve) for curve in curves(pictures).values()}
    assert all(["no time left" in text or "can't be imported" in text for text in said])


def test_a_worker_that_does_not_start_costs_the_pictures_and_nothing_else(
    collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr("autograder.supervisor.spawn.Spawner.take", refuse)
    pictures = collect()
    assert pictures.pictures == ()
    assert "The score does not depend on them" in pictures.notice


# ---- the homework's own code


def test_without_the_homeworks_code_its_kinds_are_left_out_with_a_sentence(
    collect: Collect, tmp_path: Path
) -> None:
    pictures = collect(code=tmp_path / "rubric" / "pictures")
    assert len(curves(pictures)) == 13
    assert len(pictures.pictures) == 7
    files = "rubric/pictures/network.py and rubric/pictures/words.py"
    assert pictures.notice == f"Some pictures are left out: the homework's folder has no {files}."
    assert pictures.notice in drawings_html(pictures)
    assert "sigmoid" in drawings_html(pictures)


def test_a_submissions_own_code_for_pictures_is_never_run(
    collect: Collect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = Path(shutil.copytree(ROOT / "solution", tmp_path / "evil"))
    (evil / "rubric" / "pictures").mkdir(parents=True)
    ran = tmp_path / "ran"
    for file in (evil / "network.py", *[evil / "rubric" / n for n in ("pictures/network.py",)]):
        file.write_text(f"open({str(ran)!r}, 'w')\n")
    monkeypatch.chdir(evil)
    monkeypatch.syspath_prepend(str(evil))
    assert all(network(collect(source=evil)).frames[-1].is_right)
    assert not ran.exists()
    assert "rubric/pictures/network.py" in collect_without(collect, tmp_path).notice
    assert not ran.exists()


def collect_without(collect: Collect, tmp_path: Path) -> Pictures:
    shutil.rmtree(tmp_path / "submission")
    return collect(code=tmp_path / "none", source=tmp_path / "evil")


@pytest.mark.parametrize("kind", ["../network", "a.b", "/tmp/network", "", "nothing"])
def test_a_kind_is_a_module_of_that_folder_or_none(tmp_path: Path, kind: str) -> None:
    (tmp_path / "network.py").write_text("")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.py").write_text("")
    (tmp_path / "code").mkdir()
    assert load_own(tmp_path / "code", kind) is None


def test_two_homeworks_in_one_process_have_kinds_of_the_same_name(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "words.py").write_text("from .names import NAME\n")
        (tmp_path / name / "names.py").write_text(f"NAME = {name!r}\n")
    assert [load_own(tmp_path / name, "words").NAME for name in ("one", "two")] == ["one", "two"]


def test_what_is_handed_out_knows_neither_solution_nor_rubric() -> None:
    files = [f for f in Homework(ROOT).own_files if f.parent.name == "pictures"]
    assert {"__init__.py", "network.py", "words.py"} <= {file.name for file in files}
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                assert f"{node.module}.py" in {other.name for other in files}
            elif isinstance(node, ast.Import | ast.ImportFrom):
                names = [node.module] if isinstance(node, ast.ImportFrom) else []
                names += [alias.name for alias in node.names if isinstance(node, ast.Import)]
                roots = {str(name).partition(".")[0] for name in names}
                assert roots <= {"autograder", "numpy", *sys.stdlib_module_names}
                assert not [name for name in names if "authoring" in str(name)]

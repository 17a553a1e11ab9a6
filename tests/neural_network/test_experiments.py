"""Students train on text with their own functions: what they see, what stops it, what is kept."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

QUICK = ("--data", "negation", "-e", "3")


@pytest.fixture
def own(tmp_path: Path, root: Path) -> Path:
    """Return a copy of the solution."""
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(root / "solution", tmp_path / "own", ignore=ignored))


@pytest.fixture
def run(answer_keys: dict[str, Path], root: Path, own: Path) -> Run:
    """Return what runs a verb on that copy, which may be changed first."""

    def one(*words: object) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "autograder", *map(str, words), str(own)]
        return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)

    return one


def change(own: Path, name: str, old: str, new: str) -> None:
    file = own / f"{name}.py"
    source = file.read_text(encoding="utf-8")
    assert old in source
    file.write_text(source.replace(old, new, 1), encoding="utf-8")


def test_negation_is_learned_and_the_linear_model_stays_behind(run: Run) -> None:
    done = run("train", "--data", "negation")
    assert (done.returncode, done.stderr) == (0, "")
    last = re.findall(r"^ +40 +([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+)$", done.stdout, re.M)[0]
    loss, training, held_out, linear = map(float, last)
    assert loss < 0.1
    assert min(training, held_out) > 0.9
    assert linear < 0.6
    (test,) = re.findall(r"looked at once, now: ([\d.]+) right", done.stdout)
    assert float(test) > 0.9


def test_a_model_is_kept_and_labels_new_texts(run: Run, tmp_path: Path) -> None:
    model, lines = tmp_path / "model.npz", tmp_path / "lines.txt"
    assert run("train", "--data", "negation", "-o", model).returncode == 0
    lines.write_text("it was not un- kind\nit was truly un- kind\n", encoding="utf-8")
    done = run("classify", "-m", model, "-i", lines)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "positive\tit was not un- kind\nnegative\tit was truly un- kind\n"


def test_a_model_is_arrays_alone(run: Run, tmp_path: Path) -> None:
    evil = tmp_path / "evil.npz"
    np.savez(evil, E=np.array([object()], dtype=object))
    lines = tmp_path / "lines.txt"
    lines.write_text("it was good\n", encoding="utf-8")
    done = run("classify", "-m", evil, "-i", lines)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("evil.npz is no model that 'train -o' wrote\n")


def test_the_page_shows_curves_and_words_and_runs_no_script_of_theirs(
    run: Run, own: Path, tmp_path: Path
) -> None:
    data = tmp_path / "own.tsv"
    rows = [f"<b>w{i}</b> and <i>\t{'<script>' if i % 2 else 'good'}\n" for i in range(40)]
    data.write_text("text\ty\n" + "".join(rows), encoding="utf-8")
    page = tmp_path / "page.html"
    done = run("train", "--data", data, "-e", "3", "--html", page)
    assert done.returncode == 0, done.stderr
    text = page.read_text(encoding="utf-8")
    assert text.count("<svg") >= 3
    assert "&lt;i&gt;" in text
    assert not re.search(r"<(b|i)>", text)


def test_a_sweep_compares_choices_over_seeds(run: Run, tmp_path: Path) -> None:
    words = ("sweep", *QUICK, "-l", "0.1,1", "-u", "4,8", "--seeds", "2")
    done = run(*words, "--html", tmp_path / "page.html")
    assert (done.returncode, done.stderr) == (0, "")
    rows = re.findall(r"^ +(?:0\.1|1)(?: +[\d.]+ \([\d.]+-[\d.]+\)){2}$", done.stdout, re.M)
    assert len(rows) == 2
    assert "Best: learning rate" in done.stdout
    assert run(*words).stdout == done.stdout.replace(f"The page is {tmp_path / 'page.html'}.\n", "")


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        (
            "text",
            "    counts = ",
            "    raise NotImplementedError\n    counts = ",
            "not started",
        ),
        ("text", "    ids = np.zeros(n", "    return None\n    ids = np.zeros(n", "can't go on"),
        ("train", "import numpy as np", "import numpy as np\nimport nothing_like_it", "train.py"),
        ("train", "    return E, params", "    return params, E", "TypeError"),
        ("forward", "    h = relu(k)", "    h = 1 / 0", "forward.py, line "),
    ],
)
def test_what_is_not_right_yet_ends_it_with_a_sentence(
    run: Run, own: Path, name: str, old: str, new: str, says: str
) -> None:
    change(own, name, old, new)
    done = run("train", *QUICK)
    assert done.returncode == 1, done.stdout + done.stderr
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_function_that_hangs_is_stopped(run: Run, own: Path, root: Path) -> None:
    change(
        own, "text", "    ids = np.zeros(n", "    import os\n    os._exit(3)\n    ids = np.zeros(n"
    )
    done = run("train", *QUICK)
    assert done.returncode == 1
    assert "ended itself (exit status 3)" in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("train",), "--data"),
        (("train", "--data", "no_such_data"), "come with the homework are negation, windows"),
        (("train", *QUICK, "-l", "fast"), "'fast' is no learning rate"),
        (("train", *QUICK, "-u", "0"), "'0' is no whole number"),
        (("sweep", *QUICK, "-l", "0.1,,"), "'' is no learning rate"),
        (("trian", *QUICK), "did you mean train?"),
    ],
)
def test_a_wrong_call_is_told_what_is_wrong(run: Run, words: tuple[str, ...], says: str) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert says in done.stderr


def test_the_help_lists_the_homeworks_verbs(
    command: Callable[..., "subprocess.CompletedProcess[str]"],
) -> None:
    listed = command("--help").stdout
    assert "Train a network on texts with your own functions" in " ".join(listed.split())
    assert "-u V" in command("train", "--help").stdout

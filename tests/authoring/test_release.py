"""The students' zip has all that they need, and nothing that gives an answer away."""

import base64
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest
from canaries import PLACES, TEXT, found_in, planted_copy, secret_files

from autograder.authoring.handed_out import (
    STAFF_ONLY,
    handed_out_files,
    handed_out_of_rubric,
    name_folder,
    read_title,
)
from autograder.core.codec import decode, encode
from autograder.homework.folder import Homework

ROOT = Path(__file__).resolve().parents[2]

#: The folder in the zip: the homework's title.
TOP = "a-neural-network-in-numpy"

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def wheel_of(content: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files of the wheel in the zip."""
    (wheel,) = [name for name in content if name.endswith(".whl")]
    return members(content[wheel])


@pytest.fixture(scope="module")
def handout(answer_keys: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip of this project."""
    path = tmp_path_factory.mktemp("release") / "handout.zip"
    words = [sys.executable, "-m", "autograder", "release", "--output", str(path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return path


# ---- what is in it


def test_all_is_in_one_folder_with_what_two_steps_need(handout: Path) -> None:
    content = members(handout.read_bytes())
    assert {PurePosixPath(name).parts[0] for name in content} == {TOP}
    names = {name.removeprefix(f"{TOP}/") for name in content}
    assert {"grade.py", "Makefile", "README.md", "LICENSE", "answer-key.public"} <= names
    stubs = {
        f"assignment/{path.name}" for path in (ROOT / "assignment").iterdir() if path.is_file()
    }
    assert stubs <= names
    handed_out = json.loads(content[f"{TOP}/stubs.json"])
    files = {f"assignment/{file}": text.encode() for file, text in handed_out.items()}
    assert {
        n: content[f"{TOP}/{n}"] for n in names if n.startswith("assignment/") and n.endswith(".py")
    } == files
    assert {f"datasets/{path.name}" for path in (ROOT / "datasets").glob("*.*")} <= names
    (wheel,) = [name for name in names if name.endswith(".whl")]
    assert wheel.endswith("-py3-none-any.whl")
    assert content[f"{TOP}/requirements.txt"].decode() == f"./{wheel}[student]\n"


@pytest.mark.slow
def test_the_handouts_page_is_in_it_and_a_pdf_only_if_printed_from_it(
    handout: Path, planted: tuple[Path, int], tmp_path: Path
) -> None:
    page = members(handout.read_bytes())[f"{TOP}/handout.html"]
    assert b"<html" in page
    copy = Path(shutil.copytree(planted[0], tmp_path / "copy"))
    run_in(copy, "stubs")
    (copy / "dist").mkdir(exist_ok=True)
    (copy / "dist" / "handout.pdf").write_bytes(b"%PDF-")
    for printed_from, is_in in ((page + b" ", False), (None, True)):
        run_in(copy, "release")
        held = members((copy / "dist" / "handout.zip").read_bytes())
        of_now = held[f"{TOP}/handout.html"]
        (copy / "dist" / "handout.html").write_bytes(printed_from or of_now)
        run_in(copy, "release")
        names = set(members((copy / "dist" / "handout.zip").read_bytes()))
        assert (f"{TOP}/handout.pdf" in names) == is_in


def test_every_page_and_setting_that_is_handed_out_is_in_it_as_it_is(handout: Path) -> None:
    content = members(handout.read_bytes())
    files = ROOT / "autograder" / "authoring" / "handout" / "files"
    own = [path for path in files.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert len(own) >= 3
    for path in own:
        name = path.relative_to(files).as_posix()
        filled = path.read_bytes().replace(b"{{ title }}", b"A neural network in numpy")
        assert content[f"{TOP}/{name}"] == filled
    assert content[f"{TOP}/README.md"].startswith(b"# A neural network in numpy\n")


def test_the_same_sources_give_the_same_bytes(
    handout: Path, command: Command, tmp_path: Path
) -> None:
    again = tmp_path / "again.zip"
    done = command("release", "--output", again, env=os.environ | {"SOURCE_DATE_EPOCH": "10"})
    assert done.returncode == 0, done.stderr
    assert again.read_bytes() == handout.read_bytes()
    assert TOP not in done.stdout.splitlines()[0]
    assert f"unpacks to {TOP}/" in done.stdout
    assert "kB  answer-key.public" in done.stdout


def test_the_wheel_brings_the_command_its_needs_and_its_licence(handout: Path) -> None:
    files = wheel_of(members(handout.read_bytes()))
    texts = {PurePosixPath(name).name: content.decode() for name, content in files.items()}
    assert "autograder = autograder.cli:main" in texts["entry_points.txt"]
    metadata = texts["METADATA"]
    assert "Requires-Python: >=3.10" in metadata
    assert "Requires-Dist: numpy<3,>=2.0\n" in metadata
    assert "extra == 'student'" in metadata
    assert "Root-Is-Purelib: true" in texts["WHEEL"]
    assert "MIT License" in texts["LICENSE"]


def test_the_wheel_leaves_out_whatever_knows_answers(handout: Path) -> None:
    files = wheel_of(members(handout.read_bytes()))
    names = [name.partition("/")[2] for name in files if name.startswith("autograder/")]
    assert "cli.py" in names
    assert "worker/serve.py" in names
    assert not [name for name in names if name.startswith(STAFF_ONLY)]
    assert not [name for name in names if not (ROOT / "autograder" / name).is_file()]


def test_no_module_of_the_wheel_needs_one_that_was_left_out(handout: Path, tmp_path: Path) -> None:
    content = members(handout.read_bytes())
    (wheel,) = [name for name in content if name.endswith(".whl")]
    with zipfile.ZipFile(io.BytesIO(content[wheel])) as archive:
        archive.extractall(tmp_path)
    modules = [
        name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        for name in (f"autograder/{file}" for file in handed_out_files(ROOT / "autograder"))
        if name.endswith(".py") and not name.endswith("__main__.py")
    ]
    assert len(modules) > 50
    program = f"import importlib\nfor name in {modules!r}: importlib.import_module(name)"
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


# ---- what is not


@pytest.fixture(scope="module")
def planted(
    answer_keys: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, int]:
    """A copy of the project with canaries, and how many texts are planted in it."""
    copy = tmp_path_factory.mktemp("planted")
    return copy, planted_copy(ROOT, copy)


def run_in(copy: Path, *words: str) -> None:
    command = [sys.executable, "-m", "autograder", *words]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr


def test_no_canary_of_the_solution_or_of_the_hidden_half_gets_into_the_zip(
    planted: tuple[Path, int],
) -> None:
    copy, _ = planted
    assert Homework(copy).read_key("public") is not None  # nothing is compiled again
    run_in(copy, "stubs")
    run_in(copy, "release")
    content = (copy / "dist" / "handout.zip").read_bytes()
    assert found_in(content) == set()
    assert b"answer-key.public" in content


def test_the_search_finds_every_canary_however_it_is_packed(planted: tuple[Path, int]) -> None:
    copy, count = planted
    texts = {f"{TEXT}_{number}" for number in range(count)}
    assert count >= 3 * 35
    everything = texts | {"number", *PLACES}
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in secret_files(copy):
            archive.write(file, file.relative_to(copy))
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("some.whl", inner.getvalue())
        archive.write(copy / "build" / "answer-key.full", "answer-key")
    assert found_in(outer.getvalue()) == everything
    assert found_in((copy / "build" / "answer-key.full").read_bytes()) == {"number", *PLACES}
    assert found_in((copy / "build" / "answer-key.public").read_bytes()) == set()


@pytest.mark.parametrize("number", range(4))
def test_the_search_opens_notebooks_and_encodings(number: int) -> None:
    text = f"{'-' * number}x = '{TEXT}_7'"
    lines = {"cells": [{"source": [text[:9], text[9:]], "outputs": []}]}
    encoded = {"data": base64.b64encode(text.encode() * 3).decode()}
    squeezed = {"data": base64.b64encode(zlib.compress(text.encode() * 3)).decode()}
    for notebook in (lines, encoded, squeezed):
        assert found_in(json.dumps(notebook).encode()) == {f"{TEXT}_7"}
    assert found_in(text.encode("utf-16")) == {f"{TEXT}_7"}
    assert found_in(b"nothing of the kind") == set()


def test_no_call_of_a_hidden_check_lies_in_the_zip(
    handout: Path, answer_keys: dict[str, Path]
) -> None:
    full = Homework(ROOT).read_key("full")
    assert full is not None
    public = members(handout.read_bytes())[f"{TOP}/answer-key.public"]
    counts = {"public": 0, "hidden": 0}
    for function in full.functions.values():
        for phase, request in function.requests.items():
            telling = filter(is_telling, decode(request)["calls"])
            is_there = [encode(call) in public for call in telling]
            counts[phase] += len(is_there)
            assert all(is_there) if phase == "public" else not any(is_there)
    assert min(counts.values()) > 100


def is_telling(call: tuple[int, tuple[Any, ...]]) -> bool:
    """Tell whether a call has enough numbers not to stand somewhere by chance."""
    arrays = [a for a in call[1] if isinstance(a, np.ndarray) and a.dtype.kind == "f"]
    return any([len(set(array.ravel().tolist()) - {0.0, 1.0, -1.0}) > 3 for array in arrays])


# ---- any homework


@pytest.mark.slow
def test_an_installed_grader_hands_out_a_homework_that_lies_elsewhere(
    planted: tuple[Path, int], handout: Path, tmp_path: Path
) -> None:
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, timeout=100)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as archive:
        archive.extractall(tmp_path / "installed")
    homework = Path(shutil.copytree(planted[0], tmp_path / "my homework"))
    for name in ("autograder", "handout"):
        shutil.rmtree(homework / name)
    for name in ("LICENSE", "pyproject.toml"):
        (homework / name).unlink()
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "installed")}
    for verb in ("stubs", "release"):
        words = [sys.executable, "-m", "autograder", verb, "--homework", str(homework)]
        done = subprocess.run(
            words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=100
        )
        assert done.returncode == 0, done.stderr
    content = members((homework / "dist" / "handout.zip").read_bytes())
    names = {name.removeprefix(f"{TOP}/") for name in content}
    assert {"grade.py", "answer-key.public", "homework.ini", "assignment/README.md"} <= names
    assert "LICENSE" not in names
    of_rubric = {name for name in names if name.startswith("rubric/")}
    assert of_rubric == set(handed_out_of_rubric(Homework(homework)))
    assert wheel_of(content) == wheel_of(members(handout.read_bytes()))
    assert found_in((homework / "dist" / "handout.zip").read_bytes()) == set()


def test_of_the_rubric_only_what_grading_runs_is_handed_out(tmp_path: Path) -> None:
    for name in ("exam.py", "predicates.py", "pictures/draw.py", "pictures/__pycache__/draw.pyc"):
        (tmp_path / "rubric" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "rubric" / name).write_text("")
    handed_out = handed_out_of_rubric(Homework(tmp_path))
    assert sorted(handed_out) == ["rubric/pictures/draw.py", "rubric/predicates.py"]


@pytest.mark.parametrize(
    ("folder", "settings", "title", "top"),
    [
        ("linear_models", "", "Linear models", "linear-models"),
        ("hw", "[homework]\ntitle = Größe & Co. (2)\n", "Größe & Co. (2)", "groe-co-2"),
        ("hw", "[homework]\ntitle = 数学\n", "数学", "homework"),
        ("a" * 60, "", "A" + 59 * "a", 40 * "a"),
    ],
)
def test_the_folder_in_the_zip_is_called_as_the_homework(
    folder: str, settings: str, title: str, top: str, tmp_path: Path
) -> None:
    homework = Homework(tmp_path / folder)
    homework.root.mkdir()
    homework.settings_path.write_text(settings, encoding="utf-8")
    assert (read_title(homework), name_folder(homework)) == (title, top)


# ---- what is refused


def test_stubs_that_drifted_are_not_handed_out(planted: tuple[Path, int], tmp_path: Path) -> None:
    copy = Path(shutil.copytree(planted[0], tmp_path / "copy"))
    with (copy / "assignment" / "forward.py").open("a") as file:
        file.write("\n# what staff tried out\n")
    words = [sys.executable, "-m", "autograder", "release"]
    done = subprocess.run(words, cwd=copy, capture_output=True, text=True, timeout=100)
    assert done.returncode == 2
    assert "run 'python -m autograder stubs' (or 'make stubs')" in done.stderr
    assert not (copy / "dist").exists() or not list((copy / "dist").glob("*.zip*.part"))


@pytest.mark.slow
def test_a_zip_that_cannot_be_written_is_a_sentence(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = command("release", "--output", tmp_path / "file" / "handout.zip")
    assert done.returncode == 2
    assert "can't be written" in done.stderr

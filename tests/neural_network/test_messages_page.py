"""Every row of the page on messages is real: the command says what stands there."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from beginners_mistakes import FILES, OTHER, SLIPS, UNREADABLE, packed
from quick import slow_after

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")

#: What is seen, and what to do, row by row.
ROWS = dict(re.findall(r"^\| `(.+?)` \|.*\| (.+?) \|$", PAGE, re.M))


def holds(said: str, words: str) -> bool:
    """Tell whether words are said; ``...`` stands for anything between."""
    pattern = ".*?".join([re.escape(" ".join(part.split())) for part in words.split("...")])
    return re.search(pattern, " ".join(said.split())) is not None


def is_said(said: str, seen: str) -> bool:
    """Tell whether both the row's first and last column are said."""
    return holds(said, seen) and holds(said, ROWS[seen].strip())


def run(*words: object, folder: Path = ROOT, **environment: str) -> str:
    """Run the command and return all that it says."""
    done = subprocess.run(
        [sys.executable, "-m", "autograder", *map(str, words)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout + done.stderr


def solution(folder: Path, changes: dict[str, str]) -> Path:
    """Copy the solution, and append to its files."""
    shutil.copytree(ROOT / "solution", folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file, text in changes.items():
        with (folder / f"{file}.py").open("a", encoding="utf-8") as handle:
            handle.write(text)
    return folder


def messages(submission: Path, report: Path) -> dict[str, str]:
    """Grade, and return what is said of each function."""
    run("grade", submission, "--public", "--json", report)
    said: dict[str, str] = {}
    for check in json.loads(report.read_text(encoding="utf-8"))["checks"]:
        said[check["function"]] = said.get(check["function"], "") + "\n" + check["message"]
    return said


# ---- before anything is graded


def without_numpy(place: Path) -> str:
    """Call it in a Python that has no numpy."""
    fake = place / "fake" / "numpy"
    fake.mkdir(parents=True)
    (fake / "__init__.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'numpy'\", name='numpy')\n"
    )
    return run("grade", ROOT / "solution", PYTHONPATH=f"{fake.parent}{os.pathsep}{ROOT}")


def without_watchfiles(place: Path) -> str:
    fake = place / "fake"
    fake.mkdir()
    (fake / "watchfiles.py").write_text("raise ModuleNotFoundError(name='watchfiles')\n")
    return run("watch", ROOT / "solution", PYTHONPATH=f"{fake}{os.pathsep}{ROOT}")


def old_python(place: Path) -> str:
    """Run the entry as a Python 3.9 would see it."""
    program = (
        "import runpy, sys; sys.version_info = (3, 9, 18);"
        " sys.argv = ['autograder', 'grade', 'x'];"
        " runpy.run_module('autograder', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stdout == ""
    return done.stderr


def path_with_a_slip(place: Path) -> str:
    (place / "assignment").mkdir()
    return run("grade", "assignmnet", "--homework", ROOT, folder=place)


def path_elsewhere(place: Path) -> str:
    said = run("grade", "my-homework", "--homework", ROOT, folder=place)
    assert f"(this runs in {place})" in said
    return said


def wrong_folder(place: Path) -> str:
    (place / "main.py").write_text("print('another homework')\n")
    return run("grade", place)


def misnamed(place: Path) -> str:
    folder = solution(place / "work", {})
    (folder / "forward.py").rename(folder / "foward.py")
    return run("grade", folder)


def copied(place: Path) -> str:
    folder = solution(place / "work", {})
    (folder / "softmax_ce.py").rename(folder / "softmax_ce (1).py")
    return run("grade", folder)


def twice(place: Path) -> str:
    folder = solution(place / "work", {})
    text = (folder / "updates.py").read_text(encoding="utf-8")
    (folder / "updates-1.py").write_text(f"{text}\nMORE = 1\n", encoding="utf-8")
    (folder / "updates.py").rename(folder / "updates (1).py")
    return run("grade", folder)


def empty(place: Path) -> str:
    folder = solution(place / "work", {})
    (folder / "forward.py").write_bytes(b"")
    return run("grade", folder, "--public")


def another_python(place: Path) -> str:
    """Run pytest in a Python that has no autograder."""
    shutil.copy(ROOT / "autograder" / "authoring" / "handout" / "files" / "conftest.py", place)
    (place / "pytest.ini").write_text("[pytest]\n")
    hidden = (
        "import sys; import importlib.util as u; find = u.find_spec;"
        "u.find_spec = lambda n, *a: None if n == 'autograder' else find(n, *a);"
        "import pytest; sys.exit(pytest.main([]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", hidden], cwd=place, capture_output=True, text=True, timeout=60
    )
    return done.stdout + done.stderr


def wrong_relu(place: Path) -> str:
    changes = {
        "activations": "\n\ndef relu(x):\n    return np.minimum(x, 0.0)\n",
        "forward": (
            "\n\ndef softmax(z):\n    return z\n\n\ndef forward(f, H, b_H, U, b_U):\n"
            "    k = f @ H + 2 * b_H\n    h = relu(k) + 1\n    z = h @ U + b_U\n"
            "    return k, h, z, softmax(z)\n"
        ),
    }
    return run("grade", solution(place / "work", changes), "--public")


def wrong_hidden_grad(place: Path) -> str:
    changes = {"relu_backward": "\n\ndef hidden_grad(dz, U):\n    return dz @ U\n"}
    return run("grade", solution(place / "work", changes), "--public")


COMMANDS: dict[str, Callable[[Path], str]] = {
    "numpy is not installed in": without_numpy,
    "Python 3.10 or newer is needed, and this is Python": old_python,
    "there is no folder, zip or notebook at assignmnet": path_with_a_slip,
    "there is no folder, zip or notebook at my-homework": path_elsewhere,
    "None of the homework's files is here": wrong_folder,
    "forward.py is not in the submission": misnamed,
    "softmax_ce (1).py was taken as softmax_ce.py.": copied,
    "could both be updates.py": twice,
    "watching needs the package watchfiles": without_watchfiles,
    "forward.py is empty (0 bytes)": empty,
    "autograder is not installed in this Python": another_python,
    "first fix 1 and 2, which it calls": wrong_relu,
    "carried along, every point kept": wrong_hidden_grad,
    "also fails": wrong_hidden_grad,
}


def test_every_row_has_a_case_and_every_case_a_row() -> None:
    assert set(ROWS) == {*COMMANDS, *SLIPS, *UNREADABLE, *OTHER}
    assert PAGE.count("\n| `") == len(ROWS) > 60


@pytest.mark.parametrize("seen", slow_after(4, COMMANDS))
def test_what_the_command_says_of_a_call(
    answer_keys: dict[str, Path], tmp_path: Path, seen: str
) -> None:
    place = tmp_path / "place"  # beside it lies nothing that could be meant, such as another test's
    place.mkdir()
    said = COMMANDS[seen](place)
    assert is_said(said, seen), said


# ---- what a report says


@pytest.fixture(scope="module")
def said_of_slips(
    answer_keys: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """What the command says of each slip, by what is to be seen."""
    said = {}
    for group in packed():
        place = tmp_path_factory.mktemp("slips")
        changes: dict[str, str] = {}
        for slip in group.values():
            changes[slip.file] = changes.get(slip.file, "") + slip.text
        told = messages(solution(place / "work", changes), place / "report.json")
        said |= {seen: told[slip.function] for seen, slip in group.items()}
    return said


@pytest.mark.slow
def test_what_a_report_says_of_a_function(said_of_slips: dict[str, str]) -> None:
    missing = {seen: said for seen, said in said_of_slips.items() if not is_said(said, seen)}
    assert not missing, json.dumps(missing, indent=1)
    assert set(said_of_slips) == set(SLIPS)


def test_what_a_report_says_of_a_file_that_cannot_be_read(
    answer_keys: dict[str, Path], tmp_path: Path
) -> None:
    missing = {}
    waiting = list(UNREADABLE.items())
    while waiting:
        now, waiting = waiting[: len(FILES)], waiting[len(FILES) :]
        place = tmp_path / f"{len(waiting)}"
        changes = {file: f"\n\n{text}\n" for file, (_, text) in zip(FILES, now, strict=False)}
        said = messages(solution(place / "work", changes), place / "report.json")
        for file, (seen, _) in zip(FILES, now, strict=False):
            told = next(text for name, text in said.items() if name.startswith(f"{file}."))
            is_marked = re.search(r"^at .*\n +\^+$", told, re.M) is not None
            if not (is_said(told, seen) and is_marked):
                missing[seen] = told
    assert not missing, json.dumps(missing, indent=1)


def test_what_a_report_says_of_a_file_that_holds_something_else(
    answer_keys: dict[str, Path], tmp_path: Path
) -> None:
    missing = {}
    waiting = list(OTHER.items())
    while waiting:
        now, waiting = waiting[: len(FILES)], waiting[len(FILES) :]
        place = tmp_path / f"{len(waiting)}"
        work = solution(place / "work", {})
        for file, (_, change) in zip(FILES, now, strict=False):
            text = (work / f"{file}.py").read_text(encoding="utf-8")
            (work / f"{file}.py").write_bytes(change(text))
        said = messages(work, place / "report.json")
        for file, (seen, _) in zip(FILES, now, strict=False):
            told = next(text for name, text in said.items() if name.startswith(f"{file}."))
            is_alone = "raised" not in told and "likely" not in told
            if not (is_said(told, seen) and is_alone and f"{file}.py" in told.split("\n")[1]):
                missing[seen] = told
    assert not missing, json.dumps(missing, indent=1)


def test_a_caret_stands_below_the_place(answer_keys: dict[str, Path], tmp_path: Path) -> None:
    folder = solution(tmp_path / "work", {"train": "\n\nif np = 3:\n    pass\n"})
    lines = run("grade", folder, "--public").splitlines()
    place = next(n for n, line in enumerate(lines) if "if np = 3:" in line)
    assert lines[place].index("np") == lines[place + 1].index("^")


def test_a_long_line_is_cut_around_the_caret(answer_keys: dict[str, Path], tmp_path: Path) -> None:
    line = "y = " + " + ".join([f"x{number}" for number in range(60)]) + " + * 3"
    folder = solution(tmp_path / "work", {"train": f"\n{line}\n"})
    shown = run("grade", folder, "--public").splitlines()
    caret = next(n for n, line in enumerate(shown) if re.fullmatch(r" +\^+", line))
    assert max(len(shown[caret - 1]), len(shown[caret])) <= 100
    assert shown[caret - 1][shown[caret].index("^")] == "*"


@pytest.mark.parametrize("version", ["3.8", "3.9"])
def test_an_old_python_itself_reads_the_sentence(version: str) -> None:
    python = shutil.which(f"python{version}")
    probe = [str(python), "-c", "import sys; print(sys.version_info[:2] < (3, 10))"]
    if python is None or subprocess.run(probe, capture_output=True).stdout.strip() != b"True":
        pytest.skip(f"there is no Python {version}")
    done = subprocess.run(
        [python, "-m", "autograder", "grade", "assignment"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("autograder: Python 3.10 or newer is needed, and this is Python")
    assert len(done.stderr.splitlines()) == 1

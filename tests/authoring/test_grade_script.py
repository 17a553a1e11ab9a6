"""``python grade.py`` leads from the unpacked zip to a grade, or says what is in the way."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from students import (
    ROOT,
    SCRIPT,
    environment_python,
    lend,
    load_script,
    offline,
    run_script,
    unpack,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="environments are laid out otherwise")


@pytest.fixture
def script() -> ModuleType:
    """The script as a module, to be asked without a machine of each kind."""
    return load_script()


# ---- from the zip to the grade


def test_the_second_run_is_quiet_and_needs_no_network(set_up: Path) -> None:
    done = run_script(set_up)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "score 0 of 75.25" in done.stdout


def test_the_words_are_passed_on_to_the_grader(set_up: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = run_script(set_up, "grade", str(ROOT / "solution"), "--json", str(report))
    assert "score 75.25 of 75.25" in done.stdout
    assert json.loads(report.read_text("utf-8"))["score"] == 75.25
    assert run_script(set_up, "--json", str(report)).returncode == 0
    assert json.loads(report.read_text("utf-8"))["score"] == 0
    assert "usage: grade.py" in run_script(set_up, "--help").stdout
    assert run_script(set_up, "grade", "nothing").returncode == 2


@pytest.mark.slow
def test_it_may_be_called_from_anywhere(set_up: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "solution", tmp_path / "mine")
    done = run_script(set_up, cwd=tmp_path)
    assert "score 0 of 75.25" in done.stdout
    done = run_script(set_up, "grade", "mine", cwd=tmp_path)
    assert "score 75.25 of 75.25" in done.stdout


def test_the_submission_goes_to_the_homeworks_own_folder(set_up: Path, tmp_path: Path) -> None:
    done = run_script(set_up, "submission", str(ROOT / "solution"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "39 of 39 functions written" in done.stdout
    assert (set_up / "dist" / "submission.zip").is_file()


def test_make_only_calls_it(set_up: Path) -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("there is no make")
    words = [make, "grade", f"PYTHON={sys.executable}", "SUBMISSION=assignment"]
    # Not what a 'make test' around this was called with.
    environment = {k: v for k, v in offline().items() if k not in ("ARGS", "MAKEFLAGS", "MFLAGS")}
    done = subprocess.run(words, cwd=set_up, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "score 0 of 75.25" in done.stdout


@pytest.mark.slow
def test_in_an_environment_of_ones_own_the_module_does_the_same(
    set_up: Path, tmp_path: Path
) -> None:
    python = str(environment_python(set_up))
    words = [python, "-m", "autograder", "grade", "assignment"]
    done = subprocess.run(words, cwd=set_up, capture_output=True, text=True, timeout=100)
    assert "score 0 of 75.25" in done.stdout
    done = subprocess.run(words[:-1], cwd=set_up / "assignment", capture_output=True, text=True)
    assert "score 0 of 75.25" in done.stdout
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=100)
    assert done.returncode == 2
    assert done.stderr.startswith(f"autograder: you are in the wrong folder ({tmp_path}): ")


# ---- what happens to an environment


def copied(homework: Path, target: Path) -> Path:
    return Path(shutil.copytree(homework, target, symlinks=True))


@pytest.mark.slow
def test_a_folder_that_was_moved_is_fixed_without_a_network(set_up: Path, tmp_path: Path) -> None:
    moved = copied(set_up, tmp_path / "Übung (1) [Kopie]" / "my homework")
    done = run_script(moved)
    assert done.returncode == 0, done.stderr
    assert "setting up" in done.stderr
    assert "score 0 of 75.25" in done.stdout
    assert str(moved) in (moved / ".venv" / "pyvenv.cfg").read_text("utf-8")
    assert run_script(moved).stderr == ""


@pytest.mark.slow
def test_a_newer_grader_is_installed_without_a_network(set_up: Path, tmp_path: Path) -> None:
    homework = copied(set_up, tmp_path / "homework")
    record = homework / ".venv" / "homework.json"
    noted = json.loads(record.read_text("utf-8"))
    record.write_text(json.dumps(noted | {"wheel": "another", "place": str(record.parent)}))
    installed = next((homework / ".venv" / "lib").glob("python*/site-packages/autograder/cli.py"))
    installed.write_text("raise SystemExit('the old one')\n")
    done = run_script(homework)
    assert "score 0 of 75.25" in done.stdout
    assert run_script(homework).stderr == ""


def spoiled_link(environment: Path) -> None:
    for link in (environment / "bin").glob("python*"):
        link.unlink()
        link.symlink_to(environment / "gone" / "python3")


def spoiled_program(environment: Path) -> None:
    for link in (environment / "bin").glob("python*"):
        link.unlink()
        link.write_bytes(b"of another system")
        link.chmod(0o755)


def spoiled_pip(environment: Path) -> None:
    for link in (environment / "lent").glob("pip*"):
        link.unlink()
    (environment / "homework.json").unlink()


def spoiled_record(environment: Path) -> None:
    (environment / "homework.json").write_text("{")
    (environment / "bin" / "python").unlink()


@pytest.mark.slow
@pytest.mark.parametrize(
    "spoil", [spoiled_link, spoiled_program, spoiled_record], ids=lambda f: f.__name__
)
def test_an_environment_that_cannot_start_is_put_aside_and_made_again(
    spoil: object, set_up: Path, tmp_path: Path
) -> None:
    homework = copied(set_up, tmp_path / "homework")
    assert callable(spoil)
    spoil(homework / ".venv")
    done = run_script(homework)  # the new one has no packages, and there is no network
    assert done.returncode == 2
    assert done.stdout == ""
    assert "It was renamed to .venv-old" in done.stderr
    assert "grade.py: what the grader needs could not be fetched: there seems to be no network" in (
        done.stderr
    )
    assert environment_python(homework).exists()
    assert (homework / ".venv-old" / "lent" / "numpy").exists()


@pytest.mark.slow
def test_an_environment_that_lost_its_pip_is_given_one(set_up: Path, tmp_path: Path) -> None:
    homework = copied(set_up, tmp_path / "homework")
    spoiled_pip(homework / ".venv")
    done = run_script(homework)
    assert done.returncode == 0, done.stderr
    assert "adding pip to .venv" in done.stderr
    assert "score 0 of 75.25" in done.stdout


@pytest.mark.slow
def test_what_is_missing_beside_numpy_is_told_and_costs_no_grade(
    handout_zip: Path, tmp_path: Path
) -> None:
    homework = unpack(handout_zip, tmp_path)
    lend(homework, "numpy")
    done = run_script(homework)
    assert done.returncode == 0, done.stderr
    assert "these could not be installed: jinja2>=3.1, nbformat>=5.10" in done.stderr
    assert "'python grade.py setup' tries again" in done.stderr
    assert "score 0 of 75.25" in done.stdout
    assert run_script(homework).stderr == ""
    assert "these could not be installed" in run_script(homework, "setup").stderr


# ---- what is in the way


def test_looking_into_the_zip_is_not_unpacking_it(tmp_path: Path) -> None:
    shutil.copy(SCRIPT, tmp_path / "grade.py")
    done = run_script(tmp_path)
    assert done.returncode == 2
    assert "unpack all of it first" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_a_file_in_the_environments_place_is_named(handout_zip: Path, tmp_path: Path) -> None:
    homework = unpack(handout_zip, tmp_path)
    (homework / ".venv").write_text("")
    done = run_script(homework)
    assert done.returncode == 2
    assert done.stderr.endswith(".venv is a file: delete it, and run this again\n")


def test_a_python_without_environments_says_what_to_install(script: ModuleType) -> None:
    for said in (
        "The virtual environment was not created successfully because ensurepip is not\navailable.",
        "/usr/bin/python3: No module named venv",
    ):
        assert "'sudo apt install python3-venv'" in script.venv_problem(said)


def test_a_folder_that_cannot_be_written_to_is_named(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script.os, "access", lambda *_: False)
    assert "unpack handout.zip into a folder of your own" in script.venv_problem("Errno 13")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", "the disk is full"),
        ("OSError: [WinError 206] The filename or extension is too long", "are too long"),
        ("OSError: [Errno 36] File name too long: 'x'", "are too long"),
        ("PermissionError: [WinError 32] in use by another process", "close what uses it"),
        ("[WinError 5] Access is denied: 'numpy'", "close what uses it"),
        ("SSLError(SSLCertVerificationError(1, 'CERTIFICATE_VERIFY_FAILED'))", "certificate"),
        ("NewConnectionError: [Errno -3] Temporary failure in name resolution", "no network"),
        ("NewConnectionError: [Errno 11001] getaddrinfo failed", "no network"),
        ("ProxyError('Cannot connect to proxy.')", "no network"),
        ("No matching distribution found for numpy<3 (from versions: none)", "not made for this"),
        ("something new", "could not be installed"),
    ],
)
def test_what_pip_says_becomes_a_sentence(said: str, sentence: str, script: ModuleType) -> None:
    explained = script.explained(f"Looking for it\n{said}\n", "it could not be installed")
    assert sentence in explained.splitlines()[0]
    assert said in explained.splitlines()[1]


def test_long_paths_and_synchronised_folders_are_suspected(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "HERE", "C:\\Users\\x\\OneDrive\\" + "long\\" * 30)
    monkeypatch.setattr(script.os, "name", "nt")
    said = script.explained("odd", "it could not be installed")
    assert "names of the folders around it are too long" in said
    assert "move the homework out of OneDrive" in said


# ---- Pythons and systems


def test_any_python_can_read_it() -> None:
    source = SCRIPT.read_bytes()
    assert source.isascii()
    tree = ast.parse(source, feature_version=(3, 4))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.Nonlocal, ast.NamedExpr, ast.YieldFrom)
    assert not [node for node in ast.walk(tree) if isinstance(node, newer)]
    # A star before the last argument of a call is as old as Python.
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    ends = [id(call.args[-1]) for call in calls if call.args]
    starred = [id(node) for node in ast.walk(tree) if isinstance(node, ast.Starred)]
    assert set(starred) <= set(ends)
    for node in ast.walk(tree):
        if isinstance(node, ast.arguments):
            assert not node.kwonlyargs
            assert not node.posonlyargs
        if isinstance(node, ast.Raise):
            assert node.cause is None


def old_pythons() -> list[str]:
    """Return the old Pythons that this machine has."""
    versions = Path.home() / ".pyenv" / "versions"
    found = [str(path) for old in ("2.", "3.5", "3.6", "3.8") for path in versions.glob(f"{old}*")]
    places = [shutil.which(name) for name in ("python2", "python3.6", "python3.8", "python3.9")]
    return [
        *[place for place in places if place and "shims" not in place],
        *[f"{version}/bin/python" for version in found],
    ]


def test_an_old_python_is_told_which_one_is_needed() -> None:
    pythons = old_pythons()
    if not pythons:
        pytest.skip("this machine has no old Python")
    for python in pythons:
        done = subprocess.run([python, str(SCRIPT)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 2
        assert done.stderr.startswith("Python 3.10 or newer is needed, this is ")
        assert "Traceback" not in done.stderr


def test_an_old_python_names_a_newer_one_that_is_there(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert script.too_old((3, 10), "python") == ""
    assert script.too_old((3, 9), "/usr/bin/python3") == (
        "Python 3.10 or newer is needed, this is 3.9 (/usr/bin/python3). Install it from"
        " https://www.python.org/downloads/, and run this again with it."
    )
    (tmp_path / "python3.12").write_text("")
    assert script.too_old((2, 7), "python").endswith(
        "You have a newer one: run 'python3.12 grade.py'."
    )


def test_an_environments_python_is_found_on_every_system(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = tmp_path / "Scripts" / "python.exe"
    unix = tmp_path / "bin" / "python"
    assert script.python_of(str(tmp_path)) == str(unix)
    monkeypatch.setattr(script.os, "name", "nt")
    assert script.python_of(str(tmp_path)) == str(windows)
    unix.with_suffix(".exe").parent.mkdir()
    unix.with_suffix(".exe").write_text("")  # as in MSYS2
    assert script.python_of(str(tmp_path)) == str(unix.with_suffix(".exe"))
    windows.parent.mkdir()
    windows.write_text("")
    assert script.python_of(str(tmp_path)) == str(windows)


def test_the_newest_of_two_graders_counts(script: ModuleType, tmp_path: Path) -> None:
    place = tmp_path / "a [b]"
    place.mkdir()
    for version in ("0.9.0", "0.10.0", "0.2.0"):
        name = f"numpy_homework_autograder-{version}-py3-none-any.whl"
        (place / name).write_text("")
    script.HERE = str(place)
    assert "0.10.0" in script.find_wheel()

"""``grade.py`` never takes noise for an answer, and never loses what a student has in .venv."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from students import environment_python, load_script, run_script

pytestmark = pytest.mark.skipif(os.name != "posix", reason="environments are laid out otherwise")

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"

#: What may be printed before, between and after the answer of a Python.
NOISE = {
    "errors": "echo 'ERROR: ld.so: object /gone.so cannot be preloaded: ignored.' >&2",
    "output": "printf 'welcome to conda 3.7'",
    "both": "printf '3.6\\n'; echo 'import site' >&2",
}


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, of a homework in a folder of its own."""
    module = load_script()
    monkeypatch.setattr(module, "HERE", str(tmp_path))
    monkeypatch.setattr(module, "ENVIRONMENT", str(tmp_path / ".venv"))
    monkeypatch.setattr(module, "RECORD", str(tmp_path / ".venv" / "homework.json"))
    return module


def lay_out_python(homework: Path, text: str) -> Path:
    """Put a program in the place of an environment's Python, and something of a student's."""
    python = homework / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    python.chmod(0o755)
    installed(homework).parent.mkdir(parents=True)
    installed(homework).write_text("theirs")
    return python


def installed(homework: Path, environment: str = ".venv") -> Path:
    """Return a file of a package that the student installed."""
    return homework / environment / "lib" / "python3.12" / "site-packages" / "theirs.py"


def make_small_environment(homework: Path) -> Callable[[], str]:
    def make() -> str:
        words = [sys.executable, "-m", "venv", "--without-pip", str(homework / ".venv")]
        subprocess.run(words, check=True)
        return ""

    return make


# ---- questions


@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE)
def test_noise_around_an_answer_is_no_part_of_it(
    noise: str, script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f'{noise}\n"{sys.executable}" "$@"\nstatus=$?\n{noise}\nexit $status'
    python = str(lay_out_python(tmp_path, text))
    assert script.version_of(python) == VERSION
    monkeypatch.setattr(script, "PACKAGE", "jinja2")
    assert script.missing(python) == []


def test_no_variable_of_python_changes_an_answer(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in {
        "PYTHONVERBOSE": "1",
        "PYTHONWARNINGS": "always",
        "PYTHONDEVMODE": "1",
        "PYTHONPATH": str(tmp_path),
        "PYTHONHOME": "/nowhere",
        "LD_PRELOAD": "/nowhere/gone.so",
    }.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "re.py").write_text("raise SystemExit('not the real one')")
    assert script.version_of(sys.executable) == VERSION


@pytest.mark.parametrize("text", ["exit 0", "echo 3.12", "cat; exit 0"])
def test_a_python_that_ends_well_but_says_nothing_keeps_its_environment(
    text: str, script: ModuleType, tmp_path: Path
) -> None:
    python = lay_out_python(tmp_path, text)
    with pytest.raises(script.SetUpError, match="does not say which Python it is"):
        script.version_of(str(python))
    assert installed(tmp_path).read_text() == "theirs"


def test_where_no_python_starts_at_all_none_is_taken_for_broken(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = lay_out_python(tmp_path, "echo 'Cannot allocate memory' >&2; exit 1")
    monkeypatch.setattr(script.sys, "executable", str(python))
    with pytest.raises(script.SetUpError, match=r"(?s)rename the folder .*Cannot allocate memory"):
        script.version_of(str(python))


@pytest.mark.parametrize(
    "text", ["exit 127", "kill -9 $$", "echo 'No module named encodings' >&2; exit 1"]
)
def test_a_python_that_cannot_start_is_put_aside_with_all_that_is_beside_it(
    text: str, script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = lay_out_python(tmp_path, text)
    script.make_anew = make_small_environment(tmp_path)
    (tmp_path / ".venv-old").mkdir()
    version = script.version_of(str(python))
    assert version == ""
    assert script.make_environment(version, has_moved=False) == VERSION
    assert installed(tmp_path, ".venv-old-2").read_text() == "theirs"
    assert "It was renamed to .venv-old-2 (delete that, unless" in capsys.readouterr().err


def test_an_environment_of_an_old_python_is_put_aside(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out_python(tmp_path, f"printf '{script.MARKS[0]}3.8{script.MARKS[1]}'")
    script.make_anew = make_small_environment(tmp_path)
    assert script.version_of(script.python_of(script.ENVIRONMENT)) == "3.8"
    assert script.make_environment("3.8", has_moved=False) == VERSION
    assert installed(tmp_path, ".venv-old").read_text() == "theirs"
    assert (tmp_path / ".venv-old" / ".gitignore").read_text() == "*\n"
    assert "the environment in .venv has Python 3.8." in capsys.readouterr().err


def test_a_colon_in_a_folders_name_is_a_sentence(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "HERE", str(tmp_path / "HW 10:12"))
    with pytest.raises(script.SetUpError, match=r"has a ':', .* Rename that folder.*HW 10:12"):
        script.make_environment("", has_moved=False)


def test_a_moved_environment_keeps_its_settings(script: ModuleType, tmp_path: Path) -> None:
    words = ["--without-pip", "--system-site-packages", str(tmp_path / "first")]
    subprocess.run([sys.executable, "-m", "venv", *words], check=True)
    shutil.move(tmp_path / "first", tmp_path / ".venv")
    script.renew_scripts(VERSION)
    settings = (tmp_path / ".venv" / "pyvenv.cfg").read_text("utf-8")
    assert "include-system-site-packages = true" in settings
    assert str(tmp_path / ".venv") in (tmp_path / ".venv" / "bin" / "activate").read_text("utf-8")
    assert script.version_of(script.python_of(script.ENVIRONMENT)) == VERSION


def test_git_does_not_see_the_environment(script: ModuleType, tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    script.hide_from_git(script.ENVIRONMENT)
    ignored = tmp_path / ".venv" / ".gitignore"
    assert ignored.read_text() == "*\n"
    ignored.write_text("mine\n")
    script.hide_from_git(script.ENVIRONMENT)
    assert ignored.read_text() == "mine\n"


@pytest.mark.slow
def test_noise_of_the_loader_costs_nothing(set_up: Path) -> None:
    mine = environment_python(set_up).parents[1] / "mine.txt"
    mine.write_text("mine")
    for words in ([], ["setup"]):
        done = run_script(set_up, *words, LD_PRELOAD="/nowhere/gone.so", PYTHONVERBOSE="1")
        assert done.returncode == 0, done.stderr
        assert mine.read_text() == "mine"
    assert "score 0 of 75.25" in run_script(set_up, LD_PRELOAD="/nowhere/gone.so").stdout
    assert (set_up / ".venv" / ".gitignore").read_text() == "*\n"


@pytest.mark.slow
def test_a_module_on_the_path_takes_no_part_in_making_an_environment(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("venv", "ensurepip", "pip"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not the real one')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "elsewhere"))
    assert script.make_environment("", has_moved=False) == VERSION
    python = script.python_of(script.ENVIRONMENT)
    assert script.pip(python, ["--version"])[0] == 0
    assert not (tmp_path / "elsewhere").exists()


# ---- two at once


HOLDER = """
import fcntl, sys
with open(sys.argv[1], "rb") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_the_second_one_waits_and_one_that_is_killed_holds_nobody_up(
    script: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    wheel = tmp_path / "grader.whl"
    wheel.write_bytes(b"")
    words = [sys.executable, "-c", HOLDER, str(wheel)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()

        def kill(_seconds: float) -> None:
            holder.kill()
            holder.wait()

        monkeypatch.setattr(script.time, "sleep", kill)
        with script.turn_of(str(wheel)) as has_waited:
            assert has_waited
    said = "another grade.py is setting up .venv: waiting until it is done ...\n"
    assert capsys.readouterr().err == said
    with script.turn_of(str(wheel)) as has_waited:
        assert not has_waited


def test_where_files_cannot_be_locked_nobody_waits(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    wheel = tmp_path / "grader.whl"
    wheel.write_bytes(b"")
    monkeypatch.setattr(fcntl, "flock", refuse)
    with script.turn_of(str(wheel)) as has_waited:
        assert not has_waited


@pytest.mark.slow
def test_two_at_once_set_up_once(set_up: Path, tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    homework = Path(shutil.copytree(set_up, tmp_path / "homework", symlinks=True))
    with ThreadPoolExecutor() as pool:
        both = list(pool.map(lambda _: run_script(homework), range(2)))
    assert [done.returncode for done in both] == [0, 0]
    assert all("score 0 of 75.25" in done.stdout for done in both)
    assert "".join(done.stderr for done in both).count(".venv is ready") == 1


# ---- pip's settings


CONFIGURED = """\
noise without an end
:env:.target='/elsewhere'
global.index-url='https://me:secret@mirror.example/simple'
global.target='/elsewhere'
global.timeout='20'
install.find-links='/wheels\\n/more'
install.require-hashes='true'
install.timeout='30'
"""


def test_pip_keeps_how_it_reaches_packages_and_nothing_else(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("PIP_PREFIX", "/elsewhere")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setattr(script, "run", lambda *_: (0, CONFIGURED, ""))
    settings = script.pip_settings("python")
    assert settings == {
        "index-url": "https://me:secret@mirror.example/simple",
        "find-links": "/wheels\n/more",
        "proxy": "http://proxy.example:3128",
        "timeout": "30",
    }
    seen: dict[str, str] = {}
    monkeypatch.setattr(script, "run", lambda _, given: seen.update(given) or (0, "", ""))
    script.pip_install("python", settings, ["numpy"])
    assert {
        name: value for name, value in seen.items() if name.startswith(("PIP_", "PYTHONP"))
    } == {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_FIND_LINKS": "/wheels\n/more",
        "PIP_INDEX_URL": "https://me:secret@mirror.example/simple",
        "PIP_PROXY": "http://proxy.example:3128",
        "PIP_TIMEOUT": "30",
    }


def test_a_setting_that_may_be_the_cause_is_named_without_its_value(script: ModuleType) -> None:
    settings = {"no-index": "1", "index-url": "https://me:secret@mirror.example/simple"}
    said = script.explained("No matching distribution found for numpy", "odd", settings)
    assert "pip is set up here with no-index, index-url ('python -m pip config list' sho" in said
    assert "variables such as PIP_NO_INDEX)" in said
    assert "secret" not in said


@pytest.mark.slow
@pytest.mark.parametrize(
    "surroundings",
    [
        {
            "PIP_TARGET": "/nowhere",
            "PIP_PREFIX": "/nowhere",
            "PIP_ROOT": "/nowhere",
            "PIP_USER": "1",
            "PIP_REQUIRE_HASHES": "1",
            "PIP_CONSTRAINT": "/nowhere/constraints.txt",
            "PIP_NO_BINARY": ":all:",
            "PIP_DRY_RUN": "1",
            "PIP_PYTHON": "/nowhere/python",
            "PIP_LOG": "/nowhere/log",
            "PYTHONPATH": "/nowhere",
        },
        {"PIP_VERBOSE": "very"},
        {"PIP_CONFIG_FILE": "FILE", "content": "[install]\ntarget = /nowhere\nuser = true\n"},
        {"PIP_CONFIG_FILE": "FILE", "content": "what is this\n"},
        {"HOME": ""},
    ],
    ids=["variables", "nonsense", "file", "broken file", "no home"],
)
def test_no_setting_of_pip_keeps_the_grader_from_being_installed(
    surroundings: dict[str, str], set_up: Path, tmp_path: Path
) -> None:
    (tmp_path / "pip.conf").write_text(surroundings.get("content", ""))
    named = {k: v.replace("FILE", str(tmp_path / "pip.conf")) for k, v in surroundings.items()}
    done = run_script(set_up, "setup", **named)
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith(".venv is ready\n")
    assert run_script(set_up).stderr == ""
    assert not Path("/nowhere").exists()

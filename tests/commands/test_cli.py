"""The command keeps what it promises: exit statuses, sentences, the JSON file, plain text."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from grade_calls import ROOT, Command, grade_words, no_path, no_zip
from quick import slow_after

from autograder import __version__
from autograder.authoring.handed_out import handed_out_files
from autograder.cli import main
from autograder.homework.find import HANDED_OUT_KEY, SETTINGS

# What is typed.


def said_of(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str]:
    """Return the exit status of a call and all that it said, in this process."""
    try:
        status: object = main(words)
    except SystemExit as end:
        status = end.code
    out, errors = capsys.readouterr()
    return status, out + errors


def test_help_is_a_word_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert said_of(capsys, "help") == said_of(capsys, "--help")
    assert said_of(capsys, "help", "watch") == said_of(capsys, "watch", "--help")
    assert said_of(capsys, "--traceback", "help", "grade") == said_of(capsys, "grade", "--help")
    status, said = said_of(capsys, "help", "wacth")
    assert status == 2
    assert said.endswith("there is no command 'wacth': did you mean watch?\n")


def test_the_version_names_the_grader_and_its_python(capsys: pytest.CaptureFixture[str]) -> None:
    status, said = said_of(capsys, "--version")
    assert status == 0
    assert said == f"autograder {__version__} (Python {sys.version.split()[0]})\n"


def test_what_is_said_names_the_command_that_was_typed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "setup" not in said_of(capsys, "--help")[1]
    assert said_of(capsys, "pyton")[1].startswith("usage: autograder ")
    monkeypatch.setenv("AUTOGRADER_COMMAND", "grade.py")
    status, said = said_of(capsys, "help")
    assert status == 0
    assert said.startswith("usage: grade.py ")
    assert re.search(r"^    python  .*\n    setup  ", said, re.M)
    assert said_of(capsys, "help", "python") == (status, said)
    assert said_of(capsys, "help", "grade")[1].startswith("usage: grade.py grade ")
    assert said_of(capsys, "pyton")[1].endswith("did you mean python?\n")
    assert said_of(capsys, "--homework", "/nowhere", "grade", "x")[1].startswith("grade.py: /now")


# Where the output goes.


@pytest.mark.skipif(os.name != "posix", reason="a shell closes streams there only")
@pytest.mark.parametrize("closed", slow_after(1, [">&-", "<&-", "2>&-", "<&- >&- 2>&-"]))
@pytest.mark.parametrize("words", ["--version", "doctor --json FILE"])
def test_a_stream_that_is_closed_costs_nothing(closed: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "doctor.json"
    call = f"{shlex.join([sys.executable, '-m', 'autograder'])} {words} {closed}"
    call = call.replace("FILE", shlex.quote(str(file)))
    done = subprocess.run(["sh", "-c", call], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert done.stderr == ""
    if "json" in words:
        assert json.loads(file.read_text("utf-8"))


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="a shell closes streams there only")
def test_a_grade_whose_output_is_closed_has_its_report(
    answer_keys: dict[str, Path], tmp_path: Path
) -> None:
    file = tmp_path / "report.json"
    call = shlex.join([*grade_words("assignment"), "--json", str(file)])
    for closed in (">&-", "<&- >&- 2>&-", "| true"):
        file.unlink(missing_ok=True)
        words = ["bash", "-o", "pipefail", "-c", f"{call} {closed}"]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=100)
        assert (done.returncode, done.stderr) == (0, ""), closed
        assert json.loads(file.read_text("utf-8"))["score"] == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is full")
def test_output_that_finds_no_room_is_a_sentence() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "autograder", "doctor"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert done.returncode == 2
    assert done.stderr == "autograder: the output can't be written: No space left on device\n"


# Exit statuses.


@pytest.mark.parametrize(
    "words",
    slow_after(
        2,
        [
            [],
            ["praise"],
            ["grade"],
            ["grade", "a", "b"],
            ["grade", "--jsn", "x", "solution"],
            ["grade", "solution", "--json"],
            ["compile", "now"],
        ],
    ),
    ids=" ".join,
)
def test_a_wrong_call_ends_with_status_2(command: Command, words: list[str]) -> None:
    done = command(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("usage: autograder")
    assert "autograder" in done.stderr.splitlines()[-1]
    assert "error: " in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("verb", "meant"),
    slow_after(
        1,
        [("submit", "submission"), ("wacth", "watch"), ("graed", "grade"), ("relaese", "release")],
    ),
)
def test_a_verb_with_a_slip_gets_the_nearest_one(command: Command, verb: str, meant: str) -> None:
    done = command("--traceback", verb)
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    assert last.endswith(f"there is no command '{verb}': did you mean {meant}?")


def test_students_are_offered_their_own_verbs_only(
    answer_keys: dict[str, Path], tmp_path: Path
) -> None:
    for name in handed_out_files(ROOT / "autograder"):
        (tmp_path / "autograder" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "autograder" / name, tmp_path / "autograder" / name)
    shutil.copy(answer_keys["public"], tmp_path / HANDED_OUT_KEY)
    shutil.copy(ROOT / SETTINGS, tmp_path)

    def said(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "autograder", *words],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.stdout + done.stderr

    listed = re.findall(r"^ {4}(\w[\w-]*)(?: {2,}|$)", said("--help"), re.M)
    assert listed == ["grade", "watch", "show", "reset", "submission", "convert", "doctor"]
    assert said("praise").splitlines()[-1].endswith(f"there are {', '.join(listed)}")
    assert "did you mean release" not in said("relaese")
    for verb in ("verify", "release", "stubs", "handout", "gradescope", "explain", "compile"):
        assert said(verb).startswith("autograder: this command is for staff"), verb


def no_submission(folder: Path) -> Path:
    (folder / "notes.txt").write_text("no homework")
    return folder / "notes.txt"


def empty_file(folder: Path) -> Path:
    (folder / "empty.zip").touch()
    return folder / "empty.zip"


@pytest.mark.parametrize("make", slow_after(1, [no_path, no_zip, no_submission, empty_file]))
def test_a_wrong_path_ends_with_status_2_and_a_sentence(
    command: Command, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    path = make(tmp_path)
    done = command("grade", path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("autograder: ")
    assert path.name in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "place", slow_after(1, ["nowhere/report.json", "file/report.json", ".", "x" * 300])
)
def test_a_report_that_cannot_be_written_ends_with_status_2(
    command: Command, tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").touch()
    done = command("grade", "solution", "--json", tmp_path / place)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("autograder: ")
    assert "Traceback" not in done.stderr


@pytest.fixture
def broken(answer_keys: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of the grader with a damaged key and nothing to compile one from."""
    tree = tmp_path / "broken"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "autograder", tree / "autograder", ignore=ignored)
    (tree / SETTINGS).touch()
    (tree / "build").mkdir()
    damaged = answer_keys["full"].read_bytes()[:-1]
    (tree / "build" / "answer-key.full").write_bytes(damaged)
    return tree


def test_a_grader_that_fails_says_that_it_is_the_grader(broken: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    words = grade_words(ROOT / "solution", "--json", report)
    done = subprocess.run(words, cwd=broken, capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith("The grader failed, not your code: the answer key")
    assert "is damaged" in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(report.read_text())["finished"] is False


def test_staff_can_ask_where_the_grader_failed(broken: Path) -> None:
    words = grade_words(ROOT / "solution")
    words.insert(words.index("grade"), "--traceback")
    done = subprocess.run(words, cwd=broken, capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
    assert "Traceback (most recent call last)" in done.stderr
    assert "KeyFileError" in done.stderr


def test_each_verb_has_its_help(command: Command) -> None:
    done = command("--help")
    assert done.returncode == 0
    verbs = re.findall(r"^    ([a-z][a-z-]*) ", done.stdout, flags=re.MULTILINE)
    assert {"grade", "compile"} <= set(verbs)
    for verb in verbs:
        shown = command(verb, "--help")
        assert shown.returncode == 0, verb
        assert shown.stdout.startswith(f"usage: autograder {verb}")
        assert shown.stderr == ""
        assert len(shown.stdout.split("\n\n")[1].split()) > 3, f"{verb} is not described"

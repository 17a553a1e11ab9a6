"""``grade.py`` understands what is typed, and starts the grader from a terminal or any console."""

import io
import os
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from kernels import Kernel
from quick import slow_after
from students import environment_python, load_script, offline, run_script

pytestmark = pytest.mark.skipif(os.name != "posix", reason="environments are laid out otherwise")


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, called in its homework's folder, whose environment is ready."""
    module = load_script()
    (tmp_path / "assignment").mkdir()
    (tmp_path / "assignment" / "forward.py").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "HERE", str(tmp_path))
    monkeypatch.setattr(module, "ready_python", lambda is_fresh: sys.executable)
    return module


# ---- words


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", "grade"),
        ("--html a.html", "grade --html a.html"),
        ("watch", "watch"),
        ("--help", "--help"),
        ("-h", "-h"),
        ("--version", "--version"),
        ("help", "help"),
        ("help grade", "help grade"),
        ("show 1", "show 1"),
        ("reset affine", "reset affine"),
        ("grade a b", "grade a b"),
        ("--traceback", "--traceback grade"),
        ("--traceback watch", "--traceback watch"),
        ("affine", "grade --only affine"),
        ("affine relu --public", "grade --only affine --only relu --public"),
        ("forward.softmax", "grade --only forward.softmax"),
        ("forward.py", "grade --only forward.py"),
        ("backward.py", "grade --only backward.py"),
        ("assignment/forward.py", "grade --only forward.py"),
        ("assignment", "grade assignment"),
        ("assignment softmax", "grade assignment --only softmax"),
        ("other/forward.py", "grade other/forward.py"),
        ("nothing.zip", "grade nothing.zip"),
        ("no/folder", "grade no/folder"),
        ("export.py", "grade export.py"),
        ("1", "1"),
        ("affine 1", "affine 1"),
    ],
)
def test_words_without_a_verb_are_a_path_or_what_is_worked_on(
    typed: str, meant: str, script: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "export.py").write_text("")
    (tmp_path / "watch").mkdir()
    assert script.words_for(typed.split()) == meant.split()


@pytest.mark.parametrize("typed", ["wacth", "submision", "submissions", "shows 1", "rest affine"])
def test_a_misspelled_verb_is_left_to_the_grader(typed: str, script: ModuleType) -> None:
    assert script.words_for(typed.split()) == typed.split()


def test_a_function_that_is_called_nearly_as_a_verb_is_the_function(
    script: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "assignment" / "more.py").write_text("def Step(x):\n    return x\n")
    assert script.words_for(["step"]) == ["grade", "--only", "step"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("train", "grade --only train"),
        ("train --json a.json", "grade --only train --json a.json"),
        ("train --data windows", "train --data windows"),
        ("train --data=windows -e 3", "train --data=windows -e 3"),
        ("train --help", "train --help"),
        ("sweep", "sweep"),
        ("other", "grade --only other"),
    ],
)
def test_a_verb_of_the_homework_is_told_from_a_function_of_its_name(
    typed: str, meant: str, script: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "assignment" / "train.py").write_text("def train(f):\n    return f\n")
    (tmp_path / "rubric" / "experiments").mkdir(parents=True)
    (tmp_path / "rubric" / "experiments" / "verbs.py").write_text(
        'VERBS = (OwnVerb("train", ...), OwnVerb(\n    "sweep", ...))\n'
    )
    assert script.words_for(typed.split()) == meant.split()


def test_a_file_is_meant_from_its_own_folder_as_well(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "assignment")
    assert script.words_for(["forward.py"]) == ["grade", "--only", "forward.py"]
    assert script.words_for(["./forward.py"]) == ["grade", "--only", "forward.py"]


def test_the_grader_is_told_the_homework_and_what_was_typed(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(script, "has_console", lambda: True)
    monkeypatch.setattr(
        script, "start", lambda command, environment: started.append((command, environment))
    )
    for words in ([], "submission", ["submission"]):
        script.main(words)
    told = [sys.executable, "-I", "-m", "autograder", "--homework", str(tmp_path)]
    verbs = ("grade", "submission", "submission")
    assert [command for command, _ in started] == [[*told, verb] for verb in verbs]
    assert {environment["AUTOGRADER_COMMAND"] for _, environment in started} == {"grade.py"}


# ---- a Python with numpy and the student's files


def test_python_runs_in_the_folder_of_the_files_without_anothers_settings(
    script: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    (tmp_path / "mine.py").write_text("import forward, sys; print(forward.__file__, *sys.argv)")
    own = tmp_path / "assignment" / "forward.py"
    code = "import forward, os; print(forward.__file__, os.getcwd())"
    assert script.main(["python", "-c", code]) == 0
    assert capsys.readouterr().out == f"{own} {own.parent}\n"
    assert script.main(["python", "-B", "mine.py", "a", "b"]) == 0
    assert capsys.readouterr().out == f"{own} {tmp_path / 'mine.py'} a b\n"
    assert script.main("python") == 2
    assert "there is no console to type in here" in capsys.readouterr().err


@pytest.mark.slow
def test_python_has_numpy_and_what_is_typed(set_up: Path) -> None:
    python = [sys.executable, str(set_up / "grade.py"), "python"]
    done = subprocess.run(
        python,
        input="import numpy as np, forward\nprint(np.add(1, 1), forward.__name__)\n",
        cwd=set_up,
        env=offline(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "2 forward\n", "")


# ---- where it is not the program


def test_what_another_program_says_is_printed_where_print_leads(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = io.StringIO()  # no file of the system, as in a notebook
    monkeypatch.setattr(sys, "stdout", shown)
    code = "import sys; print('\\xfc'); print('e', file=sys.stderr); print(repr(sys.stdin.read()))"
    words = [sys.executable, "-X", "utf8", "-u", "-c", f"{code}; sys.exit(7)"]
    assert script.start(words) == 7
    assert shown.getvalue() == "\xfc\ne\n''\n"


def test_a_program_without_any_console_says_nothing_and_fails_at_nothing(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    script.say("hello")
    assert script.take_step("waiting", lambda: 5) == 5
    assert script.start([sys.executable, "-c", "print(1)"]) == 0


def test_an_interrupt_of_a_console_ends_the_grader_too(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = iter([KeyboardInterrupt, b"stopped", b""])

    def read(*_: object) -> bytes:
        piece = next(pieces)
        if piece is KeyboardInterrupt:
            raise KeyboardInterrupt
        return bytes(piece)  # type: ignore[arg-type]

    code = "import signal; signal.pause()"
    with (
        subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process,
        monkeypatch.context() as patch,
    ):
        patch.setattr(script.os, "read", read)
        assert script.show_all(process) != 0


@pytest.mark.parametrize(
    ("words", "is_program"),
    slow_after(
        3,
        [
            ("FILE", True),
            ("-B -X dev FILE watch", True),
            ("-m pdb -c continue -c quit FILE", False),
            ("-c RUN", False),
            ("-m grade", False),
        ],
    ),
)
def test_only_as_the_program_itself_does_it_become_the_grader(
    words: str, is_program: bool, script: ModuleType, tmp_path: Path
) -> None:
    file = tmp_path / "grade.py"
    source = Path(script.__file__ or "").read_text("utf-8")
    file.write_text(source.replace("status = main(sys.argv[1:])", "status = print(is_program())"))
    run = f"import runpy; runpy.run_path({str(file)!r}, run_name='__main__')"
    typed = [word.replace("FILE", str(file)).replace("RUN", run) for word in words.split()]
    done = subprocess.run(
        [sys.executable, *typed], capture_output=True, text=True, timeout=60, cwd=tmp_path
    )
    assert done.stdout.splitlines()[0] == str(is_program), done.stderr


@pytest.mark.slow
def test_an_import_does_nothing_but_say_how_to_go_on(set_up: Path) -> None:
    for option, said in ((["-c", "import grade"], ""), (["-i"], "grade.main() grades here")):
        done = subprocess.run(
            [sys.executable, *option],
            input="import grade\n",
            cwd=set_up,
            env=offline(),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.stdout == ""
        assert said in done.stderr
        assert done.returncode == 0


@pytest.mark.slow
def test_a_notebook_shows_the_grade_and_goes_on(set_up: Path) -> None:
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(set_up), env=offline())
    try:
        kernel = Kernel(manager)
        for cell in ("%run grade.py", "import grade; status = grade.main()", READ_AND_RUN):
            shown = kernel.run(cell).text
            assert "score 0 of 75.25" in shown, shown
            assert "SystemExit" not in shown
        assert "there is no folder" in kernel.run("%run grade.py grade nothing").text
        assert "grade.main('watch')" in kernel.run("del sys.modules['grade']; import grade").text
        assert kernel.run("1 + 1").text == "2"
    finally:
        manager.shutdown_kernel(now=True)


#: As some guides advise; there is no name of the file then.
READ_AND_RUN = "import sys; sys.argv = ['x']; exec(open('grade.py').read())"


# ---- where the output goes


@pytest.mark.slow
def test_a_closed_stream_costs_no_grade(set_up: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    call = shlex.join([sys.executable, str(set_up / "grade.py"), "--json", str(report)])
    for closed in (">&-", "2>&-", "<&- >&- 2>&-", "| true"):
        report.unlink(missing_ok=True)
        words = ["bash", "-o", "pipefail", "-c", f"{call} {closed}"]
        done = subprocess.run(words, cwd=set_up, env=offline(), capture_output=True, timeout=100)
        assert done.returncode == 0, closed
        assert done.stderr == b""
        assert report.is_file()


# ---- what is said meanwhile


class Terminal(io.StringIO):
    """A terminal that can be read."""

    def isatty(self) -> bool:
        return True


def take_slow_step(script: ModuleType, stream: io.StringIO, is_terminal: bool) -> str:
    script.has_console = lambda: is_terminal
    script.TERMINAL_SECONDS = script.PIPE_SECONDS = 0.001
    sys.stderr = stream

    def wait_until_told() -> int:
        while stream.getvalue().count(" s") < 2:
            pass
        return 3

    assert script.take_step("fetching numpy", wait_until_told) == 3
    return stream.getvalue()


def test_a_step_tells_its_time(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", sys.stderr)  # put back at the end
    monkeypatch.setenv("TERM", "xterm")
    said = take_slow_step(script, Terminal(), True)
    assert said.startswith("  fetching numpy ...\r  fetching numpy ... 0 s\r")
    assert said.endswith(" s\n")
    said = take_slow_step(script, io.StringIO(), False)
    assert said.startswith("  fetching numpy ...\n  (fetching numpy: 0 s so far)\n")
    assert "\r" not in said


@pytest.mark.slow
def test_a_set_up_names_its_steps(set_up: Path) -> None:
    said = run_script(set_up, "setup").stderr.splitlines()
    assert said[0].startswith("setting up .venv (once, about a minute; this needs an internet")
    assert said[1:] == ["  installing the grader ...", ".venv is ready"]
    assert environment_python(set_up).exists()

"""'reset' puts one stub back, leaves the rest of the file as it is, and loses nothing."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from quick import slow_after
from students import lay_out_key

from autograder.authoring.handout.stubs import read_stubs
from autograder.cli import main

ROOT = Path(__file__).resolve().parents[2]

Reset = Callable[..., tuple[int, str]]

STUBS = read_stubs(ROOT / "solution")

#: The stub of step, as it stands in the middle of its file.
STUB = "def step" + STUBS["separability.py"].partition("def step")[2].partition("\n\n\ndef ")[0]

BEFORE = (
    '"""My work: Größe."""\nimport numpy as np\n\nRATE = 0.1  # mine\n\n\ndef affine(x, W, b):\n'
)
BEFORE += "    return x @ W + b\n\n\n# above step\n"
OWN = "def step(x):\n    '''Mine.'''\n    y = x > 0\n    return y * 1.0\n"
AFTER = (
    '\n\n@np.vectorize\ndef other(x):\n    """A\n\n      text."""\n    return x\n\n\nprint("\\t")\n'
)


@pytest.fixture
def homework(answer_keys: dict[str, Path], tmp_path: Path) -> Path:
    """A student's homework as it was handed out."""
    homework = tmp_path / "homework"
    lay_out_key(homework, answer_keys)
    (homework / "stubs.json").write_text(json.dumps(STUBS), "utf-8")
    ignored = shutil.ignore_patterns("*.ipynb", "__pycache__")
    shutil.copytree(ROOT / "assignment", homework / "assignment", ignore=ignored)
    return homework


@pytest.fixture
def reset(
    homework: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Reset:
    """Run the command in the homework; return its status and what it says."""
    monkeypatch.chdir(homework)

    def run(*words: object) -> tuple[int, str]:
        status = main(["reset", *map(str, words)])
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


def files_of(homework: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (homework / "assignment").iterdir()}


@pytest.mark.parametrize(
    "newline", slow_after(1, ["\n", "\r\n", "\r"]), ids=["unix", "windows", "mac"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_the_rest_of_the_file_stays_byte_for_byte(
    reset: Reset, homework: Path, newline: str, encoding: str
) -> None:
    cookie = "# -*- coding: latin-1 -*-\n" if encoding == "latin-1" else ""

    def write(text: str) -> bytes:
        return (cookie + text).replace("\n", newline).encode(encoding)

    file = homework / "assignment" / "separability.py"
    file.write_bytes(write(BEFORE + OWN + AFTER))
    status, said = reset("step")
    assert status == 0
    assert file.read_bytes() == write(f"{BEFORE}{STUB}\n{AFTER}")
    kept = homework / "assignment" / "separability.step.kept.txt"
    assert kept.read_bytes() == OWN.replace("\n", newline).encode(encoding.removesuffix("-sig"))
    assert "step in assignment/separability.py is the stub again" in said
    assert "kept in assignment/separability.step.kept.txt" in said


@pytest.mark.parametrize(
    "own",
    slow_after(
        2,
        [
            "@np.vectorize\n@staticmethod\ndef step(x):\n    return x\n",
            "async def step(x):\n    return x\n",
            "def step(x): return x\n",
            "def step(x):\n    return x\n    # one more thought\n\n    # and one\n",
            "def step(\n    x,\n):\n    def inner(y):\n        return y\n\n\n    return inner(x)\n",
            'def step(x):\n    raise NotImplementedError("x")\n    return x\n',
            'def step(x):\n    return """\n\ndef affine(x):\n    """\n',
        ],
    ),
    ids=["decorated", "async", "one line", "comments", "inner", "below the raise", "string"],
)
def test_a_function_is_all_that_belongs_to_it(reset: Reset, homework: Path, own: str) -> None:
    file = homework / "assignment" / "separability.py"
    file.write_text(BEFORE + own + AFTER, "utf-8")
    assert reset("separability.step")[0] == 0
    assert file.read_text("utf-8") == f"{BEFORE}{STUB}\n{AFTER}"
    kept = homework / "assignment" / "separability.step.kept.txt"
    assert kept.read_text("utf-8") == own


@pytest.mark.parametrize(
    ("text", "expected"),
    slow_after(
        2,
        [
            (OWN, f"{STUB}\n"),
            (OWN.rstrip("\n"), STUB),
            (f"{OWN}\n\nX = 1\n\n\n{OWN}", f"\n\nX = 1\n\n\n{STUB}\n"),
            ("X = 1", f"X = 1\n\n\n{STUB}\n"),
            ("", f"\n\n{STUB}\n"),
        ],
    ),
    ids=["alone", "no last newline", "twice", "missing", "empty"],
)
def test_files_of_every_form_get_the_stub(
    reset: Reset, homework: Path, text: str, expected: str
) -> None:
    file = homework / "assignment" / "separability.py"
    file.write_bytes(b"\xef\xbb\xbf" + text.encode() if text else b"")
    assert reset("step")[0] == 0
    assert file.read_bytes().removeprefix(b"\xef\xbb\xbf") == expected.encode()


def test_what_was_kept_before_is_never_overwritten(reset: Reset, homework: Path) -> None:
    file = homework / "assignment" / "separability.py"
    for number in range(3):
        file.write_text(OWN.replace("1.0", f"{number}.0"), "utf-8")
        assert reset("STEP")[0] == 0
    kept = [n for n in files_of(homework) if "kept" in n]
    assert sorted(kept) == [f"separability.step.kept{n}.txt" for n in ("-2", "-3", "")]
    texts = [(homework / "assignment" / name).read_text("utf-8") for name in kept]
    assert sorted(texts) == [OWN.replace("1.0", f"{number}.0") for number in range(3)]


def test_a_stub_as_it_was_handed_out_is_left_alone(reset: Reset, homework: Path) -> None:
    before = files_of(homework)
    status, said = reset("step")
    assert (status, files_of(homework)) == (0, before)
    assert "is as it was handed out: there is nothing to reset" in said


@pytest.mark.parametrize("name", slow_after(3, [n.removesuffix(".py") for n in STUBS]))
def test_every_function_of_the_solution_can_be_reset(
    reset: Reset, homework: Path, name: str
) -> None:
    file = homework / "assignment" / f"{name}.py"
    shutil.copy(ROOT / "solution" / f"{name}.py", file)
    for line in STUBS[f"{name}.py"].split("\n"):
        if line.startswith("def "):
            assert reset(f"{name}.{line[4:].partition('(')[0]}")[0] == 0
    assert file.read_text("utf-8").count("raise NotImplementedError") == STUBS[f"{name}.py"].count(
        "raise NotImplementedError"
    )


def test_a_missing_file_comes_back_as_it_was_handed_out(reset: Reset, homework: Path) -> None:
    (homework / "assignment" / "separability.py").unlink()
    status, said = reset("step")
    assert status == 0
    assert "separability.py was missing: it is back as it was handed out" in said
    assert files_of(homework)["separability.py"] == STUBS["separability.py"].encode()


@pytest.mark.parametrize(
    ("content", "said"),
    slow_after(
        2,
        [
            (b"def step(x):\n    return (x\n", "separability.py, line 2 can't be read as Python"),
            (b"def step(x):\nreturn x\n", "line 2 can't be read as Python"),
            (b"# \xff\ndef step(x): pass\n", "can't be read as Python"),
            (b"x = '\x00'\n", "separability.py"),
            (b"x = " + b"-" * 5000 + b"1\n", "is nested too deeply"),
            (b"step = abs\n", "line 1: step gets its value here, not from a 'def step'"),
            (b"if 1:\n    def step(x): pass\n", "line 1: step gets its value here"),
            (b"from other import step\n", "line 1: step gets its value here"),
            (b"class step: pass\n", "line 1: step gets its value here"),
        ],
    ),
)
def test_a_file_that_cant_be_changed_safely_is_not_changed(
    reset: Reset, homework: Path, content: bytes, said: str
) -> None:
    (homework / "assignment" / "separability.py").write_bytes(content)
    before = files_of(homework)
    status, told = reset("step")
    assert (status, files_of(homework)) == (2, before)
    assert said in told
    assert len(told.splitlines()) == 1


def test_a_letter_that_the_encoding_lacks_is_told(homework: Path, reset: Reset) -> None:
    stubs = {"separability.py": 'def step(x):\n    """Größer als 0 \u2192 1."""\n'}
    (homework / "stubs.json").write_text(json.dumps(stubs), "utf-8")
    file = homework / "assignment" / "separability.py"
    file.write_bytes(b"# coding: latin-1\ndef step(x):\n    return x\n")
    assert "lacks a letter of the stub: save it as UTF-8" in reset("step")[1]
    assert b"return x" in file.read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    slow_after(
        2,
        [
            (["stepp"], "no 'stepp'. Did you mean 'step'"),
            (["separability.py"], "one function at a time"),
            (["zzz"], "Its functions: affine, "),
            (["step", "nowhere"], "there is no folder, zip or notebook at nowhere"),
            (["step", "homework.ini"], "is a file: name the folder"),
        ],
    ),
)
def test_a_wrong_call_changes_nothing(
    reset: Reset, homework: Path, words: list[str], said: str
) -> None:
    before = files_of(homework)
    status, told = reset(*words)
    assert (status, files_of(homework)) == (2, before)
    assert said in told


def test_without_the_handed_out_stubs_it_says_what_is_missing(reset: Reset, homework: Path) -> None:
    (homework / "stubs.json").unlink()
    status, said = reset("step")
    assert status == 2
    assert "stubs.json): copy that file from the homework's zip again" in said


def test_in_a_notebook_the_stub_is_there_to_be_pasted(reset: Reset, homework: Path) -> None:
    notebook = homework / "assignment" / "work.ipynb"
    shutil.copy(ROOT / "assignment" / "assignment.ipynb", notebook)
    content = notebook.read_bytes()
    for words in (["step", notebook], ["step"]):
        status, said = reset(*words)
        assert status == 0
        assert "If you work in a notebook, paste this into the cell of step" in said
        assert STUB in said
    for file in (homework / "assignment").glob("*.py"):
        file.unlink()
    assert STUB in reset("step")[1]
    assert not list((homework / "assignment").glob("*.py"))
    assert notebook.read_bytes() == content


def test_a_file_that_cant_be_written_stays_and_nothing_is_kept_twice(
    reset: Reset, homework: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = homework / "assignment" / "separability.py"
    file.write_text(OWN, "utf-8")
    before = files_of(homework)

    def refuse(*_: object, **settings: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("autograder.commands.reset.write_atomically", refuse)
    status, said = reset("step")
    assert (status, files_of(homework)) == (2, before)
    assert "can't be written (Permission denied), so nothing was changed" in said


@pytest.mark.skipif(os.name == "nt", reason="modes of Unix")
def test_the_files_mode_stays(reset: Reset, homework: Path) -> None:
    file = homework / "assignment" / "separability.py"
    file.write_text(OWN, "utf-8")
    file.chmod(0o600)
    assert reset("step")[0] == 0
    assert file.stat().st_mode & 0o777 == 0o600


def test_staff_have_the_stubs_of_the_solution(
    answer_keys: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT)
    ignored = shutil.ignore_patterns("__pycache__")
    folder = shutil.copytree(ROOT / "solution", tmp_path / "work", ignore=ignored)
    assert main(["reset", "step", str(folder)]) == 0
    assert STUB in (tmp_path / "work" / "separability.py").read_text("utf-8")
    capsys.readouterr()
    assert main(["reset", "step", "solution"]) == 2
    assert "is the reference solution" in capsys.readouterr().err

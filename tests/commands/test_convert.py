"""Files become a notebook and files again that do the same; nothing is overwritten unasked."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
import submission_corpus as corpus
from notebook_builders import bare, cells, code, notebook

from autograder.commands.convert import convert
from autograder.errors import UsageError
from autograder.homework.folder import Homework

Command = Callable[..., subprocess.CompletedProcess[str]]

#: Contents that a careless way loses something of, each with what a notebook has of it.
ODD = {
    "carriage_returns": b"import numpy as np\r\n\r\n\r\ndef relu(x):\r\n    return x\r\n",
    "carriage_returns_alone": b"x = 1\rdef relu(x):\r    return x\r",
    "no_newline_at_the_end": b"def relu(x):\n    return x",
    "tabs_and_form_feeds": b"def relu(x):\n\treturn x\n\x0c\ndef tanh(x):\n\x0c\treturn x\n",
    "latin_1": "# coding: latin-1\ndef relu(x):\n    return 'äöü'\n".encode("latin-1"),
    "a_byte_order_mark": b"\xef\xbb\xbfdef relu(x):\n    return x\n",
    "another_alphabet": "def relu(größe):\n    return größe  # \U0001f600 e\u0301\n".encode(),
    "comments_around": b"# a\n\n# b\n@abs\n# c\ndef relu(x):  # d\n    return x\n    # e\n# f\n",
    "own_imports": b'"""Doc."""\nfrom forward import (\n    softmax,\n    cross_entropy,\n)\n'
    b"import math\nfrom train import train\n\n\ndef relu(x):\n    return x\n",
    "own_imports_on_one_line": b"x = 1; from forward import softmax\n\ndef relu(x):\n    pass\n",
    "own_imports_before_others": b"from forward import softmax; x = 1\ndef relu(x):\n    pass\n",
}


@pytest.fixture(scope="module")
def wanted(answer_keys: dict[str, Path]) -> dict[str, tuple[str, ...]]:
    key = Homework.here().read_key("public")
    assert key is not None
    return key.files


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".py"}


def there_and_back(folder: Path, place: Path, wanted: Any) -> dict[str, bytes]:
    convert(folder, place / "hw.ipynb", wanted)
    nbformat.validate(json.loads((place / "hw.ipynb").read_bytes()))
    convert(place / "hw.ipynb", place / "back", wanted)
    return content(place / "back")


def functions(source: bytes) -> dict[str, str]:
    """Return each function of a module as Python sees it, by its name."""
    body = ast.parse(source).body
    return {node.name: ast.dump(node) for node in body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_files_functions_come_back(
    tmp_path: Path, wanted: dict[str, tuple[str, ...]], name: str
) -> None:
    (tmp_path / "hw").mkdir()
    (tmp_path / "hw" / "activations.py").write_bytes(ODD[name])
    back = there_and_back(tmp_path / "hw", tmp_path, wanted)["activations.py"]
    expected = functions(ODD[name])
    assert {name: functions(back)[name] for name in expected if name in wanted["activations"]} == {
        name: text for name, text in expected.items() if name in wanted["activations"]
    }


def test_what_is_no_text_is_refused_by_name(
    tmp_path: Path, wanted: dict[str, tuple[str, ...]]
) -> None:
    for data in (b"def relu(x):\n    return '\xff'\n", b"# coding: klingon\nx = 1\n"):
        (tmp_path / "activations.py").write_bytes(data)
        with pytest.raises(UsageError, match=r"activations\.py can't be read as text: save it"):
            convert(tmp_path, tmp_path / "hw.ipynb", wanted)


def test_a_cell_that_can_not_be_read_is_named_and_left_out(
    tmp_path: Path, wanted: dict[str, tuple[str, ...]]
) -> None:
    (tmp_path / "hw.ipynb").write_bytes(notebook(cells(relu="def relu(x)\n    return x")))
    _, remarks = convert(tmp_path / "hw.ipynb", tmp_path / "files", wanted)
    assert remarks == ("Cell 11 can't be read (line 1: expected ':').",)
    assert b"def tanh" in (tmp_path / "files" / "activations.py").read_bytes()


EVERY = 16


@pytest.mark.slow
@pytest.mark.parametrize("name", corpus.names()[::EVERY])
def test_a_submission_comes_back_with_its_points(
    tmp_path: Path,
    wanted: dict[str, tuple[str, ...]],
    graded: Callable[..., dict[str, Any]],
    name: str,
) -> None:
    folder = corpus.build(name, tmp_path / "hw")
    there_and_back(folder, tmp_path, wanted)
    assert graded(tmp_path / "back")["score"] >= graded(folder)["score"]


def test_helpers_of_the_students_come_back_too(
    tmp_path: Path, root: Path, wanted: dict[str, tuple[str, ...]]
) -> None:
    (tmp_path / "hw").mkdir()
    (tmp_path / "hw" / "mine.py").write_bytes(b"def two():\n    return 2\n")
    (tmp_path / "hw" / "train.py").write_bytes(
        b"import mine\nfrom mine import two\n\n\ndef train():\n    return two() + mine.two()\n"
    )
    there_and_back(tmp_path / "hw", tmp_path, wanted)
    call = [sys.executable, "-c", "import train; print(train.train())"]
    done = subprocess.run(call, cwd=tmp_path / "back", capture_output=True, text=True, check=False)
    assert done.stdout == "4\n"


def test_the_notebook_that_is_handed_out_gives_the_stubs_that_are(
    tmp_path: Path, root: Path, wanted: dict[str, tuple[str, ...]]
) -> None:
    _, remarks = convert(root / "assignment" / "assignment.ipynb", tmp_path / "files", wanted)
    made, handed_out = content(tmp_path / "files"), content(root / "assignment")
    assert made.keys() == handed_out.keys()
    assert [functions(made[name]) for name in made] == [functions(handed_out[n]) for n in made]
    assert [remark for remark in remarks if "discussion.md" not in remark] == []


def test_a_notebook_without_metadata_gives_files_by_the_functions_names(
    tmp_path: Path, root: Path, graded: Callable[..., dict[str, Any]]
) -> None:
    (tmp_path / "hw.ipynb").write_bytes(notebook([*cells(), code("train(1, 2, 3)")]))
    key = Homework.here().read_key("public")
    assert key is not None
    _, remarks = convert(tmp_path / "hw.ipynb", tmp_path / "files", key.files)
    assert remarks == ("Left out, since no function of the homework needs them: cells 46.",)
    assert {*content(tmp_path / "files")} == {*content(root / "solution")} - {"smoothing.py"}
    assert b"from activations import relu" in (tmp_path / "files" / "forward.py").read_bytes()
    assert graded(tmp_path / "files")["score"] == 100


def changed(path: Path, old: str, new: str, *more: dict[str, Any]) -> None:
    """Change the text of the one cell that holds `old`, and add cells."""
    content = json.loads(path.read_bytes())
    found = [cell for cell in content["cells"] if old in "".join(cell["source"])]
    assert len(found) == 1
    found[0]["source"] = "".join(found[0]["source"]).replace(old, new)
    content["cells"] += more
    path.write_text(json.dumps(content))


def test_what_was_written_in_cells_and_beside_them_gets_into_the_files(
    tmp_path: Path, root: Path, wanted: dict[str, tuple[str, ...]]
) -> None:
    path = tmp_path / "hw.ipynb"
    path.write_bytes((root / "assignment" / "assignment.ipynb").read_bytes())
    handed_out = (root / "assignment" / "activations.py").read_text()
    stub = next(line for line in handed_out.splitlines() if "activations.relu:" in line).strip()
    helper = "# Half of it.\ndef half(x):\n    return x / 2"
    changed(path, stub, "return half(x) + tanh(FLOOR)", code(helper), code("FLOOR = 0.0"))
    convert(path, tmp_path / "files", wanted)
    made = (tmp_path / "files" / "activations.py").read_text()
    assert helper in made
    assert "FLOOR = 0.0" in made
    assert "return half(x) + tanh(FLOOR)" in made


SAME = [
    "raises",
    "helper_module",
    "syntax_error",
    "missing_batch_mean",
    "stub_left_over",
    "postponed_annotations",
    "used_import_of_a_missing_package",
    "softmax_overflows",
]


@pytest.mark.slow
@pytest.mark.parametrize("name", SAME)
def test_a_notebook_of_files_gets_what_the_files_get(
    tmp_path: Path,
    wanted: dict[str, tuple[str, ...]],
    graded: Callable[..., dict[str, Any]],
    name: str,
) -> None:
    folder = corpus.build(name, tmp_path / "hw")
    convert(folder, tmp_path / "hw.ipynb", wanted)
    files, cells = graded(folder), graded(tmp_path / "hw.ipynb")
    keys = ("id", "status", "score", "misconception")
    compared = [[[check[key] for key in keys] for check in r["checks"]] for r in (files, cells)]
    if name == "syntax_error":  # in a notebook it costs its own cell's functions, not the file's
        assert cells["score"] >= files["score"]
    else:
        assert compared[0] == compared[1]


# ---- the command


def test_the_command_converts_both_ways_and_names_the_files(
    command: Command, tmp_path: Path, root: Path
) -> None:
    there = command("convert", root / "solution", tmp_path / "hw.ipynb")
    assert (there.returncode, there.stdout) == (0, f"{tmp_path / 'hw.ipynb'}\n")
    back = command("convert", tmp_path / "hw.ipynb", tmp_path / "files")
    assert back.returncode == 0
    assert str(tmp_path / "files" / "forward.py") in back.stdout.splitlines()
    for name, text in content(root / "solution").items():
        assert functions((tmp_path / "files" / name).read_bytes()) == functions(text)


def test_names_that_mean_something_else_in_each_file_are_told(
    command: Command, tmp_path: Path, root: Path
) -> None:
    (tmp_path / "hw").mkdir()
    for name, text in content(root / "solution").items():
        (tmp_path / "hw" / name).write_bytes(text)
    for name, helper in (("forward", "x"), ("train", "x + 1"), ("updates", "x")):
        with (tmp_path / "hw" / f"{name}.py").open("a") as file:
            file.write(f"\n\nSCALE = 2.0\n\n\ndef _scaled(x):\n    return {helper}\n")
    done = command("convert", tmp_path / "hw", tmp_path / "hw.ipynb")
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'hw.ipynb'}\n")
    assert "the last one counts: _scaled (forward.py, updates.py, train.py)." in done.stderr
    assert "SCALE" not in done.stderr


def test_the_solution_has_no_name_that_means_several_things(
    command: Command, tmp_path: Path, root: Path
) -> None:
    assert command("convert", root / "solution", tmp_path / "hw.ipynb").stderr == ""


def test_the_command_overwrites_nothing_without_force(
    command: Command, tmp_path: Path, root: Path
) -> None:
    (tmp_path / "hw.ipynb").write_bytes(b"mine")
    done = command("convert", root / "solution", tmp_path / "hw.ipynb")
    assert done.returncode == 2
    assert "hw.ipynb would be overwritten: name another target, or add --force" in done.stderr
    assert (tmp_path / "hw.ipynb").read_bytes() == b"mine"
    assert command("convert", root / "solution", tmp_path / "hw.ipynb", "--force").returncode == 0
    assert (tmp_path / "hw.ipynb").read_bytes() != b"mine"


def test_one_file_in_the_way_keeps_all_from_being_written(
    tmp_path: Path, wanted: dict[str, tuple[str, ...]]
) -> None:
    (tmp_path / "hw.ipynb").write_bytes(bare())
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "forward.py").write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"forward\.py would be overwritten"):
        convert(tmp_path / "hw.ipynb", tmp_path / "files", wanted)
    assert content(tmp_path / "files") == {"forward.py": b"mine"}


@pytest.mark.parametrize(
    ("source", "target", "sentence"),
    [
        ("nothing", "x.ipynb", "there is no folder or notebook at"),
        ("empty", "x.ipynb", "holds no .py file"),
        ("hw", "x.txt", "name one that ends in .ipynb"),
        ("page.ipynb", "files", "is a web page"),
        ("other.ipynb", "files", "defines none of the homework's functions"),
        ("hw.ipynb", "page.ipynb", "the target of a notebook is a folder"),
        ("hw.ipynb", "new.ipynb", "the target of a notebook is a folder"),
        ("hw.ipynb", "notes.txt", "a notebook becomes a folder of files"),
        ("hw.zip", "files", "is a zip: unpack it first"),
        ("hw/forward.py", "x.ipynb", "is one file: give the folder with the .py files, .*hw$"),
        ("others", "x.ipynb", r"None of the homework's files is in .*others.* separability\.py"),
    ],
)
def test_what_can_not_be_converted_gets_a_sentence(
    tmp_path: Path, wanted: dict[str, tuple[str, ...]], source: str, target: str, sentence: str
) -> None:
    for folder in ("empty", "hw", "others"):
        (tmp_path / folder).mkdir()
    (tmp_path / "others" / "main.py").write_bytes(b"")
    (tmp_path / "hw.zip").write_bytes(b"PK")
    (tmp_path / "notes.txt").write_bytes(b"")
    (tmp_path / "hw" / "forward.py").write_bytes(b"")
    (tmp_path / "hw.ipynb").write_bytes(bare())
    (tmp_path / "page.ipynb").write_bytes(b"<html>")
    (tmp_path / "other.ipynb").write_bytes(notebook([code("print(1)")]))
    with pytest.raises(UsageError, match=sentence):
        convert(tmp_path / source, tmp_path / target, wanted)


def test_the_written_answer_stays_behind_and_is_said_to(
    tmp_path: Path, wanted: dict[str, tuple[str, ...]]
) -> None:
    folder = tmp_path / "hw"
    folder.mkdir()
    (folder / "forward.py").write_bytes(b"def softmax(z):\n    return z\n")
    (folder / "discussion.md").write_text("Mine.")
    _, remarks = convert(folder, tmp_path / "hw.ipynb", wanted)
    assert [remark.partition(":")[0] for remark in remarks] == [f"discussion.md stays in {folder}"]
    assert convert(folder, folder / "hw.ipynb", wanted)[1] == ()
    _, remarks = convert(folder / "hw.ipynb", tmp_path / "back", wanted)
    assert f"discussion.md stays in {folder}" in " ".join(remarks)
    assert not (tmp_path / "back" / "discussion.md").exists()

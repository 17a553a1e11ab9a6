"""The released notebook: made of the stubs and the handout, and it runs from top to bottom."""

import ast
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from kernels import Kernel, Shown, started_kernel
from students import lay_out_key

from autograder.authoring.handout.notebook import SETUP, notebook_text
from autograder.authoring.handout.source import Handout, Part, cut_sections
from autograder.authoring.handout.stubs import stub_source
from autograder.homework.folder import Homework
from autograder.intake.python_source import split_module

Cell = dict[str, Any]

OWN = cut_sections(
    "## How to begin\n\nBegin.\n\n## All together\n\nAll.\n\n## Submitting\n\nSubmit.\n\n"
    '## After sums.py\n\nLook:\n\n```python\ngrader.picture("sums")\n```\n'
)
STUBS = {
    "sums": stub_source(
        'import math\n\nimport numpy as np\n\n\ndef twice(x):\n    "Double x."\n    return 2 * x\n',
        "sums",
    )
}
PART = Part(
    file="sums",
    title="Sums",
    points=1.0,
    minutes=5,
    text="About sums.\n",
    functions={"twice": "$$2x$$\n\n```pycon\n>>> from sums import twice\n>>> twice(2)\n4\n```\n"},
    calls={"twice": "twice(x)"},
    function_points={"twice": 1.0},
    notes="1",
)
HANDOUT = Handout(
    "# Sums\n\nText.\n\n## How to begin\n\nIn a terminal.\n\n## Numbers\n\nRun it:\n\n"
    "```python\nimport numpy as np\n\nx = 1\n```\n\nThen go on.\n",
    (PART,),
    "## Submitting\n\nA zip.\n\n## Errata\n\nNone.\n",
    "# Discussion\n",
    OWN,
)


def cells_of(text: str | bytes) -> list[Cell]:
    notebook: dict[str, Any] = json.loads(text)
    return [cell | {"source": "".join(cell["source"])} for cell in notebook["cells"]]


def code(cells: list[Cell], role: str | None) -> list[Cell]:
    """Return the cells of code with a role, or those of the files."""
    found = [cell for cell in cells if cell["cell_type"] == "code"]
    return [cell for cell in found if cell["metadata"]["autograder"].get("role") == role]


@pytest.fixture(scope="module")
def released(root: Path) -> bytes:
    return (root / "assignment" / "assignment.ipynb").read_bytes()


@pytest.fixture(scope="module")
def solved(released: bytes, root: Path) -> nbformat.NotebookNode:
    """Return the released notebook with the solution written into its stubs."""
    notebook = nbformat.reads(released.decode(), as_version=4)
    for cell in notebook.cells:
        if "file" in cell.metadata.autograder:
            file = root / "solution" / cell.metadata.autograder.file
            cell.source = solution_for(cell.source, file.read_text("utf-8"))
    return notebook


def solution_for(stub: str, module: str) -> str:
    """Return what the solution has for a stub; a file's first cell has its helpers, too."""
    name = ast.parse(stub).body[0].name  # type: ignore[attr-defined]
    tree = ast.parse(module)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    public = [node for node in functions if not node.name.startswith("_")]
    wanted: list[ast.stmt] = [node for node in public if node.name == name]
    if name == public[0].name:
        private = [node for node in functions if node not in public]
        needed = [node for node in tree.body if isinstance(node, ast.Assign) or is_library(node)]
        wanted = [*needed, *private, *wanted]
    return "\n\n\n".join([str(ast.get_source_segment(module, node)) for node in wanted])


def is_library(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "collections.abc"
    return isinstance(node, ast.Import)


# ---- what it is made of


def test_the_same_sources_give_the_same_bytes() -> None:
    text = notebook_text(HANDOUT, STUBS)
    assert text == notebook_text(HANDOUT, STUBS)
    assert text.endswith("}\n")


def test_the_released_notebook_is_what_the_sources_give(
    answer_keys: dict[str, Path], command: Callable[..., Any]
) -> None:
    done = command("stubs", "--check")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_text_stands_beside_the_stub_and_its_check_below() -> None:
    cells = cells_of(notebook_text(HANDOUT, STUBS))
    sources = [cell["source"] for cell in cells]
    place = sources.index('grader.check("twice")')
    assert sources[place - 1].startswith("def twice(x):")
    assert sources[place - 2].startswith("### `twice(x)`\n\n1 point\n\n$$2x$$")
    assert sources[place - 3] == "## 1. Sums\n\n`sums.py`, 1 point, about 5 minutes\n\nAbout sums."
    assert cells[place - 1]["metadata"] == {"autograder": {"file": "sums.py"}}


def test_pages_about_files_and_commands_are_the_notebooks_own() -> None:
    text = notebook_text(HANDOUT, STUBS)
    assert "In a terminal." not in text
    assert "A zip." not in text
    assert all([f"{word}." in text for word in ("Begin", "All", "Submit")])


def test_what_comes_after_a_part_stands_below_its_functions_with_cells_to_run() -> None:
    cells = cells_of(notebook_text(HANDOUT, STUBS))
    place = [cell["source"] for cell in cells].index('grader.check("twice")')
    assert [cell["source"] for cell in cells[place + 1 : place + 3]] == [
        "Look:",
        'grader.picture("sums")',
    ]
    assert cells[place + 2]["metadata"]["autograder"] == {"role": "check"}


def test_the_commands_that_hand_the_notebook_in_pack_it_with_the_answer(
    released: bytes, answer_keys: dict[str, Path], command: Callable[..., Any], tmp_path: Path
) -> None:
    said = "\n\n".join([cell["source"] for cell in cells_of(released)])
    called = re.findall(r"`(!?python \S.*?) submission (\S+)`", said.rpartition("Submitting")[2])
    assert [words for words, _ in called] == ["python grade.py", "!python -m autograder"]
    for _, path in called:
        done = command("submission", path, "--output", tmp_path / "upload.zip")
        assert "upload.zip is written" in done.stdout, done.stderr
        names = zipfile.ZipFile(tmp_path / "upload.zip").namelist()
        assert {"assignment.ipynb", "discussion.md"} <= set(names)


def test_python_in_the_text_can_be_run_and_needs_no_import() -> None:
    cells = cells_of(notebook_text(HANDOUT, STUBS))
    assert [cell["source"] for cell in code(cells, "text")] == ["x = 1"]
    assert not any(["from sums import" in cell["source"] for cell in cells])


def test_the_cells_are_the_stubs_to_the_last_byte(released: bytes, root: Path) -> None:
    pieces: dict[str, list[str]] = {}
    for cell in code(cells_of(released), None):
        pieces.setdefault(cell["metadata"]["autograder"]["file"], []).append(cell["source"])
    assert len(pieces) == 10
    for name, sources in pieces.items():
        stubs = split_module((root / "assignment" / name).read_text("utf-8"))[1:]
        assert sources == [stub.strip("\n") for stub in stubs]


def test_pieces_are_the_module_again() -> None:
    text = (
        '"""Doc."""\n\nX = 1\n\n\n# One.\n@wrap\ndef a():\n    pass\n\n\nY = 2\n\n\ndef b(): pass\n'
    )
    pieces = split_module(text)
    assert "".join(pieces) == text
    assert [piece.split("\n")[0] for piece in pieces] == ['"""Doc."""', "# One.", "def b(): pass"]
    assert split_module("") == ("",)
    assert split_module("def a(): pass\x0c\n") == ("", "def a(): pass\x0c\n")


def test_the_released_notebook_is_valid_and_its_cells_have_names(released: bytes) -> None:
    notebook = nbformat.reads(released.decode(), as_version=4)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert "softmax_ce-logits_grad-check" in ids
    assert not any([cell.get("outputs") for cell in notebook.cells])


def test_every_function_has_a_cell_and_a_check(
    answer_keys: dict[str, Path], released: bytes
) -> None:
    key = Homework.here().read_key("public")
    assert key is not None
    sources = [cell["source"] for cell in cells_of(released)]
    for name in key.functions:
        function = name.partition(".")[2]
        (place,) = [n for n, text in enumerate(sources) if text.startswith(f"def {function}(")]
        assert sources[place + 1] == f'grader.check("{function}")'


def test_no_cell_imports_a_file_of_the_homework(released: bytes, root: Path) -> None:
    files = "|".join([path.stem for path in (root / "solution").glob("*.py")])
    for cell in code(cells_of(released), None):
        assert not re.search(rf"^\s*(from|import) ({files})\b", cell["source"], re.M)


def test_the_notebook_gives_nothing_of_the_solution_away(released: bytes, root: Path) -> None:
    text = "\n".join([cell["source"] for cell in cells_of(released)])
    for path in (root / "solution").glob("*.py"):
        source = path.read_text("utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef):
                last = str(ast.get_source_segment(source, node.body[-1]))
                assert last not in text


# ---- run in a kernel


@pytest.fixture(scope="module")
def kernel(
    answer_keys: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kernel]:
    """Return a kernel that works in a student's folder, with nothing but the key beside it."""
    homework = tmp_path_factory.mktemp("student")
    lay_out_key(homework, answer_keys)
    (homework / "assignment").mkdir()
    with started_kernel(homework / "assignment") as kernel:
        yield kernel


def run(kernel: Kernel, cells: list[Cell]) -> list[tuple[str, Shown]]:
    """Run cells from top to bottom and return those that show something."""
    shown = [(cell["source"], kernel.run(cell["source"])) for cell in cells]
    return [(source, output) for source, output in shown if output.outputs]


def test_the_released_notebook_runs_to_its_end_and_nothing_is_started(
    kernel: Kernel, released: bytes
) -> None:
    cells = [cell for cell in cells_of(released) if cell["cell_type"] == "code"]
    shown = dict(run(kernel, cells))
    assert not any(["Traceback" in output.text for output in shown.values()])
    checks = [text for text in shown if text.startswith('grader.check("')]
    assert len(checks) == 42
    assert all(["not started. Write your code" in shown[text].text for text in checks])
    assert "0 of 75.25 points" in shown["grader.check()"].html
    assert "score 0 of 75.25" in shown["grader.check()"].text


@pytest.mark.slow
def test_the_solution_passes_every_check(kernel: Kernel, solved: nbformat.NotebookNode) -> None:
    cells = [dict(cell) for cell in solved.cells if cell.cell_type == "code"]
    shown = dict(run(kernel, cells))
    assert not any(["Traceback" in output.text for output in shown.values()])
    for source, output in shown.items():
        if source.startswith('grader.check("'):
            assert output.text.startswith("✓ "), output.text
            assert "passes" in output.html
            assert "<table" not in output.html
        elif source.startswith("grader.picture("):
            assert "<svg" in output.html
            assert "differs" not in output.html
    assert "75.25 of 75.25 points" in shown["grader.check()"].html
    assert shown["grader.check()"].html.count("passes") == 10


def test_the_solution_as_a_notebook_gets_every_point(
    solved: nbformat.NotebookNode, tmp_path: Path, graded: Callable[..., dict[str, Any]]
) -> None:
    path = tmp_path / "assignment.ipynb"
    nbformat.write(solved, path)
    report = graded(path)
    assert (report["score"], report["max_score"]) == (100, 100)


# ---- the first cell


def run_first_cell(folder: Path) -> str:
    """Run it in a Python that has numpy's name and what `folder` holds, and nothing else."""
    (folder / "numpy.py").write_text("")
    (folder / "cell.py").write_text(SETUP)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", "import sys; sys.path.insert(0, '.'); import cell"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stderr.strip().rpartition("\n")[2]


def test_the_first_cell_says_that_the_grader_is_not_installed(tmp_path: Path) -> None:
    said = "ImportError: the grader is not installed yet: see 'Setting up', just above"
    assert run_first_cell(tmp_path) == said
    (tmp_path / "autograder").mkdir()  # the grader itself, where something that it needs is missing
    (tmp_path / "autograder" / "__init__.py").write_text("")
    (tmp_path / "autograder" / "grader.py").write_text("import something_missing")
    assert run_first_cell(tmp_path) == said


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"autograder.py": "print('mine')"}, "autograder.py"),
        ({"autograder/__init__.py": "grade = 1"}, "autograder/__init__.py"),
        ({"autograder/notes.txt": ""}, "autograder"),
        ({"autograder/__init__.py": "", "autograder/grader.py": ""}, "autograder/__init__.py"),
    ],
    ids=["file", "package", "folder", "package with a grader"],
)
def test_the_first_cell_names_another_package_of_that_name(
    files: dict[str, str], place: str, tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    said = run_first_cell(tmp_path)
    assert said.startswith("ImportError: another package called autograder takes the grader's pl")
    assert f"{place}. If it is a file or folder of yours, rename it; if it was ins" in said


def test_the_first_cell_says_nothing_where_the_grader_is(tmp_path: Path) -> None:
    (tmp_path / "autograder").mkdir()
    (tmp_path / "autograder" / "__init__.py").write_text("")
    (tmp_path / "autograder" / "grader.py").write_text("check = picture = print")
    assert run_first_cell(tmp_path) == ""

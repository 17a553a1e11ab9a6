"""``submission`` packs notebooks as they are, and says what in them is not what is graded."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from submission_words import ANSWER, FULL, ROOT, held, ignore_caches, submit

from autograder.cli import main

pytestmark = pytest.mark.usefixtures("answer_keys")


def notebook_of(folder: Path) -> str:
    """Return a notebook with a cell for each file of a folder, without the extra credit."""
    own = "|".join([path.stem for path in folder.glob("*.py")])
    sources = [
        re.sub(rf"^from ({own}) import (\([^)]*\)|.*)$", "", path.read_text("utf-8"), flags=re.M)
        for path in sorted(folder.glob("*.py"))
        if path.stem != "smoothing"
    ]
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def test_a_notebook_is_packed_as_it_is_with_the_discussion_beside_it(
    homework: Path, graded: Callable[..., dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    notebook = homework / "mine.ipynb"
    notebook.write_text(notebook_of(ROOT / "solution"))
    output = homework.parent / "submission.zip"
    assert main(["submission", str(notebook), "--output", str(output)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [FULL, f"39 of 39 functions written; {output} is ready to upload."]
    assert set(held(output)) == {"mine.ipynb", "discussion.md", "submission.json"}
    assert held(output)["mine.ipynb"] == notebook.read_bytes()
    report = graded(output)
    assert (report["score"], report["notes"]) == (100, [])


def test_a_notebook_among_untouched_stubs_is_what_is_packed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stubs = Path(shutil.copytree(ROOT / "assignment", tmp_path / "hw", ignore=ignore_caches))
    (stubs / "assignment.ipynb").write_text(notebook_of(ROOT / "solution"))
    (stubs / "helpers.py").write_text("x = 1\n")
    (stubs / "discussion.md").write_text(ANSWER)
    lines = submit(stubs, capsys)
    names = set(held(tmp_path / "submission.zip"))
    assert names == {"assignment.ipynb", "helpers.py", "discussion.md", "submission.json"}
    assert "assignment.ipynb was taken, not the .py files, in which nothing is started." in lines
    assert lines[-2] == FULL


@pytest.mark.slow
def test_notebooks_of_one_name_that_complete_one_another_are_packed_in_their_folders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = json.loads(notebook_of(ROOT / "solution"))
    head, *rest = [cell for cell in whole["cells"] if cell["cell_type"] == "code"]
    half = len(rest) // 2
    for name, some in (("1", rest[:half]), ("2", rest[half:])):
        (tmp_path / "hw" / name).mkdir(parents=True)
        part = json.dumps(whole | {"cells": [head, *some]})
        (tmp_path / "hw" / name / "hw.ipynb").write_text(part)
    lines = submit(tmp_path / "hw", capsys)
    assert {"1/hw.ipynb", "2/hw.ipynb"} <= held(tmp_path / "submission.zip").keys()
    assert any(["39 of 39 functions written" in line for line in lines])


def test_what_is_written_in_a_notebook_and_not_graded_is_said_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hw").mkdir()
    cells = {
        "a": "def relu(x):\n    return x\ndef step(x):\n    return x",
        "b": "def relu(x):\n    return 2\ndef embed(E, ids):\n    return E",
    }
    for name, text in cells.items():
        cell = {"cell_type": "code", "source": text}
        (tmp_path / "hw" / f"{name}.ipynb").write_text(json.dumps({"cells": [cell]}))
    (tmp_path / "hw" / "a.ipynb").write_text(
        json.dumps(
            {
                "cells": [
                    {"cell_type": "code", "source": cells["a"] + "\ndef tanh(x):\n    return x"}
                ]
            }
        )
    )
    lines = submit(tmp_path / "hw", capsys)
    assert lines[-1].startswith("Not graded: embed in b.ipynb, since relu is written differently")


def test_a_notebook_that_was_worked_in_too_is_named_last_with_the_command(
    homework: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = notebook_of(ROOT / "solution").replace("np.maximum(", "0 + np.maximum(")
    (homework / "assignment.ipynb").write_text(other)
    (homework / "train.py").unlink()
    monkeypatch.chdir(homework.parent)
    lines = submit(homework, capsys, "--homework", str(ROOT))
    assert lines[-4].startswith("35 of 39 functions written; ")
    assert lines[-3].startswith("Not graded: init_params, train, train_embeddings and 1 more in")
    assert lines[-2:] == [
        "assignment.ipynb is not in the zip: 39 functions are written in it, and 35 in the .py"
        " files, which are packed. To submit the notebook, run",
        f"    python grade.py submission {Path(homework.name, 'assignment.ipynb')}",
    ]
    assert "assignment.ipynb" not in held(homework.parent / "submission.zip")


@pytest.mark.slow
def test_a_notebook_that_cannot_be_read_is_packed_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook = tmp_path / "mine.ipynb"
    notebook.write_text('{"cells": [')
    output = tmp_path / "submission.zip"
    assert main(["submission", str(notebook), "--output", str(output)]) == 0
    assert "NOT READY to upload:\nThe grader will not take this" in capsys.readouterr().out
    assert held(output)["mine.ipynb"] == notebook.read_bytes()

"""Notebooks that complete one another are one, and a notebook is one under any name."""

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from notebook_builders import bare, cells, code, functions, head, notebook
from taken_in import solution, stubs

from autograder.errors import IntakeError
from autograder.grading import grade as grading
from autograder.homework.key import Key
from autograder.intake.take_in import Submission, take_in
from autograder.outputs.report_json import to_json
from autograder.supervisor.spawn import Spawner

Graded = dict[str, Any]

#: The names of all functions, in the homework's order, and a place that cuts them in two.
ALL = list(functions())
HALF = ALL.index("one_hot")


@pytest.fixture
def grade(tmp_path: Path, key: Key, spawner: Spawner) -> Callable[[Mapping[str, bytes]], Graded]:
    """Return a function that grades a folder of files, or the only file by its own path."""

    def run(files: Mapping[str, bytes], *, is_lone: bool = False) -> Graded:
        path = write(tmp_path, files)
        given = path / next(iter(files)) if is_lone else path
        folder = spawner.workspace / tmp_path.name / "submission"
        submission = take_in(given, folder, wanted=key.files, optional=key.bonus)
        content: Graded = json.loads(to_json(grading.grade(submission, key, spawner)))
        return content

    return run


def write(place: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        (place / "hw" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "hw" / name).write_bytes(content)
    return place / "hw"


def list_lost(report: Graded) -> list[str]:
    """Return the checks that lost points, extra credit aside."""
    lost = [check for check in report["checks"] if check["score"] < check["max_score"]]
    return [check["id"] for check in lost if "bonus" not in check]


def count_asked(key: Key) -> int:
    """Return how many functions there are, without the extra credit."""
    return sum([len(own) for file, own in key.files.items() if file not in key.bonus])


def taken(place: Path, files: Mapping[str, bytes], key: Key) -> Submission:
    return take_in(write(place, files), place / "clean", wanted=key.files, optional=key.bonus)


def part(names: list[str], *more: str, stubs: list[str] | None = None) -> bytes:
    """Return a notebook with some of the functions, and stubs of others."""
    texts = [functions()[name] for name in names]
    waiting = [f"def {name}(*args):\n    raise NotImplementedError" for name in stubs or []]
    return notebook([code(text) for text in (head(), *waiting, *texts, *more)])


def script(names: list[str], head_of_file: str = "") -> bytes:
    texts = [functions()[name] for name in names]
    return "\n\n\n".join([head_of_file, head(), *texts]).encode() + b"\n"


# ---- several that complete one another

FIRST, SECOND = ALL[:HALF], ALL[HALF:]

PARTS: dict[str, dict[str, bytes]] = {
    "halves": {"part1.ipynb": part(FIRST), "part2.ipynb": part(SECOND)},
    "halves_in_the_other_order": {"a.ipynb": part(SECOND), "b.ipynb": part(FIRST)},
    "stubs_in_one_of_what_is_written_in_the_other": {
        "part1.ipynb": part(FIRST, stubs=SECOND),
        "part2.ipynb": part(SECOND, stubs=FIRST),
    },
    "the_same_text_twice": {"part1.ipynb": part(FIRST), "part2.ipynb": part(ALL[HALF - 3 :])},
    "helpers_of_one_name_that_differ": {
        "part1.ipynb": notebook(
            [
                code(head()),
                code("def _shift(z):\n    return z - z.max(axis=1, keepdims=True)\nSCALE = 1.0"),
                *[code(functions()[name]) for name in FIRST if name != "softmax"],
                code(
                    "def softmax(z):\n    e = SCALE * np.exp(_shift(z))\n"
                    "    return e / e.sum(axis=1, keepdims=True)"
                ),
            ]
        ),
        "part2.ipynb": part(SECOND, "def _shift(z):\n    return 0 * z\n", "SCALE = [3]"),
    },
    "one_a_folder": {"1/hw.ipynb": part(FIRST), "2/hw.ipynb": part(SECOND)},
    "three_and_one_that_is_not_started": {
        "1.ipynb": part(ALL[:4]),
        "2.ipynb": part(ALL[4:HALF]),
        "3.ipynb": part(SECOND),
        "assignment.ipynb": part([], stubs=ALL),
    },
    "a_notebook_and_an_export_of_another": {
        "part1.ipynb": part(FIRST),
        "part2.py": script(SECOND, "# -*- coding: utf-8 -*-"),
    },
    "a_notebook_and_one_under_another_name": {
        "part1.ipynb": part(FIRST),
        "part2.ipynb.txt": part(SECOND),
    },
    "imports_of_the_others_functions": {
        "part1.ipynb": part(FIRST),
        "part2.ipynb": part(SECOND, "from forward import softmax, forward as fw\nfw, softmax"),
    },
}


@pytest.mark.parametrize("kind", PARTS)
def test_notebooks_that_complete_one_another_are_taken_together(
    grade: Callable[..., Graded], kind: str
) -> None:
    report = grade(PARTS[kind])
    assert list_lost(report) == []
    assert report["score"] == 100
    assert "were taken together: no function is written twice" in " ".join(report["notes"])


def test_a_message_names_the_cell_of_the_right_notebook(grade: Callable[..., Graded]) -> None:
    broken = [name for name in SECOND if name != "embed"]
    files = {
        "part1.ipynb": part(FIRST),
        "part2.ipynb": part(broken, "def embed(E, ids):\n    return E[ids].oops\n"),
    }
    report = grade(files)
    (check,) = [c for c in report["checks"] if c["id"] == "embeddings.embed.values"]
    number = len(broken) + 2
    assert f"at         cell {number} of part2.ipynb, line 2:" in check["message"]


def test_what_is_written_in_two_ways_is_not_joined_and_a_sentence_says_what_is_lost(
    tmp_path: Path, key: Key
) -> None:
    other = "def relu(x):\n    return x * 2"
    files = {
        "a.ipynb": part([n for n in ALL if n != "predict"]),
        "b.ipynb": part(["predict"], other),
    }
    submission = taken(tmp_path, files, key)
    assert submission.notes[:2] == (
        "a.ipynb was taken, not b.ipynb.",
        "Not graded: predict in b.ipynb, since relu is written differently there. Put each function"
        " in one place only.",
    )


# ---- files beside notebooks


def test_files_and_a_notebook_that_complete_one_another_are_taken_together(
    root: Path, grade: Callable[..., Graded]
) -> None:
    mine = {name: solution(root)[name] for name in ("activations.py", "forward.py")}
    rest = [name for name in ALL if f"def {name}(" not in b"".join(mine.values()).decode()]
    also = [name for name in ALL if name not in rest]
    waiting = {k: v for k, v in stubs(root).items() if k not in mine}
    report = grade({**waiting, **mine, "rest.ipynb": part(rest, stubs=also)})
    assert list_lost(report) == []
    assert report["score"] == 100
    assert report["notes"] == [
        "rest.ipynb was taken together with activations.py, forward.py: no function is written"
        " twice in them."
    ]


def test_a_message_about_a_file_beside_a_notebook_names_the_file(
    root: Path, grade: Callable[..., Graded]
) -> None:
    text = solution(root)["forward.py"].decode()
    odd = text.replace("import numpy as np", "import numpy as np\n>>> 1 + 1", 1)
    rest = [name for name in ALL if f"def {name}(" not in text]
    report = grade({"forward.py": odd.encode(), "rest.ipynb": part(rest)})
    (check,) = [c for c in report["checks"] if c["id"] == "forward.softmax.values"]
    assert check["message"].startswith("problem    forward.py has prompts in it")
    (check,) = [c for c in report["checks"] if c["id"] == "embeddings.embed.values"]
    assert check["status"] == "passed"


def test_files_that_a_notebook_writes_in_another_way_go_first_and_the_loss_is_told(
    tmp_path: Path, root: Path, key: Key
) -> None:
    files = {"forward.py": solution(root)["forward.py"]}
    again = "def softmax(z):\n    return z"
    submission = taken(tmp_path, {**files, "hw.ipynb": part(["relu"], again)}, key)
    assert submission.notebooks == ()
    assert submission.notes[:2] == (
        "The .py files were taken, not hw.ipynb.",
        "Not graded: relu in hw.ipynb, since softmax is written differently there. Put each"
        " function in one place only.",
    )


# ---- one file with all functions

COLAB = '''# -*- coding: utf-8 -*-
"""assignment.ipynb

Automatically generated by Colab.

Original file is located at
    https://colab.research.google.com/drive/xxxx
"""

# Commented out IPython magic to ensure Python compatibility.
# %cd homework
# !unzip -q handout.zip
!pip install numpy
%matplotlib inline
'''
NBCONVERT = """#!/usr/bin/env python
# coding: utf-8

# # Homework

# In[1]:


get_ipython().run_line_magic('matplotlib', 'inline')
get_ipython().system('pip install numpy')


# In[2]:

"""
JUPYTEXT = """# ---
# jupyter:
#   kernelspec:
#     name: python3
# ---

# %% [markdown]
# # Homework

# %%
"""
SCRIPTS = {
    "assignment.py": script(ALL, COLAB),
    "homework.py": script(ALL, NBCONVERT),
    "my solution (final).py": script(ALL, JUPYTEXT),
    "hw-1.py": script(ALL) + b"\n\nif __name__ == '__main__':\n    raise SystemExit('main')\n",
    "forward.py": script(ALL),
    "latin.py": b"# coding: latin-1\n# caf\xe9\n" + script(ALL).replace(b"\n", b"\r\n"),
    "trains.py": script(ALL) + b"\n\nwhile True:\n    pass\n",
}


@pytest.mark.parametrize("around", ["alone", "lone path", "beside stubs"])
@pytest.mark.parametrize("name", SCRIPTS)
def test_one_file_with_all_functions_is_taken_under_any_name(
    root: Path, grade: Callable[..., Graded], name: str, around: str
) -> None:
    more = stubs(root) if around == "beside stubs" else {}
    report = grade({**more, name: SCRIPTS[name]}, is_lone=around == "lone path")
    assert report["score"] == 100
    assert f"{name} was taken" in report["notes"][0]


def test_a_message_about_such_a_file_names_its_line_and_imports_from_it(
    grade: Callable[..., Graded],
) -> None:
    text = script([name for name in ALL if name not in ("relu", "embed")], COLAB)
    text += b"\n\ndef relu(x):\n    return x\n\n\ndef embed(E, ids):\n    return E.oops\n"
    report = grade({"assignment.py": text})
    (embed,) = [c for c in report["checks"] if c["id"] == "embeddings.embed.values"]
    line = text.decode().split("\n").index("    return E.oops") + 1
    assert f"at         assignment.py line {line}: return E.oops" in embed["message"]
    assert "look at    assignment.py, embed" in embed["message"]
    (relu,) = [c for c in report["checks"] if c["id"] == "activations.relu.values"]
    assert "from assignment import relu" in relu["message"]


def test_a_slip_in_such_a_file_is_told_with_its_line(tmp_path: Path, key: Key) -> None:
    text = script(ALL) + b"\n>>> relu(1)\n"
    submission = taken(tmp_path, {"assignment.py": text}, key)
    line = text.count(b"\n")
    assert (
        f"assignment.py has prompts in it (>>> or In [1]:), as copied from a console (line {line})"
        in " ".join(submission.notes)
    )


def test_a_lone_file_that_is_one_of_the_homeworks_is_refused_with_its_folder(
    tmp_path: Path, root: Path, key: Key
) -> None:
    path = write(tmp_path, {"forward.py": solution(root)["forward.py"]})
    with pytest.raises(IntakeError, match=r"forward.py is one file: give the folder that it is in"):
        take_in(path / "forward.py", tmp_path / "clean", wanted=key.files, optional=key.bonus)


def test_tests_and_helpers_beside_stubs_are_not_the_homework(
    tmp_path: Path, root: Path, key: Key
) -> None:
    test = b"from forward import softmax\nfrom mine import relu\n\nsoftmax(relu([[1]]))\n"
    submission = taken(
        tmp_path,
        {**stubs(root), "test_it.py": test, "mine.py": b"x = 1"},
        key,
    )
    assert submission.places is None


# ---- under another name


@pytest.mark.parametrize(
    "name",
    [
        "hw.ipynb.txt",
        "hw.ipynb.json",
        "hw.json",
        "hw",
        "hw.ipynb (1)",
        "hw.txt",
        "hw.py",
        "train.py",
    ],
)
@pytest.mark.parametrize("is_lone", [True, False])
def test_a_notebook_is_taken_under_any_name(
    tmp_path: Path, key: Key, name: str, is_lone: bool
) -> None:
    path = write(tmp_path, {name: bare()})
    submission = take_in(
        path / name if is_lone else path, tmp_path / "clean", wanted=key.files, optional=key.bonus
    )
    assert [place.name for place in submission.notebooks] == [name]
    assert f"{name} was taken as the notebook that it is" in " ".join(submission.notes)
    assert submission.written == count_asked(key)


def test_a_renamed_notebook_in_a_zip_is_taken(tmp_path: Path, key: Key) -> None:
    with zipfile.ZipFile(tmp_path / "hw.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("hw/hw.ipynb.txt", bare())
        archive.writestr("hw/notes.txt", "{}")
    submission = take_in(
        tmp_path / "hw.zip", tmp_path / "clean", wanted=key.files, optional=key.bonus
    )
    assert submission.written == count_asked(key)


@pytest.mark.parametrize("name", ["hw.html", "hw.pdf", "hw.md", "hw.docx"])
def test_an_export_that_holds_no_code_is_named_with_the_remedy(
    tmp_path: Path, key: Key, name: str
) -> None:
    submission = taken(tmp_path, {name: b"<html>", "discussion.md": b"x"}, key)
    said = " ".join(submission.notes)
    assert (
        f"No Python file is in it, but {name}: what a notebook was printed or exported to" in said
    )
    assert "Submit the notebook itself (.ipynb)" in said
    assert "path" not in said


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        (
            "hw.html",
            b"<!DOCTYPE html>",
            "is a web page: submit the .py files, as a folder or a zip, or",
        ),
        ("hw.pdf", b"%PDF-1.7", "is a PDF document: submit the .py files"),
        ("hw.md", b"# Homework\n\n    import numpy", "is Python under another name"),
        ("hw.json", b'{"a": 1}', "is no notebook with functions of the homework"),
    ],
)
def test_a_lone_file_of_another_kind_is_named(
    tmp_path: Path, key: Key, name: str, content: bytes, says: str
) -> None:
    path = write(tmp_path, {name: content})
    with pytest.raises(IntakeError) as caught:
        take_in(path / name, tmp_path / "clean", wanted=key.files, optional=key.bonus)
    assert says in str(caught.value)


def test_the_handed_out_notebook_beside_a_finished_file_is_not_taken(
    tmp_path: Path, root: Path, key: Key
) -> None:
    handed_out = (root / "assignment" / "assignment.ipynb").read_bytes()
    files = {
        **stubs(root),
        "assignment.ipynb": handed_out,
        "final.py": script(ALL),
    }
    submission = taken(tmp_path, files, key)
    assert [place.name for place in submission.notebooks] == ["final.py"]
    assert len(cells()) > len(ALL)

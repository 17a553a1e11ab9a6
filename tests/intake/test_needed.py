"""What a submission imports from folders beside its files is taken; what can't be is named."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from taken_in import Maker, make_folder, make_zip

from autograder.intake import needed
from autograder.intake.listing import MAX_FILE_BYTES, MAX_FILES
from autograder.intake.take_in import Submission, take_in

WANTED = {"forward": ("softmax",), "train": ("train",)}
PLAIN = {"forward.py": b"def softmax(z):\n    return z\n", "train.py": b"def train(): return 1\n"}
STABLE = b"def safe_exp(x):\n    return x\n"


def make_export(place: Path, files: Mapping[str, bytes]) -> Path:
    """Make a zip with folders around it, as Gradescope's export has them."""
    return make_zip(place, {f"assignment_1/submission_7/hw/{name}": files[name] for name in files})


every = pytest.mark.parametrize(
    "make", [make_folder, make_zip, make_export], ids=["folder", "zip", "export"]
)


def taken(path: Path) -> Submission:
    return take_in(path, path.parent / "clean", wanted=WANTED)


def importing(text: str) -> dict[str, bytes]:
    return {**PLAIN, "forward.py": text.encode() + b"\n" + PLAIN["forward.py"]}


def held(submission: Submission) -> dict[str, bytes]:
    files = [path for path in submission.folder.rglob("*") if path.is_file()]
    return {path.relative_to(submission.folder).as_posix(): path.read_bytes() for path in files}


@every
@pytest.mark.parametrize(
    "text",
    [
        "from helpers.stable import safe_exp",
        "from helpers import stable",
        "import helpers.stable as s",
        "import helpers.stable",
        "import helpers",
        "from helpers import *",
        "import os, helpers",
        "def f():\n    from helpers.stable import safe_exp",
        "try:\n    import helpers\nexcept ImportError:\n    pass",
        "import importlib\nimportlib.import_module('helpers.stable')",
        "from importlib import import_module\nimport_module('helpers.stable')",
        "__import__('helpers.stable')",
        "if True:\n    import helpers",
    ],
)
@pytest.mark.parametrize("start", [b"", b"from . import stable\n", None])
def test_a_package_that_a_file_imports_is_taken(
    tmp_path: Path, make: Maker, text: str, start: bytes | None
) -> None:
    package = {"helpers/stable.py": STABLE}
    if start is not None:
        package["helpers/__init__.py"] = start
    submission = taken(make(tmp_path, {**importing(text), **package}))
    assert held(submission) == {**importing(text), **package}
    assert submission.files == ("forward", "train")
    assert submission.inner == tuple(sorted(package))
    assert submission.notes == submission.doubts == ()


@every
def test_all_of_a_package_is_taken_and_what_that_imports(tmp_path: Path, make: Maker) -> None:
    files = {
        **importing("from helpers.stable import safe_exp"),
        "helpers/__init__.py": b"",
        "helpers/stable.py": b"from .inner.deep import x\nimport tools.one\nimport plain\n",
        "helpers/inner/deep.py": b"from ..other import y\n",
        "helpers/other.py": b"y = 1\n",
        "tools/one.py": b"import helpers\n",
        "plain.py": b"",
    }
    others = {"unused/one.py": b"", "helpers/.hidden/a.py": b"", "helpers/.venv/b.py": b""}
    submission = taken(make(tmp_path, {**files, **others}))
    assert held(submission) == files
    assert submission.notes == ()


def test_a_package_beside_a_notebook_is_taken(tmp_path: Path) -> None:
    source = '["from helpers.stable import safe_exp\\n", "def softmax(z): return safe_exp(z)"]'
    notebook = f'{{"cells": [{{"cell_type": "code", "source": {source}}}], "nbformat": 4}}'
    files = {"hw.ipynb": notebook.encode(), "helpers/stable.py": STABLE}
    assert "helpers/stable.py" in held(taken(make_folder(tmp_path, files)))


def test_a_package_goes_before_a_module_of_its_name_as_in_python(tmp_path: Path) -> None:
    files = {**importing("import helpers"), "helpers.py": b"", "helpers/a.py": b""}
    assert taken(make_zip(tmp_path, files)).inner == ()
    files["helpers/__init__.py"] = b""
    assert taken(make_zip(tmp_path, files)).inner == ("helpers/__init__.py", "helpers/a.py")


@pytest.mark.parametrize("name", ["train", "numpy", "json", "statistics"])
def test_no_package_takes_the_place_of_the_homeworks_numpys_or_pythons(
    tmp_path: Path, name: str
) -> None:
    files = {**importing(f"import {name}"), f"{name}/__init__.py": b"", f"{name}/a.py": b""}
    submission = taken(make_zip(tmp_path, files))
    assert held(submission) == importing(f"import {name}")
    assert submission.notes == ()


def test_a_package_that_is_called_like_a_module_of_python_is_named(tmp_path: Path) -> None:
    files = {**importing("from statistics.mine import x"), "statistics/mine.py": b""}
    submission = taken(make_zip(tmp_path, files))
    assert submission.inner == ()
    assert (
        submission.notes
        == submission.doubts
        == (
            "forward.py imports statistics, which is a module of Python and not the folder"
            " statistics/: rename the folder.",
        )
    )


@every
def test_what_is_imported_from_elsewhere_is_named(tmp_path: Path, make: Maker) -> None:
    files = {f"assignment/{name}": data for name, data in importing("import helpers").items()}
    submission = taken(make(tmp_path, {**files, "helpers/stable.py": STABLE}))
    (note,) = submission.doubts
    assert note.startswith("forward.py imports helpers, which is not beside it: move ")
    assert note.endswith("helpers there.")


# ---- bounds


def test_a_package_with_too_many_files_is_left_out_with_a_sentence(tmp_path: Path) -> None:
    many = {f"helpers/m{number}.py": b"" for number in range(MAX_FILES - 1)}
    files = {**importing("import helpers"), **many}
    submission = taken(make_zip(tmp_path, files))
    assert submission.inner == ()
    assert submission.doubts == (
        "with helpers/, there are more than 100 Python files (helpers/ is imported, and was left"
        " out).",
    )
    del files["helpers/m0.py"]
    assert len(taken(make_zip(tmp_path, files)).inner) == MAX_FILES - 2


def test_a_package_that_is_too_large_is_left_out_with_a_sentence(tmp_path: Path) -> None:
    large = {f"helpers/m{number}.py": b"#" * MAX_FILE_BYTES for number in range(9)}
    submission = taken(make_folder(tmp_path, {**importing("import helpers"), **large}))
    assert submission.inner == ()
    assert "more than 8 MiB together (helpers/ is imported" in submission.doubts[0]
    one = {"tools/m.py": bytes(MAX_FILE_BYTES + 1)}
    submission = taken(make_zip(tmp_path, {**importing("import tools"), **one}))
    assert (
        "larger than 1024 KiB" in submission.doubts[0] or "unpacks to more" in submission.doubts[0]
    )


def test_links_in_a_package_are_not_followed(tmp_path: Path) -> None:
    path = make_folder(tmp_path, {**importing("import helpers.secret"), "helpers/a.py": b""})
    (tmp_path / "secret.py").write_text("# secret")
    (path / "helpers" / "secret.py").symlink_to(tmp_path / "secret.py")
    submission = taken(path)
    assert submission.inner == ("helpers/a.py",)
    assert submission.notes[0].startswith("helpers/secret.py was left out: it is a link")


@pytest.mark.parametrize(
    "name",
    ["../helpers/a.py", "helpers/../../a.py", "/helpers/a.py", "helpers/a b.py", "C:/helpers/a.py"],
)
def test_nothing_is_written_beside_the_clean_folder(tmp_path: Path, name: str) -> None:
    submission = taken(make_zip(tmp_path, {**importing("import helpers.a"), name: b"x"}))
    assert submission.inner == ()
    assert sorted([path.name for path in tmp_path.iterdir()]) == ["clean", "hw.zip"]


def test_two_files_of_one_name_in_a_package_leave_it_out(tmp_path: Path) -> None:
    files = {**importing("import helpers"), "helpers/a.py": b"1", "helpers/A.py": b"2"}
    submission = taken(make_zip(tmp_path, files))
    assert submission.inner == ()
    assert "helpers/ has two files whose names are one name" in submission.doubts[0]


@pytest.mark.slow
def test_no_more_is_parsed_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    parse = needed.parsed

    def count(text: str) -> object:
        sizes.append(len(text))
        return parse(text)

    monkeypatch.setattr(needed, "parsed", count)
    large = {f"m{number}.py": b"x = 1\n" * 40_000 for number in range(20)}
    submission = taken(make_folder(tmp_path, {**importing("import m1, p"), **large, "p/a.py": b""}))
    assert submission.inner == ("p/a.py",)
    assert 0 < sum(sizes) <= needed.MAX_ALL_PARSED_BYTES


@pytest.mark.parametrize(
    "text", ["import " + ".".join(["a"] * 5000), "x = " + "-" * 200_000 + "1", "import \0", "def ("]
)
def test_hostile_text_does_no_harm(tmp_path: Path, text: str) -> None:
    files = {**importing("import helpers"), "helpers/a.py": text.encode()}
    assert taken(make_folder(tmp_path, files)).inner == ("helpers/a.py",)


# ---- data


@every
@pytest.mark.parametrize(
    "text",
    [
        "W = np.load('weights.npy')",
        "W = np.load(os.path.join(HERE, 'weights.npy'))",
        "W = np.load(Path(__file__).parent / 'weights.npy')",
        "def f():\n    with open('data/weights.npy', 'rb') as file:\n        return file.read()",
        "NAME = 'weights.npy'",
    ],
)
def test_data_that_a_file_reads_is_named(tmp_path: Path, make: Maker, text: str) -> None:
    submission = taken(make(tmp_path, {**importing(text), "weights.npy": b"x", "notes.md": b""}))
    assert (
        submission.notes
        == submission.doubts
        == (
            "weights.npy was left out, and forward.py reads it: only .py files are graded, so put"
            " what is in it into one.",
        )
    )


@pytest.mark.parametrize(
    "text",
    [
        "'''weights.npy'''",
        "plt.savefig('weights.npy')",
        "open('weights.npy', 'w')",
        "if __name__ == '__main__':\n    np.load('weights.npy')",
        "np.load('other.npy')",
    ],
)
def test_data_that_no_function_reads_is_not_named(tmp_path: Path, text: str) -> None:
    assert taken(make_folder(tmp_path, {**importing(text), "weights.npy": b"x"})).notes == ()


# ---- what the homework brings


def test_the_homeworks_own_programs_are_no_helpers(tmp_path: Path) -> None:
    programs = {"grade.py": b"import sys\n", "conftest.py": b"import pytest\n"}
    submission = taken(make_folder(tmp_path, {**PLAIN, **programs}))
    assert submission.files == ("forward", "train")
    helper = {**importing("from grade import x"), **programs}
    assert "grade" in taken(make_zip(tmp_path, helper)).files

"""A damaged key is refused in a sentence; a stale one is noticed, compiled again, or used as is."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import autograder.homework.folder
import autograder.homework.key
from autograder.errors import KeyFileError
from autograder.homework.find import SETTINGS
from autograder.homework.folder import Homework
from autograder.homework.key import Key, read_key, sealed, write_atomically

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def key_file(answer_keys: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of the public key that a test may damage."""
    path = tmp_path / "answer-key.public"
    shutil.copyfile(answer_keys["public"], path)
    return path


def refusal(path: Path) -> str:
    """Return the sentence that reading the key at `path` ends with."""
    with pytest.raises(KeyFileError) as caught:
        read_key(path)
    assert caught.value.exit_status == 3
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def read_every_part(key: Key) -> None:
    for function in key.functions.values():
        assert function.mistakes is not None
        assert function.changes is not None
        assert function.recorded is not None


def test_a_whole_key_is_read(key_file: Path) -> None:
    key = read_key(key_file)
    assert key.half == "public"
    assert sum([check.points for check in key.checks]) < 100_00
    assert list(key.files) == list(key.parts)
    assert key.files["updates"] == ("batch_gradients", "sgd_update")


def test_a_missing_key_is_refused(tmp_path: Path) -> None:
    assert "can't be read: No such file" in refusal(tmp_path / "answer-key.full")


def test_a_folder_is_no_key(tmp_path: Path) -> None:
    assert "can't be read: Is a directory" in refusal(tmp_path)


@pytest.mark.parametrize("keep", [0.0, 0.00001, 0.5, 0.999999])
def test_a_truncated_key_is_refused(key_file: Path, keep: float) -> None:
    content = key_file.read_bytes()
    key_file.write_bytes(content[: int(keep * len(content))])
    assert "compile it again" in refusal(key_file)


def test_a_key_with_more_at_its_end_is_refused(key_file: Path) -> None:
    with key_file.open("ab") as file:
        file.write(b"\0")
    assert "is damaged: compile it again" in refusal(key_file)


@pytest.mark.parametrize("place", [0.0, 0.00001, 0.01, 0.02])
def test_a_single_flipped_bit_is_noticed(key_file: Path, place: float) -> None:
    content = bytearray(key_file.read_bytes())
    content[int(place * len(content))] ^= 4
    key_file.write_bytes(bytes(content))
    assert "compile it again" in refusal(key_file)


@pytest.mark.parametrize("place", [0.25, 0.5, 0.75, 0.999999])
def test_a_flipped_bit_in_the_appendix_is_noticed_when_that_part_is_read(
    key_file: Path, place: float
) -> None:
    content = bytearray(key_file.read_bytes())
    content[int(place * len(content))] ^= 4
    key_file.write_bytes(bytes(content))
    key = read_key(key_file)
    with pytest.raises(KeyFileError, match="is damaged: compile it again"):
        read_every_part(key)


def test_a_key_of_another_format_is_refused(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autograder.homework.key, "FORMAT", autograder.homework.key.FORMAT + 1)
    assert f"not an answer key of format {autograder.homework.key.FORMAT}" in refusal(key_file)


@pytest.mark.parametrize("content", [b"", b"\0" * 1000, b"PK\x03\x04", b"numpy homework"])
def test_what_is_no_key_at_all_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "answer-key.full"
    path.write_bytes(content)
    assert "is not an answer key of format" in refusal(path)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"functions": (), "checks": ()},
        {"functions": None, "checks": (), "digest": "", "half": "full", "parts": {}},
        {"functions": (), "checks": ({"id": "x"},), "digest": "", "half": "full", "parts": {}},
        {"functions": (1,), "checks": (), "digest": "", "half": "full", "parts": {}},
    ],
)
def test_a_whole_file_with_another_content_is_refused(tmp_path: Path, content: dict) -> None:
    path = tmp_path / "answer-key.full"
    path.write_bytes(sealed(content, b""))
    assert "can't be understood: compile it again" in refusal(path)


def test_a_value_that_is_no_record_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "answer-key.full"
    path.write_bytes(sealed(("not", "a", "record"), b""))
    assert "can't be understood: compile it again" in refusal(path)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"old")

    def failing(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(OSError, match="no room"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


# A stale key.


@pytest.fixture
def tree(answer_keys: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homework:
    """A copy of the whole homework with its compiled keys, and of the grader beside it."""
    tree = tmp_path / "tree"
    for folder in ("autograder", "rubric", "solution", "datasets", "build"):
        ignored = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(ROOT / folder, tree / folder, ignore=ignored)
    shutil.copy(ROOT / SETTINGS, tree)
    monkeypatch.setattr(autograder.homework.folder, "_PACKAGE", tree / "autograder")
    return Homework(tree)


def test_a_key_is_up_to_date_in_a_copy_of_the_tree(tree: Homework) -> None:
    for half in ("full", "public"):
        key = tree.read_key(half)
        assert key is not None
        assert key.half == half


@pytest.mark.parametrize(
    "source",
    [
        "rubric/updates.py",
        "autograder/authoring/compiler/draw.py",
        "autograder/authoring/language/inputs.py",
        "autograder/core/compare.py",
        "solution/updates.py",
        "datasets/xor.tsv",
        "datasets/__init__.py",
    ],
)
def test_a_key_is_stale_when_a_source_changes(tree: Homework, source: str) -> None:
    with (tree.root / source).open("a") as file:
        file.write("\n")
    assert tree.read_key("full") is None
    assert tree.read_key("public") is None


def test_a_key_is_stale_when_a_source_is_added_or_goes(tree: Homework) -> None:
    added = tree.solution / "more.py"
    added.write_text("")
    assert tree.read_key("full") is None
    added.unlink()
    assert tree.read_key("full") is not None
    (tree.rubric / "orders.py").unlink()
    assert tree.read_key("full") is None


def test_a_key_does_not_depend_on_what_grading_alone_reads(tree: Homework) -> None:
    source = tree.root / "autograder" / "outputs" / "text.py"
    source.write_text(source.read_text() + "\n# A remark.\n")
    assert tree.read_key("full") is not None


def test_a_damaged_key_counts_as_stale_where_it_can_be_compiled_again(tree: Homework) -> None:
    tree.key_path("full").write_bytes(b"damaged")
    assert tree.read_key("full") is None
    tree.key_path("public").unlink()
    assert tree.read_key("public") is None


@pytest.fixture
def without_sources(tree: Homework) -> Homework:
    """The same tree without the solution."""
    shutil.rmtree(tree.solution)
    return tree


@pytest.fixture
def grade_there(without_sources: Homework) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Grade the reference solution with the real command of the tree without sources."""

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        call = [sys.executable, "-m", "autograder", "grade", ROOT / "solution", *words]
        return subprocess.run(
            [str(word) for word in call],
            cwd=without_sources.root,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def test_without_sources_a_key_is_read_though_its_digest_is_another(
    without_sources: Homework,
) -> None:
    assert not without_sources.has_sources
    assert without_sources.read_key("full") is not None


def test_without_sources_a_damaged_or_missing_key_is_refused(without_sources: Homework) -> None:
    without_sources.key_path("public").unlink()
    with pytest.raises(KeyFileError, match=r"there is no answer key at .* no solution to compile"):
        without_sources.read_key("public")
    without_sources.key_path("full").write_bytes(b"damaged")
    with pytest.raises(KeyFileError, match="not an answer key of format"):
        without_sources.read_key("full")


def test_the_command_grades_without_sources(
    grade_there: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    done = grade_there("--json", report)
    assert done.returncode == 0, done.stderr
    assert json.loads(report.read_text())["score"] == 100


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_the_command_says_when_there_is_no_key(
    grade_there: Callable[..., subprocess.CompletedProcess[str]],
    without_sources: Homework,
    tmp_path: Path,
    damage: str,
) -> None:
    for path in (without_sources.key_path("full"), without_sources.key_path("public")):
        path.unlink() if damage == "missing" else path.write_bytes(b"damaged")
    report = tmp_path / "report.json"
    done = grade_there("--json", report)
    assert done.returncode == 3
    assert "The grader failed, not your code" in done.stderr
    assert "answer key" in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(report.read_text())["finished"] is False


def test_the_command_of_students_needs_the_public_key_alone(
    grade_there: Callable[..., subprocess.CompletedProcess[str]],
    without_sources: Homework,
    tmp_path: Path,
) -> None:
    without_sources.key_path("full").unlink()
    report = tmp_path / "report.json"
    done = grade_there("--public", "--json", report)
    assert done.returncode == 0, done.stderr
    assert {c["visibility"] for c in json.loads(report.read_text())["checks"]} == {"public"}


def test_where_the_public_key_alone_was_handed_out_it_is_used(
    grade_there: Callable[..., subprocess.CompletedProcess[str]],
    without_sources: Homework,
    tmp_path: Path,
) -> None:
    without_sources.key_path("full").unlink()
    report = tmp_path / "report.json"
    done = grade_there("--json", report)
    assert done.returncode == 0, done.stderr
    content = json.loads(report.read_text())
    assert content["score"] == content["max_score"] < 100


@pytest.mark.slow
def test_the_command_compiles_a_stale_key_again(tree: Homework) -> None:
    with (tree.rubric / "updates.py").open("a") as file:
        file.write("\n# A remark.\n")
    call = [sys.executable, "-m", "autograder", "grade", str(ROOT / "solution")]
    done = subprocess.run(call, cwd=tree.root, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "compiling the answer key" in done.stderr
    assert done.stdout.endswith("score 100 of 100, extra credit 5 of 5\n")
    assert tree.read_key("full") is not None
    assert tree.read_key("public") is not None

"""Whatever is odd about a notebook, its functions are graded, or a sentence says why not."""

import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from notebook_builders import bare, cells, code, notebook
from notebook_corpus import CASES, RELU, Case
from taken_in import solution, stubs

from autograder.errors import IntakeError
from autograder.grading import grade as grading
from autograder.grading.session import Session
from autograder.homework.key import Key
from autograder.intake.notebook import cutting
from autograder.intake.python_source import is_too_deep, plain_cell
from autograder.intake.take_in import Submission, take_in
from autograder.outputs.report_json import to_json
from autograder.supervisor.spawn import Spawner

Graded = dict[str, Any]


@pytest.fixture(scope="module")
def session(key: Key) -> Iterator[Session]:
    with Session(key) as session:
        yield session


@pytest.fixture
def graded_here(
    tmp_path: Path, key: Key, spawner: Spawner, session: Session
) -> Callable[[Case], Graded]:
    """Return a function that grades a notebook in this process and returns the JSON.

    Where nothing is to be lost, a session asks again what differs from the notebook before.
    """

    def run(case: Case) -> Graded:
        (tmp_path / "hw.ipynb").write_bytes(case.build())
        if case.score == 100:
            report = session.grade(tmp_path / "hw.ipynb")
        else:
            folder = spawner.workspace / tmp_path.name / "submission"
            submission = take_in(
                tmp_path / "hw.ipynb", folder, wanted=key.files, optional=key.bonus
            )
            report = grading.grade(submission, key, spawner)
        content: Graded = json.loads(to_json(report))
        return content

    return run


def taken(path: Path, key: Key) -> Submission:
    return take_in(path, path.parent / f"{path.name} clean", wanted=key.files, optional=key.bonus)


def names(*, slow: bool) -> list[Any]:
    marked = []
    for place, (name, case) in enumerate(CASES.items()):
        is_slow = case.is_slow or (slow and place > 0)
        marked.append(pytest.param(name, marks=[pytest.mark.slow] if is_slow else []))
    return marked


def assert_right(case: Case, report: Graded) -> None:
    asked = [check for check in report["checks"] if "bonus" not in check]
    lost = [check for check in asked if check["score"] < check["max_score"]]
    messages = "\n".join([check["message"] for check in lost])
    notes = "\n".join(report["notes"])
    for text in case.says:
        assert text in messages
    for text in case.notes:
        assert text in notes
    for function, status in case.loses.items():
        assert status in [check["status"] for check in lost if check["function"] == function]
    if case.score == 100 and not case.loses:
        assert [check["id"] for check in lost] == []
    if case.score < 100:
        assert report["score"] == pytest.approx(case.score)


@pytest.mark.parametrize("name", names(slow=False))
def test_an_odd_notebook_gets_what_is_right(
    graded_here: Callable[[Case], Graded], name: str
) -> None:
    case = CASES[name]
    if not case.is_refused:
        assert_right(case, graded_here(case))
        return
    with pytest.raises(IntakeError) as caught:
        graded_here(case)
    for text in case.notes:
        assert text in str(caught.value)


@pytest.mark.parametrize("name", names(slow=True))
def test_the_command_says_the_same(
    command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, name: str
) -> None:
    case = CASES[name]
    (tmp_path / "hw.ipynb").write_bytes(case.build())
    done = command("grade", tmp_path / "hw.ipynb", "--json", tmp_path / "report.json")
    if case.is_refused:
        assert done.returncode == 2
        assert all([text in done.stderr for text in case.notes])
        return
    assert done.returncode == 0, done.stderr
    assert_right(case, json.loads((tmp_path / "report.json").read_text()))


def test_there_are_as_many_odd_notebooks_as_were_asked_for() -> None:
    assert len(CASES) >= 30


# ---- which notebook


def folder_with(place: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (place / "hw" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "hw" / name).write_bytes(content)
    return place / "hw"


def notes(path: Path, key: Key) -> str:
    return "\n".join(taken(path, key).notes)


def test_a_notebook_in_a_folder_or_a_zip_is_taken(tmp_path: Path, key: Key) -> None:
    folder = folder_with(tmp_path, {"deep/hw.ipynb": bare(), "notes.txt": b"", "help.py": b"x = 1"})
    with zipfile.ZipFile(tmp_path / "hw.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "deep" / "hw.ipynb", "hw/hw.ipynb")
    for path in (folder, tmp_path / "hw.zip"):
        submission = taken(path, key)
        assert set(key.files) <= set(submission.files)
        assert submission.places is not None
        assert submission.notes == ()


def test_a_helper_beside_a_notebook_is_taken_along(tmp_path: Path, key: Key) -> None:
    submission = taken(folder_with(tmp_path, {"hw.ipynb": bare(), "mine.py": b"x = 1"}), key)
    assert (submission.folder / "mine.py").read_bytes() == b"x = 1"
    assert "mine" in submission.files


def test_files_with_something_in_them_go_before_a_notebook(
    tmp_path: Path, root: Path, key: Key
) -> None:
    submission = taken(folder_with(tmp_path, {"hw.ipynb": bare(), **solution(root)}), key)
    assert submission.places is None
    assert submission.notes == ("The .py files were taken, not hw.ipynb.",)


def test_files_with_line_ends_of_old_beside_a_notebook_are_read(
    tmp_path: Path, root: Path, key: Key
) -> None:
    files = solution(root) | {"activations.py": b"x = 1\rdef relu(x):\r    return x\r"}
    assert taken(folder_with(tmp_path, {"hw.ipynb": bare(), **files}), key).places is None


def test_a_notebook_goes_before_files_in_which_nothing_is_started(
    tmp_path: Path, root: Path, key: Key
) -> None:
    submission = taken(folder_with(tmp_path, {"hw.ipynb": bare(), **stubs(root)}), key)
    assert submission.places is not None
    assert "hw.ipynb was taken, not the .py files, in which nothing is started." in submission.notes


def test_files_go_before_a_notebook_in_which_nothing_is_started_either(
    tmp_path: Path, root: Path, key: Key
) -> None:
    handed_out = (root / "assignment" / "assignment.ipynb").read_bytes()
    folder = folder_with(tmp_path, {"assignment.ipynb": handed_out, **stubs(root)})
    assert taken(folder, key).places is None


def test_the_notebook_with_more_of_the_homework_is_taken(tmp_path: Path, key: Key) -> None:
    files = {"draft.ipynb": notebook(cells(relu="")), "final.ipynb": bare(), "a.ipynb": b"broken"}
    said = notes(folder_with(tmp_path, files), key)
    assert "final.ipynb was taken, not a.ipynb, draft.ipynb." in said
    assert "a.ipynb can't be read as a notebook" in said
    assert "No cell" not in said


def test_two_notebooks_of_which_either_could_be_meant_are_refused(tmp_path: Path, key: Key) -> None:
    other = notebook([*cells(), code("1")])
    with pytest.raises(IntakeError, match=r"has a.ipynb, b.ipynb, and each could be meant"):
        taken(folder_with(tmp_path, {"a.ipynb": bare(), "b.ipynb": other}), key)


def test_two_copies_of_one_notebook_are_one(tmp_path: Path, key: Key) -> None:
    submission = taken(folder_with(tmp_path, {"a.ipynb": bare(), "b.ipynb": bare()}), key)
    assert submission.places is not None


def test_a_copy_that_jupyter_saved_comes_last_and_is_named(tmp_path: Path, key: Key) -> None:
    other = notebook([*cells(), code("1")])
    files = {"hw.ipynb": bare(), "hw-checkpoint.ipynb": other, ".ipynb_checkpoints/x.ipynb": other}
    assert "hw.ipynb was taken, not hw-checkpoint.ipynb." in notes(
        folder_with(tmp_path, files), key
    )
    (tmp_path / "hw-checkpoint.ipynb").write_bytes(bare())
    assert "a copy that Jupyter saved on its own" in notes(tmp_path / "hw-checkpoint.ipynb", key)


def test_the_notebooks_of_several_students_are_refused(tmp_path: Path, key: Key) -> None:
    files = {f"{name}_{number}_9_hw.ipynb": bare() for name, number in (("doe", 1), ("roe", 2))}
    with pytest.raises(IntakeError, match="holds the submissions of 2 students"):
        taken(folder_with(tmp_path, files), key)


def test_a_notebook_that_is_too_large_is_refused(tmp_path: Path, key: Key) -> None:
    with (tmp_path / "hw.ipynb").open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(IntakeError, match="larger than 64 MiB: clear the outputs of all cells"):
        taken(tmp_path / "hw.ipynb", key)


# ---- what a session sees of it


def test_a_change_in_one_cell_is_seen_in_the_modules_that_need_it_only(
    tmp_path: Path, key: Key
) -> None:
    (tmp_path / "a.ipynb").write_bytes(bare())
    (tmp_path / "b.ipynb").write_bytes(notebook(cells(relu=f"# faster\n{RELU}")))
    before, after = taken(tmp_path / "a.ipynb", key), taken(tmp_path / "b.ipynb", key)
    changed = {
        name
        for name in before.files
        if (before.folder / f"{name}.py").read_bytes() != (after.folder / f"{name}.py").read_bytes()
    }
    assert changed == {"activations", "forward", "text", "train"}


def test_the_same_notebook_gives_the_same_modules_with_every_hash_seed(
    tmp_path: Path, root: Path
) -> None:
    (tmp_path / "hw.ipynb").write_bytes(notebook([*cells(), *cells(), code("tanh = relu = 5")]))
    program = (
        "import sys; from pathlib import Path; from autograder.intake.take_in import take_in\n"
        "wanted = {'activations': ('relu', 'gelu'), 'train': ('train', 'predict')}\n"
        "taken = take_in(Path(sys.argv[1]), Path(sys.argv[2]), wanted=wanted)\n"
        "print([(taken.folder / f'{name}.py').read_bytes() for name in taken.files], taken.notes)"
    )
    printed = set()
    for seed in ("0", "1", "2"):
        call = [sys.executable, "-c", program, tmp_path / "hw.ipynb", tmp_path / seed]
        environment = os.environ | {"PYTHONHASHSEED": seed}
        done = subprocess.run(call, cwd=root, env=environment, capture_output=True, check=True)
        printed.add(done.stdout)
    assert len(printed) == 1


# ---- what it costs to look at a cell


@pytest.mark.parametrize("prefix", ["f", "F", "rf", "fR", "Rf", "1f", "0xf"])
@pytest.mark.parametrize("quotes", ["'", '"', "'''", '"""'])
def test_what_an_f_string_holds_is_too_deep_as_well(prefix: str, quotes: str) -> None:
    chain = ".a" * 100_000
    assert is_too_deep(f"x = {prefix}{quotes}{{a{chain}}}{quotes}")
    assert is_too_deep(f"x = {prefix}{quotes}{{a{chain}")
    assert not is_too_deep(f"x = {quotes}{{a{chain}}}{quotes}")


@pytest.mark.parametrize("unclosed", ['"\\"', "'\\'", '"""\\"', "'''\\'", '"\\\n', "f'{", '"'])
def test_quotes_that_are_not_closed_cost_no_more_than_other_text(unclosed: str) -> None:
    before = time.process_time()
    is_too_deep(unclosed * (200_000 // len(unclosed)))
    assert time.process_time() - before < 5


def test_cell_magics_on_one_another_are_left_out_one_by_one() -> None:
    assert plain_cell("%%time\n\n%%capture out\nx = 1\n!ls").text == "\n\n\nx = 1\npass"
    assert plain_cell("%%time\n" * 2000).left_out == ("%%time",) * 2000
    assert plain_cell("%%time\n%%writefile a/b.py\nx").writes == "b"
    assert plain_cell("%%time\n%%bash\nls").text == ""


@pytest.mark.parametrize("kind", [RecursionError, MemoryError])
def test_a_cell_that_is_too_much_for_its_reader_is_named(
    tmp_path: Path, key: Key, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    def too_much(text: str) -> None:
        raise kind

    monkeypatch.setattr(cutting, "plain_cell", too_much)
    (tmp_path / "hw.ipynb").write_bytes(bare())
    with pytest.raises(IntakeError, match="cell 2 is nested too deeply to be read"):
        taken(tmp_path / "hw.ipynb", key)

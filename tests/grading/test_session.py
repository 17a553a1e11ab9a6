"""A session grades what changed, and says what a run from nothing says."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from quick import slow_after

from autograder.core.limits import Limits
from autograder.core.records import CheckResult, Report
from autograder.errors import IntakeError
from autograder.grading.session import Session, digests_of
from autograder.homework.folder import Homework
from autograder.homework.key import Key
from autograder.intake.take_in import Submission
from autograder.outputs.report_json import write_message
from autograder.supervisor.spawn import Spawner
from autograder.supervisor.worker import Worker


@pytest.fixture(scope="module")
def key(answer_keys: dict[str, Path]) -> Key:
    key = Homework.here().read_key("public")
    assert key is not None
    return key


@pytest.fixture(scope="module")
def session(key: Key) -> Iterator[Session]:
    with Session(key, limits=Limits(function_seconds=2)) as session:
        yield session


@pytest.fixture
def folder(tmp_path: Path, root: Path) -> Path:
    return Path(shutil.copytree(root / "solution", tmp_path / "work"))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of functions whose calls workers are waited for, as it grows."""
    names: list[str] = []
    collect = Worker.collect

    def noted(worker: Worker, ticket: int, name: str, count: int, **more: Any) -> object:
        names.append(name)
        return collect(worker, ticket, name, count, **more)

    monkeypatch.setattr(Worker, "collect", noted)
    return names


def edit(folder: Path, file: str, old: str, new: str) -> None:
    source = (folder / file).read_text(encoding="utf-8")
    assert old in source
    (folder / file).write_text(source.replace(old, new), encoding="utf-8")


def lost(report: Report) -> list[CheckResult]:
    return [check for check in report.checks if check.score < check.max_score]


def test_a_session_reports_what_a_run_from_nothing_reports(
    session: Session, folder: Path, graded: Callable[..., dict[str, Any]]
) -> None:
    session.grade(folder)
    edit(folder, "updates.py", "param - lr *", "param + lr *")
    edit(folder, "forward.py", "z = h @ U + b_U", "z = h @ U")
    again = session.grade(folder)
    fresh = graded(folder, "--public")
    assert len(lost(again)) == 2
    assert [write_message(check.message) for check in again.checks] == [
        check["message"] for check in fresh["checks"]
    ]
    assert [check.score / 100 for check in again.checks] == [c["score"] for c in fresh["checks"]]


def test_only_what_may_have_changed_is_asked_again(
    session: Session, folder: Path, asked: list[str]
) -> None:
    session.grade(folder)
    asked.clear()
    session.grade(folder)
    assert asked == []
    edit(folder, "updates.py", "param - lr *", "param  -  lr *")
    session.grade(folder)
    assert {name.partition(".")[0] for name in asked} == {"updates", "train"}


def test_a_helper_of_the_students_own_counts_for_whoever_names_it(
    session: Session, folder: Path
) -> None:
    (folder / "tools.py").write_text("def sign():\n    return 1.0\n", encoding="utf-8")
    edit(folder, "activations.py", "import numpy as np\n", "import numpy as np\nimport tools\n")
    edit(folder, "activations.py", "return np.tanh(x)", "return tools.sign() * np.tanh(x)")
    assert not lost(session.grade(folder))
    (folder / "tools.py").write_text("def sign():\n    return -1.0\n", encoding="utf-8")
    assert "activations.tanh" in {check.function for check in lost(session.grade(folder))}


def test_a_file_that_finds_others_by_itself_counts_as_using_all(
    session: Session, folder: Path
) -> None:
    (folder / "tools.py").write_text("SIGN = 1.0\n", encoding="utf-8")
    edit(
        folder,
        "activations.py",
        "return np.tanh(x)",
        "return __import__('to' + 'ols').SIGN * np.tanh(x)",
    )
    assert not lost(session.grade(folder))
    (folder / "tools.py").write_text("SIGN = -1.0\n", encoding="utf-8")
    assert lost(session.grade(folder))


def test_one_function_is_called_alone_while_it_is_right(
    session: Session, folder: Path, asked: list[str]
) -> None:
    edit(folder, "relu_backward.py", "return dz @ U.T", "return (dz @ U.T)")
    report = session.grade(folder, functions=["relu_backward.hidden_grad"])
    assert asked == ["relu_backward.hidden_grad"]
    assert {check.function for check in report.checks} == {"relu_backward.hidden_grad"}
    assert report.score == report.max_score == sum([c.max_score for c in report.checks]) > 0


def test_what_a_failing_function_uses_is_asked_as_well_and_mended_first(
    session: Session, folder: Path, asked: list[str]
) -> None:
    edit(folder, "activations.py", "return np.maximum(x, 0.0)", "return np.abs(x) + 0.5")
    report = session.grade(folder, functions=["forward.forward"])
    assert {"forward.forward", "activations.relu"} <= set(asked)
    assert "activations.affine" not in asked
    assert {check.function for check in report.checks} == {"forward.forward"}
    assert not lost(report)
    messages = [write_message(check.message) for check in report.checks]
    assert any(["calls activations.relu, and passes with the right" in m for m in messages])


def test_a_function_that_calls_a_stub_waits_for_it_and_says_so(
    session: Session, folder: Path
) -> None:
    edit(folder, "activations.py", "return np.maximum(x, 0.0)", "raise NotImplementedError")
    notes = session.grade(folder).notes
    assert "forward.forward waits for activations.relu, which is not started yet." in notes
    assert not any([note.startswith("activations.relu waits") for note in notes])


def test_a_function_that_hangs_is_waited_for_once(
    session: Session, folder: Path, asked: list[str]
) -> None:
    edit(folder, "separability.py", "return x @ W + b", "while True:\n        pass")
    first = session.grade(folder)
    statuses = {c.status for c in first.checks if c.function == "separability.affine"}
    assert statuses == {"timeout"}
    asked.clear()
    edit(folder, "updates.py", "param - lr *", "param  -  lr *")
    again = session.grade(folder)
    assert "separability.affine" not in asked
    assert [check.message for check in again.checks] == [check.message for check in first.checks]


@pytest.mark.slow
def test_what_hung_is_tried_again_when_the_same_is_graded_again(
    session: Session, folder: Path, asked: list[str]
) -> None:
    edit(folder, "separability.py", "return x @ W + b", "while True:\n        pass")
    session.grade(folder)
    asked.clear()
    session.grade(folder)
    assert asked == ["separability.affine"]


@pytest.mark.slow
def test_what_a_slow_run_had_no_time_for_is_asked_by_the_next(key: Key, folder: Path) -> None:
    right = (folder / "separability.py").read_text()
    edit(folder, "separability.py", "return x @ W + b", "while True:\n        pass")
    with Session(key, limits=Limits(function_seconds=4, run_seconds=1.5)) as hurried:
        assert hurried.grade(folder).score == 0
        (folder / "separability.py").write_text(right)
        assert not lost(hurried.grade(folder))


@pytest.mark.parametrize(
    "way",
    slow_after(
        1,
        [
            "import pkgutil\ntools = pkgutil.resolve_name('to' + 'ols')",
            "import \uff54ools as tools",
            "tools = getattr(vars(__builtins__), 'get')('__imp' + 'ort__')('to' + 'ols')",
            "tools = __builtins__['__imp' + 'ort__']('to' + 'ols')",
        ],
    ),
)
def test_a_helper_found_in_an_odd_way_counts_all_the_same(tmp_path: Path, way: str) -> None:
    (tmp_path / "tools.py").write_text("SIGN = 1.0\n", encoding="utf-8")
    (tmp_path / "activations.py").write_text(f"{way}\n", encoding="utf-8")
    submission = Submission(tmp_path, ("activations", "tools"), ())
    before = digests_of(submission)
    (tmp_path / "tools.py").write_text("SIGN = -1.0\n", encoding="utf-8")
    assert digests_of(submission)["activations"] != before["activations"]


@pytest.mark.slow
def test_a_file_whose_import_hangs_is_not_imported_again_by_others(
    session: Session, folder: Path
) -> None:
    limits = Limits(import_seconds=2)
    with Session(session.key, limits=limits) as impatient:
        edit(folder, "activations.py", "import numpy as np\n", "while True:\n    pass\n")
        impatient.grade(folder, functions=["activations.relu"])
        report = impatient.grade(folder, functions=["forward.forward", "forward.softmax"])
    statuses = {check.function: check.status for check in report.checks}
    assert statuses["forward.softmax"] == "passed"
    assert statuses["forward.forward"] == "error"


def test_what_was_printed_is_remembered(session: Session, folder: Path) -> None:
    edit(folder, "updates.py", "    return {", "    print('updating')\n    return {")
    session.grade(folder)
    assert "updating" in session.grade(folder).printed["updates.sgd_update"]


def test_a_function_that_the_homework_does_not_have_is_named(
    session: Session, folder: Path
) -> None:
    with pytest.raises(ValueError, match=r"no function forward\.sofmax"):
        session.grade(folder, functions=["forward.sofmax"])


def test_a_session_outlives_a_submission_that_cannot_be_read(
    session: Session, folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(IntakeError, match="nothing-here"):
        session.grade(tmp_path / "nothing-here.zip")
    assert session.grade(folder).score == session.grade(folder).max_score


def test_a_session_that_is_closed_leaves_nothing_behind(
    key: Key, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    spawners: list[Spawner] = []
    with Session(key) as session:
        session.grade(folder, functions=["forward.softmax"])
        spawners.append(session._open_spawner())
        assert list(place.iterdir())
    assert list(place.iterdir()) == []
    with pytest.raises(RuntimeError, match="inside its 'with'"):
        session.grade(folder)
    assert len(spawners) == 1


def test_a_digest_covers_files_that_are_used_through_others(tmp_path: Path) -> None:
    sources = {
        "one": "import two\n",
        "two": "import three\n",
        "three": "X = 1\n",
        "four": "Y = 2\n",
    }
    for name, source in sources.items():
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    submission = Submission(tmp_path, tuple(sources), ())
    before = digests_of(submission)
    (tmp_path / "three.py").write_text("X = 2\n", encoding="utf-8")
    after = digests_of(submission)
    assert {name for name in sources if before[name] != after[name]} == {"one", "two", "three"}

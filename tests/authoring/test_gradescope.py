"""The package for Gradescope: its bytes, its build, and the results it leaves in every case."""

import ast
import hashlib
import json
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import jsonschema
import notebook_builders
import pytest
from quick import slow_after

from autograder.authoring.commands.gradescope import (
    LOCK,
    fetch_wheels,
    this_python,
    this_system,
    write_archive,
)
from autograder.authoring.commands.gradescope_try import (
    build_image,
    put_submission,
    read_results,
    run_autograder,
    trial_environment,
)
from autograder.authoring.gradescope.container.install_wheels import find_wheel, read_lock
from autograder.authoring.handed_out import STAFF_ONLY, handed_out_of_rubric
from autograder.core.message import Label, Message, Row
from autograder.core.records import CheckResult, Report, Status
from autograder.errors import GraderError, UsageError
from autograder.homework.folder import Homework
from autograder.homework.settings import Feedback
from autograder.outputs.gradescope_json import to_gradescope

SCHEMA = json.loads((Path(__file__).parents[1] / "support" / "gradescope_schema.json").read_text())

#: A line of a solution that is shorter than this may stand in any program.
TELLING_CHARACTERS = 16


def validated(content: bytes) -> dict[str, Any]:
    """Return the results after holding them against the schema."""
    results: dict[str, Any] = json.loads(content)
    jsonschema.validate(results, SCHEMA)
    return results


def rendered(report: Report, **metadata: Any) -> dict[str, Any]:
    return validated(
        to_gradescope(report, feedback=Feedback(), execution_seconds=1.234, metadata=metadata)
    )


SAID = Message((Row(Label.GOT, "a message"),))


def check(function: str, title: str, *, visibility: str = "public", score: int = 0) -> CheckResult:
    status = Status.PASSED if score == 150 else Status.FAILED
    part = function.partition(".")[0]
    name = f"{function}.{title}"
    return CheckResult(name, part, function, title, status, score, 150, visibility, SAID, None)


CHECKS = (
    check("forward.softmax", "values", score=150),
    check("forward.softmax", "shape"),
    check("forward.softmax", "hidden", visibility="hidden", score=150),
    check("train.train", "values", score=75),
)
REPORT = Report(
    CHECKS,
    600,
    {"activations": "Activations", "forward": "Forward", "train": "Training"},
    is_finished=True,
    notes=("A note.",),
    environment={"numpy": "2.2.6", "sandbox": "seccomp"},
    printed={"forward.softmax": "hello"},
)


def test_each_check_is_one_test_numbered_by_its_part() -> None:
    tests = rendered(REPORT)["tests"]
    assert [test["number"] for test in tests] == ["2.1", "2.2", "2.3", "3.1"]
    assert tests[0]["name"] == "forward.softmax: values"
    assert [test["status"] for test in tests] == ["passed", "failed", "passed", "failed"]


def test_the_total_is_the_sum_of_the_tests() -> None:
    results = rendered(REPORT)
    assert results["score"] == sum([test["score"] for test in results["tests"]]) == 3.75


def test_hidden_checks_wait_for_the_published_grades() -> None:
    seen = {test["name"]: test["visibility"] for test in rendered(REPORT)["tests"]}
    assert seen.pop("forward.softmax: hidden") == "after_published"
    assert set(seen.values()) == {"visible"}


def test_what_students_see_at_once_does_not_depend_on_hidden_checks() -> None:
    checks = [
        replace(c, score=0, status=Status.FAILED) if c.visibility == "hidden" else c for c in CHECKS
    ]
    other = rendered(replace(REPORT, checks=tuple(checks)))
    assert other["score"] != rendered(REPORT)["score"]
    assert other["output"] == rendered(REPORT)["output"]
    assert rendered(REPORT)["stdout_visibility"] == "hidden"


def test_what_was_printed_is_shown_once_with_a_public_check() -> None:
    outputs = [test.get("output", "") for test in rendered(REPORT)["tests"]]
    assert ["hello" in output for output in outputs] == [True, False, False, False]


def test_an_unfinished_report_says_so_first_and_keeps_its_score() -> None:
    report = replace(REPORT, is_finished=False, notes=("A note.", "Grading did not finish."))
    results = rendered(report)
    assert results["output"].startswith("<p>Grading did not finish.</p>\n<p>A note.</p>\n")
    assert results["score"] == 3.75


def test_results_before_the_first_check_are_valid() -> None:
    results = rendered(Report((), 100_00, {}, is_finished=False, notes=("Not yet.",)))
    assert results["score"] == 0
    assert results["output"] == "<p>Not yet.</p>"


def test_staff_can_tell_versions_protections_and_submission() -> None:
    extra = rendered(REPORT, id=17)["extra_data"]
    assert extra["environment"] == {"numpy": "2.2.6", "sandbox": "seccomp"}
    assert extra["submission_id"] == 17


#: Every documented field once; what may stand beside what is in the documentation's own examples.
COMPLETE = {
    "score": 44.0,
    "execution_time": 136,
    "output": "About all of it",
    "output_format": "simple_format",
    "test_output_format": "text",
    "test_name_format": "text",
    "visibility": "after_due_date",
    "stdout_visibility": "visible",
    "extra_data": {},
    "tests": [
        {
            "score": 2.0,
            "max_score": 2.0,
            "status": "passed",
            "name": "A name",
            "name_format": "text",
            "number": "1.1",
            "output": "Several\nlines",
            "output_format": "text",
            "tags": ["tag1", "tag2"],
            "visibility": "visible",
            "extra_data": {},
        }
    ],
    "leaderboard": [
        {"name": "Accuracy", "value": 0.926},
        {"name": "Time", "value": 15.1, "order": "asc"},
        {"name": "Stars", "value": "*****"},
    ],
}


@pytest.mark.parametrize(
    "results",
    [
        COMPLETE,
        {"score": 0},
        {"tests": []},
        {"tests": [{"score": 1}, {"name": "only informs", "status": "failed"}]},
        {"score": 3, "tests": [{}]},
    ],
)
def test_the_schema_lets_through_what_is_documented(results: dict[str, Any]) -> None:
    validator = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)
    assert [error.message for error in validator.iter_errors(results)] == []


@pytest.mark.parametrize(
    "results",
    [
        [],
        {},
        {"output": "no score and no tests"},
        {"score": "44"},
        {"tests": [{"name": "without a score or a status"}]},
        {"score": 1, "tests": [{"status": "error"}]},
        {"score": 1, "tests": [{"number": 1.1}]},
        {"score": 1, "tests": [{"visibility": "shown"}]},
        {"score": 1, "tests": [{"tags": "one"}]},
        {"score": 1, "output_format": "markdown"},
        {"score": 1, "max_score": 100},
        {"score": 1, "leaderboard": [{"name": "without a value"}]},
    ],
)
def test_the_schema_refuses_what_is_not(results: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(results, SCHEMA)


@pytest.fixture(scope="module")
def homework(answer_keys: dict[str, Path]) -> Homework:
    """The homework, its keys compiled."""
    return Homework.here()


@pytest.fixture(scope="module")
def wheels(homework: Homework) -> list[Path]:
    """The wheels for the interpreter that runs the tests."""
    return fetch_wheels(homework.root / "build" / "wheels", [this_python()], system=this_system())


@pytest.fixture(scope="module")
def package(
    homework: Homework, wheels: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The zip, as for upload."""
    path = tmp_path_factory.mktemp("package") / "gradescope.zip"
    write_archive(path, homework, wheels)
    return path


@pytest.fixture(scope="module")
def image(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root in which setup.sh has run."""
    root = tmp_path_factory.mktemp("image").resolve()
    assert "setup.sh: the grader is ready" in build_image(package, root)
    return root


Grading = Callable[[Path], tuple[int, dict[str, Any]]]


@pytest.fixture
def grading(image: Path) -> Grading:
    """Grade a submission with run_autograder; return its exit status and the results."""

    def run(submission: Path) -> tuple[int, dict[str, Any]]:
        put_submission(submission, image)
        status = run_autograder(image).returncode
        read_results(image)
        return status, validated((image / "results" / "results.json").read_bytes())

    return run


def test_packaging_twice_gives_the_same_bytes(
    package: Path, homework: Homework, wheels: list[Path], tmp_path: Path
) -> None:
    write_archive(tmp_path / "again.zip", homework, wheels)
    assert (tmp_path / "again.zip").read_bytes() == package.read_bytes()


def test_the_scripts_are_executable_and_at_the_root_of_the_zip(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
    assert list(modes) == sorted(modes)
    executable = {name for name, mode in modes.items() if mode & 0o111}
    assert executable == {"setup.sh", "run_autograder"}


def test_every_wheel_in_the_zip_is_pinned(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        wheels = [archive.read(name) for name in archive.namelist() if name.endswith(".whl")]
        lock = archive.read("requirements.lock").decode()
    assert len(wheels) == len(read_lock(LOCK)) == 3
    for wheel in wheels:
        assert f"sha256:{hashlib.sha256(wheel).hexdigest()}" in lock


def contents(path: Path) -> dict[str, bytes]:
    """Return every file of the zip, wheels aside: those are others', and pinned by digest."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith(".whl")]
        return {name: archive.read(name) for name in names}


def test_what_only_staff_have_is_not_in_the_zip(package: Path, root: Path) -> None:
    inside = [name.removeprefix("autograder/") for name in contents(package)]
    assert "worker/serve.py" in inside
    assert not [name for name in inside if name.startswith(STAFF_ONLY)]
    assert "solution" not in " ".join(inside)
    handed_out = handed_out_of_rubric(Homework.here(root))
    assert {name for name in inside if "rubric" in name} == set(handed_out)


def test_what_grading_runs_of_a_rubric_and_the_settings_are_in_the_zip(
    tmp_path: Path,
) -> None:
    own = Homework(tmp_path / "homework")
    (own.root / "build").mkdir(parents=True)
    own.key_path("full").write_bytes(b"a key")
    own.settings_path.write_text("[homework]\ntitle = Sums\n")
    for name in ("exam.py", "predicates.py"):
        own.rubric.mkdir(exist_ok=True)
        (own.rubric / name).write_text(f"# {name}\n")
    write_archive(tmp_path / "gradescope.zip", own, [])
    files = contents(tmp_path / "gradescope.zip")
    assert files["homework.ini"] == b"[homework]\ntitle = Sums\n"
    assert files["rubric/predicates.py"] == b"# predicates.py\n"
    assert "rubric/exam.py" not in files


def body_lines(folder: Path) -> set[str]:
    """Return the lines of the functions' bodies, docstrings aside, that tell something."""
    lines: set[str] = set()
    for file in folder.glob("*.py"):
        source = file.read_text().splitlines()
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                for statement in body:
                    lines.update(source[statement.lineno - 1 : statement.end_lineno])
    telling = {line.strip() for line in lines if len(line.strip()) >= TELLING_CHARACTERS}
    # What numpy warns of says nothing of what is computed.
    return {line for line in telling if not line.startswith("with np.errstate(")}


def test_no_line_of_the_solution_is_in_the_zip(package: Path, root: Path) -> None:
    telling = body_lines(root / "solution")
    assert len(telling) > 50
    for name, content in contents(package).items():
        assert not [line for line in telling if line.encode() in content], name


def test_the_zip_names_no_place_to_download_from(package: Path) -> None:
    files = contents(package)
    for name in ("setup.sh", "run_autograder", "requirements.lock", "install_wheels.py"):
        assert b"http" not in files[name]


def test_the_solution_gets_every_point(grading: Grading, root: Path) -> None:
    status, results = grading(root / "solution")
    assert status == 0
    assert results["score"] == 105  # 5 of them extra credit
    assert results["extra_data"]["finished"]
    assert {test["status"] for test in results["tests"]} == {"passed"}
    assert sum([test["max_score"] for test in results["tests"]]) == pytest.approx(105)


def test_the_stubs_get_none(grading: Grading, root: Path) -> None:
    status, results = grading(root / "assignment")
    assert (status, results["score"]) == (0, 0)
    assert {test["status"] for test in results["tests"]} == {"failed"}


def test_a_zip_that_was_not_unpacked_is_graded(
    grading: Grading, root: Path, tmp_path: Path
) -> None:
    archive = shutil.make_archive(str(tmp_path / "hw"), "zip", root, "solution")
    assert grading(Path(archive))[1]["score"] == 105


def test_a_notebook_is_graded(grading: Grading, tmp_path: Path) -> None:
    (tmp_path / "hw.ipynb").write_bytes(notebook_builders.bare())
    status, results = grading(tmp_path / "hw.ipynb")
    assert (status, results["score"]) == (0, 100)


def test_a_zip_that_cannot_be_read_gets_a_sentence(grading: Grading, tmp_path: Path) -> None:
    (tmp_path / "hw.zip").write_bytes(b"PK\x03\x04 and no more")
    status, results = grading(tmp_path / "hw.zip")
    assert (status, results["score"]) == (0, 0)
    assert results["output"].startswith(
        "<p>submission/hw.zip is a zip that is damaged or was cut off"
    )


def test_hidden_tests_show_no_values(grading: Grading, root: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    shutil.copytree(root / "solution", wrong)
    with (wrong / "forward.py").open("a") as file:
        file.write("\n\ndef softmax(z):\n    raise ValueError(f'secret {z}')\n")
    tests = grading(wrong)[1]["tests"]
    hidden = [test for test in tests if test["visibility"] == "after_published"]
    failed = [test for test in hidden if test["status"] == "failed"]
    assert failed
    for test in failed:
        assert "hidden, not shown" in test["output"]
        assert "secret" not in test["output"]
        assert "array" not in test["output"]


@pytest.mark.parametrize("content", slow_after(1, [None, b"", b"[1]", b"{", b"\xff"]))
def test_broken_metadata_costs_nothing(image: Path, root: Path, content: bytes | None) -> None:
    put_submission(root / "assignment", image)
    (image / "submission_metadata.json").unlink()
    if content is not None:
        (image / "submission_metadata.json").write_bytes(content)
    assert run_autograder(image).returncode == 0
    assert read_results(image)["extra_data"]["submission_id"] is None


def test_a_fault_of_the_grader_is_not_put_on_the_student(
    image: Path, root: Path, tmp_path: Path
) -> None:
    key = image / "source" / "build" / "answer-key.full"
    put_submission(root / "solution", image)
    key.rename(tmp_path / "key")
    try:
        done = run_autograder(image)
    finally:
        (tmp_path / "key").rename(key)
    results = validated((image / "results" / "results.json").read_bytes())
    assert done.returncode == 3
    assert "Traceback" in done.stdout
    assert results["output"].startswith("<p>The grader failed, not your code.")
    assert results["score"] == 0


def test_numpy_that_cannot_be_loaded_is_a_fault_of_the_grader(image: Path, root: Path) -> None:
    put_submission(root / "solution", image)
    broken = image / "source" / "numpy.py"  # before the real one on the path
    broken.write_text("raise ImportError('no numpy here')\n")
    try:
        done = run_autograder(image)
    finally:
        broken.unlink()
    assert done.returncode == 3
    assert read_results(image)["output"].startswith("<p>The grader failed, not your code.")


@pytest.mark.parametrize("number", slow_after(1, [signal.SIGTERM, signal.SIGKILL]))
def test_a_run_that_is_stopped_half_way_keeps_what_is_graded(
    image: Path, root: Path, tmp_path: Path, number: signal.Signals
) -> None:
    slow = tmp_path / "slow"
    shutil.copytree(root / "solution", slow)
    (slow / "softmax_ce.py").write_text("import time\ntime.sleep(8)\n")
    put_submission(slow, image)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    place = image / "results" / "results.json"
    process = subprocess.Popen(
        [image / "run_autograder"],
        cwd=image,
        env=trial_environment(image) | {"TMPDIR": str(temporary)},
        stdout=subprocess.DEVNULL,
    )
    try:
        while '"tests"' not in (place.read_text() if place.exists() else ""):
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=0.02)
    finally:
        process.send_signal(number)
    assert process.wait(timeout=30) == (128 + number if number == signal.SIGTERM else -number)
    results = validated(place.read_bytes())
    assert 0 < results["score"] < 100
    assert results["output"].startswith("<p>Grading did not finish")
    assert not results["extra_data"]["finished"]
    assert number == signal.SIGKILL or not list(temporary.iterdir())


@pytest.mark.parametrize(
    ("name", "sentence"),
    slow_after(
        1,
        [
            ("wheels", "requirements.lock"),
            ("build", "answer key"),
            ("autograder", "could not be compiled"),
        ],
    ),
)
def test_a_damaged_package_does_not_build(
    package: Path, tmp_path: Path, name: str, sentence: str
) -> None:
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(damaged, "w") as new:
        for info in old.infolist():
            is_hit = PurePosixPath(info.filename).parts[0] == name and not info.filename.endswith(
                "__.py"
            )
            new.writestr(info, old.read(info) + (b"\n(" if is_hit else b""))
    with pytest.raises(GraderError, match=f"(?s)setup.sh ended with status 1.*{sentence}"):
        build_image(damaged, tmp_path / "root")


def test_packaging_without_the_network_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(UsageError, match="could not be downloaded"):
        fetch_wheels(tmp_path / "wheels", ["3.10"])


def test_a_python_without_a_wheel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"not for '3\.9'"):
        fetch_wheels(tmp_path, ["3.9"])


def test_a_stored_wheel_that_is_damaged_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    name = "numpy-2.2.6-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / name).write_bytes(b"half a whee")
    with pytest.raises(UsageError):
        fetch_wheels(tmp_path / "wheels", ["3.10"])


LINUX = ("manylinux", "x86_64")


def test_numpys_wheel_is_chosen_by_interpreter_and_platform_and_a_pure_one_always_fits() -> None:
    numpy, landlock, seccomp = read_lock(LOCK)
    wheels = [
        Path("numpy-2.2.6-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"),
        Path("numpy-2.2.6-cp312-cp312-macosx_14_0_arm64.whl"),
        Path("numpy-2.2.5-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"),
        Path("pyseccomp-0.1.2-py3-none-any.whl"),
    ]
    assert find_wheel(wheels, numpy, "3.12", LINUX) == wheels[0]
    assert find_wheel(wheels, numpy, "3.12", ("macosx", "arm64")) == wheels[1]
    assert find_wheel(wheels, numpy, "3.10", LINUX) is None
    assert find_wheel(wheels, seccomp, "3.10", LINUX) == wheels[3]
    assert find_wheel(wheels, landlock, "3.10", LINUX) is None


def test_a_package_missing_from_the_zip_stops_the_build(package: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(tmp_path / "less.zip", "w") as new:
        for info in old.infolist():
            if "pyseccomp" not in info.filename:
                new.writestr(info, old.read(info))
    with pytest.raises(GraderError, match="has no wheel of pyseccomp for it"):
        build_image(tmp_path / "less.zip", tmp_path / "root")


def test_trying_the_package_out_shows_a_valid_score(
    command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = command("gradescope-try", "solution", "--keep", tmp_path / "kept")
    assert done.returncode == 0, done.stderr
    assert "valid results: score 105, " in done.stdout
    validated((tmp_path / "kept" / "results" / "results.json").read_bytes())

"""The package where it will live: a bare root, root's rights, no network, 768 MB, half a processor.

What these containers imitate, and how, is said in ``gradescope_container.py``. A submission of
``containers/hostile`` tries what only such a place offers, at import, on top of the stubs: its
honest score is 0. Those of ``submissions`` are known from elsewhere, with what they deserve.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import submission_corpus as corpus
from containers.debian import UnavailableError, root_archive
from gradescope_container import MEMORY_BYTES, Container, Graded, Image

from autograder.authoring.commands.gradescope import SUPPORTED_PYTHONS, fetch_wheels, write_archive
from autograder.authoring.verification.variants import appended
from autograder.homework.folder import Homework

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SCHEMA = json.loads((HERE.parent / "support" / "gradescope_schema.json").read_text())
HOSTILE = sorted([file.stem for file in (HERE / "hostile").glob("*.py")])

#: Those that would reach the machine itself.
BOUNDLESS = ("forks_without_end", "takes_all_memory")

#: One or two for each way to be a bad guest.
KNOWN = (
    "aborts",
    "allocates_three_gibibytes",
    "child_process_left_running",
    "child_process_that_left_the_group",
    "closes_all_descriptors",
    "exit_handler_that_hangs",
    "exits_hard_at_import",
    "fills_the_disk",
    "forges_a_reply",
    "forked_child_that_answers",
    "import_loops_forever",
    "imports_the_grader",
    "loops_forever_and_ignores_signals",
    "prints_a_hundred_megabytes",
    "reads_the_solution",
    "segmentation_fault",
    "signal_handlers",
    "sleeps_forever",
    "threads_left_running",
    "writes_into_every_descriptor",
)

#: The class: right, wrong and hostile ones; each of the first two kinds meets what is left behind.
CLASS = (
    "solution",
    "missing_batch_mean",
    "leaves_things_behind",
    "solution",
    "missing_batch_mean",
    "softmax_overflows",
    "writes_the_results",
    "softmax_overflows",
    "kills_everything",
    "relu_in_place",
    "shares_memory",
    "relu_in_place",
    "stays",
    "embedding_gradient_summed",
    "reads_the_key",
    "embedding_gradient_summed",
    "removes_everything",
    "missing_batch_mean",
    "assignment",
    "solution",
)

#: Docker's default capabilities, as a bit for each.
DOCKER = 0xA80425FB

SOLUTION_SECONDS = 10.0


@pytest.fixture(scope="module")
def image(
    answer_keys: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Image]:
    """An image, built from the zip by its own setup.sh, without a network."""
    try:
        archive = root_archive(ROOT / "build")
    except UnavailableError as reason:
        if os.environ.get("GRADESCOPE_ROOT") == "needed":
            pytest.fail(str(reason))
        pytest.skip(str(reason))
    folder = tmp_path_factory.mktemp("gradescope")
    image = Image(folder, archive)
    python = image.python()
    assert python in SUPPORTED_PYTHONS
    package = folder / "gradescope.zip"
    write_archive(package, Homework(ROOT), fetch_wheels(ROOT / "build" / "wheels", [python]))
    built = image.prepare(package)
    assert built.status == 0, built.output
    assert built.output.endswith("setup.sh: the grader is ready\n")
    print(f"\nsetup.sh and the steps around it took {built.seconds:.1f} s")
    yield image
    shutil.rmtree(folder)


@pytest.fixture
def container(image: Image) -> Iterator[Container]:
    with image.start() as container:
        yield container


@pytest.fixture
def submission(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a submission, by its name, into a folder."""

    def write(name: str) -> Path:
        if name in ("assignment", "solution"):
            return ROOT / name
        folder = tmp_path / name
        if name not in HOSTILE:
            return corpus.build(name, folder)
        shutil.copytree(ROOT / "assignment", folder, dirs_exist_ok=True)
        module = folder / "separability.py"
        patch = HERE / "hostile" / f"{name}.py"
        module.write_bytes(
            appended((ROOT / "assignment" / module.name).read_bytes(), patch.read_bytes())
        )
        return folder

    return write


def checked(graded: Graded) -> dict[str, Any]:
    """Return the results of a run that ended by itself, left nothing, and keeps to the schema."""
    assert graded.status == 0, graded.output
    assert graded.left == []
    jsonschema.validate(graded.results, SCHEMA)
    assert graded.results["extra_data"]["finished"]
    return graded.results


def without_times(graded: Graded) -> bytes:
    assert graded.content is not None
    content, count = re.subn(rb'"execution_time":\s*[0-9.e-]+', b"", graded.content)
    assert count == 1
    return content


# ---- the container is what it is said to be


def test_the_root_has_python_without_pip_or_any_package(container: Container) -> None:
    listed = container.run("python3", "-I", "-c", "import pip")
    assert "No module named 'pip'" in listed.output
    assert "No module named ensurepip" in container.run("python3", "-m", "ensurepip").output
    find = "import importlib.metadata as m; print(*[d.name for d in m.distributions()])"
    assert container.run("python3", "-I", "-c", find).output == "\n"


def test_root_in_there_has_what_docker_leaves_it_and_no_more(container: Container) -> None:
    status = container.run("cat", "/proc/self/status").output
    found = dict(re.findall(r"^Cap(\w+):\s+(\w+)$", status, flags=re.MULTILINE))
    assert {name: int(number, 16) for name, number in found.items()} == {
        "Inh": 0,
        "Prm": DOCKER,
        "Eff": DOCKER,
        "Bnd": DOCKER,
        "Amb": 0,
    }


@pytest.mark.parametrize(
    "command", ["unshare --mount true", "unshare --user true", "mount -t tmpfs tmpfs /mnt"]
)
def test_mounts_and_namespaces_are_refused(container: Container, command: str) -> None:
    ran = container.run(*command.split())
    assert ran.status != 0
    assert re.search("not permitted|permission denied", ran.output, flags=re.IGNORECASE)


def test_there_is_no_network(container: Container) -> None:
    assert container.run("ls", "/sys/class/net").output == "lo\n"
    assert container.run("cat", "/proc/net/route").output.splitlines()[1:] == []


def test_processes_of_the_machine_are_out_of_sight(container: Container) -> None:
    numbers = container.run("sh", "-c", "echo /proc/[0-9]*").output.split()
    assert numbers[0] == "/proc/1"
    assert len(numbers) == 2


def test_memory_ends_where_the_platforms_does(container: Container) -> None:
    ran = container.run("python3", "-c", f"print(len(b'x' * {MEMORY_BYTES}), 'bytes')")
    assert ran.status != 0
    assert "bytes" not in ran.output


def test_the_packages_load_and_find_libseccomp_as_apt_brought_it(container: Container) -> None:
    load = "import numpy, py_landlock, pyseccomp; print(pyseccomp.get_api() > 0)"
    assert container.run("env/bin/python", "-s", "-c", load).output == "True\n"
    show = ["dpkg-query", "--show", "--showformat", "${Depends}\n", "apt", "libapt-pkg*"]
    assert "libseccomp2" in container.run(*show).output


# ---- grading in it


def test_the_solution_gets_every_point_in_good_time(container: Container) -> None:
    graded = container.grade(ROOT / "solution")
    peak = container.cgroup.peak_bytes() if container.cgroup else None
    said = "unknown" if peak is None else f"{peak / 1e6:.0f} MB"
    print(f"\nsolution: {graded.seconds:.2f} s, peak of memory {said} ({container.limits})")
    assert checked(graded)["score"] == 100 + corpus.MAX_BONUS
    assert graded.seconds < SOLUTION_SECONDS


def test_the_stubs_get_none(container: Container) -> None:
    assert checked(container.grade(ROOT / "assignment"))["score"] == 0


def test_the_layers_that_the_platform_allows_are_on(container: Container) -> None:
    environment = checked(container.grade(ROOT / "assignment"))["extra_data"]["environment"]
    layers = set(environment["layers"].split(", "))
    assert layers >= {"user", "syscalls", "privileges", "limits", "judge", "sweep"}
    assert "network" in environment["layers off"]


@pytest.mark.parametrize("name", KNOWN)
def test_a_hostile_submission_gets_what_it_deserves_and_the_same_as_elsewhere(
    container: Container,
    submission: Callable[[str], Path],
    graded: Callable[..., dict[str, Any]],
    name: str,
) -> None:
    results = checked(container.grade(submission(name)))
    assert results["score"] == pytest.approx(corpus.total(name))
    here = graded(submission(name))
    assert results["score"] == pytest.approx(here["score"] + here["bonus"])


@pytest.mark.parametrize("name", HOSTILE)
def test_a_submission_that_attacks_the_platform_gains_and_breaks_nothing(
    container: Container, submission: Callable[[str], Path], name: str
) -> None:
    if container.cgroup is None and name in BOUNDLESS:
        pytest.skip("only a cgroup bounds this one, should the grader's own layers fail")
    before = container.state()
    results = checked(container.grade(submission(name)))
    assert results["score"] == 0
    assert b"forged" not in (container.read("/autograder/results/stdout") or b"")
    assert changes(before, container.state()) == {}


def test_the_key_and_its_surroundings_cannot_be_read_by_a_submission(
    container: Container, submission: Callable[[str], Path]
) -> None:
    results = checked(container.grade(submission("reads_the_key")))
    outputs = " ".join([test["output"] for test in results["tests"]])
    assert "came upon nothing" in outputs


@pytest.mark.parametrize(
    "path",
    [
        "source/build/answer-key.full",
        "source/autograder/grading/grade.py",
        "results/results.json",
        "submission_metadata.json",
    ],
)
def test_no_other_user_reads_what_is_the_graders(container: Container, path: str) -> None:
    checked(container.grade(ROOT / "assignment"))
    someone = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups", "--inh-caps=-all"]
    assert container.run("test", "-s", path).status == 0
    assert "Permission denied" in container.run(*someone, "cat", path).output


# ---- a class in a row


def changes(before: dict[str, str], after: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Return what became of each path that is not as it was."""
    paths = before.keys() | after.keys()
    states = {path: (before.get(path, "-"), after.get(path, "-")) for path in paths}
    return {path: state for path, state in states.items() if state[0] != state[1]}


def test_nothing_passes_from_one_submission_of_a_class_to_the_next(
    container: Container, submission: Callable[[str], Path]
) -> None:
    assert len(CLASS) == 20
    before = container.state()
    seen: dict[str, bytes] = {}
    for name in CLASS:
        graded = container.grade(submission(name))
        score = checked(graded)["score"]
        expected = {"solution": 100 + corpus.MAX_BONUS, "assignment": 0} | dict.fromkeys(HOSTILE, 0)
        right = expected[name] if name in expected else corpus.total(name)
        assert score == pytest.approx(right), name
        assert seen.setdefault(name, without_times(graded)) == without_times(graded), name
        assert changes(before, container.state()) == {}, name

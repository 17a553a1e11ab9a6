"""Each layer, with all others off, refuses what it is there for, and nothing that students need."""

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from attack_stage import PACKAGES, interpreter
from quick import slow_after

from autograder.isolation.layers import LAYERS, NEEDED, described, layer_names, missing, refusal
from autograder.isolation.protection import CLOSING

ROOT = Path(__file__).parents[2]
PROBES = Path(__file__).with_name("isolation_probe.py")

#: A user who is no one's.
SOMEBODY = 31_415

#: The one layer that is on, and what it refuses.
REFUSED = {
    "user": (
        "reads_a_secret",
        "signals_the_nursery",
        "removes_what_is_not_its_own",
        "changes_a_mode",
        "sets_the_clock",
        "is_another_user",
        "reads_memory_of_the_nursery",
    ),
    "files": (
        "reads_a_secret",
        "reads_what_all_may_read",
        "lists_the_folder_of_its_folder",
        "writes_where_all_may_write",
        "removes_what_is_not_its_own",
        "reads_memory_of_the_nursery",
        "reads_the_environment_of_the_nursery",
    ),
    "syscalls": (
        "writes_where_all_may_write",
        "writes_to_its_folder",
        "removes_what_is_not_its_own",
        "changes_a_mode",
        "signals_the_nursery",
        "signals_by_a_descriptor",
        "forks",
        "starts_a_program",
        "traces",
        "opens_a_ring",
        "takes_a_descriptor_of_a_process",
        "opens_a_socket",
        "reaches_a_listener",
        "sets_the_clock",
        "sets_the_limits_of_another",
        "keeps_memory_beyond_its_end",
    ),
    "network": ("reaches_a_listener",),
    "privileges": ("sets_the_clock", "holds_a_capability", "may_gain_privileges"),
    "limits": (
        "takes_a_gibibyte",
        "opens_many_files",
        "writes_a_large_file",
        "leaves_a_core",
        "calculates_for_seconds",
    ),
    "sweep": ("leaves_a_process",),
}

#: What a submission may do with every layer on.
ALLOWED = (
    "reads_a_library",
    "reads_its_submission",
    "writes_to_its_folder",
    "starts_a_thread",
)

needs_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root can be everyone"
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these layers are Linux's")


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A folder that every user can enter, with the grader's package; pytest's own are closed."""
    with tempfile.TemporaryDirectory(prefix="isolation-") as folder:
        Path(folder).chmod(0o755)
        package = Path(folder, "package", "autograder")
        shutil.copytree(ROOT / "autograder" / "isolation", package / "isolation")
        yield Path(folder)


@pytest.fixture(scope="module")
def python(open_folder: Path) -> str:
    """Return an interpreter that every user can start."""
    try:
        return interpreter(open_folder)
    except LookupError as error:
        pytest.skip(str(error))


@pytest.fixture
def place(open_folder: Path) -> Path:
    """A folder with a secret, things open to all, a submission and a scratch folder."""
    place = Path(tempfile.mkdtemp(dir=open_folder))
    place.chmod(0o755)
    for name in ("submission", "scratch", "open"):
        (place / name).mkdir()
    (place / "open").chmod(0o1777)
    (place / "open" / "other").write_text("")
    (place / "open" / "other").chmod(0o644)
    (place / "submission" / "a.py").write_text("")
    (place / "readable").write_text("")
    (place / "secret").write_text("secret")
    (place / "secret").chmod(0o600)
    return place


def _tried(
    python: str, place: Path, probes: Iterable[str], without: Iterable[str], user: int | None = None
) -> dict[str, str]:
    """Return what came of each probe, with some layers left off."""
    if user is not None:
        for path in [place, *place.rglob("*")]:
            os.chown(path, user, user)
    done = subprocess.run(
        [python, "-s", "-B", PROBES, place.parent / "package", place, ",".join(probes), *without],
        capture_output=True,
        text=True,
        user=user,
        group=user,
        extra_groups=[] if user is not None else None,
        cwd="/",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    tried: dict[str, str] = json.loads(done.stdout)
    return tried


def _others(layer: str) -> list[str]:
    return [name for name in layer_names() if name != layer]


@needs_root
@pytest.mark.parametrize("layer", slow_after(2, REFUSED))
def test_a_layer_alone_refuses_what_it_is_there_for(python: str, place: Path, layer: str) -> None:
    tried = _tried(python, place, REFUSED[layer], _others(layer))
    assert tried == dict.fromkeys(REFUSED[layer], "refused")


@needs_root
@pytest.mark.parametrize("layer", slow_after(2, REFUSED))
def test_without_any_layer_all_of_it_goes(python: str, place: Path, layer: str) -> None:
    probes = [probe for probe in REFUSED[layer] if probe != "is_another_user"]
    assert _tried(python, place, probes, layer_names()) == dict.fromkeys(probes, "done")


@needs_root
def test_all_layers_together_allow_what_students_need(python: str, place: Path) -> None:
    assert _tried(python, place, ALLOWED, ()) == dict.fromkeys(ALLOWED, "done")


@needs_root
def test_the_memory_of_a_grader_who_is_not_root_is_closed_to_its_own_user(
    python: str, place: Path
) -> None:
    probes = ("reads_memory_of_the_nursery", "reads_the_environment_of_the_nursery")
    alone = _tried(python, place, probes, _others("judge"), SOMEBODY)
    assert alone == dict.fromkeys(probes, "refused")
    assert "done" in _tried(python, place, probes, layer_names(), SOMEBODY).values()


@needs_root
@pytest.mark.parametrize("layer", slow_after(2, ["files", "syscalls", "limits", "sweep"]))
def test_a_layer_that_needs_no_root_does_the_same_without(
    python: str, place: Path, layer: str
) -> None:
    probes = [probe for probe in REFUSED[layer] if probe != "sets_the_clock"]
    alone = _tried(python, place, probes, _others(layer), SOMEBODY)
    assert alone == dict.fromkeys(probes, "refused")


@needs_root
def test_somebody_without_rights_allows_students_as_much(python: str, place: Path) -> None:
    tried = _tried(python, place, ALLOWED, ("user", "network"), SOMEBODY)
    assert tried == dict.fromkeys(ALLOWED, "done")


@needs_root
def test_processes_are_counted_where_a_worker_has_its_own_user(python: str, place: Path) -> None:
    both = [name for name in layer_names() if name not in ("user", "limits")]
    probes = ("starts_many_processes",)
    assert _tried(python, place, probes, both) == {"starts_many_processes": "refused"}
    assert _tried(python, place, probes, layer_names()) == {"starts_many_processes": "done"}


# ---- which layers are needed


ON = dict.fromkeys(layer_names(), "")


def test_nothing_is_missing_where_all_layers_are_on() -> None:
    assert missing(ON) == {}


def test_a_group_of_layers_is_missing_only_where_none_of_it_is_on() -> None:
    assert missing(ON | {"user": "no root"}) == {}
    assert missing(ON | {"files": "old kernel"}) == {}
    both = ON | {"user": "no root", "files": "old kernel"}
    assert missing(both) == {"user": "no root", "files": "old kernel"}
    assert missing(both, allowed=["files"]) == {}


@pytest.mark.parametrize("name", sorted({name for group in NEEDED for name in group}))
def test_every_layer_that_is_needed_is_missed(name: str) -> None:
    group = next(group for group in NEEDED if name in group)
    assert name in missing(ON | dict.fromkeys(group, "off"))
    assert missing(ON | dict.fromkeys(group, "off"), allowed=[name]) == {}


def test_a_layer_that_was_never_tried_counts_as_missing() -> None:
    assert set(missing({})) == {name for group in NEEDED for name in group}


def test_a_refusal_says_why_how_to_get_it_and_how_to_do_without() -> None:
    sentence = refusal({"syscalls": "pyseccomp is not installed"})
    assert "syscalls: pyseccomp is not installed" in sentence
    assert "pip install pyseccomp" in sentence
    assert "allow_missing = syscalls" in sentence


def test_a_report_names_the_layers_that_are_on_and_why_others_are_off() -> None:
    assert described({"user": "", "files": "old kernel", "sweep": ""}) == {
        "layers": "user, sweep",
        "layers off": "files (old kernel)",
    }
    assert set(described(ON)) == {"layers"}


def test_every_layer_says_what_it_does_and_how_to_get_it() -> None:
    assert [layer.name for layer in LAYERS if not (layer.purpose and layer.remedy)] == []


# ---- numpy elsewhere


def bare_environment(folder: Path, python: str = sys.executable) -> Path:
    """Return the Python of an environment without any package."""
    subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True)
    return folder / "bin" / "python"


def lead_to(python: Path, folder: Path) -> None:
    """Let an environment find the packages of a folder, too."""
    site = next(python.parents[1].glob("lib/python*/site-packages"))
    (site / "elsewhere.pth").write_text(f"{folder}\n", encoding="utf-8")


@pytest.fixture(scope="module")
def without_sources(answer_keys: dict[str, Path], open_folder: Path) -> Path:
    """The homework as a grader gets it: an interpreter without the compiler's libraries will do."""
    homework = open_folder / "homework"
    left_out = shutil.ignore_patterns("exam.py", "__pycache__")
    shutil.copytree(ROOT / "rubric", homework / "rubric", ignore=left_out)
    shutil.copy(ROOT / "homework.ini", homework)
    (homework / "build").mkdir()
    shutil.copy(answer_keys["full"], homework / "build")
    return homework


def graded_by(
    python: Path, *words: object, submission: Path | str = "solution", **environment: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [python, "-m", "autograder", "grade", submission, *words],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_numpy_from_outside_the_environment_can_be_read(
    answer_keys: dict[str, Path], tmp_path: Path
) -> None:
    python = bare_environment(tmp_path / "environment")
    lead_to(python, Path(np.__file__).parents[1])
    done = graded_by(python)
    assert done.stdout.endswith("score 100 of 100, extra credit 5 of 5\n"), (
        done.stdout + done.stderr
    )


def test_numpy_on_the_users_own_path_is_found(answer_keys: dict[str, Path], tmp_path: Path) -> None:
    python = bare_environment(tmp_path / "environment")
    done = graded_by(python, PYTHONPATH=str(Path(np.__file__).parents[1]))
    assert done.stdout.endswith("score 100 of 100, extra credit 5 of 5\n"), (
        done.stdout + done.stderr
    )


# ---- a layer that would close what this machine's Python needs


def copy_packages(python: str, folder: Path) -> Path:
    """Make a folder with numpy and the libraries of the layers; return it."""
    code = "import numpy; print(numpy.__file__)"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    installed = Path(done.stdout.strip()).parents[1]
    for path in [installed / name for name in PACKAGES]:
        if path.is_dir():
            left_out = shutil.ignore_patterns("tests", "__pycache__")
            shutil.copytree(path, folder / path.name, ignore=left_out)
        elif path.exists():
            shutil.copy(path, folder)
    return folder


def only_root_enters(python: str, place: Path) -> Path:
    packages = copy_packages(python, place / "closed" / "packages")
    (place / "closed").chmod(0o700)
    return packages


def only_its_owner_enters(python: str, place: Path) -> Path:
    packages = only_root_enters(python, place)
    os.chown(place / "closed", SOMEBODY, SOMEBODY)
    return packages


def only_root_reads_one_file(python: str, place: Path) -> Path:
    packages = copy_packages(python, place / "packages")
    (packages / "numpy" / "fft" / "_helper.py").chmod(0o600)
    return packages


def one_part_is_a_link(python: str, place: Path) -> Path:
    """Installers that save space make links."""
    packages = copy_packages(python, place / "packages")
    shutil.move(packages / "numpy" / "fft", place / "fft")
    (packages / "numpy" / "fft").symlink_to(place / "fft")
    return packages


#: How numpy lies on a machine, the layers that it takes off, and what they would close.
IN_THE_WAY = {
    only_root_enters: {"user": "closed"},
    only_its_owner_enters: {"user": "closed", "privileges": "closed"},
    only_root_reads_one_file: {"user": "packages/numpy/fft/_helper.py"},
    one_part_is_a_link: {"files": "packages/numpy/fft"},
}


@needs_root
@pytest.mark.parametrize("lay", slow_after(1, IN_THE_WAY), ids=lambda lay: lay.__name__)
def test_a_layer_that_closes_numpy_is_left_off_and_says_so(
    without_sources: Path, python: str, place: Path, lay: Callable[[str, Path], Path]
) -> None:
    environment = bare_environment(place / "environment", python)
    lead_to(environment, lay(python, place))
    submission = shutil.copytree(ROOT / "solution", place / "solution")
    with (submission / "separability.py").open("a", encoding="utf-8") as file:
        file.write("\nimport numpy.fft\nimport numpy.polynomial\nimport numpy.random\n")
    words = ["--homework", without_sources, "--json", place / "report.json"]
    done = graded_by(environment, *words, submission=submission)
    assert done.stdout.endswith("score 100 of 100, extra credit 5 of 5\n"), (
        done.stdout + done.stderr
    )
    off = json.loads((place / "report.json").read_text())["environment"]["layers off"]
    assert {layer: str(place / part) in off for layer, part in IN_THE_WAY[lay].items()} == (
        dict.fromkeys(IN_THE_WAY[lay], True)
    )
    assert {name for name in CLOSING if f"{name} (" in off} == set(IN_THE_WAY[lay])


@needs_root
def test_a_layer_under_which_no_process_lives_is_left_off(python: str, place: Path) -> None:
    code = f"""
import os, sys
sys.path.insert(0, {str(place.parent / "package")!r})
from autograder.isolation.protection import Protection

class Deadly:
    may_write = False
    load = staticmethod(lambda: os.kill(os.getpid(), 9))

protection = Protection()
protection._prepare_calls = lambda: setattr(protection, "_calls", Deadly)
protection.prepare({str(place)!r}, is_nursery=True)
print(protection.state)
"""
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    state = ast.literal_eval(done.stdout)
    assert state["syscalls"] == "under it, any file can't be read"
    assert (state["user"], state["files"]) == ("", "")
    assert not list(place.glob("trial-*"))

"""A student's machine without a network: the unpacked handout, and Pythons to run it with."""

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest

from autograder.authoring.handed_out import handed_out_of_rubric
from autograder.homework.find import HANDED_OUT_KEY, SETTINGS
from autograder.homework.folder import Homework

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = ROOT / "autograder" / "authoring" / "handout" / "files" / "grade.py"

#: Nothing listens there: whatever asks for the network is refused at once.
CLOSED = "http://127.0.0.1:9"

#: All that students install.
PACKAGES = ("numpy", "jinja2", "nbformat", "pytest", "rich", "watchfiles")


def offline() -> dict[str, str]:
    """Return the environment of a machine that has no network and no packages elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    proxies = dict.fromkeys(["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"], CLOSED)
    return kept | proxies | {"no_proxy": "", "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0"}


def load_script() -> ModuleType:
    """Return ``grade.py`` as a module, to be asked without a machine of each kind."""
    spec = importlib.util.spec_from_file_location("students_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def unpack(handout: Path, place: Path) -> Path:
    """Unpack the zip; return the folder of the homework."""
    with zipfile.ZipFile(handout) as archive:
        archive.extractall(place)
    (homework,) = [path for path in place.iterdir() if (path / "grade.py").is_file()]
    return homework


def lay_out_key(homework: Path, keys: dict[str, Path]) -> None:
    """Put what the grader reads of this project's homework into a student's folder."""
    own = {SETTINGS: ROOT / SETTINGS, HANDED_OUT_KEY: keys["public"]}
    for name, file in (own | handed_out_of_rubric(Homework(ROOT))).items():
        (homework / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, homework / name)


def environment_python(homework: Path) -> Path:
    """Return the Python of the homework's environment."""
    return homework / ".venv" / "bin" / "python"


def lend(homework: Path, *packages: str) -> None:
    """Make an environment, as an editor does, in which packages are found that are installed here.

    Nothing is copied. What staff have beside the students' packages is not lent: the layers of
    protection would keep a worker from reading outside the environment.

    Parameters
    ----------
    homework : pathlib.Path
        The folder to make it in.
    packages : str
        Names of packages as they are imported; pip comes with them.
    """
    environment = homework / ".venv"
    words = [sys.executable, "-m", "venv", "--without-pip", str(environment)]
    subprocess.run(words, check=True)
    lent = environment / "lent"
    lent.mkdir()
    for name in (*packages, "pip"):
        place = Path(str(metadata.distribution(name).locate_file("")))
        for entry in (place / name, *place.glob(f"{name}[-.]*")):
            (lent / entry.name).symlink_to(entry)
    site = next((environment / "lib").glob("python*/site-packages"))
    (site / "lent.pth").write_text(f"{os.path.relpath(lent, site)}\n", "utf-8")


def run_script(
    homework: Path, *words: str, cwd: Path | None = None, **more: str
) -> "subprocess.CompletedProcess[str]":
    """Run ``python grade.py`` offline."""
    return subprocess.run(
        [sys.executable, str(homework / "grade.py"), *words],
        cwd=cwd or homework,
        env=offline() | more,
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.fixture(scope="module")
def handout_zip(answer_keys: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip of this project."""
    path = tmp_path_factory.mktemp("release") / "handout.zip"
    words = [sys.executable, "-m", "autograder", "release", "--output", str(path)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return path


@pytest.fixture(scope="module")
def set_up(handout_zip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student's folder in which everything is set up."""
    homework = unpack(handout_zip, tmp_path_factory.mktemp("student"))
    lend(homework, *PACKAGES)
    done = run_script(homework)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("setting up .venv (once, ")
    assert ".venv is ready" in done.stderr
    assert "Nothing is started yet. Begin with affine" in done.stdout
    return homework

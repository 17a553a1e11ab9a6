"""A folder of helpers that a file imports is graded with it, and submitted with it."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from quick import slow_after

from autograder.cli import main

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("answer_keys")

Graded = Callable[..., dict[str, Any]]

STABLE = "import numpy as np\n\ndef safe_exp(x):\n    return np.exp(x)\n"


def make(place: Path, line: str, use: str, package: dict[str, str]) -> Path:
    """Make the solution with a softmax that calls a package."""
    folder = Path(
        shutil.copytree(
            ROOT / "solution", place / "hw", ignore=shutil.ignore_patterns("__pycache__")
        )
    )
    text = (folder / "forward.py").read_text(encoding="utf-8")
    text = text.replace("import numpy as np\n", f"import numpy as np\n{line}\n", 1)
    text = text.replace("e = np.exp(", f"e = {use}(")
    (folder / "forward.py").write_text(text, encoding="utf-8")
    for name, content in package.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def zip_up(folder: Path, target: Path, *, around: str = "") -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(folder.rglob("*.py")):
            archive.write(file, around + file.relative_to(folder).as_posix())
    return target


@pytest.mark.parametrize(
    ("line", "use", "package"),
    slow_after(
        1,
        [
            ("from helpers.stable import safe_exp", "safe_exp", {"helpers/__init__.py": ""}),
            ("import helpers.stable as s", "s.safe_exp", {}),
            (
                "import helpers",
                "helpers.deep.inner.safe_exp",
                {
                    "helpers/__init__.py": "from .deep import inner\n",
                    "helpers/deep/__init__.py": "",
                    "helpers/deep/inner.py": "from ..stable import safe_exp\n",
                },
            ),
            (
                "import importlib\nhelp = importlib.import_module('helpers.stable')",
                "help.safe_exp",
                {"helpers/__init__.py": ""},
            ),
        ],
    ),
    ids=["plain", "without init", "nested", "by a function"],
)
def test_a_package_is_graded_from_a_folder_and_a_zip_and_is_packed(
    tmp_path: Path,
    graded: Graded,
    capsys: pytest.CaptureFixture[str],
    line: str,
    use: str,
    package: dict[str, str],
) -> None:
    folder = make(tmp_path, line, use, {"helpers/stable.py": STABLE, **package})
    packed = tmp_path / "submission.zip"
    assert main(["submission", str(folder), "--output", str(packed)]) == 0
    assert capsys.readouterr().out.endswith(f"{packed} is ready to upload.\n")
    with zipfile.ZipFile(packed) as archive:
        assert {"helpers/stable.py", *package} <= set(archive.namelist())
    for submission in (folder, packed):
        report = graded(submission)
        assert (report["score"], report["notes"]) == (100, [])


def test_a_package_is_graded_from_an_export(tmp_path: Path, graded: Graded) -> None:
    line = "from helpers.stable import safe_exp"
    folder = make(tmp_path, line, "safe_exp", {"helpers/stable.py": STABLE})
    zipped = zip_up(folder, tmp_path / "hw.zip", around="assignment_1_export/submission_7/hw/")
    assert graded(zipped, "--public")["score"] == 75.25


@pytest.mark.parametrize(
    ("content", "says"),
    slow_after(
        1,
        [
            (
                "def safe_exp(x):\n    return x.nothing\n",
                "helpers/stable.py line 2: return x.nothing",
            ),
            ("def safe_exp(x:\n", "stable.py can't be imported (SyntaxError in line 1)"),
            ("1 / 0\n", "stable.py can't be imported (ZeroDivisionError in line 1)"),
        ],
    ),
)
def test_a_mistake_in_a_package_is_named_with_its_file_and_line(
    tmp_path: Path, graded: Graded, content: str, says: str
) -> None:
    line = "from helpers.stable import safe_exp"
    folder = make(tmp_path, line, "safe_exp", {"helpers/stable.py": content})
    checks = graded(folder, "--public")["checks"]
    messages = [check["message"] for check in checks if check["function"] == "forward.softmax"]
    said = [" ".join(message.split()) for message in messages]
    assert any([says in message for message in said]), said
    assert {c["status"] for c in checks if c["part"] == "activations"} == {"passed"}


def test_a_module_that_a_package_lacks_is_called_by_its_whole_name(
    tmp_path: Path, graded: Graded
) -> None:
    line = "from helpers.lost import safe_exp"
    folder = make(tmp_path, line, "safe_exp", {"helpers/stable.py": STABLE})
    checks = graded(folder, "--public")["checks"]
    messages = [check["message"] for check in checks if check["function"] == "forward.softmax"]
    assert any(["No module named 'helpers.lost'" in message for message in messages]), messages


def test_no_package_shadows_numpy_or_a_module_of_python(tmp_path: Path, graded: Graded) -> None:
    evil = "raise SystemExit('shadowed')\n"
    package = {f"{name}/__init__.py": evil for name in ("numpy", "math", "forward", "activations")}
    folder = make(tmp_path, "import math", "np.exp", package)
    assert graded(folder, "--public")["score"] == 75.25

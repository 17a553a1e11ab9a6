"""One judge grades many submissions, each as if it were alone, and knows who is wrong alike."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.errors import IntakeError
from autograder.grading.warm import WarmJudge
from autograder.homework.folder import Homework
from autograder.judge.wrong_outputs import _round
from autograder.outputs.report_json import to_json


@pytest.fixture(scope="module")
def judge(answer_keys: dict[str, Path]) -> Iterator[WarmJudge]:
    key = Homework.here().read_key("full")
    assert key is not None
    with WarmJudge(key, allowed_missing=None) as judge:
        yield judge


def read(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


STEP = b"import numpy as np\n\ndef step(x):\n    return %b\n"


def test_a_report_is_the_one_that_the_submission_gets_alone(
    judge: WarmJudge, graded: Callable[..., dict[str, Any]], root: Path, tmp_path: Path
) -> None:
    folder = root / "tests" / "submissions" / "affine_bias_row0"
    judge.grade(read(root / "solution"))  # nothing of it is left for the next one
    for _ in range(2):
        judged = judge.grade(read(folder))
        assert json.loads(to_json(judged.report)) == graded(folder)


def test_the_code_of_each_function_is_found_as_it_was_written(judge: WarmJudge) -> None:
    code = judge.grade({"separability.py": STEP % b"x * 0"}).code
    assert code == {"separability.step": "def step(x):\n    return x * 0\n"}


def test_those_who_are_wrong_in_the_same_way_have_the_same_hash(judge: WarmJudge) -> None:
    def hash_of(expression: bytes) -> str:
        return judge.grade({"separability.py": STEP % expression}).wrong["separability.step"]

    first = hash_of(b"np.where(x > 0, 0.7, 0.2)")
    assert hash_of(b"np.where(x <= 0, 0.2, 0.7) + 1e-12 * x") == first
    assert hash_of(b"np.where(x > 0, 0.7, 0.3)") != first


def test_what_is_right_or_not_started_has_no_hash(judge: WarmJudge, root: Path) -> None:
    assert judge.grade(read(root / "solution")).wrong == {}
    assert judge.grade(read(root / "assignment")).wrong == {}


def test_rounding_noise_moves_no_simple_number_to_another_step() -> None:
    whole = np.arange(-4000, 4001)
    simple = np.concatenate([whole / 1.0, whole / 64, whole / 100, whole / 3, 1e5 * whole])
    steps = _round(simple)
    for noise in (1e-12, -1e-12):
        assert np.array_equal(_round(simple * (1 + noise) + 1e-10 * np.sign(noise)), steps)
    assert len(np.unique(_round(np.arange(1.0, 2.0, 1e-3)))) == 1000
    special = _round(np.array([np.nan, np.inf, -np.inf, 0.0]))
    assert len(np.unique(special)) == 4


def test_paths_that_lead_out_of_a_submission_lead_nowhere(judge: WarmJudge) -> None:
    wrong = STEP % b"x * 0"
    names = ["../separability.py", "/tmp/separability.py", "a/../../separability.py", "a\0.py", ""]
    names += ["x" * 300 + ".py", "separability.py/inner.py", "..\\separability.py"]
    judged = judge.grade(dict.fromkeys(names, wrong) | {"separability.py": STEP % b"(x > 0)*1."})
    scores = [c.score for c in judged.report.checks if c.function == "separability.step"]
    assert sum(scores) > 0


def test_a_zip_that_a_student_uploaded_is_opened(judge: WarmJudge) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("separability.py", STEP % b"(x > 0) * 1.0")
    assert judge.grade({"homework.zip": content.getvalue()}).report.score > 0


def test_what_can_not_be_read_is_told(judge: WarmJudge) -> None:
    with pytest.raises(IntakeError, match="zip"):
        judge.grade({"homework.zip": b"PK\3\4 and nothing else"})

"""What several of these tests need."""

import shutil
from pathlib import Path

import pytest
from submission_words import ANSWER, ROOT, ignore_caches


@pytest.fixture
def homework(tmp_path: Path) -> Path:
    """A student's folder with everything written but the extra credit."""
    folder = Path(shutil.copytree(ROOT / "solution", tmp_path / "hw", ignore=ignore_caches))
    (folder / "smoothing.py").unlink()
    (folder / "discussion.md").write_text(ANSWER)
    return folder

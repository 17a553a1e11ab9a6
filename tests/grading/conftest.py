"""What several of these tests need."""

from pathlib import Path

import pytest
from hit_runs import Laid
from runs import Place, lay_out


@pytest.fixture
def lay(tmp_path: Path, root: Path) -> Laid:
    """Lay a run out in a folder of the test's own."""
    numbers = iter(range(1000))

    def lay_one(kind: str, submission: Path | None = None) -> Place:
        return lay_out(kind, tmp_path / f"run-{next(numbers)}", submission or root / "solution")

    return lay_one

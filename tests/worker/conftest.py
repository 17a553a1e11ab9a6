"""Real workers for the tests of what runs in them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from worker_talk import MODULES, Start

from autograder.core.limits import Limits
from autograder.supervisor.spawn import Spawner
from autograder.supervisor.worker import Worker


@pytest.fixture(scope="module")
def spawner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spawner]:
    spawner = Spawner(tmp_path_factory.mktemp("grade"))
    yield spawner
    spawner.close()


@pytest.fixture
def real(spawner: Spawner, tmp_path: Path) -> Iterator[Start]:
    """Start a real worker on files given as text."""
    workers = []

    def start(
        *,
        blocked: dict[str, str] | None = None,
        limits: Limits | None = None,
        closed: Sequence[Path] = (),
        **files: str,
    ) -> Worker:
        for name, source in files.items():
            (tmp_path / f"{name}.py").write_text(source)
        workers.append(
            Worker(
                spawner.take(),
                tmp_path.resolve(),
                modules=MODULES,
                blocked=blocked or {},
                limits=limits or Limits(),
                closed=closed,
            )
        )
        return workers[-1]

    yield start
    for worker in workers:
        worker.close()

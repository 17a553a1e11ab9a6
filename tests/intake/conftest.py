"""The homework's key and a spawner, for what is graded after it was taken in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.homework.folder import Homework
from autograder.homework.key import Key
from autograder.supervisor.spawn import Spawner, spawning


@pytest.fixture(scope="module")
def key(answer_keys: dict[str, Path]) -> Key:
    key = Homework.here().read_key("full")
    assert key is not None
    return key


@pytest.fixture(scope="module")
def spawner() -> Iterator[Spawner]:
    with spawning() as spawner:
        yield spawner

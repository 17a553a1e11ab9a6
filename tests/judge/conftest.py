"""The compiled key that wrong functions of the homework are judged by."""

from pathlib import Path

import pytest

from autograder.homework.folder import Homework, load_predicates
from autograder.homework.key import Key, read_key


@pytest.fixture(scope="module")
def key(answer_keys: dict[str, Path]) -> Key:
    """The full key."""
    return read_key(answer_keys["full"]).with_predicates(
        load_predicates(Homework.here().predicates_path)
    )

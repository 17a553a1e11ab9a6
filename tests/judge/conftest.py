"""The compiled key that wrong functions of the homework are judged by."""

import dataclasses
from pathlib import Path

import pytest

from autograder.homework.folder import Homework, load_predicates
from autograder.homework.key import Key, Segment, read_key


@pytest.fixture(scope="module")
def key(answer_keys: dict[str, Path]) -> Key:
    """The full key, without changes: they would speak before many a relation."""
    whole = read_key(answer_keys["full"]).with_predicates(
        load_predicates(Homework.here().predicates_path)
    )
    none = Segment.of({"names": (), "sentences": (), "tables": {}})
    functions = {n: dataclasses.replace(f, raw_changes=none) for n, f in whole.functions.items()}
    return dataclasses.replace(whole, functions=functions)

"""The compiler's pieces are done on all cores, and whatever happens, nothing is left waiting."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from autograder.authoring.compiler.parallel import each_in_parallel

#: One piece fails at once. The other one catches all that it is told, and has a lot to say.
ONE_FAILS = """
import time

from autograder.authoring.compiler.parallel import each_in_parallel
from autograder.errors import RubricError


def work(name, step):
    if name == "wrong":
        time.sleep(0.2)
        raise RubricError("this piece is wrong")
    for _ in range(3):
        try:
            time.sleep(0.5)
        except BaseException:
            pass
    return "x" * 10_000_000


try:
    list(each_in_parallel(work, ["deaf", "wrong"]))
except RubricError as error:
    print(error)
"""


def test_a_piece_that_fails_ends_the_work_though_another_one_heeds_no_signal() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ONE_FAILS], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "this piece is wrong\n", "")


@pytest.mark.parametrize("pieces", [1, 4])
def test_what_a_process_enters_it_leaves_though_it_is_ended_early(
    tmp_path: Path, pieces: int
) -> None:
    @contextlib.contextmanager
    def entering() -> Iterator[None]:
        mark = tmp_path / f"{np.random.default_rng().integers(1 << 60)}"
        mark.write_text("entered")
        try:
            yield
        finally:
            mark.write_text("left")

    done = each_in_parallel(lambda name, _: name, ["a", "b", "c", "d"][:pieces], within=entering)
    assert next(iter(done))[0] in "abcd"
    done.close()
    marks = [mark.read_text() for mark in tmp_path.iterdir()]
    assert marks
    assert set(marks) == {"left"}

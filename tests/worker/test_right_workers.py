"""Right replies of a worker are told without being read, and come to what reading them says."""

import numpy as np
import pytest
from worker_talk import Start, load

from autograder.core.codec import encode
from autograder.core.records import FunctionRun
from autograder.core.right_replies import RightReplies, pack_replies
from autograder.supervisor.worker import Worker

RIGHT = RightReplies(pack_replies([(np.array(1.5), "float64")] * 4, ()))

WRONG_THIRD = """
calls = []

def f():
    calls.append(1)
    return 1.5 if len(calls) != 3 else {third}
"""


def collected(worker: Worker, *, right: RightReplies | None, seconds: float = 20) -> FunctionRun:
    assert load(worker).problem is None
    request = encode({"call": "a.f", "returns": "array", "calls": ((0, ()),) * 4})
    return worker.collect(worker.ask(request), "a.f", 4, seconds=seconds, right=right)


@pytest.mark.parametrize("third", ["1.5", "2.5", "[1.5]", "None", "1 / 0", "__import__('time')"])
def test_what_is_told_of_right_replies_is_what_reading_them_says(real: Start, third: str) -> None:
    source = WRONG_THIRD.format(third=third)
    read, told = [collected(real(a=source), right=right) for right in (None, RIGHT)]
    assert repr(tuple(read.outcomes)) == repr(tuple(told.outcomes))
    assert (read.right, told.right) == (frozenset(), {0, 1, 3} | ({2} if third == "1.5" else set()))


@pytest.mark.parametrize("third", ["__import__('time').sleep(60)", "__import__('os')._exit(3)"])
def test_right_replies_before_a_call_that_does_not_return_count(real: Start, third: str) -> None:
    run = collected(real(a=WRONG_THIRD.format(third=third)), right=RIGHT, seconds=2)
    assert run.right == {0, 1}
    assert len(run.outcomes) == 2
    assert run.ending is not None
    assert "in call 3 of 4 of a.f" in run.ending.sentence

"""The exceptions of the grader, each with the exit status that it ends the command with.

The tree::

    AutograderError
     ├─ UsageError       the call or a path is wrong                        (exit status 2)
     │   └─ IntakeError  the submission can't be read                       (exit status 2)
     └─ GraderError      the grader itself is at fault, never the student   (exit status 3)
         ├─ KeyFileError the answer key is missing, stale or damaged
         └─ RubricError  a mistake in the rubric or in the reference solution

Nothing that a student's code does raises one of these: that is an outcome, not an exception.
"""

__all__ = [
    "AutograderError",
    "GraderError",
    "IntakeError",
    "KeyFileError",
    "RubricError",
    "UsageError",
]


class AutograderError(Exception):
    """Anything that ends the command with a sentence instead of a grade."""

    exit_status = 3


class UsageError(AutograderError):
    """The call or a path is wrong; whoever typed the command can fix it."""

    exit_status = 2


class IntakeError(UsageError):
    """The submission can't be read; the sentence says which file and why."""


class GraderError(AutograderError):
    """The grader failed, not the student's code."""


class KeyFileError(GraderError):
    """The answer key is missing, stale or damaged."""


class RubricError(GraderError):
    """A mistake in the rubric or in the reference solution, found while compiling.

    The sentence says what is wrong, and what to do about it; it begins with file and line, `where`
    there are any.
    """

    def __init__(self, sentence: str, *, where: str = "") -> None:
        super().__init__(f"{where}: {sentence}" if where else sentence)

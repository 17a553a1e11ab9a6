"""The verb ``explain``: show staff what a check asks, on which inputs, and where it is written."""

import difflib
import sys

from autograder.authoring.explain import explain_all, explain_check, explain_function
from autograder.errors import UsageError
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework
from autograder.homework.key import Key

__all__ = ["run_explain"]


def run_explain(homework: Homework, name: str | None) -> int:
    """Print what there is to know of a check or a function, or the list of all functions.

    Parameters
    ----------
    name : str or None
        A check's id, ``file.function``, or None for the list.

    Returns
    -------
    int
        0.

    Raises
    ------
    UsageError
        If there is nothing of that name, or no rubric to explain it from.
    GraderError
        If the answer key can't be compiled.
    """
    if not homework.has_sources:
        raise UsageError(
            f"explain needs the solution and the rubric, which {homework.root} does not have:"
            " it is for staff"
        )
    key = current_key(homework, "full")
    checks = {check.id: check for check in key.checks}
    if name is not None and name not in checks and name not in key.functions:
        raise UsageError(_unknown(name, key))
    from autograder.authoring.compiler.reference import load_exam

    if name is None:
        sys.stdout.write(explain_all(key))
    elif name in checks:
        sys.stdout.write(explain_check(checks[name], key, load_exam(homework.solution)))
    else:
        sys.stdout.write(explain_function(name, key, load_exam(homework.solution)))
    return 0


def _unknown(name: str, key: Key) -> str:
    """Say that there is nothing of that name, and what is nearest."""
    known = [*key.functions, *[check.id for check in key.checks]]
    near = [one for one in known if f".{one}.".find(f".{name}.") >= 0]
    near = near or difflib.get_close_matches(name, known, n=3)
    hint = f"did you mean {' or '.join(near[:3])}?" if near else "'explain' alone lists them all"
    return f"there is no check or function {name}: {hint}"

"""What a notebook's cells call: ``grader.check("mean")`` and ``grader.picture(...)``.

Importing it in a notebook starts this kernel's grading process in the background. The process, the
one thing that is kept here, ends with the kernel.
"""

from collections.abc import Callable
from typing import Any

from autograder.errors import GraderError
from autograder.notebook.kernel.client import GradingProcess, kernel_shell, work_of
from autograder.notebook.kernel.shown import (
    Interrupted,
    Shown,
    displayed,
    fault,
    in_progress,
    plain,
)

__all__ = ["check", "picture"]

#: Most checks take less.
PATIENCE_SECONDS = 1.0

_PROCESS = GradingProcess()


def check(*names: "str | Callable[..., Any]") -> None:
    """Check what you have run in this notebook, and show the result below the cell.

    Parameters
    ----------
    *names : str or function
        Functions (``"mean"``) or files (``"averages.py"``); all of the homework if none is given.

    Notes
    -----
    What counts is what the kernel holds: run a cell again after you have changed it.

    Examples
    --------
    >>> from autograder import grader
    >>> grader.check("mean")
    This works in a notebook. In a terminal, run 'python -m autograder grade' and your folder.
    """
    _show({"verb": "check", "words": [_name(name) for name in names]}, "Checking")


def picture(name: str) -> None:
    """Draw what your own functions do, and show it below the cell.

    Parameters
    ----------
    name : str
        What the homework calls it; for a name that it does not have, you get those that it has.
    """
    _show({"verb": "picture", "words": [_name(name)]}, "Drawing")


def __getattr__(name: str) -> Callable[..., None]:
    """Return a verb of the homework's own, such as ``grader.train("windows")``.

    Its arguments are those of the command: first the ones that it needs, the others by their names,
    such as ``u=16`` for ``-u 16``.
    """
    if name.startswith("_"):
        raise AttributeError(name)

    def run(*values: Any, **options: Any) -> None:
        words = [str(value) for value in values]
        for option, value in options.items():
            words += [f"-{option}" if len(option) == 1 else f"--{option}", str(value)]
        _show({"verb": "own", "name": name, "words": words, "count": len(values)}, "Running")

    return run


def _name(name: Any) -> str:
    return name if isinstance(name, str) else str(getattr(name, "__name__", name))


def _show(request: dict[str, Any], doing: str) -> None:
    shell = kernel_shell()
    if shell is None:
        print(
            "This works in a notebook. In a terminal, run 'python -m autograder grade' and your"
            " folder."
        )
        return
    show: list[Callable[[Shown], Any]] = []

    def waiting() -> None:
        show.append(displayed(in_progress(doing)))

    try:
        answer = _PROCESS.ask(request | work_of(shell), patience=PATIENCE_SECONDS, waiting=waiting)
    except GraderError as error:
        answer = {"fault": str(error), "trace": ""}
    except KeyboardInterrupt:
        raise Interrupted from None
    shown = Shown(answer["html"], answer["text"]) if "html" in answer else fault(answer)
    for replace in show or [displayed]:
        replace(shown)


if kernel_shell() is not None:
    try:
        _PROCESS.start()
    except GraderError as error:
        print(plain(error))

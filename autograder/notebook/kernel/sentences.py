"""What a check cell says that is no report: in progress, a sentence, a fault of the grader's own.

The kernel's side uses it too, so it needs the standard library alone.
"""

from collections.abc import Mapping
from html import escape

from autograder.notebook.kernel.shown import Shown
from autograder.notebook.kernel.style import STYLE

__all__ = ["fault", "framed", "in_progress", "plain", "said"]


def framed(*pieces: str) -> str:
    """Return pieces of HTML as one output of a notebook, with their style."""
    inside = "\n".join([piece for piece in pieces if piece])
    return f'<div class="ag-notebook">\n<style>{STYLE}</style>\n{inside}\n</div>'


def said(sentence: str, *, detail: str = "") -> Shown:
    """Return one sentence to show.

    Parameters
    ----------
    sentence : str
        Text, not HTML.
    detail : str
        More, to be unfolded.
    """
    pieces = [f'<p class="ag-line">{escape(sentence)}</p>']
    if detail:
        pieces.append(
            f"<details><summary>For staff</summary>\n<pre>{escape(detail)}</pre></details>"
        )
    return Shown(framed(*pieces), sentence)


def plain(error: Exception) -> str:
    """Return what is said of the grader's own fault."""
    return f"The grader failed, not your code: {error}"


def fault(answer: Mapping[str, str]) -> Shown:
    """Return what is shown of the grader's own fault, with where it was, folded away."""
    sentence = f"The grader failed, not your code: {answer['fault']}"
    return said(sentence, detail=answer.get("trace", ""))


def in_progress(doing: str) -> Shown:
    """Return what is shown while a check takes longer than most."""
    return said(f"{doing} ... a function that hangs is stopped after a while.")

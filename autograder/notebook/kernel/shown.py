"""Show an answer in a notebook: as HTML, and as plain text where there is no HTML.

The kernel's side uses it, so it needs the standard library alone. Jupyter, VS Code and Colab show
an output in the page's own font and colors, light or dark; the style here sets borders, spaces and
marks only, in half-transparent greys. Without it (a notebook that is not trusted) the answer is as
readable, only plainer.
"""

from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

__all__ = ["Interrupted", "Shown", "displayed", "fault", "framed", "in_progress", "plain", "said"]

STYLE = (Path(__file__).parent / "shown.css").read_text(encoding="utf-8")


class Shown:
    """What a cell shows."""

    def __init__(self, html: str, text: str) -> None:
        self._html = html
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return self._html


class Interrupted(KeyboardInterrupt):
    """A check that the student stopped; shown as one sentence, without the grader's own lines."""

    def _render_traceback_(self) -> list[str]:
        return ["The check was stopped. Run the cell again when you are ready."]


def displayed(first: Shown) -> Callable[[Shown], Any]:
    """Show something at once, and return what puts something else in its place."""
    from IPython.display import display

    handle: Any = display(first, display_id=True)  # type: ignore[no-untyped-call]
    return lambda shown: handle.update(shown)


def framed(*pieces: str) -> str:
    """Return pieces of HTML as one output of a notebook, with their style."""
    inside = "\n".join([piece for piece in pieces if piece])
    return f'<div class="ag-notebook">\n<style>\n{STYLE}</style>\n{inside}\n</div>'


def said(sentence: str, *, detail: str = "") -> Shown:
    """Return one sentence to show."""
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

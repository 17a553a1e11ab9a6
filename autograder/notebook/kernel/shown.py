"""Show an answer in a notebook: as HTML, and as plain text where there is no HTML.

The kernel's side uses it, so it needs the standard library alone. Jupyter, VS Code and Colab show
an output in the page's own font and colors, light or dark; the style here sets borders, spaces and
marks only, in half-transparent greys. Without it (a notebook that is not trusted) the answer is as
readable, only plainer.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

__all__ = [
    "Interrupted",
    "Shown",
    "displayed",
    "fault",
    "framed",
    "in_progress",
    "plain",
    "said",
]

STYLE = """
.ag-notebook { max-width: 52em; line-height: 1.45; }
.ag-notebook p { margin: .4em 0; }
.ag-notebook .ag-line { font-size: 1.05em; }
.ag-notebook .ag-check { border-left: 3px solid rgba(128, 128, 128, .45); margin: .8em 0;
  padding: 0 0 0 .9em; }
.ag-notebook .ag-points { margin: 0 0 .5em; }
.ag-notebook .ag-status, .ag-notebook .ag-cause strong { font-weight: 600; }
.ag-notebook dl { display: grid; grid-template-columns: max-content 1fr; gap: .15em .9em;
  margin: .5em 0; }
.ag-notebook dt { font-weight: 400; margin: 0; opacity: .75; white-space: nowrap; }
.ag-notebook dd { margin: 0; overflow-x: auto; }
.ag-notebook pre, .ag-notebook code { background: none; color: inherit; font-size: .93em;
  font-family: ui-monospace, Menlo, Consolas, monospace; padding: 0; }
.ag-notebook pre { background: rgba(128, 128, 128, .12); margin: .4em 0; overflow-x: auto;
  padding: .5em .7em; white-space: pre; }
.ag-notebook .ag-arrays { align-items: flex-start; display: flex; flex-wrap: wrap;
  gap: .3em 2em; margin: .5em 0; }
.ag-notebook table { border: 0; border-collapse: collapse; display: table; margin: .2em 0;
  table-layout: auto; }
.ag-notebook caption { caption-side: top; color: inherit; opacity: .85; padding: .1em 0 .2em;
  text-align: left; white-space: nowrap; }
.ag-notebook table tr, .ag-notebook table th { background: none !important; }
.ag-notebook table tr { border: 0; }
.ag-notebook th, .ag-notebook td { border: 1px solid rgba(128, 128, 128, .35);
  font-variant-numeric: tabular-nums; padding: .15em .55em; text-align: right; }
.ag-notebook thead { border: 0; }
.ag-notebook .ag-array th { border: 0; font-weight: 400; opacity: .6; }
.ag-notebook .ag-array thead td { border: 0; }
.ag-notebook .ag-wrong { background: rgba(214, 69, 65, .18); }
.ag-notebook .ag-parts th, .ag-notebook .ag-parts td { text-align: left; }
.ag-notebook details { margin: .3em 0; }
.ag-notebook summary { cursor: pointer; }
"""


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
    return f'<div class="ag-notebook">\n<style>{STYLE}</style>\n{inside}\n</div>'


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

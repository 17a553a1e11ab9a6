"""Show an answer in a notebook: as HTML, and as plain text where there is no HTML."""

from collections.abc import Callable
from typing import Any

__all__ = ["Interrupted", "Shown", "displayed"]


class Shown:
    """What a cell shows.

    Parameters
    ----------
    html : str
        For notebooks.
    text : str
        The same for terminals, screen readers and whoever turns HTML off.
    """

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

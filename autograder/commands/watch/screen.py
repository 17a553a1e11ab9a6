"""Where watch mode shows its results: a terminal whose screen is cleared, or lines one by one."""

import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from autograder.outputs.text.plain import Styled, wrapped
from autograder.outputs.text.terminal import is_colourful, print_lines, width_of

__all__ = ["Lines", "Screen"]

#: What has the lines of a result at a terminal's width.
Lines = Callable[[int], Iterator[Styled]]


@dataclass
class Screen:
    """Where results go, and the last one, to be shown again when the window changes.

    Attributes
    ----------
    plain : bool
        Whether lines are only added, without colours; so it is where nobody looks at a terminal.
    lines : callable or None
        The last result.
    is_resized : bool
        Whether the window has another size since.
    """

    plain: bool
    lines: Lines | None = None
    is_resized: bool = False

    def __post_init__(self) -> None:
        self.plain = self.plain or not is_colourful(sys.stdout)
        if hasattr(signal, "SIGWINCH") and not self.plain:
            signal.signal(signal.SIGWINCH, self._note_resize)

    def _note_resize(self, _number: int, _frame: object) -> None:
        self.is_resized = True

    def announce(self, sentence: str) -> None:
        """Say at once what is going on; on a terminal the result takes its place."""
        styled = [("strong", line) for line in wrapped(sentence, width_of(sys.stdout))]
        self._write([*styled, ("", "")])

    def show(self, lines: Lines) -> None:
        """Show a result, in the place of all else if this is a terminal."""
        self.lines = lines
        self._write(lines(width_of(sys.stdout)), clears=True)

    def _write(self, lines: Iterable[Styled], *, clears: bool = False) -> None:
        if self.plain:
            sys.stdout.write("".join([f"{text}\n" for _, text in lines]))
        else:
            print_lines(lines, sys.stdout, clears=clears)
        sys.stdout.flush()

    def show_again_if_resized(self) -> None:
        """Show the last result in the window's new size."""
        if self.is_resized and self.lines is not None:
            self.is_resized = False
            self.show(self.lines)

"""Arrays as small HTML tables, wrong entries marked by a sign, bold type and a word.

Standard library only: of an array nothing is used but its shape and its numbers. Tags and
attributes are those of `autograder.outputs.html.fragments.ALLOWED`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from autograder.core.records import Argument, Compared

__all__ = ["MARK", "argument_tables", "result_tables"]

#: Stands beside each wrong entry, so that no one needs colors to find it.
MARK = "\N{BALLOT X}"

#: Of a larger array the entries around the first wrong one are shown.
MAX_ROWS, MAX_COLUMNS = 10, 8

#: Of an array of three axes or more, so many of its matrices.
MAX_MATRICES = 4

DOTS = "\N{HORIZONTAL ELLIPSIS}"
TIMES = " \N{MULTIPLICATION SIGN} "


@dataclass(frozen=True)
class _Grid:
    """One array's numbers in C order, as texts, and which of them are wrong."""

    texts: list[str]
    wrong: list[bool]
    shape: tuple[int, ...]


def argument_tables(arguments: Sequence[Argument]) -> str:
    """Return the arguments of a call: plain numbers in one line, arrays as tables."""
    plain = [a for a in arguments if not hasattr(a.value, "tolist") and a.value is not None]
    line = ", ".join([f"<code>{escape(a.name)} = {escape(repr(a.value))}</code>" for a in plain])
    tables = [_lay_out_argument(a) for a in arguments if a not in plain]
    pieces = [f'<p class="ag-numbers">{line}</p>'] if plain else []
    return "\n".join([*pieces, f'<div class="ag-arrays">{"".join(tables)}</div>' if tables else ""])


def _lay_out_argument(argument: Argument) -> str:
    name = f"<code>{escape(argument.name)}</code>{_say_size(argument.shape, argument.letters)}"
    if argument.value is None:
        return f"<p>{name}, not shown for its size</p>\n"
    return _draw_table(name, _make_grid(argument.value, None), 0)


def result_tables(results: Sequence[Compared], *, with_remarks: bool = True) -> str:
    """Return each result as it should be beside what came back."""
    pieces = [
        _lay_out_result(r, with_remarks) for r in results if r.expected is not None or r.got is None
    ]
    alone = "".join([_lay_out_alone(r.label, r.got) for r in results if r.expected is None])
    return "\n".join([*pieces, *([f'<div class="ag-arrays">{alone}</div>'] if alone else [])])


def _lay_out_alone(label: str, got: Any) -> str:
    """Return a table of a result that stands alone; nothing where it is none."""
    name = f" <code>{escape(label)}</code>" if label else ""
    return (
        ""
        if got is None
        else _draw_table(f"came back{name}{_say_size(got.shape)}", _make_grid(got, None))
    )


def _lay_out_result(result: Compared, with_remarks: bool) -> str:
    name = f"<code>{escape(result.label)}</code>" if result.label else ""
    pieces = []
    if result.remark and with_remarks:
        pieces.append(f"<p>{name}{': ' if name else ''}{escape(result.remark)}</p>")
    if result.got_type:
        pieces.append(_compare_types(name, result))
    tables = _compare_sides(name, result)
    if tables:
        pieces.append(f'<div class="ag-arrays">{tables}</div>')
    return "\n".join(pieces)


def _compare_types(name: str, result: Compared) -> str:
    head = f"{name}: " if name else ""
    return (
        f"<p>{head}expected numbers of type <code>{escape(result.expected_type)}</code>,"
        f" got <strong>{MARK} <code>{escape(result.got_type)}</code></strong></p>"
    )


def _compare_sides(name: str, result: Compared) -> str:
    """Return the tables of both sides, at the same place of the array."""
    space = " " if name else ""
    if result.got is None:
        return ""
    expected, got = _tell_apart(result)
    at = list(got.wrong).index(True) if any(got.wrong) else 0
    marked = f", {MARK} where wrong" if any(got.wrong) else ""
    sizes = (
        (_say_size(expected.shape), _say_size(got.shape))
        if expected.shape != got.shape
        else ("", "")
    )
    heads = (f"expected{space}{name}{sizes[0]}", f"got{space}{name}{sizes[1]}{marked}")
    sides = [_draw_table(heads[0], expected, at), _draw_table(heads[1], got, at)]
    return "".join([f'<div class="ag-side">\n{side}</div>\n' for side in sides])


def _tell_apart(result: Compared) -> tuple[_Grid, _Grid]:
    """Return both sides, numbers written out where a wrong one would look like the right one."""
    expected, got = _make_grid(result.expected, None), _make_grid(result.got, result.wrong)
    for place, is_wrong in enumerate(got.wrong):
        if is_wrong and expected.texts[place] == got.texts[place]:
            for grid, array in ((expected, result.expected), (got, result.got)):
                grid.texts[place] = repr(_list_numbers(array)[place])
    return expected, got


def _make_grid(array: Any, wrong: Any) -> _Grid:
    numbers = _list_numbers(array)
    flags = wrong.ravel().tolist() if wrong is not None else [False] * len(numbers)
    return _Grid([_shorten(number) for number in numbers], flags, tuple(array.shape))


def _list_numbers(array: Any) -> list[Any]:
    """Return all numbers in C order; zero without a sign."""
    return [n + 0 if isinstance(n, float) else n for n in array.ravel().tolist()]


def _shorten(number: Any) -> str:
    return f"{number:.6g}" if isinstance(number, float) else str(number)


def _say_size(shape: tuple[int, ...], letters: str = "") -> str:
    """Return an array's shape, in the notes' letters as well where there are any."""
    if not shape:
        return " (a single number)"
    shown = TIMES.join([str(length) for length in shape])
    named = TIMES.join(letters.split())
    if len(shape) == 1 and not named:
        shown += " number" if shape == (1,) else " numbers"
    return escape(f" ({named} = {shown})" if named and named != shown else f" ({shown})")


def _draw_table(caption: str, grid: _Grid, at: int = 0) -> str:
    """Return a table of one array, one for each of its matrices where it has more than two axes.

    The caption is HTML, of tags without attributes; the entry `at`, in C order, is shown in any
    case.
    """
    if not grid.texts:
        return f"<p>{caption}: empty</p>\n"
    # Where no style comes along, a caption would be folded to the width of the numbers below it.
    caption = caption.replace(" ", "&nbsp;")
    columns = grid.shape[-1] if grid.shape else 1
    rows = grid.shape[-2] if len(grid.shape) > 1 else 1
    size = rows * columns
    matrices = range(len(grid.texts) // size)
    pieces = []
    for number in _choose_window(len(matrices), at // size, MAX_MATRICES):
        start = number * size
        inner = _Grid(grid.texts[start : start + size], grid.wrong[start : start + size], ())
        place = at - start if number == at // size else 0
        which = f",&nbsp;matrix&nbsp;{number}" if len(matrices) > 1 else ""
        body = "\n".join(_draw_rows(inner, (rows, columns), place))
        pieces.append(
            f'<table class="ag-array">\n<caption>{caption}{which}</caption>\n{body}</table>\n'
        )
    return "".join(pieces)


def _choose_window(length: int, at: int, most: int) -> range:
    """Return at most so many places, `at` among them."""
    start = min(max(0, at - most // 2), max(0, length - most))
    return range(start, min(length, start + most))


def _draw_rows(grid: _Grid, shape: tuple[int, int], at: int) -> Iterator[str]:
    rows, columns = shape
    down, across = (
        _choose_window(rows, at // columns, MAX_ROWS),
        _choose_window(columns, at % columns, MAX_COLUMNS),
    )
    left, right = across.start > 0, across.stop < columns
    heads = [f'<th scope="col">{column}</th>' for column in across]
    dots = f"<td>{DOTS}</td>"
    corner = "<td></td>" if rows > 1 else ""
    yield f"<thead><tr>{corner}{dots * left}{''.join(heads)}{dots * right}</tr></thead>\n<tbody>"
    wide = f"<tr>{dots * (len(across) + left + right + 1)}</tr>"
    if down.start > 0:
        yield wide
    for row in down:
        places = range(row * columns + across.start, row * columns + across.stop)
        head = f'<th scope="row">{row}</th>' if rows > 1 else ""
        cells = "".join([_draw_cell(grid.texts[place], grid.wrong[place]) for place in places])
        yield f"<tr>{head}{dots * left}{cells}{dots * right}</tr>"
    if down.stop < rows:
        yield wide
    yield "</tbody>"


def _draw_cell(text: str, is_wrong: bool) -> str:
    shown = escape(text)
    if not is_wrong:
        return f" <td>{shown}</td>"
    return f' <td class="ag-wrong" title="wrong"><strong>{MARK} {shown}</strong></td>'

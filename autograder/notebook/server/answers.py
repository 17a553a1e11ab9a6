"""Put a check's report into words for a notebook: a headline, a table where there is much, details.

Pure functions, with the same pieces of HTML as every other page
(`autograder.outputs.html.fragments`), and the terminal's lines as text.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape

from autograder.core.message import Place
from autograder.core.records import CheckResult, Phase, Report, Status
from autograder.homework.key import Key
from autograder.notebook.kernel.shown import framed, said
from autograder.outputs.groups import (
    PASSES,
    Block,
    gather_blocks,
    is_lost,
    later_text,
    reached_points_text,
    score_points_text,
)
from autograder.outputs.html.fragments import (
    message_html,
    notes_html,
    parts_html,
    printed_html,
)
from autograder.outputs.text import styled_lines

__all__ = ["Asked", "answer_of", "own_answer", "picture_answer", "sentence_answer"]

#: Printed text of more lines is folded away.
PRINTED_LINES = 8

_CARRIED = "\N{RIGHTWARDS ARROW}"


@dataclass(frozen=True)
class Asked:
    """What a check was about."""

    #: The words of the call, the functions that they mean, ``file.function``, and those of them
    #: that the kernel has.
    names: tuple[str, ...]
    wanted: tuple[str, ...]
    held: tuple[str, ...]
    #: What each cell of the graded notebook is called (`autograder.notebook.server.current`).
    labels: Mapping[int, str]
    #: By function, the file that took the place of a cell's definition, with the cell that brought
    #: it (`autograder.notebook.server.current`); empty for none.
    sources: Mapping[str, str] = field(default_factory=dict)
    #: All names that the kernel has.
    known: Collection[str] = ()


_GOOD, _BAD, _OPEN = "\N{CHECK MARK}", "\N{BALLOT X}", "\N{WHITE CIRCLE}"


@dataclass(frozen=True)
class _Headline:
    """What is said of one function first; as text, a line."""

    #: One character.
    mark: str
    #: Its name in the notebook.
    function: str
    #: Right, wrong, not started, or what to do first.
    state: str
    #: Such as ``2 of 3 points``; empty where nothing is said of them.
    points: str = ""

    def __str__(self) -> str:
        points = f", {self.points}" if self.points else ""
        return f"{self.mark} {self.function}: {self.state}{points}"


def _make_headline(name: str, report: Report, asked: Asked) -> _Headline:
    """Say how ``file.function`` stands."""
    function = name.partition(".")[2]
    checks = [check for check in report.checks if check.function == name]
    source = asked.sources.get(name, "")
    if name not in asked.held:
        return _Headline(
            _OPEN, function, f"run the cell with 'def {function}' first, then this one"
        )
    points = reached_points_text(checks)
    if not any(map(is_lost, checks)):
        return _Headline(_GOOD, function, PASSES, points)
    if all([check.status == Status.NOT_STARTED for check in checks]):
        if source:
            again = f"now comes from {source}; run the cell with your 'def {function}' again"
            return _Headline(_OPEN, function, again)
        todo = "not started. Write your code in its cell, in place of the line that begins with"
        return _Headline(_OPEN, function, f"{todo} 'raise NotImplementedError', and run the cell")
    return _Headline(_BAD, function, _say_state(checks), points)


def _say_state(checks: Sequence[CheckResult]) -> str:
    lost = [check for check in checks if is_lost(check)]
    words = {
        Status.ERROR: "it raised an exception",
        Status.TIMEOUT: "it took too long",
        Status.CRASHED: "it ended Python",
    }
    kinds = {check.status for check in lost}
    return words[lost[0].status] if len(kinds) == 1 and kinds <= words.keys() else "not right yet"


def _mark_up(line: _Headline) -> str:
    points = f", {escape(line.points)}" if line.points else ""
    name = f"<strong><code>{escape(line.function)}</code></strong>"
    return f'<p class="ag-line">{line.mark} {name}: {escape(line.state)}{points}</p>'


def sentence_answer(sentence: str) -> dict[str, str]:
    """Return an answer that is one sentence."""
    one = said(sentence)
    return {"html": one._repr_html_(), "text": repr(one)}


def picture_answer(drawings: str, titles: Sequence[str]) -> dict[str, str]:
    """Return an answer with pictures."""
    listed = "; ".join(titles)
    return {"html": drawings, "text": f"Pictures, to be seen in a notebook: {listed}"}


def own_answer(lines: str, drawn: str, problem: str) -> dict[str, str]:
    """Return an answer of lines, of what there is to see, and of why it ended, if it did."""
    told = f"<pre>{escape(lines)}</pre>" if lines else ""
    ended = repr(said(problem)) if problem else ""
    html = told + (said(problem)._repr_html_() if problem else "")
    return {"html": html + drawn, "text": "\n".join(filter(None, [lines.rstrip("\n"), ended]))}


def answer_of(report: Report, asked: Asked, key: Key) -> dict[str, str]:
    """Return what is to be shown of a check."""
    told = [_name_cells(check, asked) for check in report.checks]
    told += _list_missing(asked, key)
    hidden = {name: n for name, n in key.hidden_points.items() if name in asked.wanted}
    report = replace(
        report,
        checks=tuple(told),
        max_score=sum([check.max_score for check in told if not check.is_bonus]),
        max_bonus=sum([check.max_score for check in told if check.is_bonus]),
        bonus_parts=key.bonus,
        hidden_points=hidden,
    )
    blocks = gather_blocks(told)
    lines = [_make_headline(name, report, asked) for name in asked.wanted]
    if len(asked.wanted) == 1:
        notes = _choose_notes(report) if blocks else []
        html = [_mark_up(lines[0]), _say_later(report), notes_html(notes)]
        html += _show_details(report, blocks, folded=False)
        return {"html": framed(*html), "text": _write_text([lines[0]], report)}
    html = [_say_total(report), _make_overview(report, asked, lines)]
    html += [notes_html(_choose_notes(report))]
    html += _show_details(report, blocks, folded=len(blocks) > 1)
    return {"html": framed(*html), "text": _write_text(lines if asked.names else [], report)}


# ---- several functions


def _list_missing(asked: Asked, key: Key) -> list[CheckResult]:
    """Return the checks of the functions that the kernel does not have."""
    missing = {name for name in asked.wanted if name not in asked.held}
    checks = [c for c in key.checks if c.visibility == Phase.PUBLIC and c.function in missing]
    return [key.unjudged(check, Status.NOT_STARTED) for check in checks]


def _say_total(report: Report) -> str:
    total = score_points_text(report)
    line = f'<p class="ag-line"><strong>{total}</strong> in the checks that you have</p>'
    return f"{line}\n{_say_later(report)}"


def _say_later(report: Report) -> str:
    later = later_text(report)
    return f'<p class="ag-line">{escape(later)}</p>' if later else ""


def _make_overview(report: Report, asked: Asked, lines: Sequence[_Headline]) -> str:
    """Return a table: of the parts where everything was asked for, or of the functions."""
    if not asked.names:
        return parts_html(report)
    rows = [
        f'<tr><th scope="row">{line.mark} <code>{escape(line.function)}</code></th>'
        f" <td>{escape(line.points.rpartition(' ')[0])}</td> <td>{escape(line.state)}</td></tr>"
        for line in lines
    ]
    head = '<tr><th scope="col">Function</th><th scope="col">Points</th><th scope="col">State</th>'
    body = "\n".join(rows)
    return (
        f'<table class="ag-parts">\n<thead>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>'
    )


def _choose_notes(report: Report) -> list[str]:
    return [note for note in report.notes if note != report.first_step]


# ---- what is wrong


def _show_details(report: Report, blocks: Sequence[Block], *, folded: bool) -> list[str]:
    """Return what is wrong, and what was printed; many are folded away below their titles."""
    pieces = [_show_block(block, folded=folded) for block in blocks]
    return pieces + [_show_printed(name, text, folded) for name, text in report.printed.items()]


def _show_block(block: Block, *, folded: bool) -> str:
    message = message_html(block.told())
    if block.is_carried:
        title = f"{_CARRIED} {block.head}"
    else:
        title = f"{_BAD} {block.number}. {block.head}, {block.price}"
    if folded:
        return _fold(title, message)
    return f'<div class="ag-check">\n<p class="ag-points">{escape(title)}</p>\n{message}\n</div>'


def _show_printed(function: str, text: str, folded: bool) -> str:
    lines = text.count("\n") + 1
    piece = printed_html(function, text)
    if not folded and lines <= PRINTED_LINES:
        return piece
    return _fold(f"{function} printed {lines} lines (it costs nothing)", piece)


def _fold(title: str, piece: str) -> str:
    return f"<details><summary>{escape(title)}</summary>\n{piece}</details>"


def _name_cells(check: CheckResult, asked: Asked) -> CheckResult:
    """Return a check whose message calls cells by the numbers that the kernel gave them."""

    def call_it(place: Place) -> Place:
        return replace(place, label=asked.labels.get(place.cell, ""))

    message = check.message.with_places(call_it).for_notebook(asked.known)
    return replace(check, message=message)


# ---- text


def _write_text(lines: Sequence[_Headline], report: Report) -> str:
    """Return the answer as text: headlines, then what the terminal says of what is wrong."""
    heads = [str(line) for line in lines]
    if not gather_blocks(report.checks) and not report.printed and lines:
        return "\n".join(filter(None, [*heads, later_text(report)]))
    told = replace(report, notes=tuple(_choose_notes(report)))
    rest = [text for _, text in styled_lines(told)]
    return "\n".join([*heads, "", *rest]).strip()

"""The report as pieces of HTML that any page may take in: Gradescope's, a notebook's, our own.

Pure functions from records to text, with the standard library alone. A piece has no script, no
style, no address, no id, nothing but the tags and attributes of `ALLOWED`; whatever a student wrote
is escaped. What a sanitizer takes away costs looks, not sense: Rails', which Gradescope is built
with, leaves tables out unless it is told otherwise, and then the numbers of a row still stand in a
row; the class names are only a help for our own page's style.
"""

from collections.abc import Iterator, Sequence
from html import escape

from autograder.core.message import Label, Row
from autograder.core.records import CheckResult, Report
from autograder.outputs.groups import is_lost, reached_text, state_of
from autograder.outputs.html.arrays import argument_tables, result_tables

__all__ = ["ALLOWED", "message_html", "notes_html", "parts_html", "printed_html"]

#: Every tag that a piece may have, with its attributes.
ALLOWED: dict[str, frozenset[str]] = {
    **dict.fromkeys(("br", "caption", "code", "dd", "dt", "h2", "li", "strong"), frozenset()),
    **dict.fromkeys(("tbody", "thead", "tr", "ul"), frozenset()),
    **dict.fromkeys(("div", "dl", "h3", "p", "pre", "span", "table"), frozenset({"class"})),
    "td": frozenset({"class", "title"}),
    "th": frozenset({"scope"}),
}

#: Rows that are said first, as sentences of their own.
CAUSES = {Label.LIKELY: "Likely cause", Label.FIRST: "Fix first", Label.CARRIED: "Carried along"}

#: Rows whose text is Python, or what Python said.
CODE_ROWS = frozenset({Label.CALLED, Label.INPUT, Label.RAISED, Label.AT})

SIDES = (Label.EXPECTED, Label.GOT)


def message_html(check: CheckResult, *, in_words: bool = False) -> str:
    """Return what a check's message says: the cause first, then the call that shows it.

    Where a sanitizer may take tables away, what they show is said `in_words` as well.
    """
    message, snippet = check.message, check.message.snippet
    pieces = [_state_cause(row) for row in message.rows if row.label in CAUSES]
    if not is_lost(check):  # no cause of its own, and nothing to fix here
        return _join(pieces)
    facts = [row for row in message.rows if row.label not in CAUSES]
    pieces += _show_facts(check, facts, in_words=in_words)
    if snippet is not None:
        pieces.append(f'<p class="ag-see">See it: {escape(snippet.where)}.</p>')
        pieces.append(f'<pre class="ag-code">{escape(snippet.code)}</pre>')
    return _join(pieces)


def _state_cause(row: Row) -> str:
    said = escape(row.said.strip())
    return f'<p class="ag-cause"><strong>{CAUSES[row.label]}:</strong> {said}</p>'


def _show_facts(check: CheckResult, facts: Sequence[Row], *, in_words: bool) -> Iterator[str]:
    """Yield what is known of the call; arrays as tables instead of their text."""
    example = check.example
    results = example.results if example is not None else ()
    has_sides = any([result.wrong is not None or result.got_type for result in results])
    told = {Label.INPUT} if example is not None else set()
    told |= set(SIDES) if has_sides and not in_words else set()
    rows = [row for row in facts if row.label not in told]
    yield _list_facts([row for row in rows if row.label == Label.CALLED])
    yield argument_tables(example.arguments) if example is not None else ""
    yield _list_facts([row for row in rows if row.label in SIDES])
    yield result_tables(results, with_remarks=has_sides)
    yield _list_facts([row for row in rows if row.label not in (Label.CALLED, *SIDES)])


def _list_facts(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    items = [f"<dt>{escape(row.label)}</dt>\n<dd>{_mark_up(row)}</dd>" for row in rows]
    return '<dl class="ag-facts">\n' + "\n".join(items) + "\n</dl>"


def _mark_up(row: Row) -> str:
    lines = escape(row.said.strip("\n"))
    if row.label not in CODE_ROWS:
        return lines.replace("\n", "<br>")
    tag = "pre" if "\n" in lines else "code"
    return f"<{tag}>{lines}</{tag}>"


def printed_html(function: str, text: str) -> str:
    """Return what a function printed."""
    return (
        f'<p class="ag-printed"><code>{escape(function)}</code> printed this (it costs nothing):'
        f'</p>\n<pre class="ag-code">{escape(text)}</pre>'
    )


def notes_html(notes: Sequence[str]) -> str:
    """Return sentences about the submission as a whole; nothing where there are none."""
    if not notes:
        return ""
    items = "\n".join([f"<li>{escape(note)}</li>" for note in notes])
    return f"<ul>\n{items}\n</ul>"


def parts_html(report: Report) -> str:
    """Return a table of the parts that checks are decided of: points and state of each."""
    rows = []
    for part, title in report.parts.items():
        checks = [check for check in report.checks if check.part == part]
        if checks:
            sign = "+" * (part in report.bonus_parts)
            points = f"<td>{sign}{reached_text(checks)}</td> <td>{escape(state_of(checks))}</td>"
            name = f'<th scope="row"><code>{escape(part)}.py</code></th>'
            rows.append(f"<tr>{name} <td>{escape(title)}</td> {points}</tr>")
    if not rows:
        return ""
    heads = " ".join([f'<th scope="col">{name}</th>' for name in ("File", "", "Points", "State")])
    head = heads.replace('<th scope="col"></th>', "<td></td>")
    body = "\n".join(rows)
    return (
        '<table class="ag-parts">\n<caption>Points by part</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )


def _join(pieces: Sequence[str]) -> str:
    return "\n".join([piece for piece in pieces if piece])

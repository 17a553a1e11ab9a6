"""The handout as one page of HTML that needs nothing beside itself: no script, no network.

Formulas between dollars become MathML. Browsers show that themselves, so the page needs no font
from elsewhere, and screen readers read it.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import jinja2
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

__all__ = ["fill_template", "to_html"]

TEMPLATE = Path(__file__).with_name("page.html.jinja")

_OPEN = '<div class="formula" tabindex="0" role="group" aria-label="formula">'

_INLINE = re.compile(r"\$(?![\s$])([^$\n]+?)(?<!\s)\$(?!\d)")

_DISPLAYED = re.compile(r"\$\$(.+)\$\$")

#: A prime is drawn raised already; as a superscript it would be tiny, and far too high.
_PRIME = re.compile(r"<msup>(<(m\w+)[^>]*>[^<]*</\2>)<mi>(&#x02032;)</mi></msup>")

#: The d of a derivative is a letter, and the stroke between two stands close to both.
_DERIVATIVES = {
    "<mo>&#x02202;</mo>": "<mi>&#x02202;</mi>",
    "<mo>&#x0002F;</mo>": '<mo lspace="0" rspace="0">&#x0002F;</mo>',
}


@dataclass(frozen=True)
class Heading:
    """A heading of the second level, its ``id`` and its text; below a part are its functions."""

    anchor: str
    text: str
    below: tuple["Heading", ...] = ()


def to_html(markdown: str) -> str:
    """Return the page, the same for the same text, which begins with its title, ``# ...``."""
    reader = _make_reader()
    _, title, _, *tokens = reader.parse(markdown)
    headings = _list_headings(tokens)
    body = reader.renderer.render(tokens, reader.options, {})
    return fill_template(TEMPLATE, title=_bare_text(title), headings=headings, body=body)


def fill_template(template: Path, **values: Any) -> str:
    """Return a template of Jinja's filled in; all text in it is escaped."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page: str = environment.from_string(template.read_text(encoding="utf-8")).render(values)
    return page


def _make_reader() -> MarkdownIt:
    """Return what reads Markdown: tables and formulas, and no HTML of the text's own."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.inline.ruler.before("escape", "formula", _read_inline_formula)
    reader.block.ruler.before("paragraph", "formula", _read_displayed_formula)
    reader.add_render_rule("fence", _render_code)
    reader.add_render_rule("table_open", _open_table)
    reader.add_render_rule("table_close", _close_table)
    return reader


def _list_headings(tokens: Sequence[Token]) -> list[Heading]:
    """Give each heading an anchor, and return the table of contents."""
    found: list[Heading] = []
    for token, content in pairwise(tokens):
        if token.type != "heading_open":
            continue
        text = _bare_text(content)
        token.attrSet("id", re.sub(r"\W+", "-", text.lower()).strip("-"))
        heading = Heading(str(token.attrGet("id")), text)
        if token.tag == "h2":
            found.append(heading)
            continue
        name = Heading(heading.anchor, text.partition("(")[0])
        last = found.pop()
        found.append(Heading(last.anchor, last.text, (*last.below, name)))
    return found


def _bare_text(inline: Token) -> str:
    return "".join([child.content for child in inline.children or []])


def _render_code(
    renderer: Any, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """Render a block of code; what is typed at Python's prompt is told from the answers."""
    token = tokens[index]
    lines = [_render_line(line) for line in token.content.rstrip("\n").split("\n")]
    code = "\n".join(lines)
    return f'<pre class="{token.info or "text"}" tabindex="0"><code>{code}</code></pre>\n'


def _render_line(line: str) -> str:
    shown = html.escape(line)
    return f"<b>{shown}</b>" if line.startswith(">>> ") else shown


def _open_table(*_: Any) -> str:
    return '<div class="wide" tabindex="0" role="group" aria-label="table"><table>\n'


def _close_table(*_: Any) -> str:
    return "</table></div>\n"


# ---- formulas


def _read_inline_formula(state: StateInline, is_silent: bool) -> bool:
    found = _INLINE.match(state.src, state.pos)
    if found is None:
        return False
    if not is_silent:
        state.push("html_inline", "", 0).content = _to_mathml(found[1])
    state.pos = found.end()
    return True


def _read_displayed_formula(state: StateBlock, line: int, end_line: int, is_silent: bool) -> bool:
    start, end = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    found = _DISPLAYED.fullmatch(state.src[start:end].rstrip())
    if found is None:
        return False
    if not is_silent:
        token = state.push("html_block", "", 0)
        formula = _to_mathml(found[1], display="block")
        token.content = f"{_OPEN}{formula}</div>\n"
        state.line = line + 1
    return True


def _to_mathml(formula: str, *, display: str = "inline") -> str:
    mathml: str = convert(formula, display=display)
    for drawn, better in _DERIVATIVES.items():
        mathml = mathml.replace(drawn, better)
    return _PRIME.sub(r"<mrow>\1<mo>\3</mo></mrow>", mathml)

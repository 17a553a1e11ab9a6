"""The handout as one page of HTML that needs nothing beside itself: no script, no network."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import jinja2
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from autograder.authoring.handout.formulas import with_formulas
from autograder.errors import RubricError

__all__ = ["to_html"]

TEMPLATE = Path(__file__).with_name("page.html.jinja")


@dataclass(frozen=True)
class Heading:
    """A heading of the second level, and those below it.

    Attributes
    ----------
    anchor : str
        Its ``id``.
    text : str
        Without markup.
    below : tuple of Heading
        The functions of a part.
    """

    anchor: str
    text: str
    below: tuple["Heading", ...] = ()


def to_html(markdown: str) -> str:
    """Return the page.

    Parameters
    ----------
    markdown : str
        The handout, as `autograder.authoring.handout.readme.to_markdown` returns it.

    Returns
    -------
    str
        The same for the same text.

    Raises
    ------
    RubricError
        If it does not begin with a title.
    """
    reader = _reader()
    opening, title, _, *tokens = reader.parse(markdown)
    if opening.tag != "h1":
        raise RubricError("it begins with its title, '# ...'", where="handout/introduction.md")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    headings = _headings(tokens)
    body = reader.renderer.render(tokens, reader.options, {})
    page: str = template.render(title=_text(title), headings=headings, body=body)
    return page


def _reader() -> MarkdownIt:
    """Return what reads Markdown: tables and formulas, and no HTML of the text's own."""
    reader = with_formulas(MarkdownIt("commonmark", {"html": False}).enable("table"))
    reader.add_render_rule("fence", _code)
    reader.add_render_rule("table_open", _open_table)
    reader.add_render_rule("table_close", _close_table)
    return reader


def _headings(tokens: Sequence[Token]) -> list[Heading]:
    """Give each heading an anchor, and return the table of contents."""
    found: list[Heading] = []
    for token, content in pairwise(tokens):
        if token.type != "heading_open":
            continue
        text = _text(content)
        token.attrSet("id", re.sub(r"\W+", "-", text.lower()).strip("-"))
        heading = Heading(str(token.attrGet("id")), text)
        if token.tag == "h2":
            found.append(heading)
            continue
        name = Heading(heading.anchor, text.partition("(")[0])
        last = found.pop()
        found.append(Heading(last.anchor, last.text, (*last.below, name)))
    return found


def _text(inline: Token) -> str:
    return "".join([child.content for child in inline.children or []])


def _code(
    renderer: Any, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """Render a block of code; what is typed at Python's prompt is told from the answers."""
    token = tokens[index]
    lines = [_line(line) for line in token.content.rstrip("\n").split("\n")]
    code = "\n".join(lines)
    return f'<pre class="{token.info or "text"}" tabindex="0"><code>{code}</code></pre>\n'


def _line(line: str) -> str:
    shown = html.escape(line)
    return f"<b>{shown}</b>" if line.startswith(">>> ") else shown


def _open_table(*_: Any) -> str:
    return '<div class="wide" tabindex="0" role="group" aria-label="table"><table>\n'


def _close_table(*_: Any) -> str:
    return "</table></div>\n"

"""Formulas in Markdown: a rule for markdown-it that turns what is between dollars into MathML.

Browsers show MathML themselves, so the page needs no script and no font from elsewhere, and screen
readers read it.
"""

import re

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

__all__ = ["with_formulas"]

_OPEN = '<div class="formula" tabindex="0" role="group" aria-label="formula">'

_INLINE = re.compile(r"\$(?![\s$])([^$\n]+?)(?<!\s)\$(?!\d)")
#: A prime is drawn raised already; as a superscript it would be tiny, and far too high.
_PRIME = re.compile(r"<msup>(<(m\w+)[^>]*>[^<]*</\2>)<mi>(&#x02032;)</mi></msup>")

#: The d of a derivative is a letter, and the stroke between two stands close to both.
_DERIVATIVES = {
    "<mo>&#x02202;</mo>": "<mi>&#x02202;</mi>",
    "<mo>&#x0002F;</mo>": '<mo lspace="0" rspace="0">&#x0002F;</mo>',
}

_DISPLAYED = re.compile(r"\$\$(.+)\$\$")


def with_formulas(markdown: MarkdownIt) -> MarkdownIt:
    """Let `markdown` read ``$k$`` inside a line, and ``$$k = f H + b_H$$`` on a line of its own."""
    markdown.inline.ruler.before("escape", "formula", _inline)
    markdown.block.ruler.before("paragraph", "formula", _displayed)
    return markdown


def _inline(state: StateInline, is_silent: bool) -> bool:
    found = _INLINE.match(state.src, state.pos)
    if found is None:
        return False
    if not is_silent:
        state.push("html_inline", "", 0).content = _mathml(found[1])
    state.pos = found.end()
    return True


def _displayed(state: StateBlock, line: int, end_line: int, is_silent: bool) -> bool:
    start, end = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    found = _DISPLAYED.fullmatch(state.src[start:end].rstrip())
    if found is None:
        return False
    if not is_silent:
        token = state.push("html_block", "", 0)
        formula = _mathml(found[1], display="block")
        token.content = f"{_OPEN}{formula}</div>\n"
        state.line = line + 1
    return True


def _mathml(formula: str, *, display: str = "inline") -> str:
    mathml: str = convert(formula, display=display)
    for drawn, better in _DERIVATIVES.items():
        mathml = mathml.replace(drawn, better)
    return _PRIME.sub(r"<mrow>\1<mo>\3</mo></mrow>", mathml)

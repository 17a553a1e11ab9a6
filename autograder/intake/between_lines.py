"""Find what stands between the lines of a text that is Python otherwise, and say what to do.

Git's conflict marks, the prompts of a console, the fences and words of a chat, signs of a word
processor and similar count only where Python can't read the text, and only if it stops there, or
comes further without them: a docstring may show prompts, and beside them there may be a typo.
"""

import re
import warnings
from collections.abc import Callable, Iterable

from autograder.core.limits import KIB
from autograder.core.records import OtherContent
from autograder.core.text import one_line
from autograder.intake.python_source import parsed, plain_cell

__all__ = ["is_only_values", "recognize_text"]

#: Text that is parsed again and again to find out: eight times the homework in one file.
MAX_PARSED = 256 * KIB

#: Lines of prose that are taken out, one after the other.
MAX_PROSE_LINES = 6

#: Of a line that is shown.
MAX_SHOWN = 80

_Lines = list[str]

_CONFLICT = re.compile(r"(?:<<<<<<<|>>>>>>>)(?: |$)")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)")
_PROMPT = re.compile(r"[ \t]*(?:>>>(?: |$)|In ?\[[0-9 ]*\]:|Out ?\[[0-9 ]*\]:)")
_CONTINUED = re.compile(r"[ \t]*\.\.\.(?::? |:?$)")
_NUMBERED = re.compile(r"[ \t]*[0-9]{1,5}(?:[:.|)][ \t]?|[ \t]|$)")
_QUOTED = re.compile(r"[ \t]*(?:>(?!>) ?|$)")
_CHANGED = re.compile(r"@@ -[0-9,]+ \+[0-9,]+ @@|(?:---|\+\+\+) \S")
_MAGIC = re.compile(r"[ \t]*(?:[%!][\w%]|pip3? install )")
_ENTITY = re.compile(r".*?&(?:lt|gt|amp|quot|apos|nbsp|#[0-9]{1,5}|#x[0-9a-fA-F]{1,5});")
_WRITTEN_TABS = re.compile(r"(?:[ \t]*\\t)+")
_PROSE = re.compile(
    r"[ \t]*(?:[#*>-]+[ \t]*)?[A-Z][\w'\u2019,]*(?:[ \t]+[\w'\u2019\"`.,:;!?()*/-]+){2,}[ \t]*$"
)

#: Signs of a word processor, a web page or a chat, and what is typed for them: quotes, dashes,
#: blanks, what can't be seen, and punctuation of Chinese and Japanese keyboards.
_LOOK_ALIKE = str.maketrans(
    dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"')
    | dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'")
    | dict.fromkeys("\u2212\u2013\u2014\u2010\u2011", "-")
    | dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f\u3000", " ")
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", "")
    | {"\u00d7": "*", "\uff0c": ",", "\uff08": "(", "\uff09": ")", "\uff1a": ":", "\uff1b": ";"}
)


def recognize_text(text: str, place: str = "file") -> OtherContent | None:
    """Return what stands between the lines of a text that Python can't read, None for nothing.

    The text has newlines for line ends; `place` is what it is, a ``file`` or a ``cell``.
    """
    stop = _find_stop(text)
    if not stop or len(text) > MAX_PARSED:
        return None
    lines = text.split("\n")
    for pattern, what, to_do, repairs in _KINDS:
        found = [n for n, line in enumerate(lines, 1) if pattern.match(line)]
        if pattern is _PROMPT and stop not in found:
            continue  # a docstring's
        if found and any([_is_read_further(repair(lines, stop), stop) for repair in repairs]):
            at = stop if stop in found else found[0]
            return OtherContent(what, to_do, at, one_line(lines[at - 1], limit=MAX_SHOWN))
    return _find_signs(lines, stop) or _find_escapes(text, stop) or _find_prose(lines, stop, place)


def is_only_values(text: str) -> bool:
    """Tell whether a text defines nothing: it is no Python, or values alone, as JSON is."""
    try:
        return all([type(node).__name__ == "Expr" for node in _read(text)])
    except (SyntaxError, ValueError):
        return True
    except (RecursionError, MemoryError):
        return False


def _read(text: str) -> Iterable[object]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return parsed(text).body


def _find_stop(text: str) -> int:
    """Return the line at which Python stops; 0 where it reads the text, or no one knows."""
    if len(text) > MAX_PARSED:
        return 0
    try:
        _read(text)
    except SyntaxError as error:
        return min(max(error.lineno or 1, 1), text.count("\n") + 1)
    except (ValueError, RecursionError, MemoryError):
        return 0
    return 0


def _is_read_further(lines: _Lines, stop: int) -> bool:
    """Tell whether Python comes further than `stop` in these lines."""
    further = _find_stop("\n".join(lines))
    return further == 0 or further > stop


# ---- repairs, to see whether Python comes further: each keeps the number of every line


def _keep_first_version(lines: _Lines, stop: int) -> _Lines:
    """Return the lines with the first version of every conflict."""
    kept, side = [], 0
    for line in lines:
        mark = line[:7] if _CONFLICT.match(line) else ""
        if mark == "<<<<<<<":
            side = 1
        elif side and (line == "=======" or line.startswith("||||||| ")):
            side = 2
        kept.append("" if mark or side == 2 else line)
        side = 0 if mark == ">>>>>>>" else side
    return kept


def _keep_fenced(lines: _Lines, stop: int) -> _Lines:
    """Return what is between fences, where most of the text is, or Python stops before the first.

    A docstring may have fences, too, and the error be elsewhere.
    """
    kept, is_inside, first = [], False, 0
    for number, line in enumerate(lines, 1):
        is_fence = _FENCE.match(line) is not None
        first = first or (number if is_fence else 0)
        is_inside ^= is_fence
        kept.append(line if is_inside and not is_fence else "")
    is_most = 2 * sum(map(bool, kept)) > sum(map(bool, lines))
    is_before = stop <= first and lines[first - 1].startswith(("`", "~"))
    return kept if is_most or is_before else lines


def _drop_fences(lines: _Lines, stop: int) -> _Lines:
    return ["" if _FENCE.match(line) else line for line in lines]


def _keep_typed(lines: _Lines, stop: int) -> _Lines:
    """Return what was typed at prompts."""
    return [_after_prompt(line) for line in lines]


def _after_prompt(line: str) -> str:
    found = _PROMPT.match(line) or _CONTINUED.match(line)
    return "" if found is None or "Out" in found[0] else line[found.end() :].removeprefix(" ")


def _drop_typed(lines: _Lines, stop: int) -> _Lines:
    """Return the lines without the prompts from `stop` on, and what follows them."""
    kept, is_session = lines[: stop - 1], False
    for line in lines[stop - 1 :]:
        is_session = bool(_PROMPT.match(line)) or (is_session and bool(line.strip()))
        kept.append("" if is_session else line)
    return kept


def _drop_beginnings(pattern: re.Pattern[str]) -> Callable[[_Lines, int], _Lines]:
    """Return what drops the beginning of each line, where each but blank ones has one."""

    def drop(lines: _Lines, stop: int) -> _Lines:
        ends = [found.end() if (found := pattern.match(line)) else -1 for line in lines]
        if any([end < 0 and line.strip() for end, line in zip(ends, lines, strict=True)]):
            return lines
        return [line[max(end, 0) :] for end, line in zip(ends, lines, strict=True)]

    return drop


def _apply_changes(lines: _Lines, stop: int) -> _Lines:
    first = next((n for n, line in enumerate(lines) if line.startswith("@@ ")), len(lines))
    new = [line[1:] if line.startswith(("+", " ")) else "" for line in lines[first:]]
    return [""] * first + new


def _drop_magics(lines: _Lines, stop: int) -> _Lines:
    text = "\n".join(["" if line.lstrip().startswith("pip") else line for line in lines])
    return plain_cell(text).text.split("\n")


def _unescape(lines: _Lines, stop: int) -> _Lines:
    from html import unescape  # seldom needed

    return [unescape(line) for line in lines]


def _put_tabs(lines: _Lines, stop: int) -> _Lines:
    found = [_WRITTEN_TABS.match(line) for line in lines]
    return [
        line if one is None else one[0].replace("\\t", "\t") + line[one.end() :]
        for one, line in zip(found, lines, strict=True)
    ]


#: What a line of each kind begins with, what the text then is, what to do, and what makes Python
#: come further if it is so.
_KINDS = (
    (
        _CONFLICT,
        "has git's conflict marks in it",
        "keep one of the two versions, and delete the lines that begin with <<<<<<<, ======= and"
        " >>>>>>>",
        (_keep_first_version,),
    ),
    (
        _FENCE,
        "has ``` lines in it, as an answer in a chat has",
        "delete the ``` lines, and all text around them that isn't Python",
        (_keep_fenced, _drop_fences),
    ),
    (
        _CHANGED,
        "is a diff, not Python",
        "submit the whole file, not its changes",
        (_apply_changes,),
    ),
    (
        _PROMPT,
        "has prompts in it (>>> or In [1]:), as copied from a console",
        "delete the prompts and what Python printed: only the code itself belongs here",
        (_keep_typed, _drop_typed),
    ),
    (
        _QUOTED,
        "has a > before each line, as quoted in an e-mail",
        "copy the code again, without the >",
        (_drop_beginnings(_QUOTED),),
    ),
    (
        _NUMBERED,
        "has a number before each line, as copied from a page that counts lines",
        "copy the code again, without the numbers",
        (_drop_beginnings(_NUMBERED),),
    ),
    (
        _ENTITY,
        "has signs as a web page writes them, such as &lt; for <",
        "copy the code again from the page itself, not from its source",
        (_unescape,),
    ),
    (
        _WRITTEN_TABS,
        "has \\t written out where a tab or spaces belong",
        "put real spaces there: your editor's 'Replace' does it at once",
        (_put_tabs,),
    ),
    (
        _MAGIC,
        "has a line that only a notebook or a terminal understands",
        "delete this line: a Python file holds Python alone",
        (_drop_magics,),
    ),
)


def _find_signs(lines: _Lines, stop: int) -> OtherContent | None:
    """Find a sign that looks like Python's and is another one, such as a curly quote."""
    repaired = [line.translate(_LOOK_ALIKE) for line in lines]
    line = lines[stop - 1]
    if repaired[stop - 1] == line or not _is_read_further(repaired, stop):
        return None
    sign = next(sign for sign in line if sign.translate(_LOOK_ALIKE) != sign)
    right, number = sign.translate(_LOOK_ALIKE), f"U+{ord(sign):04X}"
    named = f"{sign} ({number})" if right.strip() else f"a character that can't be seen ({number})"
    meant = {"": "", " ": " where a space belongs"}.get(right, f" where {right} belongs")
    return OtherContent(
        f"has {named}{meant}, as copied from a page or a word processor",
        f"type {right if right.strip() else 'a space'} there; 'Replace' does it in the whole file"
        if right
        else "delete this line, and type it again",
        stop,
        one_line(line, limit=MAX_SHOWN),
    )


def _find_escapes(text: str, stop: int) -> OtherContent | None:
    """Find a text whose line ends are written out."""
    if text.count("\\n") <= text.count("\n"):
        return None
    stripped = text.strip()
    inner = stripped[1:-1] if stripped[0] in "\"'" and stripped[1] != stripped[0] else stripped
    if _find_stop(inner.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"')):
        return None
    what = "has \\n written out where a line ends, as in JSON"
    return OtherContent(what, "copy the code again, with real line ends", stop)


def _find_prose(lines: _Lines, stop: int, place: str) -> OtherContent | None:
    """Find a line of plain text at which Python stops, in what is code otherwise."""
    first, rest = stop, list(lines)
    for _ in range(MAX_PROSE_LINES):
        if not _PROSE.match(rest[stop - 1]):
            break
        rest[stop - 1] = ""
        stop = _find_stop("\n".join(rest))
        if not stop:
            break
    if stop:
        return None
    mark = "put a # before it" if place == "file" else "make it a text cell, or put a # before it"
    line = one_line(lines[first - 1], limit=MAX_SHOWN)
    return OtherContent(
        "has plain text in it that isn't Python", f"delete this line, or {mark}", first, line
    )

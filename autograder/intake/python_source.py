"""Read Python as text: the pieces of a module, what is a stub, and a notebook's cell.

What only Jupyter understands is taken out of a cell. Magics, shell lines and questions leave as
many lines as there were, so that the number of a line stays right. Text that is nested too deeply
never meets Python's parser: 3.10 crashes on it. Measured with expressions of 200,000 operators, it
ends the process at chains of attributes, calls, subscripts and sums, in an f-string too, and bears
40,000; later versions raise.

Source: https://ipython.readthedocs.io/en/stable/interactive/reference.html, and what
``IPython.core.inputtransformer2`` takes for one: a line that begins a statement.
"""

import ast
import io
import re
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "PlainCell",
    "is_stub",
    "is_too_deep",
    "list_short_files",
    "parsed",
    "plain_cell",
    "raises_not_implemented",
    "split_module",
    "with_newlines",
]


def split_module(text: str) -> tuple[str, ...]:
    r"""Return a module's pieces: what stands before its first function, then one for each function.

    Put together they are the text again, to the last blank line. A function's piece begins with the
    comments and decorators right above it, and has all that follows up to the next one's. Lines end
    in newlines. It is a `SyntaxError` if the text is no Python.

    Examples
    --------
    >>> from autograder.intake.python_source import split_module
    >>> split_module("import math\n\n\n# Half.\ndef half(x):\n    return x / 2\n")
    ('import math\n\n\n', '# Half.\ndef half(x):\n    return x / 2\n')
    """
    lines = list(io.StringIO(text))  # unlike splitlines, it cuts at newlines alone, as Python does
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    starts = [_start(node, lines) for node in ast.parse(text).body if isinstance(node, functions)]
    ends = [*starts, len(lines)]
    return tuple(["".join(lines[a:b]) for a, b in zip([0, *starts], ends, strict=True)])


def _start(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """Return the place of a function's first line, its comments and decorators included."""
    first = min([node.lineno, *[decorator.lineno for decorator in node.decorator_list]]) - 1
    while first > 0 and lines[first - 1].startswith("#"):
        first -= 1
    return first


def is_stub(node: ast.stmt) -> bool:
    """Tell whether a statement is a function without a body yet: it raises at once, or is empty."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    body = [one for one in node.body if not _is_empty(one)]
    return not body or raises_not_implemented(body[0])


def raises_not_implemented(node: ast.stmt) -> bool:
    """Tell whether a statement raises as the homework's stubs do."""
    raised = node.exc if isinstance(node, ast.Raise) else None
    kind = raised.func if isinstance(raised, ast.Call) else raised
    return getattr(kind, "id", "") == "NotImplementedError"


def _is_empty(node: ast.stmt) -> bool:
    is_constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_constant or isinstance(node, ast.Pass)


#: Magics of a whole cell whose text runs as Python in the notebook's own namespace.
TRANSPARENT = frozenset({"time", "capture", "prun", "memit", "mprun", "lprun", "notify"})

#: Magics that write a cell into a file: what a student wrote there is meant as code.
WRITING = frozenset({"writefile", "file"})

_WRITTEN = re.compile(r"(?:-a\s+|--append\s+)?[\"']?(?P<path>[^\s\"']+)\.py[\"']?(?:\s+-a)?\s*$")
_MAGIC = re.compile(r"[%!]|\?{1,2}\s*[\w.%]|[\w.%]+\?{1,2}\s*$")
_ASSIGNED = re.compile(r"[\w.,\[\] \t]+=[ \t]*(?:!|%[A-Za-z])")
_TOKEN = re.compile("#[^\n]*|(?P<quotes>\"\"\"|'''|\"|')|(?P<bracket>[()\\[\\]{}])|\\\\\n|\n")
_CLOSING = {
    quotes: re.compile(rf"\\.|{quotes}" + ("" if quotes[1:] else r"|\n"), re.DOTALL)
    for quotes in ('"""', "'''", '"', "'")
}

#: Of one file, and of all, that are parsed for a remark alone: a student writes some 5 KiB a file.
MAX_REMARKED_FILE_BYTES, MAX_REMARKED_BYTES = 64 * 1024, 512 * 1024

#: Operators on one another; ten times what anyone writes by hand.
MAX_DEPTH = 1000

#: Signs in one f-string, wherever they stand: which of them are Python's is not looked at.
MAX_SIGNS = 5000

#: A string that is not closed ends with its line, or with the text: no text is looked at twice.
_PARSER_TOKEN = re.compile(
    r"#[^\n]*"
    r'|(?P<string>"""[^"\\]*(?:(?:\\.?|"(?!""))[^"\\]*)*(?:""")?'
    r"|'''[^'\\]*(?:(?:\\.?|'(?!''))[^'\\]*)*(?:''')?"
    r'|"[^"\\\n]*(?:\\.?[^"\\\n]*)*"?'
    r"|'[^'\\\n]*(?:\\.?[^'\\\n]*)*'?)"
    r"|(?P<number>[0-9][\w.]*)|(?P<word>[A-Za-z_]\w*)|(?P<open>[(\[{])|(?P<close>[)\]}])"
    r"|(?P<end>[,;\n])|(?P<sign>[^\s\w])",
    re.DOTALL,
)
_OPERATORS = frozenset({"not", "lambda", "if", "else", "await", "and", "or", "in", "is", "elif"})
_SIGN = re.compile(rf"[^\s\w]|\b(?:{'|'.join(sorted(_OPERATORS))})\b")


@dataclass(frozen=True)
class PlainCell:
    """A cell as Python, with ``pass`` instead of what is none."""

    text: str
    #: The first words of what is left out.
    left_out: tuple[str, ...] = ()
    #: The name of the module that the cell writes to a file, without ``.py``; empty for none.
    writes: str = ""


def plain_cell(text: str) -> PlainCell:
    """Return the Python of a cell with newlines for line ends."""
    lines = text.split("\n")
    magics = []
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        word, _, rest = line.strip().removeprefix("%%").partition(" ")
        if not line.lstrip().startswith("%%"):
            break
        magics.append(f"%%{word}")
        if word not in TRANSPARENT:
            body = "\n" * (number + 1) + "\n".join(lines[number + 1 :])
            return _of_cell_magic(body, word, rest.strip(), tuple(magics))
        lines[number] = ""
    if not any([sign in line for line in lines for sign in "%!?"]):
        return PlainCell(_dedented(lines), tuple(magics))
    inner = _without_lines(_dedented(lines))
    return PlainCell(inner.text, (*magics, *inner.left_out))


def _of_cell_magic(body: str, word: str, rest: str, magics: tuple[str, ...]) -> PlainCell:
    written = _WRITTEN.match(rest) if word in WRITING else None
    if written is None:
        return PlainCell("", magics)
    return PlainCell(body, magics[:-1], written["path"].replace("\\", "/").rpartition("/")[2])


def _dedented(lines: list[str]) -> str:
    """Return the text without the indentation of its first line, as Jupyter runs it."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    if not indent:
        return "\n".join(lines)
    return "\n".join([line.removeprefix(indent) for line in lines])


def _without_lines(text: str) -> PlainCell:
    kept, left_out = [], []
    at = 0
    while at < len(text):
        end = _end_of_line(text, at)
        line = text[at:end]
        code = line.lstrip()
        if not (_MAGIC.match(code) or _ASSIGNED.match(code)):
            end = _end_of_statement(text, at)
            kept.append(text[at:end])
        else:
            while text[at:end].endswith("\\\n") and end < len(text):
                end = _end_of_line(text, end)
            left_out.append(code.strip().rstrip("\\"))
            kept.append(line[: len(line) - len(code)] + "pass" + "\n" * text.count("\n", at, end))
        at = end
    return PlainCell("".join(kept), tuple(left_out))


def _end_of_line(text: str, at: int) -> int:
    return text.find("\n", at) + 1 or len(text)


def _end_of_statement(text: str, at: int) -> int:
    """Return where the logical line that begins at `at` ends."""
    depth = 0
    while (found := _TOKEN.search(text, at)) is not None:
        at = found.end()
        if found["bracket"]:
            depth += 1 if found["bracket"] in "([{" else -1
        elif found["quotes"]:
            at = _end_of_string(text, at, found["quotes"])
        elif found[0] == "\n" and depth <= 0:
            return at
    return len(text)


def _end_of_string(text: str, at: int, quotes: str) -> int:
    """Return where a string ends that begins before `at`; one that is not closed, with its line."""
    closing = _CLOSING[quotes]
    while (found := closing.search(text, at)) is not None:
        at = found.end()
        if not found[0].startswith("\\"):
            return found.start() if found[0] == "\n" else at
    return len(text)


def is_too_deep(text: str) -> bool:
    """Tell whether some expression of a text has more than `MAX_DEPTH` operators on one another."""
    if len(text) < MAX_DEPTH:
        return False
    chains = [0]
    for found in _PARSER_TOKEN.finditer(text):
        kind = found.lastgroup
        if kind == "string":
            # What stands in an f-string's braces is parsed on its own, before Python 3.12.
            is_f_string = "f" in text[max(found.start() - 2, 0) : found.start()].lower()
            if is_f_string and len(_SIGN.findall(found[0])) > MAX_SIGNS:
                return True
            continue
        if kind == "open":
            chains[-1] += 1
            chains.append(0)
        elif kind == "close":
            chains = chains[:-1] or [0]
        elif kind == "end" and (len(chains) == 1 or found[0] == ","):
            chains[-1] = 0
        elif kind == "sign" or (kind == "word" and found[0] in _OPERATORS):
            chains[-1] += 1
        else:
            continue
        if chains[-1] > MAX_DEPTH or len(chains) > MAX_DEPTH:
            return True
    return False


def list_short_files(folder: Path) -> list[Path]:
    """Return the Python files in a folder that are short enough to look at for a remark.

    A tree takes a thousand times the memory of its text.
    """
    rest, short = MAX_REMARKED_BYTES, []
    for path in sorted(folder.glob("*.py")):
        size = path.stat().st_size
        if size <= min(MAX_REMARKED_FILE_BYTES, rest):
            rest -= size
            short.append(path)
    return short


def parsed(text: str) -> ast.Module:
    """Return the syntax tree of anyone's text.

    What is no Python is a `SyntaxError` or a `ValueError`; what is nested too deeply is a
    `RecursionError` or a `MemoryError`.
    """
    if is_too_deep(text):
        raise RecursionError
    return ast.parse(text)


def with_newlines(text: str) -> str:
    """Return a text with newlines for line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")

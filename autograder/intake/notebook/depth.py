"""Tell a text that is nested too deeply before Python's parser meets it: Python 3.10 crashes on it.

Measured with expressions of 200,000 operators: 3.10 ends the process at chains of attributes,
calls, subscripts and sums, in an f-string too, and bears 40,000; later versions raise.
"""

import ast
import re

__all__ = ["is_too_deep", "parsed"]

#: Operators on one another; ten times what anybody writes by hand.
MAX_DEPTH = 1000

#: Signs in one f-string, wherever they stand: which of them are Python's is not looked at.
MAX_SIGNS = 5000

#: A string that is not closed ends with its line, or with the text: no text is looked at twice.
_TOKEN = re.compile(
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


def is_too_deep(text: str) -> bool:
    """Tell whether some expression of a text has more than `MAX_DEPTH` operators on one another."""
    if len(text) < MAX_DEPTH:
        return False
    chains = [0]
    for found in _TOKEN.finditer(text):
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


def parsed(text: str) -> ast.Module:
    """Return a text's syntax tree.

    Parameters
    ----------
    text : str
        Of anybody's.

    Raises
    ------
    SyntaxError, ValueError
        If it is no Python.
    RecursionError, MemoryError
        If it is nested too deeply.
    """
    if is_too_deep(text):
        raise RecursionError
    return ast.parse(text)

"""What to do about an exception, by what Python and numpy say in it: one table.

Their words are stable within a few versions; what matches no row gets no advice. The first row that
matches counts.
"""

import re

from autograder.core.records import Raised

__all__ = ["SEVERAL_RESULTS", "sentence_about"]

#: To be followed by an example of the homework's own.
SEVERAL_RESULTS = "these are several results in a tuple: take one"

_ARRAY = "make it an array first, with np.array(...): a list does not calculate entry by entry"
_NOTHING = (
    "something here is None: a function that was called before returns nothing, so end it with"
    " 'return ...'"
)
_ONE_TRUTH = (
    "if, while, and, or and max() want one truth value, and an array has one for each entry: use"
    " np.where(x > 0, ..., ...) or np.maximum(...)"
)
_BRACKETS = "count the brackets in this line and the one before: each ( [ { needs its own end, once"
_INDENT = "give this line as many spaces at its beginning as the other lines of its block have"
_INDICES = "an index has to be a whole number: keep integers as they are, and divide them with //"

#: What an exception says (its type, a colon, its message), and what to do about it. ``\1`` is the
#: first group.
_SENTENCES: tuple[tuple[str, str], ...] = (
    # Files that can't be read
    (
        "(SyntaxError|ValueError): source code.* null bytes",
        "save the file again as UTF-8 in your editor: it is UTF-16 now, as PowerShell's > writes",
    ),
    ("SyntaxError: expected ':'", "put a colon at the end of the line"),
    ("SyntaxError: .*(was never closed|unmatched|does not match|unexpected EOF)", _BRACKETS),
    ("SyntaxError: (unterminated|EOL while)", "end the text with the quote that it begins with"),
    ("SyntaxError: Missing parentheses in call to 'print'", "write print(...), with parentheses"),
    (
        "SyntaxError: .*(Maybe you meant '=='|cannot assign to .* here)",
        "compare with ==; a single = gives a name a value",
    ),
    (
        "SyntaxError: cannot assign",
        "turn it round: the name that gets the value stands left of =",
    ),
    ("SyntaxError: 'return' outside function", "indent the return, so that it is in the function"),
    (
        "SyntaxError: invalid (non-printable )?character",
        "type this character again: it was pasted and only looks like the right one",
    ),
    (
        "SyntaxError",
        "look at the caret, then at the end of the line before: a bracket, a comma, a colon or an"
        " operator (such as *) may be missing",
    ),
    (
        "TabError",
        "tabs and spaces are mixed: let your editor convert the tabs of the whole file to spaces",
    ),
    (
        "IndentationError: expected an indented block",
        "indent what belongs to the line before, by four spaces; a block can't be empty",
    ),
    ("IndentationError", _INDENT),
    # Names
    (
        "NameError: name 'np' is not defined",
        "put 'import numpy as np' at the top of the file",
    ),
    (
        "NameError: name 'numpy' is not defined",
        "write np for numpy: the file says 'import numpy as np'",
    ),
    ("NameError: name '(math|random|copy)' is not defined", r"put 'import \1' at the top"),
    (
        "NameError: name '(.*?)' is not defined",
        r"check how \1 is spelled; if it is right, give it a value or import it before this line",
    ),
    (
        "UnboundLocalError",
        "give this name a value before the line that uses it, also for when an if or a for does"
        " nothing",
    ),
    ("(AttributeError|TypeError): .*'?NoneType'?", _NOTHING),
    ("AttributeError: 'list' object has no attribute", _ARRAY),
    ("AttributeError: 'tuple' object has no attribute", SEVERAL_RESULTS),
    (
        "AttributeError: module '(.*?)' has no attribute '(.*?)'",
        r"check how \2 is spelled: \1 has nothing of this name",
    ),
    (
        "AttributeError: '(numpy.ndarray|float|int|dict|str)' object has no attribute '(.*?)'",
        r"check how \2 is spelled, and whether what stands before the dot is what you think it is",
    ),
    (
        "ImportError: cannot import name '(.*?)' from '(.*?)'",
        r"check how \1 is spelled here and in \2.py; two files can't import each other's names",
    ),
    # Kinds of values
    ("TypeError: .*unexpected keyword argument", "check the argument's name in that 'def' line"),
    ("TypeError: .*(missing|takes) .*argument", "give as many arguments as its 'def' line has"),
    (
        "TypeError: only (length-1|0-dimensional) arrays can be converted",
        "functions of math take one number: use numpy's, such as np.exp and np.sqrt",
    ),
    ("TypeError: (only integer scalar arrays|list indices must be)", _ARRAY),
    ("TypeError: (can't multiply sequence|.*'list')", _ARRAY),
    ("TypeError: .*'str'", "one of them is text, in quotes, where a number or an array belongs"),
    (
        "TypeError: 'numpy.ndarray' object is not callable",
        "use square brackets for an entry of an array, x[0]; or write the * before a bracket",
    ),
    (
        "TypeError: '(.*?)' object is not callable",
        "write the * before the bracket; or something here has the name of a function",
    ),
    ("TypeError: .*object is not subscriptable", "call a function with ( ), not with [ ]"),
    (
        "UFuncTypeError: Cannot cast",
        "the array was made for whole numbers: make it with floats, as np.zeros(shape) does",
    ),
    # Arrays
    ("ValueError: The truth value of an array", _ONE_TRUTH),
    (
        "ValueError: setting an array element with a sequence.*inhomogeneous",
        "rows of different lengths make no array: print their lengths",
    ),
    (
        "ValueError: setting an array element with a sequence",
        "one number has its place here, and several came: give the array one more axis",
    ),
    (
        "ValueError: (too many|not enough) values to unpack",
        "write as many names left of the = as there are results right of it",
    ),
    ("IndexError: (arrays used as indices|only integers)", _INDICES),
    (
        "IndexError: (index .* is out of bounds|list index out of range|string index)",
        "indices run from 0 to the length minus 1: is one counted from 1, or from another axis",
    ),
    (
        "IndexError: too many indices",
        "it has fewer axes than you index: print its shape",
    ),
    (
        "AxisError: axis (.*?) is out of bounds",
        "axis 0 runs over the items (rows), axis 1 along a row: print the shape, one axis is gone",
    ),
    # Limits
    (
        "RecursionError",
        "the function calls itself without end: call another one, or return before it does",
    ),
    (
        "(.*MemoryError)",
        "an array is far larger than needed: print the shapes that go into this line",
    ),
    ("EOFError", "take the input() out: a function gets all it needs as arguments"),
    ("(SystemExit|KeyboardInterrupt)", "take exit(), quit() or sys.exit() out, and use return"),
    (
        "ZeroDivisionError",
        "a length or a sum is 0 here: print what you divide by",
    ),
    (
        "(FileNotFoundError|IsADirectoryError|PermissionError)",
        "read and write no files here: a function gets all it needs as arguments",
    ),
)

_RULES = tuple([(re.compile(pattern, re.S), sentence) for pattern, sentence in _SENTENCES])


def sentence_about(raised: Raised) -> str:
    """Return what to do about an exception, empty for nothing."""
    said = f"{raised.kind}: {raised.message}"
    for pattern, sentence in _RULES:
        match = pattern.match(said)
        if match:
            return match.expand(sentence) if "\\" in sentence else sentence
    return ""

"""What Python and numpy say in an exception, and what to do about it: one table.

The first row that fits is said. A row may ask for the student's line as well: the same words have
several causes, and what the line holds tells them apart. What fits no row gets no advice.
"""

import builtins
import re
from typing import NamedTuple

import numpy as np

from autograder.core.records import Raised

__all__ = ["SEVERAL_RESULTS", "advise_by_words"]


class _Row(NamedTuple):
    """What an exception says (its type, a colon, its message) and the sentence for it.

    The sentence's groups are those of `line`, a pattern to be found in the student's line, where
    there is one, and else those of `says`.
    """

    says: str
    sentence: str
    line: str = ""


#: To be followed by an example of the homework's own.
SEVERAL_RESULTS = "these are several results in a tuple: take one"

_ARRAY = (
    "make it an array first, with np.array(...): arithmetic on lists does not work entry by entry"
)
_NOTHING = (
    "something here is None, as a function without return gives: end it with 'return ...';"
    " append, update, sort and shuffle change what they are given and return None, too"
)
_ONE_TRUTH = (
    "if, while, and, or and max() need a single truth value, and an array has one for each"
    " entry: use np.where(x > 0, ..., ...) or np.maximum(...)"
)
_BRACKETS = "count the brackets in this line and the one before: each ( [ { needs its own ) ] }"
_INDENT = "start this line with as many spaces as the other lines of its block"
_INDICES = "an index has to be a whole number: keep it an integer, and divide integers with //"
_POWER = "a power is written with **, as in x ** 2: in Python, ^ combines the bits of integers"
_SINGLE = (
    "this is a single number, which has no entries: take the [ ] off, or look at where the number"
    " comes from"
)
_UNCALLED = "a function stands here without being called: put its arguments in ( ) behind its name"
_PARTS = "put the parts into one list: np.concatenate([a, b]), and the same with stack"
_ONE_NUMBER = (
    r"(TypeError: only (length-1|0-dimensional) arrays can|TypeError: must be real number)"
)
_ONE_INDEX = "TypeError: only integer scalar arrays can"

#: numpy's functions under the names that they have in math.
_OF_BOTH = "exp|expm1|log|log1p|log2|log10|sqrt|sin|cos|tan|sinh|cosh|tanh|floor|ceil|fabs"

#: A call of np.max or np.min with two values, the first of them short: no ``axis=`` behind it.
_OF_TWO = r"\bnp\.a?(max|min)\(\s*[^(),=\[\]]+,(?!\s*(?:axis|keepdims)\s*=|\s*-?\d+\s*[,)])"
_REDUCES = r"np.\1 looks in one array: for two values, entry by entry, use np.\1imum(a, b)"

#: Where memory ends although little was asked for: something has been growing.
_GROWS = (
    "memory is full of what was kept before: a loop that appends and never ends; its body has to"
    " change what its condition tests"
)

_ROWS: tuple[_Row, ...] = (
    # Files that can't be read
    _Row(
        "(SyntaxError|ValueError): source code.* null bytes",
        "save the file again as UTF-8 in your editor: it is UTF-16 now, as PowerShell's > writes",
    ),
    _Row("SyntaxError: expected ':'", "put a colon at the end of the line"),
    _Row("SyntaxError: .*(was never closed|unmatched|does not match|unexpected EOF)", _BRACKETS),
    _Row(
        "SyntaxError: (unterminated|EOL while)",
        "end the text with the same quote that it begins with",
    ),
    _Row(
        "SyntaxError: Missing parentheses in call to 'print'", "write print(...), with parentheses"
    ),
    _Row(
        "SyntaxError: .*(Maybe you meant '=='|cannot assign to .* here)",
        "compare with ==; a single = gives a name a value",
    ),
    _Row(
        "SyntaxError: cannot assign",
        "turn it around: the name that gets the value goes on the left of =",
    ),
    _Row(
        "SyntaxError: 'return' outside function", "indent the return, so that it is in the function"
    ),
    _Row(
        "SyntaxError: invalid (non-printable )?character",
        "type this character again: it was pasted and only looks like the right one",
    ),
    _Row(
        "SyntaxError",
        "look at the caret, then at the end of the line before: a bracket, a comma, a colon or an"
        " operator (such as *) may be missing",
    ),
    _Row(
        "TabError",
        "tabs and spaces are mixed: let your editor convert the tabs of the whole file to spaces",
    ),
    _Row(
        "IndentationError: expected an indented block",
        "indent what belongs to the line before, by four spaces; a block can't be empty",
    ),
    _Row("IndentationError", _INDENT),
    # Names
    _Row(
        ".*has the name of a module of Python, which is imported in its place",
        "give that file another name, here as well",
    ),
    _Row(
        ".*with a \\w+ . \\(U\\+\\w+\\) that looks like (.)$",
        r"type this name again, with \1 from your keyboard's Latin letters",
    ),
    _Row(
        "NameError: name 'np' is not defined",
        "put 'import numpy as np' at the top of the file",
    ),
    _Row(
        "NameError: name 'numpy' is not defined",
        "write np instead of numpy: the file says 'import numpy as np'",
    ),
    _Row("NameError: name '(math|random|copy)' is not defined", r"put 'import \1' at the top"),
    _Row(
        "NameError: name '(.*?)' is not defined",
        r"check how \1 is spelled; if it is right, give it a value or import it before this line",
    ),
    _Row(
        "UnboundLocalError",
        "give this name a value before the line that uses it, even when an if or a for does"
        " nothing",
    ),
    _Row(
        "AttributeError: 'NoneType' object has no attribute",
        r"append changes the list and returns None: write \1.append(...) alone, without '\1 ='",
        line=r"(?<![\w.])(\w+)\s*=\s*\1\.append\(",
    ),
    _Row("(AttributeError|TypeError): .*'?NoneType'?", _NOTHING),
    _Row(
        "AttributeError: '[^']*' object has no attribute '(append|extend|insert)'",
        r"only lists have \1: begin with [], and make an array at the end, with np.array(...)",
    ),
    _Row("AttributeError: 'list' object has no attribute", _ARRAY),
    _Row(
        "AttributeError: 'tuple' object has no attribute",
        SEVERAL_RESULTS,
    ),
    _Row(
        "AttributeError: module 'numpy' has no attribute '(int|float|object|str|long|complex)'",
        r"write \1 alone: numpy has no type of this name any more",
    ),
    _Row(
        r"AttributeError: `np\.(\w+)` was removed in the NumPy 2.0 release. Use `(.*?)` instead",
        r"write \2: numpy has no np.\1 any more",
    ),
    _Row(
        "AttributeError: module '(.*?)' has no attribute '(.*?)'",
        r"check how \2 is spelled: \1 has nothing of this name",
    ),
    _Row(
        "AttributeError: 'numpy.ndarray' object has no attribute"
        " '(unsqueeze|detach|clone|numpy|cpu|permute|requires_grad|backward)'",
        r"\1 belongs to PyTorch's tensors: numpy's arrays do not have it",
    ),
    _Row("AttributeError: '(function|builtin_function_or_method|method)' object", _UNCALLED),
    _Row(
        "AttributeError: '([\\w.]+)' object has no attribute '(.*?)'",
        "check how \\2 is spelled, and whether what comes before the dot is what you think it is",
    ),
    _Row(
        "ImportError: cannot import name '(.*?)' from '(.*?)'",
        r"check how \1 is spelled here and in \2.py; two files can't import each other's names",
    ),
    # Kinds of values
    _Row(
        "TypeError: .*unexpected keyword argument '(dim|keepdim)'",
        "numpy says axis= and keepdims=, not dim= and keepdim=",
    ),
    _Row(
        "TypeError: .*unexpected keyword argument '(.*?)'",
        r"look up the names of the function's arguments: none of them is \1",
    ),
    _Row(
        "TypeError: .*stack\\(\\) takes",
        _PARTS,
        line=r"\bnp\.(concatenate|[vhd]?stack)\(\s*[^\s\[(]",
    ),
    _Row("TypeError: .*(missing|takes) .*argument", "give as many arguments as its 'def' line has"),
    _Row(
        _ONE_NUMBER,
        r"\1(...) makes a single number: the type of a whole array is changed by x.astype(\1)",
        line=r"(?<![\w.])(float|int)\(",
    ),
    _Row(
        _ONE_NUMBER,
        "one number is needed here, and an array or a list came: the functions of math take single"
        " numbers, numpy's (np.exp, np.sqrt) whole arrays",
    ),
    _Row(_ONE_INDEX, _REDUCES, line=_OF_TWO),
    _Row(_ONE_INDEX, _PARTS, line=r"\bnp\.(concatenate|[vhd]?stack)\(\s*[^\s\[(]"),
    _Row(
        _ONE_INDEX,
        "one whole number is needed here, and an array came; a list or a range that is indexed"
        " with an array has to be an array itself: make it one first, with np.array(...)",
    ),
    _Row("TypeError: list indices must be", _ARRAY),
    _Row("TypeError: 'float' object cannot be interpreted", _REDUCES, line=_OF_TWO),
    _Row(
        "TypeError: 'float' object cannot be interpreted",
        "a length or a count has to be a whole number: divide integers with //",
    ),
    _Row(
        "TypeError: Cannot interpret '.*' as a data type",
        r"the lengths go into one pair of brackets: np.\1((rows, columns))",
        line=r"\bnp\.(zeros|ones|empty)\(\s*[^\s(]",
    ),
    _Row("TypeError: (ufunc 'bitwise_xor'|unsupported operand type.* for \\^)", _POWER),
    _Row(
        "TypeError: (ufunc 'bitwise_|unsupported operand type.* for [&|])",
        "& and | combine truth values, as in (x > 0) & (x < 1): each side needs its brackets",
    ),
    _Row(
        "TypeError: The numpy boolean negative|TypeError: numpy boolean subtract",
        "True and False can't be subtracted: make numbers of them first, with .astype(float)",
    ),
    _Row(
        "TypeError: (loop of ufunc .* type |unsupported operand .*')"
        "(function|builtin_function_or_method|method|numpy._ArrayFunctionDispatcher)",
        _UNCALLED,
    ),
    _Row(
        "TypeError: (loop of ufunc .* type |unsupported operand .*')dict",
        "there is no arithmetic on dicts: take their arrays one by one, by their keys",
    ),
    _Row("TypeError: (can't multiply sequence|.*'list')", _ARRAY),
    _Row(
        "TypeError: .*'str'", "one of them is text, in quotes, where a number or an array belongs"
    ),
    _Row(
        "TypeError: '(tuple|int|numpy.ndarray)' object is not callable",
        r"\1 is no function: leave out the ( ) behind it",
        line=r"\.(shape|size|ndim|T)\(\s*\)",
    ),
    _Row(
        "TypeError: 'numpy.ndarray' object is not callable",
        "use square brackets for an entry of an array, x[0]; or write the * before a bracket",
    ),
    _Row(
        "TypeError: '(.*?)' object is not callable",
        "write the * before the bracket; or check whether a variable here has the name of a"
        " function",
    ),
    _Row("TypeError: '(int|float|bool)' object is not subscriptable", _SINGLE),
    _Row("IndexError: invalid index to scalar variable", _SINGLE),
    _Row(
        "TypeError: '(function|builtin_function_or_method|method|type|numpy.\\w+)' object is not"
        " subscriptable",
        "call a function with ( ), not with [ ]",
    ),
    _Row(
        "TypeError: '(\\w+)' object is not subscriptable",
        r"make a list of it first, with list(...): a \1 has no entries to pick",
    ),
    _Row(
        "TypeError: ('(int|float|numpy.\\w+)' object is not iterable|object of type"
        " '(int|float|numpy.\\w+)' has no len|cannot unpack non-iterable)",
        "this is one value, not several: look at where it comes from; a loop over numbers needs"
        " range(n)",
    ),
    _Row(
        "UFuncTypeError: .*did not contain a loop .*dtype\\('[<>|=]?[US]",
        "one of them is text, in quotes, where a number or an array belongs",
    ),
    _Row(
        "UFuncTypeError: Cannot cast",
        "the array was made for whole numbers: make it with floats, as np.zeros(shape) does",
    ),
    # Arrays
    _Row("ValueError: The truth value of an array", _ONE_TRUTH),
    _Row(
        r"ValueError: matmul: Input operand \d does not have enough dimensions \(has 0",
        "@ multiplies matrices: a single number is multiplied with *",
    ),
    _Row(
        "ValueError: setting an array element with a sequence.*inhomogeneous",
        "rows of different lengths make no array: print their lengths",
    ),
    _Row(
        "ValueError: setting an array element with a sequence",
        "there is room for one number here, and several came: give the array one more axis",
    ),
    _Row(
        "ValueError: (too many|not enough) values to unpack",
        "write as many names on the left of the = as there are results on the right",
    ),
    _Row(
        "ValueError: output parameter for reduction operation (max|min)imum",
        _REDUCES,
        line=r"\.(max|min)\(",
    ),
    _Row("IndexError: (arrays used as indices|only integers)", _INDICES),
    _Row(
        "IndexError: (index .* is out of bounds|list index out of range|string index)",
        "indices run from 0 to the length minus 1: check whether one is counted from 1, or"
        " along another axis",
    ),
    _Row(
        "IndexError: too many indices",
        "it has fewer axes than you index: print its shape",
    ),
    _Row(
        "AxisError: axis (.*?) is out of bounds",
        "axis 0 runs over the items (rows), axis 1 along a row: print the shape, one axis is"
        " missing",
    ),
    # Limits
    _Row(
        "RecursionError",
        "the function calls itself forever: call another one, or return before it does",
    ),
    _Row(
        ".*MemoryError: Unable to allocate [\\d.]+ [GTPE]iB",
        "an array is far larger than needed: print the shapes that go into this line",
    ),
    _Row(".*MemoryError", _GROWS, line=r"\.(append|extend|insert)\(|\+=\s*\["),
    _Row(
        ".*MemoryError: Unable to allocate [\\d.]+ (B|bytes|KiB) ",
        "memory is full of what was kept before: look for a loop that keeps everything that it"
        " makes, or that never ends",
    ),
    _Row(
        ".*MemoryError",
        "a list or an array is far larger than needed, or a loop that adds to one never ends",
    ),
    _Row(
        "OverflowError: math range error",
        "a float ends at 1.8e308, and exp of more than 709 is above that: print what goes in",
    ),
    _Row("EOFError", "remove the input(): a function gets all it needs as arguments"),
    _Row("BdbQuit", "remove the line with pdb.set_trace(): no one is there to debug"),
    _Row("(SystemExit|KeyboardInterrupt)", "remove exit(), quit() or sys.exit(), and use return"),
    _Row(
        "ZeroDivisionError",
        "a length or a sum is 0 here: print what you divide by",
    ),
    # What a submission has no right to
    _Row(
        "PermissionError: a submission may not start other processes",
        "remove this line: nothing can be started or installed here, and numpy is there already",
    ),
    _Row(
        ".*a submission has no network",
        "remove this line: nothing can be downloaded here, a function gets all it needs as"
        " arguments",
    ),
    _Row(
        "RuntimeError: can't start new thread",
        "remove the threads: a function calculates in the one that calls it",
    ),
    _Row(
        "PermissionError: .*Operation not permitted$",
        "remove this line: a submission changes no setting of the system",
    ),
    _Row(
        "OSError: .*Inappropriate ioctl",
        "remove this line, or ask shutil.get_terminal_size(): there is no terminal here",
    ),
    _Row(
        "(FileNotFoundError|IsADirectoryError|PermissionError)",
        "do not read or write files here: a function gets all it needs as arguments",
    ),
)


def advise_by_words(raised: Raised) -> str:
    """Return what to do about an exception, empty for nothing."""
    said = f"{raised.kind}: {raised.message}"
    line = raised.lines[-1].text if raised.lines else ""
    own = _advise_on_numpys_names(raised, line) or _advise_on_math(said, line)
    if own:
        return own
    for row in _ROWS:
        match = re.match(row.says, said, re.S)
        if match and row.line:
            match = re.search(row.line, line)
        if match:
            return match.expand(row.sentence) if "\\" in row.sentence else row.sentence
    return ""


_NO_NAME = re.compile(r"NameError: name '(\w{1,60})' is not defined")
#: Methods of lists that numpy has in another form.
_OF_LISTS = ("append", "insert")
_NO_METHOD = re.compile(r"AttributeError: 'numpy\.\w+' object has no attribute '(\w{1,60})'")


def _advise_on_numpys_names(raised: Raised, line: str) -> str:
    """Say how a function of numpy's is called that was called by its name alone, or as a method."""
    said = f"{raised.kind}: {raised.message}"
    match = _NO_NAME.match(said)
    if match and not hasattr(builtins, match[1]) and _is_numpys(match[1]):
        is_called = re.search(rf"(?<![\w.]){match[1]}\s*\(", line)
        if is_called:
            return f"{match[1]} is a numpy function: write np.{match[1]}(...)"
    match = _NO_METHOD.match(said)
    if match and match[1] not in _OF_LISTS and _is_numpys(match[1]):
        return f"numpy has {match[1]} as a function, not behind an array: np.{match[1]}(...)"
    return ""


def _advise_on_math(said: str, line: str) -> str:
    """Say which function of math got more than a number, where the line has only one that may."""
    if not re.match(_ONE_NUMBER, said) or "NoneType" in said:
        return ""
    names = {*re.findall(r"\bmath\.(\w+)\((?!\s*[\d.]+\s*\))", line)}
    if len(names) != 1:
        return ""
    (name,) = names
    if re.fullmatch(_OF_BOTH, name):
        return f"math.{name} takes a single number: np.{name} takes whole arrays"
    each = f"np.vectorize(math.{name})(x) calls it for each entry of x"
    return f"math.{name} takes a single number: {each}"


def _is_numpys(name: str) -> bool:
    return callable(getattr(np, name, None)) and not isinstance(getattr(np, name), type)

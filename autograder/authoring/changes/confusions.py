"""What people take for one another in a formula: functions, names, lengths, the order of steps.

Beside the small changes of `operators`: one function of the homework instead of another, one more
or at another place; a name instead of another; brackets around other terms. Each yields what a
node may become, the change's name, and what is said of it (see `sentences`).
"""

import ast
import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from autograder.authoring.changes.operators import exchanged_names
from autograder.authoring.changes.sentences import Words, called_name, name_of

__all__ = ["Homework", "confused_functions", "confused_nodes", "find_definitions", "negated"]

#: A new node, the change's name, and what is said of it.
Confused = tuple[ast.AST, str, str]

#: Functions of numpy that are often applied where they do not belong.
APPLIED = ("exp", "log")

_BINARY = {
    ast.Add: "before {} is added",
    ast.Sub: "before {} is subtracted",
    ast.Mult: "before the product",
    ast.Div: "before the division",
    ast.MatMult: "before the matrix product",
    ast.Pow: "before the power",
}

_OPERATIONS = {
    ast.Add: "a sum",
    ast.Sub: "a difference",
    ast.Mult: "a product",
    ast.Div: "a division",
    ast.MatMult: "a matrix product",
    ast.Pow: "a power",
}


@dataclass(frozen=True)
class Homework:
    """The homework's functions as changed code may call them.

    Attributes
    ----------
    aliases : dict of str to str
        By name, what a changed function calls it by.
    arities : dict of str to (int, int)
        By name, the least and the largest number of its arguments.
    own : str
        The name of the function that is changed.
    """

    own: str
    aliases: Mapping[str, str] = field(default_factory=dict)
    arities: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def taking(self, count: int) -> list[str]:
        """Return the other functions that can be called with so many arguments."""
        return [
            name
            for name, (least, most) in self.arities.items()
            if least <= count <= most and name != self.own
        ]

    def call(self, name: str, *arguments: ast.expr) -> ast.Call:
        """Return a call of a function of the homework, or of numpy."""
        function: ast.expr = ast.Name(self.aliases.get(name, ""), ast.Load())
        if name not in self.aliases:
            function = ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load())
        return ast.Call(function, list(copy.deepcopy(arguments)), [])


def find_definitions(function: ast.FunctionDef) -> dict[str, ast.expr]:
    """Return the values of the local names that are assigned once, by a statement of their own."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def confused_nodes(
    node: ast.AST, definitions: Mapping[str, ast.expr], words: Words, homework: Homework
) -> Iterator[Confused]:
    """Yield what a part of a formula may become; `definitions` are the local names' values."""
    if isinstance(node, ast.Call):
        yield from _other_function(node, homework)
        yield from _applied_twice(node, words)
        yield from _applied_earlier(node, definitions, words)
        yield from _other_length(node, words)
    if isinstance(node, ast.BinOp):
        yield from _applied_later(node, words)
        yield from _other_brackets(node)
        yield from _transposed_operand(node, words)
        yield from _applied_to_factor(node, homework)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from _other_name(node, words)
        yield from negated(node, words)
    if isinstance(node, ast.Subscript):
        yield from _other_shape(node, words)


def _other_function(node: ast.Call, homework: Homework) -> Iterator[Confused]:
    name = called_name(node.func)
    if name not in homework.aliases or node.keywords:
        return
    for other in homework.taking(len(node.args)):
        if other != name:
            yield homework.call(other, *node.args), "change-function", f"{other} instead of {name}"


def _applied_twice(node: ast.Call, words: Words) -> Iterator[Confused]:
    if called_name(node.func) in words.functions and len(node.args) == 1:
        twice = ast.Call(node.func, [node], [])
        yield copy.deepcopy(twice), "change-function", f"{called_name(node.func)} applied twice"


def _applied_earlier(
    node: ast.Call, definitions: Mapping[str, ast.expr], words: Words
) -> Iterator[Confused]:
    """Yield ``f(a) + b`` for ``f(a + b)``, on either side or on both."""
    name = called_name(node.func)
    if len(node.args) != 1 or not _is_named(node.func, words):
        return
    inner = node.args[0]
    if isinstance(inner, ast.Name):
        inner = definitions.get(inner.id, inner)
    if not isinstance(inner, ast.BinOp) or type(inner.op) not in _BINARY:
        return

    def apply(argument: ast.expr) -> ast.expr:
        return ast.Call(node.func, [argument], node.keywords)

    left, right = inner.left, inner.right
    when = _BINARY[type(inner.op)].format(name_of(right, words) or "another term")
    for first, last, what in (
        (apply(left), right, f"{name} applied {when}"),
        (left, apply(right), f"{name} applied to one side of {_OPERATIONS[type(inner.op)]} only"),
        (
            apply(left),
            apply(right),
            f"{name} applied to both sides of {_OPERATIONS[type(inner.op)]}",
        ),
    ):
        yield copy.deepcopy(ast.BinOp(first, inner.op, last)), "change-order", what


def _is_named(function: ast.expr, words: Words) -> bool:
    """Tell whether a called function is the homework's, or of a module."""
    is_of_a_module = isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
    return called_name(function) in words.functions or (
        is_of_a_module and function.value.id in ("np", "numpy", "math")  # type: ignore[attr-defined]
    )


def _applied_later(node: ast.BinOp, words: Words) -> Iterator[Confused]:
    """Yield ``f(a + b)`` for ``f(a) + b`` and for ``b + f(a)``."""
    if type(node.op) not in _BINARY:
        return
    for call, other in ((node.left, node.right), (node.right, node.left)):
        is_call = isinstance(call, ast.Call) and len(call.args) == 1
        if not is_call or not _is_named(call.func, words):  # type: ignore[attr-defined]
            continue
        assert isinstance(call, ast.Call)
        inside = call.args[0]
        sides = (inside, other) if call is node.left else (other, inside)
        when = _BINARY[type(node.op)].format(name_of(other, words) or "another term")
        phrase = f"{called_name(call.func)} applied {when.replace('before', 'after', 1)}"
        new = ast.Call(call.func, [ast.BinOp(sides[0], node.op, sides[1])], call.keywords)
        yield copy.deepcopy(new), "change-order", phrase


def _applied_to_factor(node: ast.BinOp, homework: Homework) -> Iterator[Confused]:
    """Yield ``a * f(b @ c)`` for ``a * (b @ c)``."""
    for side in ("left", "right"):
        factor = getattr(node, side)
        is_product = isinstance(factor, ast.BinOp) and isinstance(factor.op, ast.MatMult)
        for name in homework.taking(1) if isinstance(node.op, ast.Mult) and is_product else ():
            new = copy.deepcopy(node)
            setattr(new, side, homework.call(name, factor))
            yield new, "change-function", f"{name} applied to a factor that is used as it is"


def negated(node: ast.AST, words: Words) -> Iterator[Confused]:
    """Yield minus an argument for it."""
    if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
        return
    if node.id in words.known and node.id not in words.integers:
        new = ast.UnaryOp(ast.USub(), ast.Name(node.id, ast.Load()))
        yield new, "change-sign", f"-{node.id} instead of {node.id}"


def _other_brackets(node: ast.BinOp) -> Iterator[Confused]:
    """Yield ``a - b / c`` for ``(a - b) / c``, and the reverse."""
    phrase = "brackets around other terms"
    if isinstance(node.left, ast.BinOp):
        first = node.left
        new = ast.BinOp(first.left, first.op, ast.BinOp(first.right, node.op, node.right))
        yield copy.deepcopy(new), "change-brackets", phrase
    if isinstance(node.right, ast.BinOp):
        last = node.right
        new = ast.BinOp(ast.BinOp(node.left, node.op, last.left), last.op, last.right)
        yield copy.deepcopy(new), "change-brackets", phrase


def _transposed_operand(node: ast.BinOp, words: Words) -> Iterator[Confused]:
    for side in ("left", "right"):
        operand = getattr(node, side)
        if isinstance(operand, ast.Name) and isinstance(node.op, ast.MatMult):
            new = copy.deepcopy(node)
            setattr(new, side, ast.Attribute(copy.deepcopy(operand), "T", ast.Load()))
            yield new, "change-transpose", f"{name_of(operand, words) or 'a matrix'} transposed"


def _other_length(node: ast.Call, words: Words) -> Iterator[Confused]:
    """Yield another count than ``len(x)``."""
    if called_name(node.func) != "len" or len(node.args) != 1:
        return
    thing = name_of(node.args[0], words) or "an array"
    shape = ast.Attribute(node.args[0], "shape", ast.Load())
    columns = ast.Subscript(shape, ast.Constant(-1), ast.Load())
    whole = ast.Attribute(node.args[0], "size", ast.Load())
    phrase = f"the length of {thing}'s last axis instead of its first"
    yield copy.deepcopy(columns), "change-length", phrase
    phrase = f"the number of all entries of {thing} instead of the length of its first axis"
    yield copy.deepcopy(whole), "change-length", phrase


def _other_shape(node: ast.Subscript, words: Words) -> Iterator[Confused]:
    is_shape = isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
    if not is_shape or not isinstance(node.slice, ast.Constant) or node.slice.value not in (0, 1):
        return
    assert isinstance(node.value, ast.Attribute)
    thing, axis = name_of(node.value.value, words) or "an array", node.slice.value
    new = copy.deepcopy(node)
    new.slice = ast.Constant(1 - axis)
    phrase = f"the length of {thing}'s axis {1 - axis} instead of axis {axis}"
    yield new, "change-length", phrase


def _other_name(node: ast.Name, words: Words) -> Iterator[Confused]:
    """Yield another parameter or result for one, and the largest entries' places for labels."""
    if node.id not in words.known:
        return
    for other in [name for name in words.known if name != node.id]:
        yield ast.Name(other, ast.Load()), "change-names", f"{other} instead of {node.id}"
        if node.id not in words.integers or other in words.integers:
            continue
        largest = ast.Attribute(ast.Name(other, ast.Load()), "argmax", ast.Load())
        places = ast.Call(largest, [], [ast.keyword("axis", ast.Constant(-1))])
        phrase = f"the places of {other}'s largest entries instead of {node.id}"
        yield places, "change-names", phrase


# ---- whole functions


def confused_functions(
    function: ast.FunctionDef, kinds: Mapping[str, str], words: Words, homework: Homework
) -> Iterator[Confused]:
    """Yield what a whole function may become; `kinds` are its parameters' annotations."""
    yield from _exchanged(function, kinds)
    yield from _applied_first(function, words, homework)
    yield from _applied_last(function, words, homework)
    yield from _another(function, words, homework)


def _exchanged(function: ast.FunctionDef, kinds: Mapping[str, str]) -> Iterator[Confused]:
    for label, renamed in exchanged_names(function, kinds):
        yield renamed, "change-names", f"{label.replace(' <-> ', ' and ')} swapped"


def _applied_first(
    function: ast.FunctionDef, words: Words, homework: Homework
) -> Iterator[Confused]:
    for parameter in words.parameters:
        for name in (*homework.taking(1), *APPLIED):
            value = homework.call(name, ast.Name(parameter, ast.Load()))
            first = ast.Assign([ast.Name(parameter, ast.Store())], value)
            new = _with_body(function, [first, *function.body])
            yield new, "change-function", f"{name} applied to {parameter} first"


def _applied_last(
    function: ast.FunctionDef, words: Words, homework: Homework
) -> Iterator[Confused]:
    last = function.body[-1]
    if not isinstance(last, ast.Return) or last.value is None:
        return
    for name in homework.taking(1):
        if not isinstance(last.value, ast.Tuple):
            value: ast.expr = homework.call(name, last.value)
            yield _returning(function, value), "change-result", f"{name} applied to the result"
        elif len(last.value.elts) == len(words.results):
            for place, result in enumerate(words.results):
                several = copy.deepcopy(last.value)
                several.elts[place] = homework.call(name, several.elts[place])
                new = _returning(function, several)
                yield new, "change-result", f"{name} applied to {result}"


def _another(function: ast.FunctionDef, words: Words, homework: Homework) -> Iterator[Confused]:
    """Yield the results of another function for the same arguments, or for some of them."""
    count = len(words.parameters)
    given: list[ast.expr] = [ast.Name(name, ast.Load()) for name in words.parameters]
    for name in homework.taking(count):
        value = homework.call(name, *given)
        phrase = (
            f"This is what {name} gives for the same {'arguments' if count > 1 else 'argument'}"
        )
        yield _returning(function, value, start=0), "change-other-function", phrase
    for parameter, argument in zip(words.parameters, given, strict=True):
        for name in homework.taking(1) if count > 1 else []:
            value = homework.call(name, argument)
            phrase = f"This is what {name} gives for {parameter}"
            yield _returning(function, value, start=0), "change-other-function", phrase


def _returning(function: ast.FunctionDef, value: ast.expr, *, start: int = -1) -> ast.FunctionDef:
    """Return the function with another value at its end, instead of all from `start` on."""
    return _with_body(function, [*function.body[:start], ast.Return(value)])


def _with_body(function: ast.FunctionDef, body: list[ast.stmt]) -> ast.FunctionDef:
    new = copy.copy(function)
    new.body = body
    return new

"""The small changes that a verification makes to the solution: what each kind of node may become.

Every operator is one function from a node of the syntax tree to new nodes; it never changes the
node. Its name, with dashes, is the kind of change: ``"term-dropped"``.
"""

import ast
import copy
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

__all__ = ["changed_expressions", "changed_statements", "exchanged_names"]

Node = TypeVar("Node", bound=ast.AST)

#: Each operator's neighbors: what is typed or thought instead of it.
OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
}

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.GtE: (ast.Gt, ast.Lt, ast.Eq),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.LtE: (ast.Lt, ast.Gt, ast.Eq),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}

#: Names in numpy and in ``math`` that are taken for one another.
_PAIRS = (
    ("maximum", "minimum"),
    ("max", "min"),
    ("exp", "log"),
    ("sum", "mean"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("argmax", "argmin"),
    ("erf", "erfc"),
    ("sqrt", "square"),
    ("tanh", "arctan"),
)
TAKEN_FOR = dict(_PAIRS) | {second: first for first, second in _PAIRS}

AXES = (0, 1)


def changed_expressions(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield what an expression, a keyword's value or a slice may become, each with its kind."""
    for kind, operators in _OPERATORS_BY_NODE.items():
        if isinstance(node, kind):
            for operator in operators:
                for new in operator(node):
                    yield operator.__name__.strip("_").replace("_", "-"), new


def _with(node: Node, **fields: Any) -> Node:
    """Return a copy of `node` with other fields."""
    new = copy.deepcopy(node)
    for name, value in fields.items():
        setattr(new, name, copy.deepcopy(value))
    return new


def _other_operator(node: ast.BinOp) -> Iterator[ast.AST]:
    for other in OPERATORS.get(type(node.op), ()):
        yield _with(node, op=other())


def _term_dropped(node: ast.BinOp) -> Iterator[ast.AST]:
    yield node.left
    yield node.right


def _sides_swapped(node: ast.BinOp) -> Iterator[ast.AST]:
    if not isinstance(node.op, ast.Add | ast.Mult):  # these come to the same either way
        yield _with(node, left=node.right, right=node.left)


def _other_comparison(node: ast.Compare) -> Iterator[ast.AST]:
    for other in COMPARISONS.get(type(node.ops[0]), ()):
        yield _with(node, ops=[other(), *node.ops[1:]])


def _other_constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield from [ast.Constant(other) for other in (value + 1, value - 1)]
    elif isinstance(value, float):
        others = (value + 1, value - 1, value / 2, 1.0 - value)
        yield from [ast.Constant(other) for other in dict.fromkeys(others) if other != value]


def _sign_dropped(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _arguments_swapped(node: ast.Call) -> Iterator[ast.AST]:
    for swapped in _swaps(node.args):
        yield _with(node, args=swapped)


def _swaps(items: list[Any]) -> Iterator[list[Any]]:
    """Yield a list with two items exchanged, for every two."""
    for first, second in itertools.combinations(range(len(items)), 2):
        swapped = list(items)
        swapped[first], swapped[second] = items[second], items[first]
        yield swapped


def _keyword_dropped(node: ast.Call) -> Iterator[ast.AST]:
    for keyword in node.keywords:
        yield _with(node, keywords=[other for other in node.keywords if other is not keyword])


def _other_axis(node: ast.Call) -> Iterator[ast.AST]:
    """Yield the call along the other axis; over all of them is the keyword dropped."""
    for place, keyword in enumerate(node.keywords):
        is_axis = keyword.arg == "axis" and isinstance(keyword.value, ast.Constant)
        if is_axis and keyword.value.value in AXES:  # type: ignore[attr-defined]
            changed = _with(node)
            changed.keywords[place].value = ast.Constant(1 - keyword.value.value)  # type: ignore[attr-defined]
            yield changed


def _call_dropped(node: ast.Call) -> Iterator[ast.AST]:
    """Yield the first argument alone, and of a method the object."""
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    if isinstance(node.func, ast.Attribute) and not _is_module(node.func.value):
        yield node.func.value


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("np", "math")


def _other_function(node: ast.Attribute) -> Iterator[ast.AST]:
    if node.attr in TAKEN_FOR:
        yield _with(node, attr=TAKEN_FOR[node.attr])


def _transpose_dropped(node: ast.Attribute) -> Iterator[ast.AST]:
    if node.attr == "T":
        yield node.value


def _branch_chosen(node: ast.IfExp) -> Iterator[ast.AST]:
    yield node.body
    yield node.orelse


def _items_swapped(node: ast.Tuple) -> Iterator[ast.AST]:
    if isinstance(node.ctx, ast.Load):
        for swapped in _swaps(node.elts):
            yield _with(node, elts=swapped)


def _values_swapped(node: ast.Dict) -> Iterator[ast.AST]:
    for swapped in _swaps(node.values):
        yield _with(node, values=swapped)


def _bound_moved(node: ast.Slice) -> Iterator[ast.AST]:
    """Yield the slice with a bound one off, or missing."""
    for name in ("lower", "upper"):
        bound = getattr(node, name)
        if bound is None:
            continue
        yield _with(node, **{name: None})
        for operator in (ast.Add(), ast.Sub()):
            yield _with(node, **{name: ast.BinOp(bound, operator, ast.Constant(1))})


def _condition_dropped(node: ast.comprehension) -> Iterator[ast.AST]:
    for condition in node.ifs:
        yield _with(node, ifs=[other for other in node.ifs if other is not condition])


def _part_chosen(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield from node.values


Operator = Callable[[Any], Iterator[ast.AST]]

_OPERATORS_BY_NODE: dict[type[ast.AST], tuple[Operator, ...]] = {
    ast.BinOp: (_other_operator, _term_dropped, _sides_swapped),
    ast.Compare: (_other_comparison,),
    ast.BoolOp: (_part_chosen,),
    ast.Constant: (_other_constant,),
    ast.UnaryOp: (_sign_dropped,),
    ast.Call: (_arguments_swapped, _keyword_dropped, _other_axis, _call_dropped),
    ast.Attribute: (_other_function, _transpose_dropped),
    ast.IfExp: (_branch_chosen,),
    ast.Tuple: (_items_swapped,),
    ast.Dict: (_values_swapped,),
    ast.Slice: (_bound_moved,),
    ast.comprehension: (_condition_dropped,),
}


# ---- statements

#: What stays: without it there is nothing to grade.
DEFINITIONS = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


def changed_statements(node: ast.stmt) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Yield what a statement may become, each with its kind.

    It becomes other statements, an empty list where it is dropped.
    """
    if isinstance(node, DEFINITIONS):
        return
    yield "statement-dropped", []
    if isinstance(node, ast.If):
        yield "branch-chosen", node.body
        yield "branch-chosen", node.orelse
    if isinstance(node, ast.With):
        yield "block-chosen", node.body
    if isinstance(node, ast.For | ast.While):
        emptied = copy.deepcopy(node)
        emptied.body = [ast.Pass()]
        yield "loop-emptied", [emptied]
    if isinstance(node, ast.AugAssign):
        yield "sum-replaced", [ast.Assign([node.target], node.value)]


def exchanged_names(
    function: ast.FunctionDef, kinds: Mapping[str, str]
) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the function with two of its parameters exchanged in its body, and which two.

    `kinds` are their annotations: those of different kinds are hardly taken for one another.
    """
    names = [parameter.arg for parameter in function.args.args]
    for first, second in itertools.combinations(names, 2):
        if kinds.get(first) != kinds.get(second):
            continue
        renamed = copy.deepcopy(function)
        others = {first: second, second: first}
        for node in [node for statement in renamed.body for node in ast.walk(statement)]:
            if isinstance(node, ast.Name):
                node.id = others.get(node.id, node.id)
        yield f"{first} <-> {second}", renamed

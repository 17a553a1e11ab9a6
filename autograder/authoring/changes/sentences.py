"""Say what a small change of a formula is: its kind and its place, never the formula's line.

Only what a student knows is named: the parameters, the results, the homework's functions, numpy's.
"""

import ast
import builtins
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

__all__ = ["NAMES", "Words", "called_name", "describe", "name_of"]

#: The names of all changes; where two give the same results, the earlier one is said.
NAMES = (
    "other-default",
    "change-function",
    "change-transpose",
    "change-axis",
    "change-term",
    "change-factor",
    "change-sign",
    "change-operator",
    "change-order",
    "change-brackets",
    "change-arguments",
    "change-names",
    "change-comparison",
    "change-length",
    "change-case",
    "change-other-function",
    "two-changes",
    "change-result",
    "change-step",
    "change-slice",
    "change-number",
)


@dataclass(frozen=True)
class Words:
    """What a sentence may name: a function's parameters and results, the homework's functions.

    `integers` are the parameters that are arrays of integers, `numbers` those that the function's
    docstring or its first line has: another one may stand in one way to write it alone.
    """

    parameters: tuple[str, ...]
    results: tuple[str, ...]
    functions: Collection[str]
    integers: Collection[str] = ()
    numbers: Collection[float] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """The names of numbers."""
        return tuple(dict.fromkeys((*self.parameters, *self.results)))


def describe(kind: str, old: Any, new: Any, words: Words) -> tuple[str, str] | None:
    """Return a change's name and what follows 'this comes out with'; None if nothing is said."""
    return _DESCRIBED[kind](old, new, words) if kind in _DESCRIBED else None


def called_name(node: ast.expr) -> str:
    """Return the last part of a called function's name: of ``np.exp`` it is ``exp``."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def name_of(node: ast.AST, words: Words) -> str:
    """Return how a student knows a part of a formula; empty for one that has no name."""
    if isinstance(node, ast.Name):
        return node.id if node.id in words.known else ""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return name_of(node.value, words)
    if isinstance(node, ast.Constant):
        return repr(node.value) if _is_known_number(node.value, words) else ""
    if isinstance(node, ast.Call) and called_name(node.func) in words.functions:
        return f"{called_name(node.func)}(...)"
    return ""


def _is_known_number(value: Any, words: Words) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and float(value) in words.numbers


def _known_function(node: ast.expr, words: Words) -> str:
    """Return a called function's name where a student knows it: no helper of the solution's."""
    name = called_name(node)
    is_known = isinstance(node, ast.Attribute) or name in words.functions or hasattr(builtins, name)
    return name if is_known else ""


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "math")


Described = tuple[str, str] | None

_OPERATORS: dict[tuple[type, type], tuple[str, str]] = {
    (ast.Add, ast.Sub): ("change-sign", "a minus sign where a plus sign belongs"),
    (ast.Sub, ast.Add): ("change-sign", "a plus sign where a minus sign belongs"),
    (ast.Add, ast.Mult): ("change-operator", "a product where a sum belongs"),
    (ast.Mult, ast.Add): ("change-operator", "a sum where a product belongs"),
    (ast.Mult, ast.Div): ("change-operator", "a division where a product belongs"),
    (ast.Div, ast.Mult): ("change-operator", "a product where a division belongs"),
    (ast.FloorDiv, ast.Mult): ("change-operator", "a product where a division belongs"),
    (ast.Pow, ast.Mult): ("change-operator", "a product where a power belongs"),
    (ast.MatMult, ast.Mult): (
        "change-operator",
        "the elementwise product * where the matrix product belongs",
    ),
    (ast.Mod, ast.FloorDiv): ("change-operator", "the quotient where the remainder belongs"),
}


def _other_operator(old: ast.BinOp, new: ast.BinOp, words: Words) -> Described:
    return _OPERATORS.get((type(old.op), type(new.op)))


#: By operator: the change's name, what is said of a part with a name, and of one without.
_DROPPED: dict[type, tuple[str, str, str]] = {
    ast.Add: ("change-term", "{} left out of a sum", "one term of a sum left out"),
    ast.Sub: ("change-term", "{} left out of a difference", "one side of a difference left out"),
    ast.Mult: ("change-factor", "the factor {} left out", "one factor of a product left out"),
    ast.MatMult: (
        "change-factor",
        "the matrix product with {} left out",
        "a matrix product left out",
    ),
    ast.Div: ("change-factor", "the division by {} left out", "a division left out"),
    ast.FloorDiv: ("change-factor", "the division by {} left out", "a division left out"),
    ast.Pow: ("change-factor", "the power of {} left out", "a power left out"),
}


def _term_dropped(old: ast.BinOp, new: ast.AST, words: Words) -> Described:
    is_right_kept = ast.dump(new) == ast.dump(old.right)
    if type(old.op) not in _DROPPED:
        return None
    name, named, unnamed = _DROPPED[type(old.op)]
    if is_right_kept and isinstance(old.op, ast.Div | ast.FloorDiv):
        return name, "only the divisor of a division"
    if is_right_kept and isinstance(old.op, ast.Pow):
        return name, "only the exponent of a power"
    thing = name_of(old.left if is_right_kept else old.right, words)
    return name, named.format(thing) if thing else unnamed


_SWAPPED = {
    ast.Sub: "the two sides of a subtraction swapped",
    ast.Div: "numerator and denominator swapped",
    ast.MatMult: "the two sides of a matrix product swapped",
    ast.Pow: "base and exponent swapped",
}


def _sides_swapped(old: ast.BinOp, new: ast.AST, words: Words) -> Described:
    phrase = _SWAPPED.get(type(old.op), "")
    return ("change-order", phrase) if phrase else None


_SIGNS = {
    ast.GtE: ">=",
    ast.Gt: ">",
    ast.LtE: "<=",
    ast.Lt: "<",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


def _other_comparison(old: ast.Compare, new: ast.Compare, words: Words) -> Described:
    signs = _SIGNS[type(new.ops[0])], _SIGNS[type(old.ops[0])]
    return "change-comparison", f"{signs[0]} where {signs[1]} belongs"


def _other_constant(old: ast.Constant, new: ast.Constant, words: Words) -> Described:
    if _is_known_number(old.value, words):
        return "change-number", f"{ast.unparse(new)} where {ast.unparse(old)} belongs"
    if isinstance(old.value, bool):
        return "change-number", f"{new.value!r} where {old.value!r} belongs"
    return "change-number", "another number in the formula"


def _sign_dropped(old: ast.UnaryOp, new: ast.AST, words: Words) -> Described:
    is_minus = isinstance(old.op, ast.USub)
    return "change-sign", "a minus sign left out" if is_minus else "a negation left out"


def _arguments_swapped(old: ast.Call, new: ast.Call, words: Words) -> Described:
    name = _known_function(old.func, words)
    return ("change-arguments", f"two arguments of {name} swapped") if name else None


def _keyword_dropped(old: ast.Call, new: ast.Call, words: Words) -> Described:
    kept = {keyword.arg for keyword in new.keywords}
    dropped = next((k.arg for k in old.keywords if k.arg not in kept), None)
    name = _known_function(old.func, words)
    if not dropped or not name:
        return None
    if dropped == "axis":
        return "change-axis", f"{name} over all entries at once, without an axis"
    return "change-axis", f"{dropped} of {name} left out"


def _other_axis(old: ast.Call, new: ast.Call, words: Words) -> Described:
    axes = [
        keyword.value.value
        for call in (new, old)
        for keyword in call.keywords
        if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant)
    ]
    name = _known_function(old.func, words)
    return ("change-axis", f"{name} over axis {axes[0]!r}, not axis {axes[1]!r}") if name else None


def _call_dropped(old: ast.Call, new: ast.AST, words: Words) -> Described:
    name = called_name(old.func)
    is_method = isinstance(old.func, ast.Attribute) and not _is_module(old.func.value)
    if is_method and isinstance(old.func, ast.Attribute):
        is_object = ast.dump(new) == ast.dump(old.func.value)
        return ("change-function", f"{name} left out") if is_object else None
    if name in words.functions and len(old.args) > 1:
        thing = name_of(new, words)
        return ("change-function", f"{thing} instead of what {name} gives") if thing else None
    is_known = name in words.functions or isinstance(old.func, ast.Attribute)
    return ("change-function", f"{name} left out") if is_known and name != "where" else None


def _other_function(old: ast.Attribute, new: ast.Attribute, words: Words) -> Described:
    return "change-function", f"{new.attr} instead of {old.attr}"


def _transpose_dropped(old: ast.Attribute, new: ast.AST, words: Words) -> Described:
    return "change-transpose", f"{name_of(old, words) or 'a matrix'} not transposed"


def _branch_chosen(old: ast.AST, new: ast.AST, words: Words) -> Described:
    return "change-case", "one of two cases taken always"


def _bound_moved(old: ast.AST, new: ast.AST, words: Words) -> Described:
    return "change-slice", "a slice that begins or ends elsewhere"


def _condition_dropped(old: ast.AST, new: ast.AST, words: Words) -> Described:
    return "change-case", "one condition left out"


def _statement_dropped(old: ast.AST, new: ast.AST, words: Words) -> Described:
    return None if isinstance(old, ast.Return) else ("change-step", "one step left out")


def _loop_emptied(old: ast.AST, new: ast.AST, words: Words) -> Described:
    return "change-step", "a loop left out"


def _sum_replaced(old: ast.AST, new: ast.AST, words: Words) -> Described:
    return "change-step", "the last value of a loop instead of its sum"


_DESCRIBED: dict[str, Callable[[Any, Any, Words], Described]] = {
    "other-operator": _other_operator,
    "term-dropped": _term_dropped,
    "sides-swapped": _sides_swapped,
    "other-comparison": _other_comparison,
    "other-constant": _other_constant,
    "sign-dropped": _sign_dropped,
    "arguments-swapped": _arguments_swapped,
    "keyword-dropped": _keyword_dropped,
    "other-axis": _other_axis,
    "call-dropped": _call_dropped,
    "other-function": _other_function,
    "transpose-dropped": _transpose_dropped,
    "branch-chosen": _branch_chosen,
    "bound-moved": _bound_moved,
    "condition-dropped": _condition_dropped,
    "part-chosen": _condition_dropped,
    "statement-dropped": _statement_dropped,
    "loop-emptied": _loop_emptied,
    "sum-replaced": _sum_replaced,
}

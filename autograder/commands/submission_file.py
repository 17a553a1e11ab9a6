"""Read a file of a submission as text and say what to fix: nothing of it is imported or run."""

import ast
import difflib
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.core.text import clean
from autograder.intake.left_stubs import left_in_file
from autograder.intake.other_content import recognize
from autograder.intake.python_source import is_stub
from autograder.intake.written import find_definitions

__all__ = ["Inspection", "Wanted", "inspect_file"]

#: A line of code that is shown, in characters.
SHOWN_CHARACTERS = 120

Function = ast.FunctionDef | ast.AsyncFunctionDef

#: The functions to write, each with the names of its parameters.
Wanted = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Inspection:
    """What reading one file came to."""

    #: How many of the wanted functions are there and are no stubs.
    written: int
    #: What to fix, as sentences.
    remarks: tuple[str, ...]
    #: The modules that it imports, by their first name.
    modules: frozenset[str] = frozenset()
    #: Whether all of the wanted functions are stubs.
    is_untouched: bool = False


def inspect_file(name: str, source: bytes, wanted: Wanted) -> Inspection:
    """Read one file, a helper where nothing of it is wanted, as Python's parser sees it."""
    try:
        tree = _parse(source)
        if not wanted or any([not isinstance(node, ast.Expr) for node in tree.body]):
            left = {
                one.function.partition(".")[2]: str(one)
                for one in left_in_file(name.removesuffix(".py"), source, wanted)
                if one.is_certain
            }
            return _inspect(name, tree, wanted, left)
        remark = f"{name} defines nothing."
    except SyntaxError as error:
        remark = _syntax_remark(name, error, source)
    except ValueError as error:
        remark = _unreadable(name, clean(str(error), limit=SHOWN_CHARACTERS))
    except (RecursionError, MemoryError):
        remark = f"{name} is nested too deeply for Python to read: write it more simply."
    content = recognize(source)
    return Inspection(0, (remark if content is None else f"{content.say(name)}.",))


def _parse(source: bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Compiled, never run: only the compiler finds a 'return' outside a function.
        compile(source, "file", "exec", dont_inherit=True)
        return ast.parse(source)


def _unreadable(name: str, reason: str) -> str:
    return f"{name} can't be read as Python ({reason}): save it again as UTF-8 text."


def _syntax_remark(name: str, error: SyntaxError, source: bytes) -> str:
    """Return where the error is, with the line and a caret under it."""
    message = clean(error.msg, limit=SHOWN_CHARACTERS)
    if not error.lineno or message.startswith("(unicode error) 'utf-8'"):
        return _unreadable(name, message)
    remark = f"{name}, line {error.lineno}: {message}; nothing in it can run until this is fixed."
    lines = source.decode("utf-8", "replace").splitlines()
    line = (error.text or "".join(lines[error.lineno - 1 : error.lineno])).expandtabs(1).rstrip()
    shown = clean(line.lstrip(), limit=SHOWN_CHARACTERS)
    caret = (error.offset or 0) - 1 - (len(line) - len(line.lstrip()))
    is_shown = 0 <= caret <= len(shown) <= len(line)
    return f"{remark}\n    {shown}" + (f"\n    {' ' * caret}^" if is_shown else "")


def _inspect(name: str, tree: ast.Module, wanted: Wanted, left: Mapping[str, str]) -> Inspection:
    found = find_definitions(tree)
    waiting = [f for f in wanted if f in found and f not in left and is_stub(found[f][-1])]
    missing = [f for f in wanted if f not in found and "*" not in found]
    remarks = [_missing_remark(name, f, wanted, found) for f in missing]
    for function, parameters in wanted.items():
        if function in left:
            remarks.append(left[function])
        elif function in found and function not in waiting:
            remarks += _remarks(name, function, parameters, found[function])
    if waiting:
        remarks.append(f"{name} is still to be written: {', '.join(waiting)}.")
    unwritten = {*missing, *waiting, *left}
    is_untouched = 0 < len(wanted) == len(waiting)
    return Inspection(
        len(wanted) - len(unwritten), tuple(remarks), _imported(tree), is_untouched=is_untouched
    )


def _imported(tree: ast.Module) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update([alias.name for alias in node.names])
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return frozenset([name.partition(".")[0] for name in names])


def _missing_remark(
    name: str, function: str, wanted: Wanted, found: Mapping[str, Sequence[ast.stmt]]
) -> str:
    others = [f for f in found if f not in wanted and isinstance(found[f][-1], Function)]
    near = difflib.get_close_matches(function, others, n=1)
    hint = f"rename {near[0]}?" if near else f"add 'def {_call(function, wanted[function])}:'"
    return f"{name} has no function {function} ({hint})."


def _call(function: str, parameters: Sequence[str]) -> str:
    return f"{function}({', '.join(parameters)})"


def _remarks(
    name: str, function: str, parameters: Sequence[str], given: Sequence[ast.stmt]
) -> Iterator[str]:
    """Yield what to fix about one wanted function that is there and no stub."""
    *earlier, last = given
    where = f"{name}, line {last.lineno}: {function}"
    if earlier:
        yield f"{where} is there again, after line {earlier[-1].lineno}: only this one counts."
    takes = _arguments(last)
    if takes is not None and not _accepts(takes, len(parameters)):
        number = f"{len(parameters) or 'no'} argument{'' if len(parameters) == 1 else 's'}"
        yield f"{where} is called as {_call(function, parameters)}: let it take {number}."


def _arguments(statement: ast.stmt) -> ast.arguments | None:
    """Return a function's parameters, None where they can't be read off."""
    if isinstance(statement, Function) and not statement.decorator_list:
        return statement.args
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda):
        return statement.value.args
    return None


def _accepts(takes: ast.arguments, count: int) -> bool:
    """Tell whether a call by position with `count` arguments is possible."""
    positional = len(takes.posonlyargs) + len(takes.args)
    has_enough = positional - len(takes.defaults) <= count
    has_room = count <= positional or takes.vararg is not None
    return has_enough and has_room and None not in takes.kw_defaults

"""Make the students' assignment from the reference solution, file by file.

A stub keeps what a student needs to know (module docstring, imports, signatures, docstrings) and
loses what a student has to find: each public function's body becomes one line that raises and
names the task. Private helpers, and constants that only bodies use, disappear. The solution is read
as text and never imported. The same solution always gives the same bytes.
"""

import ast
import io
import sys
import tokenize
from itertools import pairwise
from pathlib import Path

from autograder.core.writing import read_portable, write_atomically
from autograder.errors import RubricError

__all__ = ["drifted", "read_stubs", "stub_source", "write_stubs"]

#: The project's line length: `ruff format` would wrap a longer line, so it is wrapped here already.
_LINE_LENGTH = 100
_INDENT = " " * 4


def stub_source(source: str, module: str) -> str:
    r"""Turn the source of a module of the solution into the students' stub.

    Parameters
    ----------
    source : str
        Python source, formatted as `ruff format` leaves it; so is the stub.
    module : str
        The module's name, without ``.py``. It is part of the tasks' names.

    Raises
    ------
    RubricError
        The source can't be parsed, a public function has no docstring, or something public is
        neither a function nor a constant. The solution is at fault.

    Notes
    -----
    Imports of numpy and of sibling modules stay, because the student's bodies will want them.
    Imports of the standard library, constants and private definitions stay only where a signature
    or a decorator needs them.

    Examples
    --------
    >>> from autograder.authoring.handout.stubs import stub_source
    >>> print(stub_source('def twice(x):\n    "Double x."\n    return 2 * x\n', "sums"), end="")
    def twice(x):
        "Double x."
        raise NotImplementedError("sums.twice: double x")
    """
    tree = _parse(source, module)
    needed = _names_needed(tree)
    blocks = [_module_docstring(source, tree), _imports(source, tree, needed)]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and _is_public(node):
            blocks.append(_function_stub(source, module, node))
        elif isinstance(node, ast.ClassDef | ast.AsyncFunctionDef) and _is_public(node):
            raise RubricError(
                f"{module}.py, line {node.lineno}: {node.name} is public and can't become a stub,"
                " only plain functions can"
            )
        elif not isinstance(node, ast.Import | ast.ImportFrom) and needed & _bound_names(node):
            blocks.append(_written(source, node))
    return _page([block for block in blocks if block])


def read_stubs(solution: Path) -> dict[str, str]:
    """Return the text of every stub by file name, sorted.

    Raises
    ------
    RubricError
        The solution has no modules, or some that can't become stubs; a line for each.
    """
    modules = sorted(solution.glob("*.py"))
    if not modules:
        # Going on would take every stub for a leftover.
        raise RubricError(f"{solution} has no Python files to make stubs from")
    stubs, problems = {}, []
    for path in modules:
        try:
            stubs[path.name] = stub_source(path.read_text("utf-8"), path.stem)
        except RubricError as error:
            problems.append(str(error))
    if problems:
        raise RubricError("\n".join(problems))
    return stubs


def write_stubs(solution: Path, assignment: Path) -> list[Path]:
    """Write the stub of every module of the solution, and remove stubs whose module is gone.

    Whatever is no stub, such as a handout or Python in which one function has been written, is
    never touched, unless a module of the solution has its name. Returned are the stubs, in the
    order of their names. Nothing has been written where `read_stubs` raises.
    """
    stubs = read_stubs(solution)
    for name, text in stubs.items():
        write_atomically(assignment / name, text.encode())
    for name in _leftovers(assignment, stubs):
        (assignment / name).unlink()
    return [assignment / name for name in stubs]


def drifted(solution: Path, assignment: Path) -> list[str]:
    """Return the sorted names of stubs that are missing, different, or left over."""
    stubs = read_stubs(solution)
    wrong = {name for name, text in stubs.items() if not _holds(assignment / name, text)}
    return sorted(wrong | set(_leftovers(assignment, stubs)))


# ---- the parts of a stub


def _parse(source: str, module: str) -> ast.Module:
    """Parse a module of the solution, or say where it is broken."""
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise RubricError(f"{module}.py, line {error.lineno}: {error.msg}") from error


def _module_docstring(source: str, tree: ast.Module) -> str:
    """Return the module's docstring as it is written, or nothing."""
    return "" if ast.get_docstring(tree) is None else _written(source, tree.body[0])


def _imports(source: str, tree: ast.Module, needed: set[str]) -> str:
    """Return the imports that stay, with a blank line wherever the source parts two groups."""
    kept = [
        (node, text)
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom) and (text := _import(node, needed))
    ]
    lines = source.split("\n")
    page = "".join(text for _, text in kept[:1])
    for (before, _), (after, text) in pairwise(kept):
        page += "\n\n" if "" in lines[before.end_lineno : after.lineno - 1] else "\n"
        page += text
    return page


def _import(node: ast.Import | ast.ImportFrom, needed: set[str]) -> str:
    """Return an import statement without the names that a stub has no use for, or nothing."""
    node.names = [alias for alias in node.names if _is_import_kept(node, alias, needed)]
    if not node.names:
        return ""
    line = ast.unparse(node)
    if len(line) <= _LINE_LENGTH:
        return line
    head = line.partition(" import ")[0]
    names = "".join(f"{_INDENT}{ast.unparse(alias)},\n" for alias in node.names)
    return f"{head} import (\n{names})"


def _is_import_kept(node: ast.Import | ast.ImportFrom, alias: ast.alias, needed: set[str]) -> bool:
    """Say whether one imported name stays in the stub."""
    module = (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
    if module == "__future__" or (alias.asname or alias.name.partition(".")[0]) in needed:
        return True
    # A sibling's stub has lost its private helpers: importing one of them would fail.
    is_private = isinstance(node, ast.ImportFrom) and alias.name.startswith("_")
    return not is_private and module.partition(".")[0] not in sys.stdlib_module_names


def _function_stub(source: str, module: str, node: ast.FunctionDef) -> str:
    """Return the stub of one public function: decorators, signature, docstring, one raise."""
    docstring = ast.get_docstring(node)
    if not docstring:
        raise RubricError(
            f"{module}.py, line {node.lineno}: {node.name} has no docstring, which is what its stub"
            " tells the student"
        )
    written = ast.get_source_segment(source, node.body[0])
    task = _task(module, node.name, docstring)
    return f"{_head(source, node)}\n{_INDENT}{written}\n{_raise(task)}"


def _head(source: str, node: ast.FunctionDef) -> str:
    """Return a function's decorators and signature up to its colon, as they are written.

    A syntax tree tells where the docstring begins, not where the signature ends, and comments
    between the two may speak of the solution. So the signature is read token by token.
    """
    head = _written(source, node)
    lines = head.split("\n")
    def_row = node.lineno - _first_line(node) + 1
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(head).readline):
        if token.type == tokenize.OP and token.start[0] >= def_row:
            depth += (token.string in "([{") - (token.string in ")]}")
            if depth == 0 and token.string == ":":
                row, column = token.end
                return "\n".join([*lines[: row - 1], lines[row - 1][:column]])
    raise AssertionError(f"{node.name} was parsed, so its signature ends in a colon")


def _task(module: str, function: str, docstring: str) -> str:
    """Name a task by its function and the first line of the docstring."""
    summary = docstring.split("\n")[0].strip().removesuffix(".")
    return f"{module}.{function}: {summary[:1].lower()}{summary[1:]}"


def _raise(task: str) -> str:
    """Return the line that stands for the body, with the quotes that `ruff format` chooses."""
    quote = "'" if task.count('"') > task.count("'") else '"'
    text = quote + task.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote
    line = f"{_INDENT}raise NotImplementedError({text})"
    if len(line) <= _LINE_LENGTH:
        return line
    return f"{_INDENT}raise NotImplementedError(\n{_INDENT * 2}{text}\n{_INDENT})"


def _page(blocks: list[str]) -> str:
    """Join blocks with two blank lines around a definition and one elsewhere."""
    page = "".join(blocks[:1])
    for pair in pairwise(blocks):
        is_definition = any(block.startswith(("def ", "class ", "async ", "@")) for block in pair)
        page += ("\n\n\n" if is_definition else "\n\n") + pair[1]
    return page + "\n"


# ---- syntax trees


def _names_needed(tree: ast.Module) -> set[str]:
    """Collect the names that signatures and decorators use, and those that these are made of."""
    needed: set[str] = set()
    others = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and _is_public(node):
            for part in (node.args, node.returns, *node.decorator_list):
                needed |= _used_names(part)
        else:
            others.append((_bound_names(node), _used_names(node)))
    # Once for each statement is enough: a chain of definitions can't be longer than that.
    for _ in others:
        needed |= {name for bound, used in others if needed & bound for name in used}
    return needed


def _used_names(node: ast.AST | None) -> set[str]:
    """Return every name that is read inside a node."""
    parts = [] if node is None else ast.walk(node)
    return {p.id for p in parts if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Load)}


def _bound_names(node: ast.stmt) -> set[str]:
    """Return the names that a module's statement defines, imports left out."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    parts = ast.walk(node)
    return {p.id for p in parts if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Store)}


def _is_public(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Say whether a definition belongs to what students write or call."""
    return not node.name.startswith("_")


def _first_line(node: ast.stmt) -> int:
    """Return the number of a statement's first line, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _written(source: str, node: ast.stmt) -> str:
    """Return the lines of a module's statement as they are written."""
    return "\n".join(source.split("\n")[_first_line(node) - 1 : node.end_lineno])


# ---- files


def _leftovers(assignment: Path, stubs: dict[str, str]) -> list[str]:
    """Return the names of the stubs whose module is gone."""
    paths = assignment.glob("*.py")
    return [path.name for path in paths if path.name not in stubs and _is_stub(path)]


def _is_stub(path: Path) -> bool:
    """Say whether a file holds public functions and all of them are unstarted.

    No one's work is taken for a leftover: with one function written, a file is no stub.
    """
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return False
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return bool(functions) and all(_is_unstarted(node, path.stem) for node in functions)


def _is_unstarted(node: ast.FunctionDef, module: str) -> bool:
    """Say whether a function's body is a docstring and the raise that names its task."""
    match node.body:
        case [
            ast.Expr(ast.Constant(str())),
            ast.Raise(ast.Call(ast.Name("NotImplementedError"), [ast.Constant(str(task))])),
        ]:
            return task.startswith(f"{module}.{node.name}: ")
    return False


def _holds(path: Path, text: str) -> bool:
    """Say whether a file holds this text, whatever a checkout makes of the ends of its lines."""
    return path.is_file() and read_portable(path) == text.encode("utf-8")

"""The verb ``reset``: put the stub of one function back, and keep what stood there in a file.

Everything else in the student's file stays, byte for byte: line ends, encoding, comments, other
functions. What is taken out is on the disk, in a new file beside it, before the student's file is
touched.
"""

import ast
import io
import json
import os
import re
import sys
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.commands.own_files import find_own_files, require_folder
from autograder.core.writing import write_atomically
from autograder.errors import GraderError, UsageError
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework
from autograder.homework.key import Key
from autograder.homework.meant import find_meant
from autograder.intake.names import is_notebook, name_kept
from autograder.intake.python_source import parsed

__all__ = ["run_reset"]

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BOM = b"\xef\xbb\xbf"

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def run_reset(homework: Homework, name: str, path: Path) -> int:
    """Put the stub of the function `name` back into the files of the folder at `path`; return 0.

    It is a `UsageError` if there is no such function, or its file can't be read as Python or
    written; then nothing has changed.
    """
    key = current_key(homework, "public")
    module, function = _find_function(name, key)
    stub_file = _read_stub_file(homework, module)
    stub = _find_stub(stub_file, function)
    if path.is_file() and is_notebook(path.name):
        sys.stdout.write(_say_of_notebook(function, stub))
        return 0
    require_folder(path, verb="reset")
    files = find_own_files(path, key)
    staffs = [homework.solution, homework.root / "rubric"] if homework.has_sources else []
    if any([f.resolve().is_relative_to(s.resolve()) for f in files.values() for s in staffs]):
        raise UsageError(f"{path} is the reference solution: 'reset' takes students' files")
    has_notebook = bool(list(path.glob("*.ipynb")))
    if module in files:
        said, is_changed = _reset(files[module], function, stub)
    elif has_notebook and not files.keys() & key.files.keys():
        said, is_changed = f"There is no {module}.py in {path}.", False
    else:
        near = next((file.parent for name, file in files.items() if name in key.files), path)
        said, is_changed = _restore(near / f"{module}.py", stub_file), True
    sys.stdout.write(f"{said}\n")
    if has_notebook and not is_changed:
        sys.stdout.write(_say_of_notebook(function, stub))
    return 0


def _find_function(name: str, key: Key) -> tuple[str, str]:
    functions = [function.function for function in key.functions.values()]
    meant = find_meant(name, key.files, otherwise=f"Its functions: {', '.join(functions)}.")
    if len(meant.functions) > 1:
        raise UsageError(
            f"'reset' takes one function at a time, and {name} is {', '.join(meant.functions)}"
        )
    module, _, function = meant.functions[0].partition(".")
    return module, function


# ---- stubs


def _read_stub_file(homework: Homework, module: str) -> str:
    """Return a module of the homework as it is handed out."""
    if homework.has_sources:
        from autograder.authoring.handout.stubs import read_stubs  # which students have not

        stubs = read_stubs(homework.solution)
    else:
        try:
            stubs = json.loads(homework.stubs_path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise UsageError(
                f"the stubs that were handed out can't be read ({homework.stubs_path}): copy that"
                " file from the homework's zip again"
            ) from error
    if f"{module}.py" not in stubs:
        raise UsageError(f"{module}.py is not among the stubs that were handed out")
    return str(stubs[f"{module}.py"])


def _find_stub(text: str, function: str) -> str:
    """Return the lines of a function in a file of stubs, without a newline at the end."""
    for node in ast.parse(text).body:
        if isinstance(node, _Function) and node.name == function:
            return "\n".join(text.split("\n")[_find_start(node) : node.end_lineno])
    raise UsageError(f"{function} is not among the stubs that were handed out")


def _say_of_notebook(function: str, stub: str) -> str:
    return (
        f"'reset' changes .py files. If you work in a notebook, paste this into the cell of"
        f" {function}:\n\n{stub}\n"
    )


def _restore(file: Path, text: str) -> str:
    """Write a file that is missing as it was handed out."""
    if os.path.lexists(file):
        raise UsageError(f"{file} is there, but can't be read: look at what it is")
    _write(file, text.encode())
    return f"{file} was missing: it is back as it was handed out."


# ---- the student's file


@dataclass(frozen=True)
class _Source:
    """A student's file: its bytes, its lines with their ends, and its syntax tree."""

    file: Path
    data: bytes
    encoding: str
    lines: tuple[bytes, ...]
    tree: ast.Module

    @property
    def newline(self) -> bytes:
        """The line end that the file has most."""
        ends = [line[len(line.rstrip(b"\r\n")) :] for line in self.lines]
        return max((b"\n", b"\r\n", b"\r"), key=ends.count)

    def encode(self, text: str) -> bytes:
        encoding = "utf-8" if self.encoding == "utf-8-sig" else self.encoding
        try:
            return text.encode(encoding).replace(b"\n", self.newline)
        except UnicodeEncodeError as error:
            raise UsageError(
                f"{self.file} is saved as {encoding}, which lacks a letter of the stub: save it as"
                " UTF-8, without the line that names the encoding, and run this again"
            ) from error


def _reset(file: Path, function: str, stub: str) -> tuple[str, bool]:
    """Put the stub instead of the function; say what was done, and whether anything was."""
    source = _read(file, function)
    _refuse_other_values(source, function)
    spans = [
        _find_span(node, source.lines)
        for node in source.tree.body
        if isinstance(node, _Function) and node.name == function
    ]
    new_lines = source.encode(stub)
    if not spans:
        _write(file, _append(source, new_lines), before=source.data)
        return f"{file} had no function {function}: its stub is at the end now.", True
    old = [_cut(source, start, end) for start, end in spans]
    if len(old) == 1 and old[0].rstrip(b"\r\n") == new_lines:
        return f"{function} in {file} is as it was handed out: there is nothing to reset.", False
    changed = _replace(source, spans, new_lines)
    _require_rest_untouched(source, changed, function)
    kept = _keep(file, function, source.newline.join(old))
    try:
        _write(file, changed, before=source.data)
    except UsageError:
        kept.unlink(missing_ok=True)
        raise
    said = (
        f"{function} in {file} is the stub again. Your code is kept in {kept}. If the file is open"
        " in your editor, reload it there before you save."
    )
    return said, True


def _read(file: Path, function: str) -> _Source:
    data = file.read_bytes()
    remedy = f"'reset' can't tell which lines are {function}'s until that is fixed"
    try:
        plain = io.BytesIO(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
        encoding = tokenize.detect_encoding(plain.readline)[0]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parsed(data.decode(encoding))
    except SyntaxError as error:
        where = f", line {error.lineno}" if error.lineno else ""
        raise UsageError(
            f"{file}{where} can't be read as Python ({error.msg}): {remedy}. Fix that line, or turn"
            " it into a comment with a # in front, and run this again"
        ) from error
    except ValueError as error:
        raise UsageError(f"{file} is no UTF-8 text ({error}): {remedy}; save it again") from error
    except (RecursionError, MemoryError) as error:
        raise UsageError(f"{file} is nested too deeply to be read: {remedy}") from error
    return _Source(file, data, encoding, tuple(_LINE.findall(data)), tree)


def _refuse_other_values(source: _Source, function: str) -> None:
    """Refuse where the name is given by something else than a function at the left margin."""
    for node in source.tree.body:
        if not isinstance(node, _Function) and function in _list_given(node):
            raise UsageError(
                f"{source.file}, line {node.lineno}: {function} gets its value here, not from a"
                f" 'def {function}' at the left margin. Remove that, and run this again"
            )


def _list_given(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement gives a value, those of inner functions' own left out."""
    waiting: list[ast.AST] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, _Function | ast.ClassDef):
            yield one.name
            continue
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            yield one.id
        if isinstance(one, ast.alias):
            yield one.asname or one.name.partition(".")[0]
        waiting += ast.iter_child_nodes(one)


def _find_start(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the place of a function's first line, its decorators included."""
    return min([node.lineno, *[decorator.lineno for decorator in node.decorator_list]]) - 1


def _find_span(
    node: ast.FunctionDef | ast.AsyncFunctionDef, lines: Sequence[bytes]
) -> tuple[int, int]:
    """Return where a function begins and ends, with the indented comments after its last line."""
    end = node.end_lineno or node.lineno
    at = end
    while at < len(lines) and (not lines[at].strip() or _is_indented_comment(lines[at])):
        at += 1
        if lines[at - 1].strip():
            end = at
    return _find_start(node), end


def _is_indented_comment(line: bytes) -> bool:
    return line[:1] in (b" ", b"\t") and line.strip().startswith(b"#")


def _cut(source: _Source, start: int, end: int) -> bytes:
    text = b"".join(source.lines[start:end])
    return text.removeprefix(_BOM) if start == 0 else text


def _replace(source: _Source, spans: Sequence[tuple[int, int]], stub: bytes) -> bytes:
    """Return the file with the stub in the last place of the function, and none in the others."""
    pieces, at = [], 0
    for start, end in spans:
        pieces.append(b"".join(source.lines[at:start]))
        if start == 0 and source.data.startswith(_BOM):
            pieces.append(_BOM)
        if (start, end) == spans[-1]:
            last = source.lines[end - 1]
            pieces.append(stub + last[len(last.rstrip(b"\r\n")) :])
        at = end
    return b"".join([*pieces, *source.lines[at:]])


def _append(source: _Source, stub: bytes) -> bytes:
    data, newline = source.data, source.newline
    if data and not data.endswith((b"\r", b"\n")):
        data += newline
    return data + newline * 2 + stub + newline


def _require_rest_untouched(source: _Source, changed: bytes, function: str) -> None:
    """Make sure that the new file is the old one but for the function."""

    def dump_rest(tree: ast.Module) -> list[str]:
        own = [n for n in tree.body if isinstance(n, _Function) and n.name == function]
        return [ast.dump(node) for node in tree.body if node not in own]

    try:
        is_same = dump_rest(parsed(changed.decode(source.encoding))) == dump_rest(source.tree)
    except (SyntaxError, ValueError):
        is_same = False
    if not is_same:
        raise GraderError(f"'reset' would change more of {source.file} than {function}: it did not")


def _keep(file: Path, function: str, old: bytes) -> Path:
    """Write what stood there to a new file beside `file`, and return that one's path."""
    number = 1
    while True:
        kept = file.with_name(name_kept(file.stem, function, number))
        try:
            with kept.open("xb") as target:
                target.write(old)
                target.flush()
                os.fsync(target.fileno())
            return kept
        except FileExistsError:
            number += 1
        except OSError as error:
            raise UsageError(
                f"{kept} can't be written ({error.strerror}), so nothing was changed: your code"
                " would be lost"
            ) from error


def _write(file: Path, data: bytes, *, before: bytes | None = None) -> None:
    """Put `data` instead of a file that is still what it was before."""
    try:
        if before is None:
            write_atomically(file, data, is_synced=True)
            return
        if file.read_bytes() != before:
            raise UsageError(
                f"{file} was saved in the meantime: nothing was changed, run this again"
            )
        mode = file.stat().st_mode
        write_atomically(file, data, is_synced=True)
        with suppress(OSError):
            file.chmod(mode)
    except OSError as error:
        raise UsageError(
            f"{file} can't be written ({error.strerror}), so nothing was changed"
        ) from error

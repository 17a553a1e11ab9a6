"""Plant canaries in a copy of the project where answers are, and look for them in anything.

A canary is a text or a number that stands nowhere else. Texts go into every body of the solution
and of the rubric's wrong answers: a comment, a string and a name; numbers into the key's hidden
calls, results and mistakes. The search looks into zips, notebooks, compressed streams and base64,
however they are nested.
"""

import ast
import base64
import binascii
import gzip
import io
import json
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from autograder.authoring.compiler.build import _cut_public_half
from autograder.authoring.handed_out import handed_out_of_rubric
from autograder.core.codec import decode, encode
from autograder.core.recorded import pack_calls
from autograder.homework.folder import Homework
from autograder.homework.key import write_key

TEXT = "kanarienvogel"
NUMBER = 7.0390625e-37 * np.pi

#: Where a number was planted: a second number says so.
PLACES = {
    "call": 1.5e-41,
    "expected": 2.5e-41,
    "mistake": 3.5e-41,
    "recorded": 4.5e-41,
    "change": 5.5e-41,
}

#: How deep containers in containers are opened.
DEPTH = 6

COPIED = (
    "assignment",
    "autograder",
    "datasets",
    "handout",
    "rubric",
    "solution",
    "LICENSE",
    "homework.ini",
    "pyproject.toml",
)


def planted_copy(root: Path, copy: Path) -> int:
    """Copy the project, plant canaries in it, and return how many texts there are."""
    for name in COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(root / name, copy / name)
    count = 0
    for file in secret_files(copy):
        text, count = _planted(file.read_text("utf-8"), count)
        file.write_text(text, "utf-8")
    content = whole_content(root / "build" / "answer-key.full")
    content = _with_numbers(content) | {"digest": Homework(copy).digest()}
    write_key(copy / "build" / "answer-key.full", content)
    write_key(copy / "build" / "answer-key.public", _cut_public_half(content))
    return count


def secret_files(copy: Path) -> list[Path]:
    """Return the homework's Python that only staff have."""
    handed_out = handed_out_of_rubric(Homework(copy)).values()
    files = [*(copy / "solution").rglob("*.py"), *(copy / "rubric").rglob("*.py")]
    return sorted(set(files) - set(handed_out))


def _planted(source: str, count: int) -> tuple[str, int]:
    """Put three canaries at the beginning of each function's body, below its docstring."""
    lines = source.split("\n")
    functions = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)]
    for function in sorted(functions, key=lambda f: -f.lineno):
        first = function.body[1 if ast.get_docstring(function) and function.body[1:] else 0]
        indent = " " * first.col_offset
        lines[first.lineno - 1 : first.lineno - 1] = [
            f"{indent}# {TEXT}_{count}",
            f'{indent}{TEXT}_{count + 1} = "{TEXT}_{count + 2}"',
        ]
        count += 3
    return "\n".join(lines), count


# ---- the key


def whole_content(path: Path) -> dict[str, Any]:
    """Return a key file's content in the form that `write_key` takes."""
    raw = path.read_bytes()
    start = raw.index(b"\n") + 1 + 32 + 8
    size = struct.unpack("<Q", raw[start - 8 : start])[0]
    content: dict[str, Any] = decode(raw[start : start + size])
    appendix = raw[start + size :]
    functions = []
    for function in content["functions"]:
        places = {name: function[name] for name in ("mistakes", "changes", "recorded")}
        parts = {n: appendix[p["start"] : p["start"] + p["size"]] for n, p in places.items()}
        functions.append(function | parts)
    del content["appendix"]
    return content | {"functions": tuple(functions)}


def _number(place: str) -> Any:
    return np.array([[NUMBER, PLACES[place], NUMBER]])


def _with_numbers(content: dict[str, Any]) -> dict[str, Any]:
    return content | {"functions": tuple(map(_with_number, content["functions"]))}


def _with_number(function: dict[str, Any]) -> dict[str, Any]:
    """Put canaries among all that is hidden about one function."""
    request = decode(function["requests"]["hidden"])
    calls = (*request["calls"], (0, (_number("call"),)))
    mistakes = decode(function["mistakes"])
    for mistake in mistakes:
        mistake["results"]["hidden"] = _pool(mistake["results"]["hidden"], "mistake")
    recorded = decode(function["recorded"])
    call = ((_number("recorded"), "float64"),), (_number("recorded"), "float64")
    recorded["hidden"][function["name"]] = pack_calls([call], defaults=(), batch={}, result_axis=-1)
    changes = decode(function["changes"])
    for table in [t for phase, t in changes["tables"].items() if phase == "hidden"]:
        table["numbers"] = np.vstack([table["numbers"], np.full_like(table["numbers"][:1], 0)])
        table["numbers"][-1, :1] = PLACES["change"]
    return function | {
        "counts": function["counts"] | {"hidden": function["counts"]["hidden"] + 1},
        "requests": function["requests"] | {"hidden": encode(request | {"calls": calls})},
        "expected": function["expected"]
        | {"hidden": _pool(function["expected"]["hidden"], "expected")},
        "mistakes": encode(mistakes),
        "recorded": encode(recorded),
        "changes": encode(changes),
    }


def _pool(pool: dict[str, Any], place: str) -> dict[str, Any]:
    stored = (*pool["stored"], encode(_number(place)))
    return {"stored": stored, "of": (*pool["of"], len(pool["stored"]))}


# ---- the search


def found_in(content: bytes) -> set[str]:
    """Return the canaries in some bytes: texts by their numbers, numbers by their places."""
    found: set[str] = set()
    for layer in _layers(content, DEPTH):
        for text in (layer, layer.replace(b"\0", b"")):  # UTF-16, too
            found |= {match.decode() for match in re.findall(rf"{TEXT}_\d+".encode(), text)}
        if any([needle in layer for needle in _needles(NUMBER)]):
            found.add("number")
        found |= {p for p, v in PLACES.items() if any([n in layer for n in _needles(v)])}
    return found


def _needles(number: float) -> tuple[bytes, ...]:
    """Return how a number may be written: as bytes, either way around, and in digits."""
    little = struct.pack("<d", number)
    return (little, little[::-1], repr(number).encode(), little.hex().encode())


def _layers(content: bytes, depth: int) -> Iterator[bytes]:
    """Yield some bytes, and whatever can be unpacked from them."""
    yield content
    if depth:
        for inner in (*_zipped(content), *_compressed(content), *_base64(content), *_json(content)):
            yield from _layers(inner, depth - 1)


def _zipped(content: bytes) -> Iterator[bytes]:
    if content[:4] == b"PK\3\4":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield archive.read(name)


def _compressed(content: bytes) -> Iterator[bytes]:
    if content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)
    for match in re.finditer(rb"x[\x01\x5e\x9c\xda]", content):
        try:
            inner = zlib.decompressobj().decompress(content[match.start() :])
        except zlib.error:
            continue
        if inner:
            yield inner


def _base64(content: bytes) -> Iterator[bytes]:
    for match in re.finditer(rb"[A-Za-z0-9+/_-]{32,}={0,2}", content):
        text = match.group().translate(bytes.maketrans(b"-_", b"+/"))
        for start in range(4):
            cut = text[start:].rstrip(b"=")
            try:
                yield base64.b64decode(cut[: len(cut) // 4 * 4])
            except binascii.Error:
                continue


def _json(content: bytes) -> Iterator[bytes]:
    """Yield a notebook's texts as they are meant, its lines put together."""
    if content.lstrip()[:1] == b"{":
        try:
            yield "\n".join(_texts(json.loads(content))).encode()
        except ValueError:
            return


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _texts(inner)
    elif isinstance(value, list):
        if all([isinstance(inner, str) for inner in value]):
            yield "".join(value)
        for inner in value:
            yield from _texts(inner)

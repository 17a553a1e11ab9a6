"""What of a student's Python is their own choice: comments, helpers, constants, names, words.

How a right answer is written says nothing: there are few ways, and strangers agree on them. What
is left to one's own choice, and is not in the handout, says something where it is rare
(`autograder.classroom.similarity`). Pure functions; text that is no Python has no features.
"""

import ast
import builtins
import functools
import hashlib
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from autograder.intake.python_source import is_stub, parsed

__all__ = ["NO_HANDOUT", "Code", "Feature", "Handout", "Kind", "read_code", "read_handout"]


class Kind(str, Enum):
    """What two submissions can have in common, as the page says it."""

    SAME_FILES = "all files are the same"
    WRONG = "the same wrong values"
    CODE = "the same code"
    COMMENT = "comment"
    HELPER = "helper's name"
    CONSTANT = "constant"
    MISSPELLING = "misspelled word"


class Feature(NamedTuple):
    """One such thing: of what kind, in which function or file, and its text."""

    kind: Kind
    place: str
    text: str


@dataclass(frozen=True)
class Code:
    """What of a submission's code is its own.

    Attributes
    ----------
    features : frozenset of Feature
        All but its words.
    words : dict of str to str
        The words of its comments and names, with the function where each first is.
    own_names : int
        How many names of variables and helpers it has that are not in the handout.
    """

    features: frozenset[Feature]
    words: Mapping[str, str]
    own_names: int


@dataclass(frozen=True)
class Handout:
    """What everyone was given: texts of features, names and words."""

    texts: frozenset[tuple[Kind, str]] = frozenset()
    names: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    sources: frozenset[str] = field(default=frozenset(), repr=False)


NO_HANDOUT = Handout()

#: Longer texts are not looked at: no homework's function is one.
MAX_LETTERS = 100_000

#: A comment or a string of fewer letters is anyone's.
FEW_LETTERS = 12

#: A file's code is its own choice where so many names in it are.
OWN_NAMES = 8

#: Numbers that anyone writes.
PLAIN_NUMBERS = frozenset({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0.5, 100, 1000})

_WORD = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SPACE = re.compile(r"\W+")


@dataclass
class _Function:
    """What one function's text has; `shape` is its tree as text, without docstrings."""

    comments: set[str] = field(default_factory=set)
    helpers: set[str] = field(default_factory=set)
    constants: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    shape: str = ""


def read_handout(texts: Iterable[str]) -> Handout:
    """Return what students were given: the text of each file, stubs and all."""
    known: set[tuple[Kind, str]] = set()
    names: set[str] = set()
    words: set[str] = set()
    sources = set()
    for text in texts:
        sources.add(text.strip())
        one = _read_function(text)
        known |= {(kind, said) for kind, said in _list_texts(one)}
        names |= set(re.findall(r"\w+", text))
        words |= set(_split_words(text))
    return Handout(frozenset(known), frozenset(names), frozenset(words), frozenset(sources))


def read_code(texts: Mapping[str, str], handout: Handout = NO_HANDOUT) -> Code:
    """Return what of a submission is its own choice.

    Parameters
    ----------
    texts : mapping of str to str
        Python by its place: a function, ``file.function``, or a file.
    handout : Handout
        What is not.
    """
    features: set[Feature] = set()
    words: dict[str, str] = {}
    files: dict[str, list[_Function]] = {}
    homework = {place.rpartition(".")[2] for place in texts}
    for place, text in texts.items():
        one = _read_function(text)
        others = handout.names | homework
        one = replace(one, names=one.names - others, helpers=one.helpers - others)
        files.setdefault(place.partition(".")[0], []).append(one)
        features |= {
            Feature(kind, place, said)
            for kind, said in _list_texts(one)
            if (kind, said) not in handout.texts
        }
        for word in _split_words(" ".join([*one.comments, *one.names, *one.helpers])):
            if word not in handout.words:
                words.setdefault(word, place)
    own = {file: sum([len(one.names) for one in group]) for file, group in files.items()}
    for file, group in files.items():
        if own[file] >= OWN_NAMES:
            shape = "\n".join([one.shape for one in group])
            digest = hashlib.sha256(shape.encode("utf-8", "replace")).hexdigest()
            features.add(Feature(Kind.CODE, file, digest))
    return Code(frozenset(features), MappingProxyType(words), sum(own.values()))


def _list_texts(one: _Function) -> Iterator[tuple[Kind, str]]:
    yield from [(Kind.COMMENT, text) for text in one.comments]
    yield from [(Kind.HELPER, text) for text in one.helpers]
    yield from [(Kind.CONSTANT, text) for text in one.constants]


def _split_words(text: str) -> Iterator[str]:
    """Yield the words of a text and of the names in it, in small letters."""
    for word in _WORD.findall(_CAMEL.sub(" ", text)):
        if len(word) >= 5:
            yield word.lower()


# ---- one text


@functools.lru_cache(maxsize=4096)  # many write the same, and more leave stubs
def _read_function(text: str) -> _Function:
    found = _Function()
    if len(text) > MAX_LETTERS:
        return found
    try:
        tree = parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    if all([is_stub(node) for node in tree.body]):
        return found
    shape: list[str] = []
    called: set[str] = set()
    # From a list of one's own: what is nested deeply can't exhaust Python's stack.
    waiting: list[object] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.AST):
            shape.append(type(node).__name__)
            _note(node, found, called)
            waiting += [getattr(node, name, None) for name in _list_fields(node)]
        elif isinstance(node, list):
            shape.append(f"[{len(node)}")
            waiting += node
        elif node is not None:
            shape.append(repr(node))
    found.helpers |= {name for name in called if _is_own(name)}
    found.names |= found.helpers
    found.comments |= {c for c in map(_normalize, _list_comments(text)) if len(c) >= FEW_LETTERS}
    found.shape = " ".join(shape)
    return found


def _list_fields(node: ast.AST) -> Iterable[str]:
    """Return what of a node is code: no docstring, no annotation."""
    if isinstance(node, ast.arg):
        return ("arg",)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return ("name", "args", "body", "decorator_list")
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return ()
    return node._fields


def _note(node: ast.AST, found: _Function, called: set[str]) -> None:
    """Note what a node has that its writer chose."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        found.names.add(node.id)
    elif isinstance(node, ast.FunctionDef):
        called.add(node.name)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        called.add(node.func.id)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        if isinstance(node.value.value, str):  # a docstring, or code that is switched off
            lines = [_normalize(line) for line in node.value.value.splitlines()]
            found.comments |= {line for line in lines if len(line) >= FEW_LETTERS}
    elif isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, str) and len(_normalize(value)) >= FEW_LETTERS:
            found.comments.add(_normalize(value))
        elif isinstance(value, int | float) and value not in PLAIN_NUMBERS:
            found.constants.add(repr(value)[:40])


def _is_own(name: str) -> bool:
    return not hasattr(builtins, name) and not hasattr(np, name)


def _list_comments(text: str) -> Iterator[str]:
    if "#" not in text:
        return
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.string
    except (tokenize.TokenError, SyntaxError):
        return


def _normalize(comment: str) -> str:
    return _SPACE.sub(" ", comment).strip().lower()

"""Read the handout's text, part by part, with its worked numbers filled in.

``handout/introduction.md`` comes first, then one file for each part of the homework, then
``handout/closing.md``. A part's file begins with the minutes that it takes, ``minutes: 40``; what
stands above its first ``##`` is about the whole file of the student's, and below ``## softmax``
about that function. Points, signatures and numbers stand nowhere in it: they come from the answer
key and the solution.
"""

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.authoring.handout.sample import sample_report
from autograder.authoring.handout.worked import Session, working_with
from autograder.errors import GraderError, RubricError
from autograder.homework.folder import Homework
from autograder.homework.key import Key

__all__ = ["Handout", "Part", "read_handout"]

_MINUTES = re.compile(r"minutes: (\d+)\n+")

_COMMENT = re.compile(r"<!--.*?-->\n*", re.S)

#: A correction of the notes; the list of all of them is made of these.
_ERRATUM = re.compile(r"^> \*\*Erratum(?:, (.*))?\.\*\* (.*(?:\n> .*)*)", re.M)
_QUOTED_LINE = "\n> "


@dataclass(frozen=True)
class Part:
    """What the handout says of one file of the student's.

    Attributes
    ----------
    file : str
        Its name without ``.py``.
    title : str
        What it is about.
    points : float
        What all its functions are worth.
    minutes : int
        How long it takes, estimated.
    text : str
        Markdown about the file as a whole.
    functions : dict of str to str
        Markdown about each function, in the order of the file.
    calls : dict of str to str
        How each function is called, such as ``leaky_relu(x, slope=0.01)``.
    function_points : dict of str to float
        What each function is worth.
    notes : str
        The sections of the lecture notes.
    """

    file: str
    title: str
    points: float
    minutes: int
    text: str
    functions: dict[str, str]
    calls: dict[str, str]
    function_points: dict[str, float]
    notes: str


@dataclass(frozen=True)
class Handout:
    """The whole text.

    Attributes
    ----------
    introduction : str
        Markdown, with its title as the one heading of the first level.
    parts : tuple of Part
        In the order of the rubric.
    closing : str
        Markdown: the discussion, the errata, and the like.
    """

    introduction: str
    parts: tuple[Part, ...]
    closing: str


@dataclass(frozen=True)
class _Source:
    """A part's file, cut at its headings, with nothing filled in."""

    minutes: int
    pieces: dict[str, str]


def read_handout(homework: Homework, *, key: Key | None = None) -> Handout:
    """Read the handout of `homework`.

    Parameters
    ----------
    homework : Homework
        Its ``handout/`` is read, and its solution is run.
    key : Key, optional
        The full answer key; the compiled one of `homework` if not given.

    Returns
    -------
    Handout
        The same for the same sources and key.

    Raises
    ------
    GraderError
        If there is no up-to-date key.
    RubricError
        If the text is not as this module says, or one of its examples raises.
    """
    key = key or homework.read_key("full")
    if key is None:
        raise GraderError("the answer key is missing or stale: run 'make compile' first")
    folder = homework.root / "handout"
    sources = {part: _read_part(folder / f"{part}.md", key) for part in key.parts}
    known = _known(homework, key, sources)
    with working_with(homework.solution):
        session = Session(known)
        introduction = session.fill_in(_read(folder / "introduction.md"), "introduction.md")
        parts = tuple([_part(name, key, sources[name], session) for name in key.parts])
        known["errata"] = _list_of_errata(parts)
        closing = session.fill_in(_read(folder / "closing.md"), "closing.md")
    return Handout(introduction, parts, closing)


def _read(path: Path) -> str:
    """Return a file's text without its comments, which are for those who write it."""
    try:
        return _COMMENT.sub("", path.read_text(encoding="utf-8")).strip() + "\n"
    except OSError as error:
        raise RubricError(
            f"it can't be read: {error.strerror}", where=f"handout/{path.name}"
        ) from error


def _read_part(path: Path, key: Key) -> _Source:
    """Read a part's file and require every function of it, in order, under its heading."""
    text = _read(path)
    head = _MINUTES.match(text)
    if head is None:
        raise RubricError(
            "the first line says how long the part takes, as 'minutes: 40'",
            where=f"handout/{path.name} line 1",
        )
    first, *rest = re.split(r"^## (\w+)\n", text[head.end() :], flags=re.M)
    names, wanted = rest[::2], list(key.files[path.stem])
    if names != wanted:
        raise RubricError(
            f"the headings are {', '.join(names)}; the functions are {', '.join(wanted)}",
            where=f"handout/{path.name}",
        )
    return _Source(int(head[1]), {"": first, **dict(zip(names, rest[1::2], strict=True))})


def _part(name: str, key: Key, source: _Source, session: Session) -> Part:
    """Fill in a part's text, from its top to its end."""
    filled = {piece: session.fill_in(text, f"{name}.md") for piece, text in source.pieces.items()}
    worth = {function: _points(key, f"{name}.{function}") for function in key.files[name]}
    notes = {key.functions[f"{name}.{function}"].notes for function in worth}
    return Part(
        file=name,
        title=key.parts[name],
        points=_points(key, name),
        minutes=source.minutes,
        text=filled.pop("").strip() + "\n",
        functions={function: text.strip() + "\n" for function, text in filled.items()},
        calls={f: _call(f, session.functions(name)[f]) for f in worth},
        function_points=worth,
        notes=notes.pop(),
    )


def _points(key: Key, prefix: str = "", *, visibility: str = "") -> float:
    """Return what all checks are worth, or those of a part or function, or one alone."""
    return (
        sum(
            [
                check.points
                for check in key.checks
                if f"{check.id}.".startswith(f"{prefix}." if prefix else "")
                and check.visibility in (visibility or check.visibility)
            ]
        )
        / 100
    )


def _call(name: str, function: Callable[..., Any]) -> str:
    """Return a function with its parameters and their defaults, without types."""
    signature = inspect.signature(function)
    bare = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    return f"{name}{signature.replace(parameters=bare, return_annotation=signature.empty)}"


def _known(homework: Homework, key: Key, sources: dict[str, _Source]) -> dict[str, Any]:
    """Return what the text's placeholders may name."""
    minutes = {name: source.minutes for name, source in sources.items()}
    return {
        "hours": round(sum(minutes.values()) / 60),
        "public_points": f"{_points(key, visibility='public'):g}",
        "hidden_points": f"{_points(key, visibility='hidden'):g}",
        "functions": len(key.functions),
        "points": lambda name: f"{_points(key, name):g}",
        "public_points_of": lambda name: f"{_points(key, name, visibility='public'):g}",
        "percent": lambda share: f"{share:.0%}",
        "decimals": lambda number: f"{number:.4f}",
        "parts": _table_of_parts(key, minutes),
        "report": lambda name, body: sample_report(homework, name, body),
    }


def _table_of_parts(key: Key, minutes: dict[str, int]) -> str:
    lines = ["| part | about | points | minutes |", "|--:|---|--:|--:|"]
    for number, (name, title) in enumerate(key.parts.items(), 1):
        worth = f"{_points(key, name):g}"
        lines.append(f"| {number} | {title} (`{name}.py`) | {worth} | {minutes[name]} |")
    whole = f"{_points(key):g}"
    return "\n".join([*lines, f"| | **together** | **{whole}** | **{sum(minutes.values())}** |"])


def _list_of_errata(parts: Iterable[Part]) -> str:
    """Return all corrections that the parts make, as they stand there."""
    found = []
    for part in parts:
        text = "\n".join([part.text, *part.functions.values()])
        for edition, erratum in _ERRATUM.findall(text):
            only = f" ({edition})" if edition else ""
            found.append(f"- `{part.file}.py`{only}: {erratum.replace(_QUOTED_LINE, ' ')}")
    return "\n".join(found)

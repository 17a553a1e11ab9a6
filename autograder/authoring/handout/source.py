"""Read the handout's text, part by part, with its worked numbers filled in.

``handout/introduction.md`` comes first, then one file for each part of the homework, then
``handout/closing.md``. A part's file may begin with the minutes that it takes, ``minutes: 40``;
what stands above its first ``##`` is about the whole file of the student's, and below
``## name`` about that function. Points, signatures and numbers stand nowhere in it: they come
from the answer key and the solution.

Whatever a homework leaves out has a default: a page is the one of that name in ``defaults/``, a
part's text is the docstring of its module, a function's the first line of its docstring. All that
is wrong is told at once.
"""

import importlib
import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.authoring.handout.placeholders import add_points, make_placeholders, say_points
from autograder.authoring.handout.worked import Passage, Session, working_in, working_with
from autograder.errors import RubricError
from autograder.homework.folder import Homework
from autograder.homework.key import Key

__all__ = ["Handout", "Part", "cut_sections", "read_handout"]

#: The pages of a homework without any of its own; a copy in ``handout/`` is a start.
DEFAULTS = Path(__file__).with_name("defaults")

#: The pages beside those of the parts.
PAGES = ("introduction.md", "closing.md", "discussion.md", "notebook.md")

_MINUTES = re.compile(r"\s*(?:<!--.*?-->\s*)*minutes:[ \t]*([^\n]*)\n*", re.S)

_HEADING = re.compile(r"^## (.*)\n?", re.M)

#: A correction of the notes; the list of all of them is made of these.
_ERRATUM = re.compile(r"^> \*\*Erratum(?:, (.*))?\.\*\* (.*(?:\n> .*)*)", re.M)
_QUOTED_LINE = "\n> "


@dataclass(frozen=True)
class Part:
    """What the handout says of one file of the student's, and of each function in its order.

    Attributes
    ----------
    file : str
        Its name without ``.py``.
    text, functions : str, dict of str to str
        Markdown about the file as a whole, and about each function.
    calls : dict of str to str
        How each function is called, such as ``scale(x, by=0.01)``.
    notes : str
        The sections of the lecture notes, empty for none.
    """

    file: str
    title: str
    points: float
    minutes: int | None
    text: str
    functions: dict[str, str]
    calls: dict[str, str]
    function_points: dict[str, float]
    notes: str
    is_bonus: bool = False

    @property
    def worth(self) -> str:
        """What it is worth and how long it takes, in words."""
        minutes = f", about {self.minutes} minutes" if self.minutes else ""
        return say_points(self.points) + " of extra credit" * self.is_bonus + minutes

    def to_markdown(self, number: int) -> str:
        """Return the part as a chapter of the page."""
        sections = "sections" if "," in self.notes or " to " in self.notes else "section"
        notes = f"; notes {sections} {self.notes}" if self.notes else ""
        pieces = [
            f"## Part {number}: {self.file}.py\n",
            f"*{self.title}: {self.worth}{notes}.*\n",
            self.text,
        ]
        for name, text in self.functions.items():
            worth = say_points(self.function_points[name])
            pieces += [f"### `{self.calls[name]}`, {worth}\n", text]
        return "\n".join(pieces)


@dataclass(frozen=True)
class Handout:
    """The whole text in Markdown; what the notebook says of itself is by title of section."""

    introduction: str
    parts: tuple[Part, ...]
    closing: str
    discussion: str
    notebook: dict[str, str]

    def to_markdown(self) -> str:
        """Return it as one page, as GitHub and editors show it, formulas between dollars."""
        parts = [part.to_markdown(number) for number, part in enumerate(self.parts, 1)]
        return "\n".join([self.introduction, *parts, self.closing])


def cut_sections(markdown: str) -> dict[str, str]:
    r"""Return a text's sections by their titles; what comes first has an empty title.

    Examples
    --------
    >>> from autograder.authoring.handout.source import cut_sections
    >>> cut_sections("# Homework\n\n## Symbols\n\nThe letters.\n")
    {'': '# Homework\n\n', 'Symbols': '## Symbols\n\nThe letters.\n'}
    """
    first, *rest = re.split(r"^(?=## )", markdown, flags=re.M)
    return {"": first} | {text.partition("\n")[0].removeprefix("## "): text for text in rest}


def read_handout(homework: Homework, *, key: Key) -> Handout:
    """Read the handout of `homework`, with its full key; its solution is run.

    Raises
    ------
    RubricError
        If the text is not as this module says, or one of its examples raises; the sentence has a
        line for each thing that is wrong.
    """
    pages = _Pages(homework.root / "handout", key)
    sources = {part: pages.read_part(part) for part in key.parts}
    known = make_placeholders(homework, key, {name: s.minutes for name, s in sources.items()})
    with working_with(homework.solution), working_in(homework.assignment):
        session = Session(known)
        introduction = session.fill_in(pages.read("introduction.md"))
        parts = tuple([_fill_part(name, key, sources[name], session) for name in key.parts])
        known["errata"] = _list_errata(parts)
        closing = session.fill_in(pages.read("closing.md"))
        discussion = session.fill_in(pages.read("discussion.md"), is_run=False)
        about = [session.fill_in(page, is_run=False) for page in pages.read_notebook()]
    if not introduction.startswith("# "):
        pages.note("it begins with its title, '# ...'", "handout/introduction.md")
    problems = [*pages.problems, *session.problems]
    if problems:
        raise RubricError("\n".join([str(problem) for problem in problems]))
    notebook = cut_sections(about[0]) | cut_sections(about[1])
    return Handout(introduction, parts, closing, discussion, notebook)


@dataclass(frozen=True)
class _Source:
    """A part's file, cut at its headings, with nothing filled in; what it lacks is missing."""

    minutes: int | None
    pieces: dict[str, Passage]


class _Pages:
    """The files in ``handout/``, their defaults, and what is wrong with them."""

    def __init__(self, folder: Path, key: Key) -> None:
        self.problems: list[RubricError] = []
        self._folder = folder
        self._files = key.files
        for path in sorted(folder.glob("*.md")):
            if path.name not in PAGES and path.stem not in key.files:
                known = ", ".join([*PAGES, *[f"{part}.md" for part in key.files]])
                self.note(f"there is no page of this name, only {known}", f"handout/{path.name}")

    def note(self, sentence: str, where: str) -> None:
        """Note what is wrong."""
        self.problems.append(RubricError(sentence, where=where))

    def read(self, name: str) -> Passage:
        """Return a page, the default one where the homework has none of its own."""
        path = self._folder / name
        try:
            text = (path if path.exists() else DEFAULTS / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "this is not text in UTF-8"
            self.note(f"it can't be read: {reason}", f"handout/{name}")
            text = ""
        return Passage(text, name)

    def read_part(self, part: str) -> _Source:
        """Read a part's file, cut into what stands under each function's heading."""
        name = f"{part}.md"
        page = self.read(name) if (self._folder / name).exists() else Passage("", name)
        return _Source(self._read_minutes(page), self._cut(page, list(self._files[part])))

    def _read_minutes(self, page: Passage) -> int | None:
        head = _MINUTES.match(page.markdown)
        if head is None:
            return None
        if not head[1].strip().isdecimal():
            sentence = "the first line says how long the part takes, as 'minutes: 40'"
            self.note(sentence, page.where(head.start(1)))
            return None
        return int(head[1])

    def _cut(self, page: Passage, functions: list[str]) -> dict[str, Passage]:
        text, found = page.markdown, dict[str, Passage]()
        head, headings = _MINUTES.match(text), list(_HEADING.finditer(text))
        titles = ["", *[heading[1].strip() for heading in headings]]
        starts = [head.end() if head else 0, *[heading.end() for heading in headings]]
        ends = [*[heading.start() for heading in headings], len(text)]
        for title, start, end in zip(titles, starts, ends, strict=True):
            name = title
            if title in found or title not in ("", *functions):
                wrong = "comes twice" if title in found else "is not one of the functions"
                sentence = f"'## {title}' {wrong}; they are {', '.join(functions)}"
                self.note(sentence, page.where(start - 1))
                name = f"{title} at {start}"  # its examples are run anyway
            line = page.line + text.count("\n", 0, start)
            found[name] = Passage(text[start:end], page.page, line)
        return found

    def read_notebook(self) -> tuple[Passage, Passage]:
        """Return what any notebook says of itself, and what this homework's does."""
        default = Passage((DEFAULTS / "notebook.md").read_text(encoding="utf-8"), "notebook.md")
        own = self.read("notebook.md")
        known = [*_HEADING.findall(default.markdown), *[f"After {part}.py" for part in self._files]]
        for heading in _HEADING.finditer(own.markdown):
            if heading[1] not in known:
                listed = ", ".join(known)
                sentence = f"'## {heading[1]}' is not one of the sections; they are {listed}"
                self.note(sentence, own.where(heading.start()))
        return default, own


def _fill_part(name: str, key: Key, source: _Source, session: Session) -> Part:
    """Fill in a part's text from top to end; where it has none, the solution's words stand."""
    module = importlib.import_module(name)
    functions = list(key.files[name])
    filled = {title: session.fill_in(passage) for title, passage in source.pieces.items()}
    filled = {title: text for title, text in filled.items() if text.strip()}
    notes = {key.functions[f"{name}.{function}"].notes for function in functions}
    return Part(
        file=name,
        title=key.parts[name],
        points=add_points(key, name),
        minutes=source.minutes,
        text=filled.get("", f"{inspect.getdoc(module) or ''}\n"),
        functions={f: filled.get(f, _first_line(getattr(module, f))) for f in functions},
        calls={f: _show_call(f, getattr(module, f)) for f in functions},
        function_points={f: add_points(key, f"{name}.{f}") for f in functions},
        notes=notes.pop(),
        is_bonus=name in key.bonus,
    )


def _first_line(function: Callable[..., Any]) -> str:
    return (inspect.getdoc(function) or "").partition("\n")[0] + "\n"


def _show_call(name: str, function: Callable[..., Any]) -> str:
    """Return a function with its parameters and their defaults, without types."""
    signature = inspect.signature(function)
    bare = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    return f"{name}{signature.replace(parameters=bare, return_annotation=signature.empty)}"


def _list_errata(parts: Iterable[Part]) -> str:
    """Return all corrections that the parts make, as they stand there."""
    found = []
    for part in parts:
        text = "\n".join([part.text, *part.functions.values()])
        for edition, erratum in _ERRATUM.findall(text):
            only = f" ({edition})" if edition else ""
            found.append(f"- `{part.file}.py`{only}: {erratum.replace(_QUOTED_LINE, ' ')}")
    return "\n".join(found)

"""Every text of the project is American plain English, as far as a list of words can tell."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

#: A word that no one writes in a US classroom, and what to write. They stand for whole words;
#: names such as `not-normalised` or `colours_the_terminal` are stable and may keep theirs.
WORDS = {
    # British spelling.
    r"\w+ognis(e|ed|es|ing)": "recognize",
    r"(normal|memor|vector|sanit|initial)is(e|ed|er|es|ing|ation)": "-ize",
    r"(organ|summar|optim|serial|general)is(e|ed|er|es|ing|ation)": "-ize",
    r"analys(e|ed|es|ing)": "analyze",
    r"(behavi|col|fav|hon|lab|neighb|rig)our(s|ed|ing|ite|ful|less|able|hood)?": "-or",
    r"centre|metre|fibre|grey|licence|defence|judgement": "center, meter, fiber, gray, ...",
    r"(cancel|label|model|travel|signal)l(ed|ing|er)": "one l",
    r"learnt|burnt|spelt|misspelt|spoilt|dreamt": "-ed",
    r"whilst|amongst|towards|forwards": "while, among, toward, forward",
    # Words of this project that were stilted.
    r"mend(s|ed|ing)?": "fix",
    r"hand(s|ed|ing)? in(?! hand)": "submit",
    r"for ever": "forever",
    r"commonest": "most common",
    r"(some|no|any|every)body": "someone, no one, anyone, everyone",
    r"slips?": "mistake, error, typo",
    r"amiss": "wrong",
    r"anew": "again",
    r"not there": "missing",
    r"all the same": "anyway",
    r"the like": "similar",
    r"at hand": "available",
    r"in the place of": "instead of",
    r"as it stands": "unchanged",
    r"(is|are) asked for": "you need, return, expected",
    r"way round|turn(s|ed)? round": "way around, turn around",
    r"right (number type|values on)|arguments unchanged": "titles name a subject: values, shape",
}

READ = re.compile(rf"(?<![\w`/-])({'|'.join(WORDS)})(?![\w`/-])", re.I)

#: What people read or write of the project; `tests/` are searched for nothing.
PROSE = ("README.md", "CHANGELOG.md", "Makefile", "homework.ini", "tests/README.md")
FOLDERS = (
    "autograder",
    "assignment",
    "datasets",
    "docs",
    "handout",
    "homeworks",
    "rubric",
    "solution",
)
KINDS = (".py", ".md", ".jinja", ".j2", ".ini", ".ipynb", ".js")


def list_files() -> Iterator[Path]:
    """Yield every file of the project that is searched."""
    yield from [ROOT / name for name in PROSE]
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in KINDS and not {"build", "dist", "__pycache__"} & set(file.parts):
                yield file


def read_prose(name: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text with their numbers; of Python, only its strings and comments."""
    if not name.endswith(".py"):
        yield from enumerate(text.splitlines(), 1)
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if tokenize.tok_name[token.type] in ("STRING", "COMMENT", "FSTRING_MIDDLE"):
            yield from enumerate(token.string.splitlines(), token.start[0])


def find_words(name: str, text: str) -> list[str]:
    """Return the words of a text that are to be replaced, and by what."""
    return [
        f"{name}:{number}: {found[0]!r}: write {replace(found[0])}"
        for number, line in read_prose(name, text)
        for found in READ.finditer(line)
    ]


def replace(word: str) -> str:
    """Return what to write for a word that was found."""
    return next(better for pattern, better in WORDS.items() if re.fullmatch(pattern, word, re.I))


def test_no_text_of_the_project_has_a_word_that_no_us_student_would_write() -> None:
    found = [
        line
        for file in list_files()
        for line in find_words(str(file.relative_to(ROOT)), file.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('"""Mend it."""', "Mend"),
        ("x = 'hand in what you have'", "hand in"),
        ("x = f'{n} colours'", "colours"),
        ("# Nobody knows.", "Nobody"),
        ("x = 'they are recognised'", "recognised"),
    ],
)
def test_a_word_is_found_in_docstrings_strings_and_comments(text: str, word: str) -> None:
    (line,) = find_words("a.py", text)
    assert f"a.py:1: {word!r}" in line


@pytest.mark.parametrize(
    "text", ["slip = 1", "x = 'density-not-normalised'", "x = 'hand in hand'", "# your own hours"]
)
def test_names_and_other_words_may_stay(text: str) -> None:
    assert find_words("a.py", text) == []

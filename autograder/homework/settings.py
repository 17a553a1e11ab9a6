"""The homework's settings: what course staff decide in ``homework.ini``, at the project's root.

The records below are all there is to set: a section of the file for each field of `Settings`, a key
for each field of that section's record, and the record's own value where the file says nothing. A
setting that is misspelt or has a wrong value is refused with its line, so that nothing is set
otherwise than its author thinks.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import UsageError
from autograder.isolation.layers import layer_names

if TYPE_CHECKING:
    from configparser import ConfigParser

__all__ = [
    "About",
    "Feedback",
    "Protection",
    "Settings",
    "SettingsError",
    "parse_settings",
    "read_settings",
]

#: A file of settings has some hundred bytes; one that is longer is something else.
MAX_BYTES = 64 * 1024

#: Characters of the file that a sentence repeats.
MAX_QUOTED = 80

#: No section can have this name, so that none gets a meaning of its own from the parser.
_NO_DEFAULTS = "\n"

_WORDS = {"yes": True, "no": False, "true": True, "false": False, "on": True, "off": False}


class SettingsError(UsageError):
    """The settings can't be read; the sentence says which line and why."""


@dataclass(frozen=True)
class About:
    """Section ``[homework]``: what the homework is.

    Attributes
    ----------
    title : str
        What it is called in the handout; the name of the students' folder is made of it. Empty
        stands for the name of the homework's folder.
    """

    title: str = ""


@dataclass(frozen=True)
class Feedback:
    """Section ``[feedback]``: what students are told.

    Attributes
    ----------
    name_hidden_mistakes : bool
        Whether students see the name of a mistake that was recognised in a hidden check.
    """

    name_hidden_mistakes: bool = False


@dataclass(frozen=True)
class Protection:
    """Section ``[protection]``: what strangers' code is run with.

    Attributes
    ----------
    allow_missing : tuple of str
        Layers (``autograder doctor`` lists them) that may be missing all the same.
    """

    allow_missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """All settings of a homework, one record for each section."""

    feedback: Feedback = Feedback()
    protection: Protection = Protection()
    homework: About = About()


def read_settings(path: Path) -> Settings:
    """Return the settings in a file, those of an empty file where there is none.

    Raises
    ------
    SettingsError
        If it can't be read or says something that is no setting.
    """
    try:
        if path.exists() and not path.is_file():
            raise SettingsError(f"{path.name} is not a file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"{path.name} can't be read: {error.strerror}") from error
    return parse_settings(content, name=path.name)


def parse_settings(content: bytes, *, name: str = "homework.ini") -> Settings:
    """Return the settings that the bytes of a file hold.

    Parameters
    ----------
    content : bytes
        Text in UTF-8, with or without a byte order mark.
    name : str
        The file's, for sentences.

    Raises
    ------
    SettingsError
        If it says something that is no setting.
    """
    lines = _text(content, name).splitlines()
    parsed = _parsed(lines, name)
    place = _Place(name, lines)
    known: dict[str, Any] = {field.name: type(field.default) for field in fields(Settings)}
    for section in parsed.sections():
        if section not in known:
            raise place.error(f"there is no section {_shown(section, known)}", section)
    return Settings(
        **{
            section: kind(**dict(_values(kind, parsed[section], section, place)))
            for section, kind in known.items()
            if parsed.has_section(section)
        }
    )


def _text(content: bytes, name: str) -> str:
    if len(content) > MAX_BYTES:
        raise SettingsError(f"{name} is larger than {MAX_BYTES // 1024} KiB: these are no settings")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{name}, line {line}: this is not text in UTF-8") from None


def _parsed(lines: list[str], name: str) -> "ConfigParser":
    import configparser  # here, as most grades need none of it

    parser = configparser.ConfigParser(
        delimiters=("=",),
        default_section=_NO_DEFAULTS,
        empty_lines_in_values=False,
        interpolation=None,
    )
    try:
        parser.read_file(lines, name)
    except configparser.DuplicateSectionError as error:
        sentence = f"the section {_quoted(error.section)} again"
        raise SettingsError(f"{name}, line {error.lineno}: {sentence}") from None
    except configparser.DuplicateOptionError as error:
        sentence = f"the setting {_quoted(error.option)} again"
        raise SettingsError(f"{name}, line {error.lineno}: {sentence}") from None
    except configparser.MissingSectionHeaderError as error:
        sentence = "a setting stands below its section's name, as '[feedback]'"
        raise SettingsError(f"{name}, line {error.lineno}: {sentence}") from None
    except configparser.ParsingError as error:
        sentence = "this is neither '[section]' nor 'setting = value'"
        raise SettingsError(f"{name}, line {error.errors[0][0]}: {sentence}") from None
    return parser


def _quoted(word: str) -> str:
    """Return a word of the file as Python writes it, cut: it may be anything."""
    quoted = repr(word)
    return quoted if len(quoted) <= MAX_QUOTED else f"{quoted[:MAX_QUOTED]}..."


def _shown(word: str, known: Mapping[str, Any]) -> str:
    """Return a word that is not known, and the one that was meant or all that there are."""
    import difflib

    near = difflib.get_close_matches(word[:MAX_QUOTED], known, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"there is {', '.join(map(repr, known))}"
    return f"{_quoted(word)}; {hint}"


@dataclass(frozen=True)
class _Place:
    """A file's lines, to say in which of them something stands."""

    name: str
    lines: list[str]

    def error(self, sentence: str, section: str, key: str = "") -> SettingsError:
        """Return the error, with the line of a section's name or of a key in it."""
        return SettingsError(f"{self.name}, line {self._line(section, key)}: {sentence}")

    def _line(self, section: str, key: str) -> int:
        is_inside = False
        for number, line in enumerate(self.lines, 1):
            word = line.strip()
            if word.startswith("["):
                is_inside = word.startswith(f"[{section}]")
                if is_inside and not key:
                    return number
            elif is_inside and word.partition("=")[0].strip().lower() == key:
                return number
        return 1


def _values(
    kind: type, given: Mapping[str, str], section: str, place: _Place
) -> Iterator[tuple[str, Any]]:
    """Yield each key of a section with its value."""
    known = {field.name: field.default for field in fields(kind)}
    for key, word in given.items():
        if key not in known:
            raise place.error(f"[{section}] has no setting {_shown(key, known)}", section, key)
        try:
            yield key, _READERS[type(known[key])](word)
        except ValueError as error:
            sentence = f"{key} is {error}, not {_quoted(word)}"
            raise place.error(sentence, section, key) from None


def _yes_or_no(word: str) -> bool:
    try:
        return _WORDS[word.lower()]
    except KeyError:
        raise ValueError("'yes' or 'no'") from None


def _layers(words: str) -> tuple[str, ...]:
    names = tuple(words.replace(",", " ").split())
    known = layer_names()
    if not set(names) <= set(known):
        raise ValueError(f"some of {', '.join(known)}")
    return names


#: How a value is read, by the type of what holds without one.
_READERS: dict[type, Callable[[str], Any]] = {
    bool: _yes_or_no,
    str: lambda words: " ".join(words.split()),
    tuple: _layers,
}

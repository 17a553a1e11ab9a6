"""What course staff decide in ``homework.ini``, the file that makes a folder a homework's.

A section of the file is a field of `Settings`, a setting a field of that section's record; where
the file says nothing, the record's own value holds. What is misspelled is refused, so nothing is
set otherwise than its author thinks. The file is staff's: a submission's never counts.
"""

import configparser
import dataclasses
import difflib
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.core.limits import MIB, Limits
from autograder.errors import UsageError
from autograder.isolation.layers import layer_names

__all__ = ["About", "Bounds", "Feedback", "Late", "Protection", "Settings", "read_settings"]


class Python(str):
    """A version of Python in two numbers, or nothing."""


class Amount(float):
    """A number of points or days, 0 for none."""


class Moment(str):
    """A date and a time with a zone, as ISO 8601 writes it, or nothing."""


@dataclass(frozen=True)
class About:
    """Section ``[homework]``.

    Attributes
    ----------
    title : str
        What students read at the top of the handout; the folder's name by default.
    submissions : str
        The folder of submissions whose right verdict is known, for ``verify``.
    python : Python
        The oldest Python that grades, such as ``3.10``; what needs a newer one is told of at home.
        Nothing is told of where it is empty.
    """

    title: str = ""
    submissions: str = "submissions"
    python: Python = field(default_factory=Python)


@dataclass(frozen=True)
class Feedback:
    """Section ``[feedback]``: what students are told.

    Attributes
    ----------
    name_hidden_mistakes : bool
        Whether students see the name of a mistake that was recognized in a hidden check.
    """

    name_hidden_mistakes: bool = False


@dataclass(frozen=True)
class Protection:
    """Section ``[protection]``: what strangers' code is run with.

    Attributes
    ----------
    allow_missing : tuple of str
        Layers (``autograder doctor`` lists them) that may be missing anyway.
    """

    allow_missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bounds:
    """Section ``[limits]``: how long a submission may take, and its memory (`Limits`)."""

    function_seconds: float = Limits.function_seconds
    training_seconds: float = Limits.training_seconds
    import_seconds: float = Limits.import_seconds
    run_seconds: float = Limits.run_seconds
    memory_mib: float = Limits.memory_bytes / MIB

    @property
    def limits(self) -> Limits:
        """All limits of a run of this homework."""
        given = dataclasses.asdict(self)
        return Limits(memory_bytes=int(given.pop("memory_mib") * MIB), **given)


@dataclass(frozen=True)
class Late:
    """Section ``[late]``: what a late submission costs in a class's grades.

    Attributes
    ----------
    due : Moment
        Until when it is in time, such as ``2026-02-20 23:59+01:00``; without it nothing is late.
    free_days : Amount
        Days after that which cost nothing.
    points_per_day : Amount
        What each further day that has begun costs.
    most_points : Amount
        The most that being late costs; 0 for no such bound.
    last_day : Amount
        Days after `due` at which a submission comes too late to count at all; 0 for never.
    """

    due: Moment = field(default_factory=Moment)
    free_days: Amount = field(default_factory=Amount)
    points_per_day: Amount = field(default_factory=Amount)
    most_points: Amount = field(default_factory=Amount)
    last_day: Amount = field(default_factory=Amount)


@dataclass(frozen=True)
class Settings:
    """All settings of a homework, one record for each section."""

    homework: About = field(default_factory=About)
    feedback: Feedback = field(default_factory=Feedback)
    protection: Protection = field(default_factory=Protection)
    limits: Bounds = field(default_factory=Bounds)
    late: Late = field(default_factory=Late)


def read_settings(path: Path) -> Settings:
    """Return the settings in a file, those of an empty file where there is none.

    A UsageError names what can't be read, or says something that is no setting.
    """
    known = {part.name: part.default_factory for part in dataclasses.fields(Settings)}
    parser = _parse(path)
    for section in parser.sections():
        _require_known(section, known, f"{path.name} has no section")
    return Settings(
        **{
            section: _read_section(known[section], parser[section], f"{path.name}: [{section}]")
            for section in parser.sections()
        }
    )


def _parse(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(
        delimiters=("=",), default_section="\n", empty_lines_in_values=False, interpolation=None
    )
    if os.path.exists(path) and not os.path.isfile(path):
        raise UsageError(f"{path.name} is not a file")
    try:
        parser.read_string(path.read_text(encoding="utf-8-sig"), source=path.name)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise UsageError(f"{path.name} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path.name} is not text in UTF-8") from error
    except configparser.Error as error:
        raise UsageError(f"{path.name} is wrong: {' '.join(str(error).split())}") from error
    return parser


def _require_known(word: str, known: Iterable[str], sentence: str) -> None:
    if word not in known:
        near = difflib.get_close_matches(word, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there is {', '.join(map(repr, known))}"
        raise UsageError(f"{sentence} {word!r}; {hint}")


def _read_section(make: Any, given: configparser.SectionProxy, where: str) -> Any:
    record = make()
    values = {}
    for name in given:
        _require_known(name, vars(record), f"{where} has no setting")
        try:
            values[name] = _READERS[type(vars(record)[name])](given, name)
        except ValueError as error:
            raise UsageError(f"{where} {name}: {error}, not {given[name]!r}") from None
    return dataclasses.replace(record, **values)


def _read_yes_or_no(given: configparser.SectionProxy, name: str) -> bool:
    try:
        return bool(given.getboolean(name))
    except ValueError:
        raise ValueError("'yes' or 'no'") from None


def _read_number(given: configparser.SectionProxy, name: str) -> float:
    try:
        number = float(given[name])
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise ValueError("a number above 0")
    return number


def _read_layers(given: configparser.SectionProxy, name: str) -> tuple[str, ...]:
    names = tuple(given[name].replace(",", " ").split())
    if not set(names) <= set(layer_names()):
        raise ValueError(f"some of {', '.join(layer_names())}")
    return names


def _read_python(given: configparser.SectionProxy, name: str) -> Python:
    if not re.fullmatch(r"3\.[0-9]{1,2}", given[name].strip()):
        raise ValueError("a version such as 3.10")
    return Python(given[name].strip())


def _read_amount(given: configparser.SectionProxy, name: str) -> Amount:
    try:
        number = float(given[name])
    except ValueError:
        number = -1
    if not 0 <= number < float("inf"):
        raise ValueError("0 or a number above it")
    return Amount(number)


def _read_moment(given: configparser.SectionProxy, name: str) -> Moment:
    if not given[name].strip():
        return Moment()
    example = "a time with its zone, such as 2026-02-20 23:59+01:00"
    try:
        moment = datetime.fromisoformat(given[name].strip())
    except ValueError:
        raise ValueError(example) from None
    if moment.tzinfo is None:
        raise ValueError(example)
    return Moment(moment.isoformat())


#: How a value is read, by the type of what holds without one.
_READERS: dict[type, Callable[[configparser.SectionProxy, str], Any]] = {
    bool: _read_yes_or_no,
    float: _read_number,
    str: lambda given, name: " ".join(given[name].split()),
    tuple: _read_layers,
    Python: _read_python,
    Moment: _read_moment,
    Amount: _read_amount,
}

"""Read data files: ``load("xor")`` into arrays, ``load_texts("negation")`` as texts with labels.

A file is a table of tab-separated text, or plain text of which windows are made. The formats and
the source of each file are in ``README.md`` beside this module. Reading never guesses: a row that
is not as the first line promises is an error.
"""

import math
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["Dataset", "DatasetError", "Texts", "load", "load_texts", "make_windows"]

_FOLDER = Path(__file__).parent

_LABEL_COLUMN = "y"

_TEXT_COLUMN = "text"

#: What ``load_texts("windows")`` makes windows of.
_WINDOWS, _WINDOWS_FILE = "windows", "village.txt"

#: Words of a window, and the most windows that are made of a text, half of them corrupted.
WINDOW, MOST_WINDOWS = 5, 80_000

_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*-?")

_Array = TypeVar("_Array", NDArray[np.float64], NDArray[np.int64])


class DatasetError(ValueError):
    """A data file is unknown or not as its format says; the sentence says which, where and why."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """The items of one data file. The arrays are read-only.

    Attributes
    ----------
    f : np.ndarray, shape (t, d), float64
        Input features, one item a row, in the file's order.
    y : np.ndarray, shape (t,), int64
        Gold labels, as indices into `labels`.
    labels : tuple of str
        The m labels, in the order in which they first appear.
    features : tuple of str
        The names of the d features.
    """

    f: NDArray[np.float64]
    y: NDArray[np.int64]
    labels: tuple[str, ...]
    features: tuple[str, ...]


def load(name: str, *, folder: Path = _FOLDER) -> Dataset:
    """Read a data file.

    Parameters
    ----------
    name : str
        The file's name, without ``.tsv``.
    folder : Path, optional
        Where the file is, by default beside this module.

    Returns
    -------
    Dataset
        Features and labels of its items.

    Raises
    ------
    DatasetError
        No file has this name (the caller's fault), or the file is not in the format of
        ``README.md`` (the file's).

    Examples
    --------
    >>> from datasets import load
    >>> xor = load("xor")
    >>> [xor.labels[label] for label in xor.y]
    ['a', 'b', 'b', 'a']
    """
    known = [path.stem for path in sorted(folder.glob("*.tsv")) if not _is_of_texts(path)]
    if name not in known:
        raise DatasetError(
            f"there is no dataset {name!r}, only {', '.join(known) or 'an empty folder'}"
        )
    path = folder / f"{name}.tsv"
    head, *rows = path.read_text("utf-8").removesuffix("\n").split("\n")
    columns = head.split("\t")
    if len(columns) < 2 or columns[-1] != _LABEL_COLUMN:
        raise DatasetError(
            f"{path.name}, line 1: the columns must be one feature or more and then"
            f" {_LABEL_COLUMN}, not {head!r}"
        )
    if not rows:
        raise DatasetError(f"{path.name}, line 1: no items follow")
    features = tuple(columns[:-1])
    items = [_item(row, features, f"{path.name}, line {n}") for n, row in enumerate(rows, start=2)]
    # A dict keeps the order in which its keys came first, which a set doesn't.
    labels = tuple(dict.fromkeys(label for _, label in items))
    return Dataset(
        f=_read_only(np.array([numbers for numbers, _ in items], dtype=np.float64)),
        y=_read_only(np.array([labels.index(label) for _, label in items], dtype=np.int64)),
        labels=labels,
        features=features,
    )


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts with labels.

    Attributes
    ----------
    texts : tuple of str
        The t texts: words separated by single spaces.
    y : np.ndarray, shape (t,), int64
        Gold labels, as indices into `labels`.
    labels : tuple of str
        The m labels, in the order in which they first appear.
    """

    texts: tuple[str, ...]
    y: NDArray[np.int64]
    labels: tuple[str, ...]


def load_texts(name: str, *, folder: Path = _FOLDER) -> Texts:
    """Read texts with their labels.

    Parameters
    ----------
    name : str
        ``"negation"``, ``"windows"``, or the path of a file of your own. One that ends in ``.tsv``
        has a text and a label on each line, after a first line that names the columns ``text`` and
        ``y``; any other is plain text, of which windows are made (`make_windows`).
    folder : Path, optional
        Where the named files are, by default beside this module.

    Returns
    -------
    Texts
        In the file's order.

    Raises
    ------
    DatasetError
        The file can't be read, or is not in its format.

    Examples
    --------
    >>> from datasets import load_texts
    >>> negation = load_texts("negation")
    >>> len(negation.texts), negation.labels
    (1152, ('negative', 'positive'))
    >>> negation.texts[0]
    'life seemed really un- safe'
    """
    own = folder / (_WINDOWS_FILE if name == _WINDOWS else f"{name}.tsv")
    path = own if name == Path(name).name and own.is_file() else Path(name)
    try:
        content = path.read_text("utf-8-sig")
    except OSError as error:
        known = [one.stem for one in sorted(folder.glob("*.tsv")) if _is_of_texts(one)]
        raise DatasetError(
            f"{name} can't be read ({error.strerror}); texts that come with the homework are"
            f" {', '.join([*known, _WINDOWS])}"
        ) from None
    except UnicodeDecodeError:
        raise DatasetError(f"{name} can't be read: it is not text in UTF-8") from None
    if path.suffix != ".tsv":
        return make_windows(content, name=name)
    head, *rows = content.removesuffix("\n").split("\n")
    if head.rstrip("\r").split("\t") != [_TEXT_COLUMN, _LABEL_COLUMN]:
        raise DatasetError(
            f"{path.name}, line 1: the columns must be {_TEXT_COLUMN} and {_LABEL_COLUMN},"
            f" separated by a tab, not {head[:80]!r}"
        )
    items = [_text(row, f"{path.name}, line {n}") for n, row in enumerate(rows, start=2)]
    return _with_labels(items, path.name)


def _is_of_texts(path: Path) -> bool:
    with path.open(encoding="utf-8") as file:
        return file.readline().startswith(f"{_TEXT_COLUMN}\t")


def _text(row: str, place: str) -> tuple[str, str]:
    """Split one row into its text and its label."""
    fields = row.rstrip("\r").split("\t")
    if len(fields) != 2 or not all(field.strip() for field in fields):
        raise DatasetError(f"{place}: a text, a tab and a label expected: {row[:80]!r}")
    return " ".join(fields[0].split()), fields[1].strip()


def make_windows(text: str, *, name: str = "the text", seed: int = 0) -> Texts:
    """Make windows of a plain text: real ones, and as many corrupted ones.

    Parameters
    ----------
    text : str
        Any text. Its words are taken in lower case, without punctuation.
    name : str, optional
        What an error calls it.
    seed : int, optional
        Of the choice of windows, and of their order.

    Returns
    -------
    Texts
        With the labels ``real`` and ``corrupted``. A corrupted window has another one's word in its
        middle: which words are in which places tells nothing, so a model that adds up a weight
        for each word in its place can't tell them apart.

    Raises
    ------
    DatasetError
        The text has too few words.
    """
    words = _WORD.findall(text.lower())
    starts = list(range(len(words) - WINDOW + 1))
    if len(set(words)) < 10 or len(starts) < 20:
        raise DatasetError(f"{name} has {len(words)} words: too few to make windows of")
    drawn = random.Random(seed)
    _shuffle(starts, drawn)
    windows = [words[start : start + WINDOW] for start in starts[:MOST_WINDOWS]]
    half, middle = len(windows) // 2, WINDOW // 2
    real, corrupted = windows[:half], windows[half:]
    others = [window[middle] for window in corrupted]
    _shuffle(others, drawn)
    for one, window in enumerate(corrupted):  # its own word would be no corruption
        for _ in range(100):
            if others[one] != window[middle]:
                break
            other = int(drawn.random() * len(others))
            if others[other] != window[middle] and others[one] != corrupted[other][middle]:
                others[one], others[other] = others[other], others[one]
    pairs = [(" ".join(window), "real") for window in real]
    for window, word in zip(corrupted, others, strict=True):
        pairs.append((" ".join([*window[:middle], word, *window[middle + 1 :]]), "corrupted"))
    _shuffle(pairs, drawn)
    return _with_labels(pairs, name)


def _shuffle(items: list[Any], drawn: random.Random) -> None:
    """Shuffle in place, the same on every machine and in every version of Python."""
    for last in range(len(items) - 1, 0, -1):
        other = int(drawn.random() * (last + 1))
        items[last], items[other] = items[other], items[last]


def _with_labels(items: list[tuple[str, str]], name: str) -> Texts:
    labels = tuple(dict.fromkeys(label for _, label in items))
    if len(labels) < 2:
        raise DatasetError(f"{name}: texts of two labels or more are needed")
    y = np.array([labels.index(label) for _, label in items], dtype=np.int64)
    return Texts(tuple([text for text, _ in items]), _read_only(y), labels)


def _item(row: str, features: tuple[str, ...], place: str) -> tuple[list[float], str]:
    """Split one row into its features' numbers and its label."""
    *fields, label = row.split("\t")
    if len(fields) != len(features):
        raise DatasetError(
            f"{place}: {len(features) + 1} fields expected, not {len(fields) + 1}: {row!r}"
        )
    if not label:
        raise DatasetError(f"{place}: the label is empty")
    pairs = zip(fields, features, strict=True)
    return [_number(field, feature, place) for field, feature in pairs], label


def _number(field: str, feature: str, place: str) -> float:
    """Read one feature."""
    try:
        number = float(field)
    except ValueError:
        number = math.nan
    # float() also takes 'nan' and 'inf', which no computation with features survives.
    if not math.isfinite(number):
        raise DatasetError(f"{place}: {feature} is {field!r}, not a finite number")
    return number


def _read_only(array: _Array) -> _Array:
    """Protect an array: a frozen record whose arrays can change would be frozen in name only."""
    array.setflags(write=False)
    return array

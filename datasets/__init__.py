"""Read the data files of this folder into arrays: ``load("xor")``.

A file is a table of tab-separated text. Its format and the source of each file are in ``README.md``
beside this module. Reading never guesses: a row that is not as the first line promises is an error.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["Dataset", "DatasetError", "load"]

_FOLDER = Path(__file__).parent

_LABEL_COLUMN = "y"

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
    known = sorted(path.stem for path in folder.glob("*.tsv"))
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

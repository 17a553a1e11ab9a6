"""A trained network in a file: arrays alone, so that opening someone's runs nothing."""

import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from autograder.core.writing import write_atomically
from autograder.errors import UsageError

from .runs import Run

__all__ = ["Saved", "read_model", "save_model"]

PARAMS = ("H", "b_H", "U", "b_U")
NAMES = ("E", *PARAMS, "words", "ids", "labels", "n")


@dataclass(frozen=True, eq=False)
class Saved:
    """What labels texts: E, the parameters, the words and their ids, the labels, words a window."""

    E: np.ndarray
    params: dict[str, np.ndarray]
    words: tuple[str, ...]
    ids: np.ndarray
    labels: tuple[str, ...]
    n: int


def save_model(path: Path, run: Run, labels: tuple[str, ...]) -> None:
    """Write a network to a file, whatever its name ends with."""
    content = BytesIO()
    arrays = {
        "E": run.E,
        **run.params,
        "words": np.array(list(run.words), dtype=np.str_),
        "ids": np.array(list(run.words.values()), dtype=np.int64),
        "labels": np.array(labels, dtype=np.str_),
        "n": np.array(run.settings.n),
    }
    np.savez(content, **arrays)  # type: ignore[arg-type]
    try:
        write_atomically(path, content.getvalue())
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from None


def read_model(path: Path) -> Saved:
    """Return the network of a file."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in NAMES}
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror or error}") from None
    except (ValueError, KeyError, zipfile.BadZipFile):
        raise UsageError(f"{path} is no model that 'train -o' wrote") from None
    return Saved(
        arrays["E"],
        {name: arrays[name] for name in PARAMS},
        tuple(arrays["words"].tolist()),
        arrays["ids"],
        tuple(arrays["labels"].tolist()),
        int(arrays["n"]),
    )

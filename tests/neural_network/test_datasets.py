"""The data files say what the notes print, and a file that is not in the format is refused."""

import dataclasses
import doctest
from pathlib import Path

import numpy as np
import pytest

import datasets
from datasets import DatasetError, load, load_texts

HEAD = "f1\tf2\ty\n"

#: Those that hold texts.
TEXTS = ("negation",)


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a data file and loads it."""

    def write_and_load(text: str) -> datasets.Dataset:
        (tmp_path / "small.tsv").write_text(text, encoding="utf-8")
        return load("small", folder=tmp_path)

    return write_and_load


def test_xor_is_the_table_of_the_notes():
    xor = load("xor")
    assert xor.f.tolist() == [[1, 1], [1, 0], [0, 1], [0, 0]]
    assert [xor.labels[label] for label in xor.y] == ["a", "b", "b", "a"]
    assert xor.features == ("f1", "f2")


def test_label_a_is_where_the_features_are_equal():
    xor = load("xor")
    assert ((xor.f[:, 0] == xor.f[:, 1]) == (xor.y == xor.labels.index("a"))).all()


def test_arrays_have_the_promised_types_and_are_read_only():
    xor = load("xor")
    assert (xor.f.dtype, xor.y.dtype) == (np.float64, np.int64)
    assert (xor.f.shape, xor.y.shape) == ((4, 2), (4,))
    for array in (xor.f, xor.y):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        xor.y = xor.y


def test_labels_are_numbered_in_the_order_of_their_first_appearance(write):
    data = write(HEAD + "0\t0\tz\n0.5\t-1e3\ta\n1\t1\tz\n")
    assert data.labels == ("z", "a")
    assert data.y.tolist() == [0, 1, 0]
    assert data.f.tolist() == [[0, 0], [0.5, -1000], [1, 1]]


def test_a_last_line_without_a_newline_counts(write):
    assert len(write(HEAD + "1\t2\ta\n3\t4\tb").y) == 2


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(DatasetError, match=r"^there is no dataset 'nand', only xor$"):
        load("nand")


def test_a_name_is_no_path():
    with pytest.raises(DatasetError, match="there is no dataset"):
        load("../datasets/xor")


def test_an_empty_folder_says_so(tmp_path):
    with pytest.raises(DatasetError, match="only an empty folder"):
        load("xor", folder=tmp_path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", r"small\.tsv, line 1: the columns must be one feature or more and then y, not ''"),
        ("f1\tf2\n1\t1\n", r"line 1: the columns must be .* not 'f1\\tf2'"),
        ("y\na\n", r"line 1: the columns must be .* not 'y'"),
        (HEAD, r"small\.tsv, line 1: no items follow"),
        (HEAD + "1\t1\ta\n1\tb\n", r"small\.tsv, line 3: 3 fields expected, not 2: '1\\tb'"),
        (HEAD + "1\t1\t1\ta\n", r"line 2: 3 fields expected, not 4"),
        (HEAD + "1 1 a\n", r"line 2: 3 fields expected, not 1: '1 1 a'"),
        (HEAD + "1\t1\ta\n\n1\t0\tb\n", r"line 3: 3 fields expected, not 1: ''"),
        (HEAD + "1\t1\t\n", r"line 2: the label is empty"),
        (HEAD + "1\tone\ta\n", r"small\.tsv, line 2: f2 is 'one', not a finite number"),
        (HEAD + "nan\t1\ta\n", r"line 2: f1 is 'nan', not a finite number"),
        (HEAD + "1\tinf\ta\n", r"line 2: f2 is 'inf', not a finite number"),
    ],
)
def test_a_malformed_file_is_refused_in_one_sentence(write, text, sentence):
    with pytest.raises(DatasetError, match=sentence) as caught:
        write(text)
    assert "\n" not in str(caught.value)


def test_every_data_file_can_be_read_and_is_described():
    folder = Path(datasets.__file__).parent
    page = (folder / "README.md").read_text("utf-8")
    for path in folder.glob("*.tsv"):
        read = load_texts if path.stem in TEXTS else load
        assert len(read(path.stem).labels) >= 2
        assert f"`{path.name}`" in page


def test_the_examples_run():
    assert doctest.testmod(datasets).failed == 0
    page = Path(datasets.__file__).with_name("README.md")
    assert doctest.testfile(str(page), module_relative=False).failed == 0

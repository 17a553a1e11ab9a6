"""The texts are made by their script; no label is told by single words; reading is strict."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import datasets
from datasets import DatasetError, generate, load_texts, make_windows

FOLDER = Path(datasets.__file__).parent


def places(texts: datasets.Texts) -> list[Counter[tuple[int, str]]]:
    """Return, for each label, how often each word is in each place."""
    return [
        Counter(
            (place, word)
            for text, label in zip(texts.texts, texts.y, strict=True)
            if label == wanted
            for place, word in enumerate(text.split())
        )
        for wanted in range(len(texts.labels))
    ]


def test_the_script_makes_the_files_again() -> None:
    made = {"negation.tsv": generate.make_negation(), "village.txt": generate.make_village()}
    for name, text in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text


def test_the_label_of_a_negated_sentence_is_that_of_the_notes() -> None:
    negation = load_texts("negation")
    positive = set(generate.NEGATION_LISTS["positive"].split())
    for text, label in zip(negation.texts, negation.y, strict=True):
        words = text.split()
        turned = (words[4] not in positive) ^ ("not" in words) ^ ("un-" in words)
        assert negation.labels[label] == ("negative" if turned else "positive")
    assert len(set(negation.texts)) == len(negation.texts) == 1152


def test_no_adjective_and_no_modifier_tells_the_label() -> None:
    one, other = places(load_texts("negation"))
    told = {"not", "un-", *generate.NEGATION_LISTS["positive"].split()}
    for place, word in {*one, *other}:
        if word in told:
            assert one[place, word] == other[place, word]


def test_a_corrupted_window_has_another_word_in_its_middle_alone() -> None:
    text = " ".join([f"w{number}" for number in range(200)])
    windows = make_windows(text)
    real, corrupted = (windows.labels.index(name) for name in ("real", "corrupted"))
    for one, label in zip(windows.texts, windows.y, strict=True):
        numbers = [int(word[1:]) for word in one.split()]
        steps = np.array(numbers) - np.arange(numbers[0], numbers[0] + 5)
        assert (label == real) == (not steps.any())
        assert not steps[[0, 1, 3, 4]].any()
    assert abs(int((windows.y == real).sum()) - int((windows.y == corrupted).sum())) <= 1


def test_windows_are_the_same_every_time() -> None:
    assert load_texts("windows").texts == load_texts("windows").texts


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "films.tsv"
    path.write_text("text\ty\r\nwhat a  film\tgood\r\ntwo lost hours\tbad\r\n", encoding="utf-8")
    texts = load_texts(str(path))
    assert (texts.texts, texts.labels) == (("what a film", "two lost hours"), ("good", "bad"))
    assert texts.y.tolist() == [0, 1]


def test_a_plain_text_loses_case_and_punctuation(tmp_path: Path) -> None:
    path = tmp_path / "plain.txt"
    path.write_text("One, two; THREE's four-fold. " * 30 + " ".join("abcdefgh"), encoding="utf-8")
    words = {word for text in load_texts(str(path)).texts for word in text.split()}
    assert words >= {"one", "two", "three's", "four-fold"}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.tsv", b"words\tlabel\n", "line 1: the columns must be text and y"),
        ("a.tsv", b"text\ty\nonly a text\n", "line 2: a text, a tab and a label expected"),
        ("a.tsv", b"text\ty\none\tgood\n", "two labels or more"),
        ("a.txt", b"too short", "has 2 words: too few"),
        ("a.txt", b"\xff\xfe\x00", "not text in UTF-8"),
        ("missing.txt", None, "come with the homework are negation, windows"),
    ],
)
def test_a_file_that_is_no_such_text_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        load_texts(str(tmp_path / name))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)

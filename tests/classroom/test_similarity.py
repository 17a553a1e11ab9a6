"""Similarity: planted coincidences are found, what anyone would write is not."""

import dataclasses
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_class import SyntheticClass, independent_softmax

from autograder.classroom.features import Feature, Kind, read_code, read_handout
from autograder.classroom.misspellings import find_misspellings
from autograder.classroom.records import Content, Graded, Result, ResultStatus, Student, Submitted
from autograder.classroom.similarity import (
    FEW_HOLDERS,
    Source,
    find_similar,
    read_archive,
    read_similarity,
    sources_of,
    write_similarity,
)

HELPED = """
def softmax(z):
    # i take the biggest numebr of every row away
    stable = take_rows_apart(z)
    return stable / (stable.sum() + 3.7e-9)
"""


def source(
    number: int, text: str = "", wrong: Mapping[str, str] | None = None, **fields: Any
) -> Source:
    wrong = wrong or {}
    return Source(
        key=f"s{number}",
        students=frozenset([str(number)]),
        texts={"forward.softmax": text} if text else {},
        wrong=wrong,
        unnamed=frozenset(wrong),
        **fields,
    )


def strangers(count: int, seed: int = 0) -> list[Source]:
    rng = np.random.default_rng(seed)
    return [source(number, independent_softmax(rng)) for number in range(count)]


def kinds_in(text: str, *handout: str) -> set[tuple[Kind, str]]:
    code = read_code({"forward.softmax": text}, read_handout(handout))
    return {(feature.kind, feature.text) for feature in code.features}


# ---- what is a choice


def test_comments_helpers_and_constants_are_choices() -> None:
    assert kinds_in(HELPED) == {
        (Kind.COMMENT, "i take the biggest numebr of every row away"),
        (Kind.HELPER, "take_rows_apart"),
        (Kind.CONSTANT, "3.7e-09"),
    }


def test_nothing_of_the_handout_is_a_choice() -> None:
    given = "# i take the  BIGGEST numebr of every row away\nx = take_rows_apart(3.7e-9)\n"
    assert kinds_in(HELPED, given) == set()


@pytest.mark.parametrize(
    "text",
    [
        "def softmax(z):\n    e = np.exp(z)\n    return e / sum(e) # sum\n",
        "def softmax(z):\n    return exp(z) * 0.5 + 1 - 10\n",
        "def softmax(z):\n    raise NotImplementedError('own words that are long')\n",
        "def softmax(z:\n    # no Python, whatever it says here\n",
        "x = " + "(" * 10_000,
        "#" * 200_000,
    ],
)
def test_what_anyone_writes_and_what_is_no_code_has_no_features(text: str) -> None:
    assert kinds_in(text) == set()


def test_code_is_a_files_and_only_with_names_of_its_own() -> None:
    body = "".join([f"    own_{i} = z + {i}\n" for i in range(8)])
    text = f"def softmax(z):\n{body}    return own_1\n"
    (feature,) = [f for f in read_code({"forward.softmax": text}).features if f.kind == Kind.CODE]
    assert feature.place == "forward"
    again = text.replace("(z)", "(z: list) -> list").replace("\n", "  # note\n", 1)
    again = again.replace(" = z", "   =  z")
    assert feature in read_code({"forward.softmax": again}).features
    other = text.replace("own_7", "mine")
    assert feature not in read_code({"forward.softmax": other}).features
    few = "def softmax(z):\n    e = np.exp(z)\n    return e / e.sum()\n"
    assert kinds_in(few) == set()


def test_a_misspelling_is_one_mistake_from_a_frequent_word_and_no_other_form_of_it() -> None:
    common = {"gradient", "normalize", "color", "number", "batch"}
    wrong = ["gradeint", "graadient", "gradint", "grxdient", "nubmer"]
    other = ["gradients", "normalise", "colour", "radient", "batched", "member", "gradient"]
    assert list(find_misspellings([*wrong, *other], common)) == wrong


# ---- what is found


def test_two_who_share_a_comment_a_helper_and_a_constant_come_up_with_how_many_share_each() -> None:
    crowd = strangers(200)
    crowd[17] = source(17, HELPED)
    crowd[94] = source(94, HELPED)
    (group,) = find_similar(crowd).groups
    assert group.members == ("s17", "s94")
    assert {one.feature.kind for one in group.shared} >= {Kind.COMMENT, Kind.HELPER, Kind.CONSTANT}
    assert all([(one.holders, one.among) == (("s17", "s94"), 200) for one in group.shared])


def test_the_same_unnamed_wrong_values_weigh_by_their_share_among_the_wrong() -> None:
    def wrong(number: int) -> dict[str, str]:
        if number in (3, 5):
            return {f"a.f{i}": f"rare{i}" for i in range(3)}
        return {f"a.f{i}": f"{i}{number}" for i in range(3)} if number % 2 else {}

    crowd = [source(number, wrong=wrong(number)) for number in range(100)]
    (group,) = find_similar(crowd).groups
    assert group.members == ("s3", "s5")
    assert [(one.feature.text, len(one.holders), one.among) for one in group.shared] == [
        (f"rare{i}", 2, 50) for i in range(3)
    ]
    assert group.shared[0].bits == pytest.approx(np.log2(25))
    named = [dataclasses.replace(one, unnamed=frozenset()) for one in crowd]
    assert find_similar(named).groups == ()


def test_what_more_than_a_few_hold_is_not_rare() -> None:
    for holders, found in ((FEW_HOLDERS, 1), (FEW_HOLDERS + 1, 0)):
        crowd = strangers(200)
        crowd[:holders] = [source(number, HELPED) for number in range(holders)]
        groups = find_similar(crowd).groups
        assert len(groups) == found
        assert all([len(group.members) == holders for group in groups])


def test_one_coincidence_alone_is_chance() -> None:
    text = "def softmax(z):\n    return np.exp(z) / (np.exp(z).sum() + 3.7e-9)\n"
    crowd = strangers(300)
    crowd[1], crowd[2] = source(1, text), source(2, text)
    assert find_similar(crowd).groups == ()


def test_equal_files_are_one_group_however_many_they_are_and_handed_out_ones_none() -> None:
    crowd = strangers(100)
    crowd[:40] = [source(number, HELPED, content="same") for number in range(40)]
    (group,) = find_similar(crowd).groups
    assert len(group.members) == 40
    assert group.shared[0].feature.kind == Kind.SAME_FILES
    assert find_similar(crowd, handout=[HELPED]).groups == ()


def test_what_one_student_submits_twice_is_no_coincidence() -> None:
    crowd = strangers(200)
    for number in (17, 94):
        crowd[number] = dataclasses.replace(source(number, HELPED), students=frozenset(["ada"]))
    assert find_similar(crowd).groups == ()


def test_previous_years_are_compared_with_and_not_among_themselves() -> None:
    old = [source(1000 + i, HELPED, is_archived=True) for i in range(2)]
    assert find_similar([*strangers(200), *old]).groups == ()
    found = find_similar([*strangers(200), source(500, HELPED), *old])
    assert (found.compared, found.archived) == (201, 2)
    (group,) = found.groups
    assert set(group.members) == {"s500", "s1000", "s1001"}
    many = [source(1000 + i, HELPED, is_archived=True) for i in range(FEW_HOLDERS)]
    assert find_similar([*strangers(200), source(500, HELPED), *many]).groups == ()


def test_a_class_is_compared_by_its_graded_submissions() -> None:
    many = SyntheticClass(60, seed=4, missing=3, copies={50: 20})
    found = find_similar(sources_of(many.results(), many.graded_of))
    assert found.compared == 60
    assert [group.members for group in found.groups] == [("s000020", "s000050")]
    result = Result("s0", (Student("1"),), ResultStatus.GRADED)
    assert list(sources_of([result], lambda content: None)) == []
    (one,) = sources_of([result], lambda content: Graded({}, {"a.f": "h"}, {"a.f": "x"}))
    assert one.students == {"1"}


# ---- what is not


@settings(deadline=None, max_examples=40)
@given(count=st.integers(2, 120), seed=st.integers(0, 10**6))
def test_independent_right_answers_never_come_up(count: int, seed: int) -> None:
    assert find_similar(strangers(count, seed)).groups == ()


@settings(deadline=None, max_examples=4)
@given(count=st.integers(5, 50), seed=st.integers(0, 10**6))
def test_whole_classes_of_strangers_never_come_up(count: int, seed: int) -> None:
    many = SyntheticClass(count, seed=seed)
    assert find_similar(sources_of(many.results(), many.graded_of)).groups == ()


def test_the_order_of_submissions_changes_no_group() -> None:
    many = SyntheticClass(60, seed=4, copies={50: 20, 51: 20, 7: 8})
    sources = list(sources_of(many.results(), many.graded_of))
    one, two = find_similar(sources).groups, find_similar(sources[::-1]).groups
    assert len(one) == 2

    def content(group: Any) -> tuple[set[str], set[Feature]]:
        return set(group.members), {shared.feature for shared in group.shared}

    assert sorted(map(repr, map(sorted, [g.members for g in one]))) == sorted(
        map(repr, map(sorted, [g.members for g in two]))
    )
    assert [content(g)[1] for g in one] == [content(g)[1] for g in two]


# ---- previous years


def archived(**files: bytes) -> Iterator[Submitted]:
    named = {name.replace("_py", ".py").replace("_nb", ".ipynb"): f for name, f in files.items()}
    yield Submitted("ada 2025", (Student("ada"),), read=lambda: Content(named))


def test_an_archive_is_read_from_files_and_notebooks() -> None:
    cells = [
        {"cell_type": "markdown", "source": "def softmax("},
        {
            "cell_type": "code",
            "source": ["%matplotlib inline\n", "def softmax(z):\n", "  return z"],
        },
    ]
    notebook = json.dumps({"cells": cells}).encode()
    known = {"forward.softmax", "forward.other"}
    (one,) = read_archive(archived(forward_py=HELPED.encode(), helpers_py=b"x = 1"), known)
    assert (one.key, one.is_archived) == ("earlier: ada 2025", True)
    assert one.texts == {"forward.softmax": HELPED.lstrip("\n")}
    (one,) = read_archive(archived(homework_nb=notebook), known)
    assert one.texts == {"forward.softmax": "def softmax(z):\n  return z\n"}


@pytest.mark.parametrize("content", [b"def (", b"\xff\xfe\x00", b"[]", b"{}", b"(" * 90_000])
def test_what_can_not_be_read_of_an_archive_is_left_out(content: bytes) -> None:
    for name in ("forward_py", "forward_nb"):
        assert list(read_archive(archived(**{name: content}), {"forward.softmax"})) == []


# ---- cost


def measure(count: int) -> float:
    many = SyntheticClass(count, seed=1, copies={count - 1: 0})
    sources = list(sources_of(many.results(), many.graded_of))
    start = time.process_time()
    assert len(find_similar(sources).groups) == 1
    return time.process_time() - start


@pytest.mark.slow
def test_twice_the_class_takes_twice_the_time() -> None:
    one, two = measure(500), measure(2000)
    assert two < 4 * one * 1.5


def test_what_was_found_is_read_back_as_it_was_written() -> None:
    many = SyntheticClass(60, seed=7, copies={59: 0, 58: 1})
    found = find_similar(sources_of(many.results(), many.graded_of))
    assert found.groups
    assert read_similarity(write_similarity(found)) == found

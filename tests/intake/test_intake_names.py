"""A file counts by the name that it was meant to have, and every such case is said."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from taken_in import FILES, Maker, both, content, make_zip, taken

from autograder.errors import IntakeError
from autograder.intake.names import Exported, folded, parse_file_name, parse_folder_name, unmarked

fixed = settings(derandomize=True, deadline=None, max_examples=200)


def refused(path: Path) -> str:
    with pytest.raises(IntakeError) as caught:
        taken(path)
    return str(caught.value).replace(f"{path.parent}/hw.zip", "hw").replace(f"{path.parent}/", "")


def others(*without: str) -> dict[str, bytes]:
    """Return the homework's files but for some."""
    return {name: data for name, data in FILES.items() if name not in without}


# ---- one file of another name


@both
@pytest.mark.parametrize(
    "name",
    [
        "Forward.py",
        "FORWARD.PY",
        "forward.PY",
        "forward (1).py",
        "Forward (12).Py",
        "forward(2).py",
        "forward-1.py",
        "forward-3c1d6f1e-0a3b-4c7d-9e2f-0123456789ab.py",
        "forward.py.",
        "forward.py ",
        "doejane_1234_56789_forward.py",
        "doejane_LATE_1234_56789_Forward-2.py",
        "Jane Doe_1234_assignsubmission_file_forward.py",
    ],
)
def test_a_file_is_taken_as_the_one_that_is_meant(tmp_path: Path, make: Maker, name: str) -> None:
    files = {**others("forward.py"), name: FILES["forward.py"]}
    submission = taken(make(tmp_path, files))
    assert content(submission) == FILES
    assert submission.notes == (f"{name.strip()} was taken as forward.py.",)


@both
def test_several_such_files_are_one_remark(tmp_path: Path, make: Maker) -> None:
    files = {f"doejane_7_{number}_{name}": FILES[name] for number, name in enumerate(FILES)}
    submission = taken(make(tmp_path, {**files, "doejane_7_9_helpers-2.py": b"h"}))
    assert content(submission) == {**FILES, "helpers.py": b"h"}
    assert re.fullmatch(
        r"Taken under another name: doejane_7_\d_\S+ as \w+\.py, .* and 1 more\.",
        submission.notes[0],
    )
    assert len(submission.notes) == 1


@both
@pytest.mark.parametrize(
    "name", ["forward_1.py", "forward2.py", "forward - Copy.py", "my_1_2_notes.py", "x (1).py"]
)
def test_a_helper_keeps_its_name(tmp_path: Path, make: Maker, name: str) -> None:
    submission = taken(make(tmp_path, {**FILES, name: b"h"}))
    assert content(submission) == {**FILES, name: b"h"}
    assert submission.notes == ()


# ---- several files that could be meant


@both
@pytest.mark.parametrize(
    ("names", "newest"),
    [
        (("forward (1).py", "forward (2).py", "forward (10).py"), "forward (10).py"),
        (("forward-1.py", "forward-2.py"), "forward-2.py"),
        (("doe_1_12_forward.py", "doe_1_9_forward-1.py"), "doe_1_12_forward.py"),
        (("doe_1_9_forward.py", "doe_1_12_forward-1.py"), "doe_1_12_forward-1.py"),
        (("doe_1_9_forward.py", "doe_1_12_Forward.py"), "doe_1_12_Forward.py"),
    ],
)
def test_the_newest_by_the_platforms_marks_is_taken(
    tmp_path: Path, make: Maker, names: tuple[str, ...], newest: str
) -> None:
    files = others("forward.py") | {name: name.encode() for name in names}
    submission = taken(make(tmp_path, files))
    assert content(submission) == {**FILES, "forward.py": newest.encode()}
    older = ", ".join(sorted(set(names) - {newest}))
    assert submission.notes == (
        f"{newest} was taken, the newest, and not {older}.",
        f"{newest} was taken as forward.py.",
    )


@both
def test_the_right_name_is_taken_before_copies(tmp_path: Path, make: Maker) -> None:
    submission = taken(make(tmp_path, {**FILES, "forward (1).py": b"1", "forward-4.py": b"4"}))
    assert content(submission) == FILES
    assert submission.notes == (
        "forward.py was taken, which has the right name, and not forward (1).py, forward-4.py.",
    )


@both
@pytest.mark.parametrize(
    ("first", "second", "means"),
    [
        ("Forward.py", "forward.py", "are one name on some systems"),
        ("FORWARD.PY", "Forward.py", "are one name on some systems"),
        ("forward.PY", "forward.py", "are one name on some systems"),
        ("forward (1).py", "forward-2.py", "could both be forward.py"),
        ("Forward (1).py", "forward (1).py", "could both be forward.py"),
        ("Forward.py", "forward-2.py", "could both be forward.py"),
        ("doe_1_12_forward.py", "forward.PY", "are one name on some systems"),
        ("Utils.py", "utils.py", "are one name on some systems"),
        ("gro\u0308ße.py", "größe.py", "are one name on some systems"),
        ("STRASSE.py", "straße.py", "are one name on some systems"),
    ],
)
def test_files_that_could_both_be_meant_are_refused(
    tmp_path: Path, make: Maker, first: str, second: str, means: str
) -> None:
    files = others("forward.py") | {first: b"1", second: b"2"}
    path = make(tmp_path, files)
    if path.is_dir() and len(list(path.iterdir())) < len(files):
        pytest.skip("this system takes the two names for one")
    assert refused(path) == f"hw has {first} and {second}, which {means}: keep one of them"


def test_a_clash_in_a_folder_that_is_not_taken_does_not_matter(tmp_path: Path) -> None:
    path = make_zip(tmp_path, {**FILES, "old/X.py": b"1", "old/x.py": b"2"})
    assert content(taken(path)) == FILES


# ---- exports

CANVAS = {
    "doejane_1234_56789_forward.py": ("1234", "doejane", False, 56789, "forward.py"),
    "doejane_LATE_1234_56789_forward-1.py": ("1234", "doejane", True, 56789, "forward-1.py"),
    "müllerjürgen_1_2_forward.py": ("1", "müllerjürgen", False, 2, "forward.py"),
    "o_brien_jr_1_2_a_b.py": ("1", "o_brien_jr", False, 2, "a_b.py"),
    "team7_1_2_3_4_x.py": ("1", "team7", False, 2, "3_4_x.py"),
    "_1_2_x.py": ("1", "", False, 2, "x.py"),
    "anon_x7Yz2_56789_forward.py": ("anon_x7Yz2", "", False, 56789, "forward.py"),
    "LATE_anon_x7Yz2_56789_forward.py": ("anon_x7Yz2", "", True, 56789, "forward.py"),
    "late_1_2_x.py": ("1", "late", False, 2, "x.py"),
    "doe_1_2_my file (1).zip": ("1", "doe", False, 2, "my file (1).zip"),
}


@pytest.mark.parametrize("name", CANVAS)
def test_canvas_names_are_understood(name: str) -> None:
    student, who, is_late, upload, file = CANVAS[name]
    assert parse_file_name(name) == Exported("Canvas", student, who, is_late, upload, file)
    assert parse_folder_name(name) is None


MOODLE_FILES = {
    "Jane Doe_1234_assignsubmission_file_forward.py": ("1234", "Jane Doe", "forward.py"),
    "Participant_99_assignsubmission_file_my_file.py": ("99", "Participant", "my_file.py"),
    "Group A_7_assignsubmission_file_a.py": ("7", "Group A", "a.py"),
    "Default group_assignsubmission_file_a.py": ("Default group", "Default group", "a.py"),
}
MOODLE_FOLDERS = {
    "Jane Doe_1234_assignsubmission_file_": ("1234", "Jane Doe"),
    "Jane Doe_1234_assignsubmission_file": ("1234", "Jane Doe"),
    "José Á. Núñez_1_assignsubmission_file_": ("1", "José Á. Núñez"),
}


@pytest.mark.parametrize("name", MOODLE_FILES)
def test_moodle_file_names_are_understood(name: str) -> None:
    student, who, file = MOODLE_FILES[name]
    assert parse_file_name(name) == Exported("Moodle", student, who, file=file)
    assert parse_folder_name(name) is None


@pytest.mark.parametrize("name", MOODLE_FOLDERS)
def test_moodle_folder_names_are_understood(name: str) -> None:
    assert parse_folder_name(name) == Exported("Moodle", *MOODLE_FOLDERS[name])
    assert parse_file_name(name) is None


def test_gradescope_folder_names_are_understood() -> None:
    assert parse_folder_name("submission_12345") == Exported("Gradescope", "12345")


@pytest.mark.parametrize(
    "name",
    [
        "forward.py",
        "forward-1.py",
        "test_1.py",
        "week_1_forward.py",
        "submission_1.py",
        "submission_",
        "doe_1_2_",
        "Jane Doe_1_assignsubmission_onlinetext_",
        "",
    ],
)
def test_other_names_are_left_alone(name: str) -> None:
    assert parse_file_name(name) is None
    assert parse_folder_name(name) is None


@fixed
@given(
    st.from_regex(r"[a-zà-öø-ÿ]{1,20}", fullmatch=True),
    st.booleans(),
    st.integers(1, 10**9),
    st.integers(1, 10**9),
    st.text(min_size=1, max_size=30),
)
def test_what_canvas_puts_together_is_taken_apart(
    who: str, is_late: bool, user: int, upload: int, file: str
) -> None:
    name = "_".join([who, *(["LATE"] if is_late else []), str(user), str(upload), file])
    found = parse_file_name(name)
    if found is not None and found.platform == "Moodle":
        return
    assert found == Exported("Canvas", str(user), who, is_late, upload, file)


GRADESCOPE = {"submission_metadata.yml": b":id: 1\n"}


@both
@pytest.mark.parametrize(
    "around",
    [
        "Jane Doe_1234_assignsubmission_file_/",
        "Jane Doe_1234_assignsubmission_file_/homework/",
        "submission_12345/",
        "assignment_99_export/submission_12345/",
        "assignment_99_export/submission_12345/src/",
    ],
)
def test_one_submission_of_an_export_is_taken(tmp_path: Path, make: Maker, around: str) -> None:
    files = {f"{around}{name}": data for name, data in FILES.items()}
    submission = taken(make(tmp_path, {**GRADESCOPE, **files}))
    assert content(submission) == FILES
    assert submission.notes == ()


@both
@pytest.mark.parametrize(
    ("pattern", "who"),
    [
        ("{who}_{number}_{upload}_{file}", "3 students, by Canvas's names (ann, bob, cem)"),
        (
            "{who}_{number}_assignsubmission_file_{file}",
            "3 students, by Moodle's names (ann, bob, cem)",
        ),
        (
            "{who}_{number}_assignsubmission_file_/{file}",
            "3 students, by Moodle's names (ann, bob, cem)",
        ),
        ("submission_{number}/{file}", "3 students, by Gradescope's names (1, 2, 3)"),
        ("export/submission_{number}/hw/{file}", "3 students, by Gradescope's names (1, 2, 3)"),
    ],
)
def test_a_whole_export_is_refused(tmp_path: Path, make: Maker, pattern: str, who: str) -> None:
    files = {
        pattern.format(who=name, number=number, upload=10 * number + i, file=file): b""
        for number, name in enumerate(["ann", "bob", "cem"], 1)
        for i, file in enumerate(FILES)
    }
    sentence = f"hw holds the submissions of {who}: grade one of them at a time"
    assert refused(make(tmp_path, files)) == sentence


@both
def test_a_file_that_only_looks_like_another_students_is_a_helper(
    tmp_path: Path, make: Maker
) -> None:
    files = {f"doe_1_{n}_{name}": FILES[name] for n, name in enumerate(FILES)}
    submission = taken(make(tmp_path, {**files, "week_2_3_tools.py": b"h"}))
    assert content(submission) == {**FILES, "week_2_3_tools.py": b"h"}


# ---- the rules themselves


@pytest.mark.parametrize(
    ("name", "without"),
    [
        ("a.py", ("a.py", "", None)),
        ("a-1.py", ("a.py", "canvas", 1)),
        ("a-1-2.py", ("a-1.py", "canvas", 2)),
        ("a (3).py", ("a.py", "browser", 3)),
        ("a-b.py", ("a-b.py", "", None)),
        ("-1.py", ("-1.py", "", None)),
        ("a-12345.py", ("a-12345.py", "", None)),
    ],
)
def test_marks_of_copies_are_taken_off(name: str, without: tuple[str, str, int | None]) -> None:
    assert unmarked(name) == without


@fixed
@given(st.text())
def test_folding_twice_changes_nothing(name: str) -> None:
    assert folded(folded(name)) == folded(name)


@pytest.mark.parametrize("piece", ["_1", "_", "1", "a", "_LATE", "-1", "(1)", "anon_", "_1_1_"])
@pytest.mark.parametrize("read", [parse_file_name, parse_folder_name, unmarked])
def test_the_time_for_a_name_grows_no_faster_than_the_name(
    piece: str, read: Callable[[str], object]
) -> None:
    def seconds(number: int) -> float:
        start = time.process_time()
        for name in (piece * number, f"{piece * number}.py", f"a_{piece * number}"):
            read(name)
        return time.process_time() - start

    assert seconds(40_000) < 0.05 + 8 * seconds(10_000)

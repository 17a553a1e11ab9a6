"""The homework's settings: few, explained in the file itself, and never set by a slip."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.core.limits import MIB, Limits
from autograder.errors import UsageError
from autograder.homework.settings import Feedback, Settings, read_settings

WITH_NAMES = Settings(feedback=Feedback(name_hidden_mistakes=True))

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes the settings and returns their path."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "homework.ini"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def refused(path: Path) -> str:
    """Return the sentence with which settings are refused."""
    with pytest.raises(UsageError) as caught:
        read_settings(path)
    assert str(caught.value).isprintable()
    return str(caught.value)


# ---- what is understood


def test_the_projects_own_file_has_every_setting(root: Path, write: Write) -> None:
    text = (root / "homework.ini").read_text(encoding="utf-8")
    own = read_settings(root / "homework.ini")
    assert own.feedback == Settings().feedback
    assert own.protection == Settings().protection
    assert own.limits.limits == Limits()
    for section, record in vars(own).items():
        assert f"\n[{section}]\n" in text
        for name in vars(record):
            assert f"\n{name} =" in text
    assert read_settings(write(text.replace("= no", "= yes"))).feedback == WITH_NAMES.feedback


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "[feedback]\n", "\ufeff"])
def test_what_is_not_set_keeps_its_value(write: Write, text: str) -> None:
    assert read_settings(write(text)) == Settings()


@pytest.mark.parametrize("word", ["yes", "Yes", "TRUE", "on"])
def test_yes_has_other_words(write: Write, word: str) -> None:
    assert read_settings(write(f"[feedback]\nname_hidden_mistakes={word}")) == WITH_NAMES


def test_a_file_from_windows_is_read(write: Write) -> None:
    assert read_settings(write("\ufeff[feedback]\r\nname_hidden_mistakes = yes\r\n")) == WITH_NAMES


def test_a_file_that_is_missing_sets_nothing(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "homework.ini") == Settings()


def test_a_percent_sign_is_a_letter_like_others(write: Write) -> None:
    assert read_settings(write("[homework]\ntitle = 100 %(x)s")).homework.title == "100 %(x)s"


def test_a_title_is_one_line(write: Write) -> None:
    text = "[homework]\ntitle = Two\n  lines\n"
    assert read_settings(write(text)).homework.title == "Two lines"


def test_layers_that_may_be_missing_are_named_with_spaces_or_commas(write: Write) -> None:
    text = "[protection]\nallow_missing = syscalls, files"
    assert read_settings(write(text)).protection.allow_missing == ("syscalls", "files")
    assert read_settings(write("[protection]\nallow_missing =")).protection.allow_missing == ()


def test_a_homework_has_limits_of_its_own(write: Write) -> None:
    limits = read_settings(write("[limits]\nrun_seconds = 7.5\nmemory_mib = 700")).limits.limits
    assert limits == Limits(run_seconds=7.5, memory_bytes=700 * MIB)


# ---- what is refused


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "[feedback]\nname_hiden_mistakes = yes",
            "homework.ini: [feedback] has no setting 'name_hiden_mistakes'; did you mean"
            " 'name_hidden_mistakes'?",
        ),
        (
            "[feedback]\ncolor = red",
            "homework.ini: [feedback] has no setting 'color'; there is 'name_hidden_mistakes'",
        ),
        ("[feedbak]", "homework.ini has no section 'feedbak'; did you mean 'feedback'?"),
        (
            "[DEFAULT]\nname_hidden_mistakes = yes",
            "homework.ini has no section 'DEFAULT'; there is 'homework', 'feedback',"
            " 'protection', 'limits', 'late'",
        ),
        (
            "[feedback]\nname_hidden_mistakes = yes # please",
            "homework.ini: [feedback] name_hidden_mistakes: 'yes' or 'no', not 'yes # please'",
        ),
        (
            "[limits]\nrun_seconds = soon",
            "homework.ini: [limits] run_seconds: a number above 0, not 'soon'",
        ),
        (
            "[late]\ndue = 2026-02-20 23:59",
            "homework.ini: [late] due: a time with its zone, such as 2026-02-20 23:59+01:00,"
            " not '2026-02-20 23:59'",
        ),
        (
            "[late]\nfree_days = -1",
            "homework.ini: [late] free_days: 0 or a number above it, not '-1'",
        ),
        (
            "[limits]\nrun_seconds = -1",
            "homework.ini: [limits] run_seconds: a number above 0, not '-1'",
        ),
    ],
)
def test_a_slip_is_named(write: Write, text: str, sentence: str) -> None:
    assert refused(write(text)) == sentence


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[feedback]\n[feedback]", "line  2]: section 'feedback' already exists"),
        ("[homework]\ntitle = a\ntitle = b", "line  3]: option 'title' in section 'homework'"),
        ("title = a", "no section headers"),
        ("[homework]\ntitle", "line  2]: 'title'"),
    ],
)
def test_a_file_of_another_form_is_refused_with_its_line(
    write: Write, text: str, says: str
) -> None:
    sentence = refused(write(text))
    assert sentence.startswith("homework.ini is wrong: ")
    assert says.replace("  ", " ") in sentence


def test_a_layer_that_does_not_exist_is_refused_with_those_that_do(write: Write) -> None:
    assert refused(write("[protection]\nallow_missing = firewall")).startswith(
        "homework.ini: [protection] allow_missing: some of user, files, syscalls, network,"
    )


@pytest.mark.parametrize("content", ["[feedback]\n# é".encode("latin-1"), b"[feedback]\n\xff\xfe"])
def test_another_encoding_is_refused(write: Write, content: bytes) -> None:
    assert refused(write(content)) == "homework.ini is not text in UTF-8"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path).endswith(" is not a file")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "homework.ini")
    assert refused(tmp_path / "homework.ini") == "homework.ini is not a file"


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    assert "can't be read: File name too long" in refused(tmp_path / ("s" * 300))


def test_the_command_refuses_settings_before_it_grades(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write("[feedback]\nname_hidden_mistakes = perhaps\n")
    words = ["grade", "--for", "students", "--homework", str(tmp_path), str(tmp_path)]
    assert main(words) == 2
    assert "[feedback] name_hidden_mistakes: 'yes' or 'no'" in capsys.readouterr().err

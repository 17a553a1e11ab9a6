"""The homework's settings: few, explained in the file itself, and never set by a slip."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.homework.settings import (
    MAX_BYTES,
    About,
    Feedback,
    Settings,
    SettingsError,
    parse_settings,
    read_settings,
)

WITH_NAMES = Settings(Feedback(name_hidden_mistakes=True))


def refused(text: str | bytes) -> str:
    """Return the sentence with which settings are refused."""
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(SettingsError) as caught:
        parse_settings(content)
    return str(caught.value)


def parsed(text: str) -> Settings:
    return parse_settings(text.encode())


# ---- what is understood


OWN = About(title="A neural network in numpy")


def test_the_projects_own_file_says_what_holds_without_it_but_for_the_title(root: Path) -> None:
    assert read_settings(root / "homework.ini") == Settings(homework=OWN)


def test_a_title_is_one_line() -> None:
    assert parsed("[homework]\ntitle = Two\n  lines\n").homework.title == "Two lines"


def test_the_projects_own_file_has_every_setting(root: Path) -> None:
    text = (root / "homework.ini").read_text()
    assert "\nname_hidden_mistakes = no\n" in text
    changed = text.replace("name_hidden_mistakes = no", "name_hidden_mistakes = yes")
    assert parsed(changed) == replace(WITH_NAMES, homework=OWN)


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "[feedback]\n", "\ufeff"])
def test_what_is_not_set_keeps_its_value(text: str) -> None:
    assert parsed(text) == Settings()


@pytest.mark.parametrize("word", ["yes", "Yes", "TRUE", "on"])
def test_yes_has_other_words(word: str) -> None:
    assert parsed(f"[feedback]\nname_hidden_mistakes={word}") == WITH_NAMES


@pytest.mark.parametrize("word", ["no", "NO", "false", "off"])
def test_no_has_other_words(word: str) -> None:
    assert parsed(f"[feedback]\nname_hidden_mistakes={word}") == Settings()


def test_a_file_from_windows_is_read() -> None:
    text = "\ufeff[feedback]\r\nname_hidden_mistakes = yes\r\n"
    assert parsed(text) == WITH_NAMES


def test_a_file_that_is_not_there_sets_nothing(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "homework.ini") == Settings()


# ---- what is refused, with its line


def test_a_misspelt_setting_is_refused() -> None:
    assert refused("# mine\n[feedback]\nname_hiden_mistakes = yes\n") == (
        "homework.ini, line 3: [feedback] has no setting 'name_hiden_mistakes';"
        " did you mean 'name_hidden_mistakes'?"
    )


def test_a_setting_that_is_like_none_gets_all_that_there_are() -> None:
    assert refused("[feedback]\ncolour = red") == (
        "homework.ini, line 2: [feedback] has no setting 'colour'; there is 'name_hidden_mistakes'"
    )


def test_a_misspelt_section_is_refused() -> None:
    assert refused("\n[feedbak]\nname_hidden_mistakes = yes\n") == (
        "homework.ini, line 2: there is no section 'feedbak'; did you mean 'feedback'?"
    )


@pytest.mark.parametrize("name", ["DEFAULT", "default", "Feedback", " feedback"])
def test_no_section_has_a_second_name(name: str) -> None:
    assert refused(f"[{name}]\nname_hidden_mistakes = yes") == (
        f"homework.ini, line 1: there is no section {name!r}; "
        + (
            "did you mean 'feedback'?"
            if "eed" in name
            else "there is 'feedback', 'protection', 'homework'"
        )
    )


def test_a_wrong_value_is_refused() -> None:
    assert refused("[feedback]\n\nname_hidden_mistakes = maybe\n") == (
        "homework.ini, line 3: name_hidden_mistakes is 'yes' or 'no', not 'maybe'"
    )


def test_a_value_of_two_lines_is_refused() -> None:
    assert "line 2: name_hidden_mistakes is 'yes' or 'no', not 'yes\\nno'" in refused(
        "[feedback]\nname_hidden_mistakes = yes\n  no\n"
    )


def test_a_remark_behind_a_value_is_refused() -> None:
    assert "not 'yes # please'" in refused("[feedback]\nname_hidden_mistakes = yes # please")


def test_a_section_that_comes_twice_is_refused() -> None:
    assert refused("[feedback]\n[feedback]\n") == (
        "homework.ini, line 2: the section 'feedback' again"
    )


def test_a_setting_that_comes_twice_is_refused() -> None:
    twice = "[feedback]\nname_hidden_mistakes = no\nNAME_HIDDEN_MISTAKES = yes\n"
    assert refused(twice) == "homework.ini, line 3: the setting 'name_hidden_mistakes' again"


def test_a_setting_above_every_section_is_refused() -> None:
    assert refused("\nname_hidden_mistakes = yes") == (
        "homework.ini, line 2: a setting stands below its section's name, as '[feedback]'"
    )


@pytest.mark.parametrize("line", ["name_hidden_mistakes", "name_hidden_mistakes: yes", "= yes"])
def test_a_line_that_is_no_setting_is_refused(line: str) -> None:
    assert refused(f"[feedback]\n{line}\n") == (
        "homework.ini, line 2: this is neither '[section]' nor 'setting = value'"
    )


@pytest.mark.parametrize("content", ["[feedback]\n# é".encode("latin-1"), b"[feedback]\n\xff\xfe"])
def test_another_encoding_is_refused(content: bytes) -> None:
    assert refused(content) == "homework.ini, line 2: this is not text in UTF-8"


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "homework.ini").write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(SettingsError, match="is larger than 64 KiB"):
        read_settings(tmp_path / "homework.ini")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is not a file"):
        read_settings(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "homework.ini")
    with pytest.raises(SettingsError, match=r"homework\.ini is not a file"):
        read_settings(tmp_path / "homework.ini")


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="can't be read: File name too long"):
        read_settings(tmp_path / ("s" * 300))


# ---- whatever there is in the file

WORDS = [
    "[feedback]",
    "[DEFAULT]",
    "name_hidden_mistakes",
    " = ",
    "yes",
    "no",
    "\n",
    "\r",
    " ",
    "[",
]


def outcome(content: bytes) -> Settings | str:
    """Return the settings, or the sentence with which they are refused."""
    try:
        return parse_settings(content)
    except SettingsError as error:
        return str(error)


def assert_settings_or_a_sentence(content: bytes) -> None:
    came = outcome(content)
    if isinstance(came, Settings):
        assert isinstance(came.feedback.name_hidden_mistakes, bool)
        return
    assert came.startswith("homework.ini")
    assert came.isprintable()
    assert len(came) < 400


@given(st.binary(max_size=200))
def test_any_bytes_give_settings_or_a_sentence(content: bytes) -> None:
    assert_settings_or_a_sentence(content)


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=20))
def test_any_text_that_looks_like_settings_gives_them_or_a_sentence(pieces: list[str]) -> None:
    assert_settings_or_a_sentence("".join(pieces).encode("utf-8", "replace"))


def test_the_command_refuses_settings_before_it_grades(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from autograder.cli import main
    from autograder.homework.folder import Homework

    (tmp_path / "homework.ini").write_text("[feedback]\nname_hidden_mistakes = perhaps\n")
    monkeypatch.setattr(Homework, "here", lambda: Homework(tmp_path))
    assert main(["grade", str(tmp_path), "--for", "students"]) == 2
    assert "homework.ini, line 2: name_hidden_mistakes is 'yes' or 'no'" in capsys.readouterr().err


# ---- protection


def test_layers_that_may_be_missing_are_named_with_spaces_or_commas() -> None:
    text = "[protection]\nallow_missing = syscalls, files"
    assert parsed(text).protection.allow_missing == ("syscalls", "files")
    assert parsed("[protection]\nallow_missing =").protection.allow_missing == ()
    assert parsed("").protection.allow_missing == ()


def test_a_layer_that_there_is_not_is_refused_with_those_there_are() -> None:
    assert refused("[protection]\nallow_missing = firewall").startswith(
        "homework.ini, line 2: allow_missing is some of user, files, syscalls, network,"
    )

"""Fuzz the settings' parser: any bytes give settings or a sentence with a line, and nothing else.

Run by ``make fuzz``, or ``python tests/fuzz/fuzz_settings.py -max_total_time=300``; needs atheris.
"""

import re
import sys

import atheris

with atheris.instrument_imports(include=["autograder", "configparser"]):
    from autograder.homework.settings import Settings, SettingsError, parse_settings

SENTENCE = re.compile(r"homework\.ini(, line [1-9][0-9]*)?: .{5,}|homework\.ini is larger .*")


def test_one_input(content: bytes) -> None:
    sentence = ""
    try:
        settings = parse_settings(content)
    except SettingsError as error:
        sentence = str(error)
    if sentence:
        assert SENTENCE.fullmatch(sentence), sentence
        assert sentence.isprintable()
        assert len(sentence) < 400
    else:
        assert isinstance(settings, Settings)
        assert isinstance(settings.feedback.name_hidden_mistakes, bool)


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()

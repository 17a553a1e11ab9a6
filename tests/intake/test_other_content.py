"""What is no Python is called by its name, and what is Python is never called anything else."""

import ast
import base64
import html
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_checks import assert_clean_remark

from autograder.core.records import OtherContent
from autograder.intake.between_lines import MAX_PARSED, recognize_text
from autograder.intake.other_content import is_notebook_content, recognize

CODE = '''"""One function.

>>> half(1.0)
0.5
"""

import math


def half(x):
    """Return one half.

    Examples
    --------
    >>> half(2.0)
    1.0

    ```
    half(3.0)
    ```
    """
    e = x - math.floor(x)
    return x / 2 if e > 0 else x / 2
'''
LINES = CODE.split("\n")
NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": [CODE]}], "nbformat": 4})


def beginning_with(text: str) -> bytes:
    return (text + CODE).encode()


def ending_with(text: str) -> bytes:
    return (CODE + text).encode()


def each_line(change: Callable[[int, str], str]) -> bytes:
    return "\n".join([change(number, line) for number, line in enumerate(LINES, 1)]).encode()


#: By what it is: the content, and words of the sentence about it.
FILES: dict[str, tuple[bytes, str]] = {
    # first bytes
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "is a PDF document, not Python"),
    "word_97": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99,
        "a document of an office program",
    ),
    "word": (
        b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml",
        "a document of an office program",
    ),
    "rtf": (b"{\\rtf1\\ansi\\deff0 def half(x):\\par}", "(RTF), not Python"),
    "zip": (b"PK\x03\x04" + b"\0" * 26 + b"half.py", "is a zip, not Python: unpack it"),
    "gzip": (b"\x1f\x8b\x08\0", "a gzip file"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0", "a 7z archive"),
    "tar": (b"\0" * 257 + b"ustar\x0000", "a tar archive"),
    "png": (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    "jpeg": (b"\xff\xd8\xff\xe0", "a picture (JPEG)"),
    "shortcut": (b"\x4c\x00\x00\x00\x01\x14\x02\x00\0\0", "a Windows shortcut"),
    "alias": (b"book\0\0\0\0mark\0\0\0\0", "an alias of macOS"),
    "webloc": (b"bplist00\xd1\x01\x02", "of macOS"),
    "apple_double": (b"\x00\x05\x16\x07\x00\x02", "what macOS keeps beside a file"),
    "compiled": (b"\xa7\r\r\n\0\0\0\0\0\0\0\0", "compiled Python"),
    # encodings
    "utf_16": (CODE.encode("utf-16"), "is saved as UTF-16"),
    "utf_16_be_with_mark": (b"\xfe\xff" + CODE.encode("utf-16-be"), "is saved as UTF-16"),
    "utf_16_le_without_mark": (CODE.encode("utf-16-le"), "is saved as UTF-16"),
    "utf_16_be_without_mark": (CODE.encode("utf-16-be"), "is saved as UTF-16"),
    "utf_32": (CODE.encode("utf-32"), "is saved as UTF-32"),
    "utf_32_without_mark": (CODE.encode("utf-32-be"), "is saved as UTF-32"),
    "null_byte": (
        CODE.replace("floor", "flo\0or").encode(),
        "holds null bytes, which no text has (line 22)",
    ),
    "zeros": (b"\0" * 4096, "nothing but null bytes"),
    "latin_1": (
        ending_with("x = '").rstrip() + b"caf\xe9'\n",
        "is not saved as UTF-8, but in an older",
    ),
    "latin_1_at_the_top": (
        b"# caf\xe9\n" + CODE.encode(),
        "older encoding such as Windows-1252 (line 1)",
    ),
    "unknown_encoding": (beginning_with("# -*- coding: utf8x -*-\n"), "(line 1): delete line 1"),
    "wide_encoding": (beginning_with("# coding: utf-16\n"), "says a wrong encoding (line 1)"),
    "no_encoding_of_text": (beginning_with("# coding: hex\n"), "says a wrong encoding"),
    "ascii": (beginning_with("#!python\n# coding: ascii\n# caf\xe9\n"), "(line 2): delete line 2"),
    "mark_and_latin_1": (
        b"\xef\xbb\xbf" + beginning_with("# coding: latin-1\n"),
        "is saved as UTF-8, and says that it is not",
    ),
    # whole files
    "empty": (b"", "is empty (0 bytes)"),
    "blank": (b"\n \n\t\r\n", "is empty (blank lines only)"),
    "page": (b"\xef\xbb\xbf\n<!DOCTYPE HTML>\n<html><body>", "is a web page"),
    "page_without_a_type": (b"<html lang='en'>", "is a web page"),
    "xml": (b"<?xml version='1.0'?><plist/>", "an XML document"),
    "link_to_a_page": (b"[InternetShortcut]\r\nURL=https://x.org/\r\n", "a Windows link"),
    "lfs": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 9\n",
        "Git LFS pointer",
    ),
    "symlink": (b"../solution/half.py", "holds only a path (../solution/half.py)"),
    "base64": (base64.encodebytes(CODE.encode()), "is encoded (base64)"),
    "traceback": (b"Traceback (most recent call last):\n  File x", "what a run printed"),
    "git_diff": (b"diff --git a/half.py b/half.py\n", "is a diff"),
    "notebook": (NOTEBOOK.encode(), "is a notebook, not Python"),
    "notebook_that_python_reads": (NOTEBOOK.replace("null", "1").encode(), "is a notebook"),
    "drive": (b'{"url": "https://docs.google.com/open?id=1", "doc_id": "1"}', "cloud drive"),
    # between lines
    "conflict": (
        ending_with("<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> main\n"),
        "has git's conflict marks in it (line 24)",
    ),
    "conflict_of_three": (
        beginning_with("<<<<<<< HEAD\nx = 1\n||||||| 1\nx = (\n=======\nx = 2\n>>>>>>> a\n"),
        "has git's conflict marks in it (line 1)",
    ),
    "conflict_in_brackets": (
        ending_with("x = [\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> main\n]\n"),
        "has git's conflict marks in it",
    ),
    "fences": (f"```python\n{CODE}```\n".encode(), "as an answer in a chat has (line 1)"),
    "answer": (
        f"Sure! Here it is:\n\n~~~py\n{CODE}~~~\n\nLet me know.\n".encode(),
        "as an answer in a chat has",
    ),
    "last_fence": (ending_with("```\n"), "as an answer in a chat has"),
    "session": (
        each_line(lambda _, line: f"... {line}" if line.startswith(" ") else f">>> {line}"),
        "has prompts in it",
    ),
    "try_out": (ending_with("\n>>> half(1.0)\n0.5\n"), "has prompts in it (>>> or In [1]:)"),
    "ipython": (b"In [3]: def f(x):\n   ...:     return x\n   ...: \nOut[3]: 1\n", "has prompts"),
    "numbers": (each_line(lambda number, line: f"{number:3} {line}"), "a number before each line"),
    "numbers_and_colons": (each_line(lambda n, line: f"{n}: {line}"), "a number before each line"),
    "e_mail": (each_line(lambda _, line: f"> {line}"), "has a > before each line"),
    "diff": (
        b"--- a/half.py\n+++ b/half.py\n@@ -1,2 +1,2 @@\n import math\n-x = 1\n+x = 2\n",
        "is a diff",
    ),
    "escaped_page": (html.escape(CODE).encode(), "has signs as a web page writes them"),
    "magic": (beginning_with("%matplotlib inline\n!pip install numpy\n"), "only a notebook or a"),
    "pip": (beginning_with("pip install numpy\n"), "only a notebook or a terminal understands"),
    "curly_quotes": (ending_with("x = \u201ca\u201d\n"), '\u201c (U+201C) where " belongs'),
    "dash": (ending_with("x = 2 \u2013 1\n"), "\u2013 (U+2013) where - belongs"),
    "hard_space": (ending_with("x =\u00a01\n"), "(U+00A0) where a space belongs"),
    "no_width": (ending_with("x\u200b = 1\n"), "a character that can't be seen (U+200B)"),
    "written_tabs": (each_line(lambda _, line: line.replace("    ", "\\t")), "has \\t written out"),
    "written_ends": (
        b"import math\\n\\n\\ndef half(x):\\n    return x / 2\\n",
        "has \\n written out",
    ),
    "prose": (
        f"Here is the file that you asked for:\n{CODE}\nLet me know if it works.\n".encode(),
        "has plain text in it that isn't Python (line 1)",
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_no_python_is_called_by_its_name_with_what_to_do(kind: str) -> None:
    data, words = FILES[kind]
    content = recognize(data)
    assert content is not None
    said = content.say("half.py")
    assert words in said
    assert said.startswith("half.py ")
    assert ": " in said
    assert "\n" not in said + content.text


RIGHT = {
    "plain": CODE.encode(),
    "byte_order_mark": b"\xef\xbb\xbf" + CODE.encode(),
    "carriage_returns": CODE.replace("\n", "\r\n").encode(),
    "carriage_returns_alone": CODE.replace("\n", "\r").encode(),
    "form_feeds": CODE.replace("\n\n\n", "\n\x0c\n").encode(),
    "tabs": CODE.replace("    ", "\t").encode(),
    "no_last_newline": CODE.rstrip().encode(),
    "latin_1_declared": b"# coding: latin-1\n# caf\xe9\n" + CODE.encode(),
    "cp1252_declared": b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n'\x93'\n"
    + CODE.encode(),
    "future": b"from __future__ import annotations\n" + CODE.encode(),
    "marks_in_a_text": ending_with('X = """\n<<<<<<< a\n=======\n>>>>>>> b\n```\n>>> x\n"""\n'),
    "curly_quotes_in_a_text": ending_with("X = '\u201ca\u201d \u00a0'\n"),
    "entities_in_a_text": ending_with("X = '&lt;&amp;'\n"),
}


@pytest.mark.parametrize("kind", RIGHT)
def test_what_python_reads_is_never_called_anything_else(kind: str) -> None:
    assert recognize(RIGHT[kind]) is None


SLIPS = {
    "colon": CODE.replace("half(x):", "half(x)"),
    "bracket": CODE.replace("math.floor(x)", "math.floor((x)"),
    "quote": CODE + "x = 'a\n",
    "indentation": CODE + "  x = 1\n",
    "operator": CODE + "x = 3 + * 5\n",
    "number": CODE + "x = [1 2,\n     3 4]\n",
    "assignment": CODE + "if x = 3:\n    pass\n",
    "heading": CODE + "x = = 1\n# ======= results\n",
}


@pytest.mark.parametrize("kind", SLIPS)
def test_a_slip_beside_docstrings_with_prompts_and_fences_stays_a_slip(kind: str) -> None:
    assert recognize(SLIPS[kind].encode()) is None


#: A megabyte of what a careless search would look at again and again.
HOSTILE = {
    "comments": b"#" * 900_000 + b"\n(",
    "brackets": b"(" * 900_000,
    "fences": b"```\n" * 200_000,
    "prompts": b">>> (\n" * 40_000,
    "base64": b"A" * 900_000 + b"-",
    "slashes": b"/" * 900_000,
    "paths": b"a/" * 450_000 + b".pyx",
    "entities": b"&lt;" * 60_000 + b"\n(",
    "ampersands": b"&" * 250_000 + b"\n(",
    "prose": b"Aa " * 80_000,
    "quotes": b"> " * 120_000,
    "numbers": b"1 " * 120_000,
    "declarations": b"#" + b"coding" * 150_000,
    "braces": b"{" * 900_000 + b'"nbformat"',
    "marks": b"<<<<<<< a\n" * 25_000,
    "backslashes": b"\\t" * 120_000 + b"(",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_looked_at_in_no_time(kind: str) -> None:
    import time

    begin = time.process_time()
    recognize(HOSTILE[kind])
    assert time.process_time() - begin < 3


ODD_LINES = ["<<<<<<< a", "=======", ">>>>>>> b", "```", ">>> x", "Out[1]: 3", "1 x", "> x", "&lt;"]
ODD_LINES += [
    "%time",
    "!ls",
    "Here is some text.",
    "\u201c",
    "\\t x",
    '"""',
    "def f(x):",
    "    return (",
    ")",
]


@given(st.lists(st.sampled_from([*ODD_LINES, *LINES]), max_size=12))
def test_any_lines_get_a_clean_sentence_or_none_and_python_none(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert_clean_remark(text.encode())
    try:
        names = [type(node).__name__ for node in ast.parse(text).body]
    except SyntaxError:
        return
    assert "FunctionDef" not in names or recognize(text.encode()) is None


@given(st.binary(max_size=60))
def test_any_bytes_get_a_clean_sentence_or_none(data: bytes) -> None:
    assert_clean_remark(data)


def test_a_text_that_is_too_long_is_not_parsed() -> None:
    assert recognize_text("```\n" + "x = 1\n" * (MAX_PARSED // 6 + 1)) is None


def test_what_is_said_of_a_cell_names_a_cells_remedy() -> None:
    content = recognize_text("Here is what I have tried:\nx = 1\n", "cell")
    assert isinstance(content, OtherContent)
    assert "make it a text cell" in content.to_do


def test_a_notebook_is_seen_by_its_content_alone(tmp_path: Path) -> None:
    assert is_notebook_content(b"\xef\xbb\xbf \n" + NOTEBOOK.encode())
    assert not is_notebook_content(CODE.encode())
    assert not is_notebook_content(b'{"cell": 1}')

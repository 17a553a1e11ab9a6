"""Say what a file or a cell holds where Python is expected, and what to do about it.

A file is told by its first bytes, by how its text is encoded, or by how the text begins. Text that
is Python is never called anything else, and nothing is repaired.
"""

import re
from io import BytesIO
from tokenize import detect_encoding

from autograder.core.records import OtherContent
from autograder.core.text import one_line
from autograder.intake.between_lines import MAX_SHOWN, is_only_values, recognize_text
from autograder.intake.python_source import with_newlines

__all__ = ["EXTRACT", "decode", "first_bytes", "is_notebook_content", "recognize"]

#: What to do with an archive.
EXTRACT = "unpack it, and submit the Python file that is in it"
_COPY = "copy the code into a new file in a code editor, and save that under this name"
_SUBMIT_SOURCE = "submit the Python file itself, under this name"
_SAVE = "save it as UTF-8 ('Save with Encoding' in VS Code, 'Encoding' under 'Save As' in Notepad)"

_MARK = b"\xef\xbb\xbf"

#: The first bytes of a file, what it is, and what to do where it has the name of a Python file.
_MARKS = (
    (b"%PDF-", "a PDF document", _COPY),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of an office program", _COPY),
    (b"{\\rtf", "a document of an office program (RTF)", _COPY),
    (b"Rar!\x1a\x07", "a RAR archive", EXTRACT),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", EXTRACT),
    (b"\x1f\x8b", "a gzip file, such as .tar.gz", EXTRACT),
    (b"BZh", "a bzip2 file, such as .tar.bz2", EXTRACT),
    (b"\xfd7zXZ\x00", "an xz file, such as .tar.xz", EXTRACT),
    (b"\x28\xb5\x2f\xfd", "a zstd file, such as .tar.zst", EXTRACT),
    (b"\x89PNG", "a picture (PNG)", _COPY),
    (b"\xff\xd8\xff", "a picture (JPEG)", _COPY),
    (b"GIF8", "a picture (GIF)", _COPY),
    (b"\x4c\x00\x00\x00\x01\x14\x02\x00", "a Windows shortcut", _SUBMIT_SOURCE),
    (b"book\x00\x00\x00\x00mark", "an alias of macOS", _SUBMIT_SOURCE),
    (b"bplist00", "a link or a settings file of macOS", _SUBMIT_SOURCE),
    (b"\x00\x05\x16\x07", "what macOS keeps beside a file", _SUBMIT_SOURCE),
    (b"\x7fELF", "a program", _SUBMIT_SOURCE),
    (b"\x93NUMPY", "an array that numpy saved", _SUBMIT_SOURCE),
    (b"SQLite format 3", "a database", _SUBMIT_SOURCE),
)

#: How a text begins, in small letters, what it is, and what to do.
_BEGINNINGS = (
    ("<!doctype html", "a web page", "download the file itself, not the page that shows it"),
    ("<html", "a web page", "download the file itself, not the page that shows it"),
    ("<?xml", "an XML document", _SUBMIT_SOURCE),
    ("[internetshortcut]", "a Windows link to a page", _SUBMIT_SOURCE),
    ("[desktop entry]", "a link of the desktop", _SUBMIT_SOURCE),
    (
        "version https://git-lfs.github.com/spec/",
        "a Git LFS pointer",
        "run 'git lfs pull', and submit the file itself",
    ),
    ("traceback (most recent call last)", "what a run printed", _SUBMIT_SOURCE),
    ("diff --git ", "a diff", "submit the whole file, not its changes"),
)

_DECLARED = re.compile(rb"[ \t\f]*#.*?coding[:=]")
_NOTEBOOK = re.compile(rb'"(?:cell_type|nbformat)"')
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{40,}={0,2}\s+)*[A-Za-z0-9+/]+={0,2}")
_PATH = re.compile(r"[\w.~ -]*[/\\][\w./\\~ -]*\.py")


def first_bytes(head: bytes) -> tuple[str, str]:
    """Return what a file of these first bytes is, and what to do in a Python file's place.

    Both are empty for what may be text.
    """
    for mark, what, to_do in _MARKS:
        if head.startswith(mark):
            return what, to_do
    if head[257:262] == b"ustar":
        return "a tar archive", EXTRACT
    if head.startswith(b"PK\x03\x04"):
        is_document = b"[Content_Types].xml" in head or b"mimetype" in head
        return ("a document of an office program", _COPY) if is_document else ("a zip", EXTRACT)
    if head[2:4] == b"\r\n" and b"\x00" in head[4:16]:
        return "compiled Python (.pyc)", _SUBMIT_SOURCE
    return "", ""


def is_notebook_content(data: bytes) -> bool:
    """Tell whether a file looks like a notebook, whatever its name is."""
    text = data.lstrip(_MARK + b" \t\r\n")
    return text.startswith(b"{") and _NOTEBOOK.search(data) is not None


def recognize(data: bytes) -> OtherContent | None:
    """Return what a file holds that Python can't read or that defines nothing, None if not known.

    What Python reads, and gives a function, is not to be asked about: Python bears more than is
    right, such as a letter in a comment that is no UTF-8.
    """
    what, to_do = first_bytes(data[:512])
    if what:
        return OtherContent(f"is {what}, not Python", to_do)
    text = decode(data)
    if isinstance(text, OtherContent):
        return text
    return _recognize_whole(text, data) or recognize_text(text)


# ---- how a text is encoded


def decode(data: bytes) -> str | OtherContent:
    """Return the text as Python decodes it, or why it can't."""
    if wide := _find_wide_encoding(data):
        return OtherContent(f"is saved as {wide}, which Python does not read", _SAVE)
    if b"\x00" in data:
        if not data.strip(b"\x00"):
            return OtherContent("holds nothing but null bytes: it was damaged", _SUBMIT_SOURCE)
        line = data.count(b"\n", 0, data.index(b"\x00")) + 1
        to_do = "copy its text into a new file in a code editor, without what can't be seen"
        return OtherContent("holds null bytes, which no text has", to_do, line)
    try:
        encoding = detect_encoding(BytesIO(data).readline)[0]
        if b"#".decode(encoding) != "#":  # no file of Python's can begin with its declaration
            return _blame_declaration(data)
        return with_newlines(data.decode(encoding))
    except (SyntaxError, LookupError, ValueError):
        return _blame_declaration(data)


def _find_wide_encoding(data: bytes) -> str:
    """Return the name of an encoding with several bytes a letter, empty where it is none."""
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "UTF-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    head = data[:400]
    if len(head) < 4 or not any(head):
        return ""
    zeros = [head[start::4].count(0) / len(head[start::4]) for start in range(4)]
    if sum([share > 0.9 for share in zeros]) == 3:
        return "UTF-32"
    is_wide = min(zeros[0], zeros[2]) > 0.7 and max(zeros[1], zeros[3]) < 0.3
    is_wide = is_wide or (min(zeros[1], zeros[3]) > 0.7 and max(zeros[0], zeros[2]) < 0.3)
    return "UTF-16" if is_wide else ""


def _blame_declaration(data: bytes) -> OtherContent:
    """Say that the file is no UTF-8, or that its first lines tell a wrong encoding."""
    lines = data.removeprefix(_MARK).split(b"\n", 2)[:2]
    found = next((n for n, line in enumerate(lines, 1) if _DECLARED.match(line)), 0)
    if found:
        is_marked = data.startswith(_MARK)
        what = (
            "is saved as UTF-8, and says that it is not" if is_marked else "says a wrong encoding"
        )
        to_do = f"delete line {found}, and save the file as UTF-8"
        return OtherContent(what, to_do, found, _cut(lines[found - 1].decode("latin-1")))
    what = "is not saved as UTF-8, but in an older encoding such as Windows-1252"
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        shown = data.split(b"\n")[line - 1].decode("cp1252", "replace")
        return OtherContent(what, _SAVE, line, _cut(shown))
    return OtherContent(what, _SAVE)


# ---- whole files


def _recognize_whole(text: str, data: bytes) -> OtherContent | None:
    stripped = text.strip("\ufeff \t\n\f")
    if not stripped:
        size = "0 bytes" if not data else "blank lines only"
        return OtherContent(
            f"is empty ({size})", "save the file in your editor, and submit it again"
        )
    if is_notebook_content(data):
        to_do = "rename it to end in .ipynb and submit it alone, or export it as a Python file"
        return OtherContent("is a notebook, not Python", to_do) if is_only_values(text) else None
    beginning = stripped[:200].lower()
    for mark, what, to_do in _BEGINNINGS:
        if beginning.startswith(mark):
            return OtherContent(f"is {what}, not Python", to_do)
    if _PATH.fullmatch(stripped):
        what = f"holds only a path ({_cut(stripped)}): it is a link that was saved as text"
        return OtherContent(what, "submit the file that it leads to")
    if len(stripped) >= 80 and _BASE64.fullmatch(stripped) and is_only_values(text):
        return OtherContent("is encoded (base64), not Python", "decode it, and submit the file")
    if beginning.startswith("{") and '"url"' in stripped[:2000] and is_only_values(text):
        return OtherContent("is a link of a cloud drive, not Python", "download the file itself")
    return None


def _cut(text: str) -> str:
    return one_line(text, limit=MAX_SHOWN)

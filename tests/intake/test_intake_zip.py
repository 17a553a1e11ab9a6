"""Whatever is in a zip's headers, it is read within bounds, or a sentence says why not."""

import bz2
import io
import os
import random
import stat
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from crafted_zips import DEFLATED, DESCRIPTOR, ENCRYPTED, UTF_8, Entry, craft, deflate
from taken_in import FILES, WANTED, content, taken

from autograder.errors import IntakeError
from autograder.intake import archive
from autograder.intake.listing import (
    LINK,
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_FILE_BYTES,
    MAX_TOTAL_BYTES,
    NOT_REGULAR,
)

ENTRIES = [Entry(f"{name}.py".encode(), f"# {name}\n".encode(), DEFLATED) for name in WANTED]
TRAIN = Entry(b"train.py", b"# train\n")


def written(place: Path, data: bytes) -> Path:
    """Write a zip beside which nothing else lies."""
    place.joinpath("hw.zip").write_bytes(data)
    return place / "hw.zip"


def refused(path: Path) -> str:
    """Return the sentence with which a zip is refused."""
    with pytest.raises(IntakeError) as caught:
        taken(path)
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(f"{path.parent}/", "")


def refusal(place: Path, *entries: Entry, **options: object) -> str:
    return refused(written(place, craft(entries, **options)))  # type: ignore[arg-type]


def notes(place: Path, *entries: Entry) -> tuple[str, ...]:
    return taken(written(place, craft(entries))).notes


# ---- bombs and sizes


def test_a_file_that_claims_less_than_it_unpacks_to_is_cut_and_refused(tmp_path: Path) -> None:
    bomb = deflate(bytes(50 * MAX_FILE_BYTES))
    path = written(tmp_path, craft([Entry(b"forward.py", b"x", DEFLATED, packed=bomb, size=1024)]))
    tracemalloc.start()
    sentence = refused(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sentence.startswith("forward.py in the zip can't be read: Bad CRC-32")
    assert peak < 8 * MAX_FILE_BYTES


def test_a_bomb_of_another_method_is_not_unpacked(tmp_path: Path) -> None:
    bomb = bz2.compress(bytes(50 * MAX_FILE_BYTES))
    assert len(bomb) < 1000
    path = written(tmp_path, craft([Entry(b"forward.py", b"x", 12, packed=bomb, size=1000)]))
    tracemalloc.start()
    sentence = refused(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sentence == (
        "forward.py in the zip can't be read: it is packed by another method (bzip2) than usual;"
        " zip the .py files with your system's own tool"
    )
    assert peak < 4 * MAX_FILE_BYTES


@pytest.mark.parametrize(("method", "name"), [(9, "Deflate64"), (14, "LZMA"), (77, "number 77")])
def test_an_unknown_method_is_named(tmp_path: Path, method: int, name: str) -> None:
    assert f"another method ({name})" in refusal(tmp_path, Entry(b"forward.py", b"x", method))


def test_a_file_that_claims_to_be_huge_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    huge = Entry(b"forward.py", b"x", size=MAX_FILE_BYTES + 1)
    assert refusal(tmp_path, huge) == "forward.py is larger than 1024 KiB: is it the right file?"


def test_a_file_that_unpacks_to_far_more_than_its_size_is_refused(tmp_path: Path) -> None:
    dense = Entry(b"forward.py", b" " * 100 * 1024, DEFLATED)
    assert refusal(tmp_path, dense) == (
        "forward.py in the zip unpacks to more than 100 times its size (100 KiB):"
        " is it the right file?"
    )
    small = Entry(b"forward.py", b" " * 60 * 1024, DEFLATED)
    assert taken(written(tmp_path, craft([small]))).files == ("forward",)


@pytest.mark.slow
def test_the_files_together_have_a_limit(tmp_path: Path) -> None:
    blob = random.Random(0).randbytes(MAX_FILE_BYTES)
    number = MAX_TOTAL_BYTES // MAX_FILE_BYTES
    full = [Entry(b"m%d.py" % i, blob) for i in range(number)]
    assert len(taken(written(tmp_path, craft(full))).files) == number
    submission = taken(written(tmp_path, craft([*full, Entry(b"train.py", b"x")])))
    assert len(submission.files) == number  # the homework's files first
    assert "train" in submission.files
    assert submission.notes[0] == (
        "with m7.py, the Python files have more than 8 MiB together: is it the right file?"
        " (it was left out)."
    )


def test_files_that_are_not_taken_may_be_as_large_as_they_like(tmp_path: Path) -> None:
    data = Entry(b"data.npy", bytes(2 * MAX_FILE_BYTES), DEFLATED)
    draft = Entry(b"old/data.py", b"x", size=2 * MAX_FILE_BYTES)
    assert content(taken(written(tmp_path, craft([*ENTRIES, data, draft])))) == FILES


def test_an_archive_that_is_too_large_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, craft(ENTRIES))
    with path.open("r+b") as file:
        file.truncate(archive.MAX_ARCHIVE_BYTES + 1)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert refused(path) == "hw.zip is larger than 2048 MiB: zip the .py files only"


@pytest.mark.parametrize("zip64", [False, True])
def test_a_flood_of_entries_are_refused_without_being_listed(tmp_path: Path, zip64: bool) -> None:
    one = b"PK\1\2" + bytes(42)
    end = craft([], zip64=zip64, count=200_000, directory_size=46 * 200_000)
    path = written(tmp_path, one * 200_000 + end)
    tracemalloc.start()
    sentence = refused(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sentence == ("a zip may have 100000 entries, and this has more: zip the .py files only")
    assert peak < 8 * archive.MAX_DIRECTORY_BYTES


def test_a_table_of_contents_that_claims_more_than_there_is_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, craft(ENTRIES, zip64=True, directory_size=2**62))
    assert refused(path).startswith("hw.zip is a zip that is damaged or was cut off")


def test_more_entries_than_the_old_format_can_count_are_refused(tmp_path: Path) -> None:
    many = [Entry(b"%x" % number) for number in range(MAX_ENTRIES + 1)]
    assert refusal(tmp_path, *many) == (
        f"hw.zip has more than {MAX_ENTRIES} entries: zip the .py files only"
    )


def test_files_that_overlap_are_refused(tmp_path: Path) -> None:
    kernel = Entry(b"forward.py", deflate(bytes(1000)), DEFLATED)
    over = Entry(b"train.py", b"", local_name=b"forward.py", at=0)
    assert refusal(tmp_path, kernel, over).startswith("hw.zip has files that overlap, such as ")


def test_a_zip_in_a_zip_is_not_opened(tmp_path: Path) -> None:
    inner = craft(ENTRIES)
    submission = taken(written(tmp_path, craft([Entry(b"hw/inner.zip", inner)])))
    assert submission.files == ()
    assert submission.notes[1:] == (
        "No Python file is in it, but hw/inner.zip: unpack that, and submit what is in it.",
    )


def test_a_file_in_too_many_folders_is_left_out(tmp_path: Path) -> None:
    deepest, deeper = b"d/" * MAX_DEPTH, b"e/" * (MAX_DEPTH + 1)
    found = notes(tmp_path, Entry(deepest + b"train.py"), Entry(deeper + b"forward.py"))
    assert found[-1] == (
        f"{deeper.decode()}forward.py was left out: it is in more than {MAX_DEPTH} folders."
    )
    assert "train.py is not in the submission." not in found


# ---- forms that are fine


@pytest.mark.parametrize(
    "data",
    [
        craft(ENTRIES, prefix=b"#!/bin/sh\nexit\n" * 100),
        craft(ENTRIES, comment=b"made by a tool " * 100),
        craft(ENTRIES, zip64=True),
        craft([Entry(e.name, e.content, DEFLATED, DESCRIPTOR) for e in ENTRIES]),
        craft([Entry(e.name, e.content, DEFLATED, system=0, attributes=0x20) for e in ENTRIES]),
    ],
    ids=["prefix", "comment", "zip64", "descriptors", "dos"],
)
def test_unusual_but_right_zips_are_taken(tmp_path: Path, data: bytes) -> None:
    assert content(taken(written(tmp_path, data))) == FILES


@pytest.mark.parametrize(
    ("raw", "flags", "name"),
    [
        ("größe.py".encode(), UTF_8, "größe.py"),
        ("größe.py".encode(), 0, "größe.py"),
        ("gro\u0308ße.py".encode(), UTF_8, "größe.py"),
        ("gro\u0308ße.py".encode(), 0, "größe.py"),
        ("größe.py".encode("cp437"), 0, "größe.py"),
        ("größe.py".encode("cp850"), 0, "größe.py"),
        ("größe.py".encode("cp1252"), 0, "größe.py"),
        ("père.py".encode("cp437"), 0, "père.py"),  # letters in cp1252, too
        ("重み.py".encode(), 0, "重み.py"),
    ],
    ids=["utf-8", "no flag", "nfd", "nfd no flag", "cp437", "cp850", "cp1252", "both", "kanji"],
)
def test_a_helper_can_be_imported_in_whatever_encoding_its_name_is(
    tmp_path: Path, raw: bytes, flags: int, name: str
) -> None:
    submission = taken(written(tmp_path, craft([TRAIN, Entry(raw, b"x", flags=flags)])))
    assert content(submission) == {"train.py": b"# train\n", name: b"x"}
    assert not any(["taken as" in note for note in submission.notes])


def test_a_name_that_is_no_text_is_a_sentence(tmp_path: Path) -> None:
    sentence = refusal(tmp_path, TRAIN, Entry(b"\xff\xfe.py", flags=UTF_8))
    assert sentence.endswith(
        "download or zip it again ('utf-8' codec can't decode byte 0xff in position 0: invalid"
        " start byte)"
    )


# ---- what is left out, with a remark


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (stat.S_IFLNK, LINK),
        (stat.S_IFCHR, NOT_REGULAR),
        (stat.S_IFBLK, NOT_REGULAR),
        (stat.S_IFIFO, NOT_REGULAR),
        (stat.S_IFSOCK, NOT_REGULAR),
        (stat.S_IFDIR, NOT_REGULAR),
    ],
)
@pytest.mark.parametrize("system", [0, 3])
def test_what_is_no_regular_file_is_left_out(
    tmp_path: Path, kind: int, reason: str, system: int
) -> None:
    strange = Entry(b"forward.py", b"/etc/passwd", attributes=kind << 16, system=system)
    submission = taken(written(tmp_path, craft([strange, TRAIN])))
    assert content(submission) == {"train.py": b"# train\n"}
    assert f"forward.py was left out: {reason}." in submission.notes


@pytest.mark.parametrize(
    "name",
    [
        b"../forward.py",
        b"a/../../forward.py",
        b"/forward.py",
        b"//server/share/forward.py",
        b"C:\\forward.py",
        b"c:/hw/forward.py",
        b"C:/forward.py",
        b"\\\\server\\share\\forward.py",
        b"\\\\?\\C:\\forward.py",
        b"..\\forward.py",
    ],
)
def test_a_path_that_leads_out_is_left_out(tmp_path: Path, name: bytes) -> None:
    place = tmp_path / "place"
    place.mkdir()
    submission = taken(written(place, craft([TRAIN, Entry(name, b"# out\n")])))
    assert content(submission) == {"train.py": b"# train\n"}
    shown = name.decode().replace("\\", "/")
    reason = "its path leads out of the zip: zip the .py files again"
    assert f"{shown} was left out: {reason}." in submission.notes
    assert sorted(os.listdir(place)) == ["clean", "hw.zip"]
    assert os.listdir(tmp_path) == ["place"]


@pytest.mark.parametrize(
    "name",
    [
        "C:forward.py",
        "a.py:stream.py",
        "a?.py",
        "a\0b.py",
        "a\tb.py",
        "a\u202eb.py",
        f"{'x' * 70}.py",
    ],
    ids=ascii,
)
def test_a_name_that_not_every_system_can_hold_is_left_out(tmp_path: Path, name: str) -> None:
    submission = taken(written(tmp_path, craft([TRAIN, Entry(name.encode(), flags=UTF_8)])))
    assert content(submission) == {"train.py": b"# train\n"}
    reason = "not every system can hold a file of this name: rename it"
    assert submission.notes[0].endswith(f" was left out: {reason}.")
    assert submission.notes[0].isprintable()


def test_windows_reserved_names_are_names_like_others(tmp_path: Path) -> None:
    helpers = {b"aux.py": b"1", b"con.py": b"2", b"nul.py": b"3"}
    entries = [Entry(name, data) for name, data in helpers.items()]
    submission = taken(written(tmp_path, craft([*ENTRIES, *entries])))
    assert {"aux", "con", "nul"} < set(submission.files)


def test_only_the_first_of_many_that_are_left_out_are_named(tmp_path: Path) -> None:
    links = [Entry(b"l%d.py" % i, attributes=stat.S_IFLNK << 16) for i in range(20)]
    found = notes(tmp_path, *ENTRIES, *links)
    assert len(found) == 6
    assert found[-1] == "15 more were left out for such reasons."


# ---- what is refused


def test_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, Entry(b"forward.py", b"x = 1", crc=7)) == (
        "forward.py in the zip can't be read: Bad CRC-32 for file 'forward.py';"
        " zip the .py files again"
    )


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, Entry(b"forward.py", bytes(20), flags=ENCRYPTED)) == (
        "forward.py in the zip can't be read: it is encrypted; zip the .py files without a password"
    )


def test_two_names_for_one_file_are_refused(tmp_path: Path) -> None:
    sentence = refusal(tmp_path, Entry(b"forward.py", b"x", local_name=b"innocent.py"))
    assert sentence.startswith("forward.py in the zip can't be read: File name in directory")


def test_two_entries_of_one_name_are_refused(tmp_path: Path) -> None:
    first, second = Entry(b"hw/forward.py", b"1"), Entry(b"hw/forward.py", b"2")
    assert refusal(tmp_path, first, second) == (
        "hw/ in hw.zip has two files called forward.py: submit one of them"
    )
    elsewhere = [Entry(b"old/x.py", b"1"), Entry(b"old/x.py", b"2")]
    assert content(taken(written(tmp_path, craft([*ENTRIES, *elsewhere])))) == FILES


@pytest.mark.parametrize("cut", [1, 30, 100, 200])
def test_a_zip_that_was_cut_off_is_refused(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path, craft(ENTRIES)[:-cut])
    assert refused(path).startswith("hw.zip is a zip that is damaged or was cut off: download or")


HTML = b"\xef\xbb\xbf\n<!DOCTYPE html><html><head><title>Sign in</title>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
TAR = b"forward.py".ljust(257, b"\0") + b"ustar\x0000" + bytes(300)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "hw.zip is empty (0 bytes): zip the .py files again"),
        (b"%PDF-1.7\n", "hw.zip is a PDF document: submit the .py files"),
        (OLE, "hw.zip is a document of an office program: submit the .py files"),
        (craft([Entry(b"[Content_Types].xml")]), "hw.zip is a document of an office program: "),
        (craft([Entry(b"mimetype"), Entry(b"content.xml")]), "hw.zip is a document of an office"),
        (b"Rar!\x1a\x07\x01\x00", "hw.zip is a RAR archive: unpack it, and give the folder or"),
        (b"7z\xbc\xaf\x27\x1c", "hw.zip is a 7z archive: unpack it"),
        (b"\x1f\x8b\x08", "hw.zip is a gzip file, such as .tar.gz: unpack it"),
        (b"BZh91AY&SY", "hw.zip is a bzip2 file, such as .tar.bz2: unpack it"),
        (b"\xfd7zXZ\x00", "hw.zip is an xz file, such as .tar.xz: unpack it"),
        (TAR, "hw.zip is a tar archive: unpack it"),
        (HTML, "hw.zip is a web page, perhaps the sign-in page in the file's place: download"),
        (b"def f(): pass", "hw.zip is Python under another name: rename it to end in .py"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(
    tmp_path: Path, data: bytes, sentence: str
) -> None:
    assert refused(written(tmp_path, data)).startswith(sentence)


def test_a_document_with_python_files_in_it_is_a_zip(tmp_path: Path) -> None:
    path = written(tmp_path, craft([*ENTRIES, Entry(b"[Content_Types].xml")]))
    assert content(taken(path)) == FILES


def test_a_zip_without_python_files_says_what_it_holds(tmp_path: Path) -> None:
    inner = notes(tmp_path, Entry(b"hw/inner.zip"), Entry(b"hw/readme.txt"))
    assert inner[1:] == (
        "No Python file is in it, but hw/inner.zip: unpack that, and submit what is in it.",
    )
    assert notes(tmp_path, Entry(b"readme.txt"))[1:] == ()


def test_a_file_with_an_editors_ending_is_recognized(tmp_path: Path) -> None:
    found = notes(tmp_path, *ENTRIES[1:], Entry(b"forward.py.txt"))
    assert found == ("forward.py is not in the submission (rename forward.py.txt?).",)


def test_what_the_archive_says_is_cleaned(tmp_path: Path) -> None:
    hostile = b"a/\x1b[31m\xe2\x80\xae\n" + b"x" * 5000 + b"/forward.py"
    sentence = refusal(tmp_path, Entry(hostile, b"x", crc=7, flags=UTF_8))
    assert sentence.isprintable()
    assert len(sentence) < 700
    assert "\x1b" not in sentence


def test_the_old_way_of_writing_zips_still_works(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in FILES.items():
            made.writestr(name, data)
    assert content(taken(written(tmp_path, packed.getvalue()))) == FILES

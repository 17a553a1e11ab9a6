"""Whatever students or strangers put into an export, it is read within bounds and in sentences."""

import os
import tracemalloc
from collections.abc import Mapping
from pathlib import Path

import pytest
from class_exports import EXPORTS, GRADESCOPE_METADATA, mark, pack, write_folder, write_zip
from crafted_zips import ENCRYPTED, Entry, craft

from autograder.classroom.exports import Class, read_class
from autograder.classroom.exports import content as content_module
from autograder.classroom.records import Content, UnreadableError
from autograder.core.limits import MIB
from autograder.errors import UsageError
from autograder.intake.take_in import take_in

WANTED = ("forward", "train")


def zipped(place: Path, files: Mapping[str, bytes]) -> Class:
    return read_class(write_zip(place / "export.zip", files))


def crafted(place: Path, *entries: Entry) -> Class:
    (place / "export.zip").write_bytes(craft(entries))
    return read_class(place / "export.zip")


def read(found: Class, name: str) -> Content:
    (one,) = [one for one in found.submissions if one.name == name]
    assert one.read is not None
    return one.read()


def refusal(found: Class, name: str) -> str:
    with pytest.raises(UnreadableError) as caught:
        read(found, name)
    return str(caught.value)


OTHERS = {"bob/forward.py": mark("bob"), "cleo/forward.py": mark("cleo")}


def test_what_leads_out_of_a_zip_is_left_out_and_said(tmp_path: Path) -> None:
    slip = {
        "../evil.py": b"1",
        "/etc/evil.py": b"2",
        "C:/evil.py": b"3",
        "ada/../../evil.py": b"4",
        "ada/forward.py": mark("ada"),
    }
    found = zipped(tmp_path, slip | OTHERS)
    assert [one.name for one in found.submissions] == ["ada", "bob", "cleo"]
    assert found.remarks == (
        f"3 of the entries of {tmp_path}/export.zip lead out of it: they were left out.",
    )
    ada = read(found, "ada")
    assert [*ada.files] == ["forward.py"]
    assert ada.remarks == (
        "../../evil.py was left out: its path leads out of the zip: zip the .py files again.",
    )


def test_a_students_own_zip_can_lead_nowhere_either(tmp_path: Path) -> None:
    inner = pack({"../evil.py": b"1", "forward.py": mark("ada")})
    content = read(zipped(tmp_path, {"ada.zip": inner, "bob.zip": pack(OTHERS)}), "ada.zip")
    assert [*content.files] == ["forward.py"]
    assert "evil.py was left out" in content.remarks[0]


@pytest.mark.parametrize("as_folder", [True, False])
def test_links_are_not_followed(tmp_path: Path, as_folder: bool) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("the staff's", encoding="utf-8")
    files = {"ada/forward.py": mark("ada")} | OTHERS
    if as_folder:
        path = write_folder(tmp_path / "export", files)
        (path / "ada" / "train.py").symlink_to(secret)
        (path / "linked").symlink_to(tmp_path)
        (path / "ada" / "deeper").symlink_to(tmp_path)
        found = read_class(path)
        assert refusal(found, "linked").startswith("linked was left out: it is a link")
    else:
        entries = [Entry(name.encode(), data) for name, data in files.items()]
        link = Entry(b"ada/train.py", str(secret).encode(), attributes=0o120777 << 16)
        found = crafted(tmp_path, *entries, link)
    content = read(found, "ada")
    assert content.files["forward.py"] == mark("ada")
    assert "train.py" not in content.files
    assert any(["train.py was left out: it is a link" in remark for remark in content.remarks])


def test_junk_of_systems_is_nobodys_submission(tmp_path: Path) -> None:
    junk = {
        "__MACOSX/ada/._forward.py": b"\0",
        ".DS_Store": b"\0",
        "ada/.DS_Store": b"\0",
        "ada/__pycache__/forward.pyc": b"\0",
        "ada/venv/lib/numpy.py": b"\0",
        "ada/env/pyvenv.cfg": b"\0",
        "ada/env/lib/x.py": b"\0",
    }
    found = zipped(tmp_path, {"ada/forward.py": mark("ada")} | junk | OTHERS)
    assert [one.name for one in found.submissions] == ["ada", "bob", "cleo"]
    assert [*read(found, "ada").files] == ["env/pyvenv.cfg", "forward.py"]


def test_two_entries_of_one_name_are_not_silently_one(tmp_path: Path) -> None:
    entries = [Entry(b"ada/forward.py", b"# 1\n"), Entry(b"ada/forward.py", b"# 2\n")]
    entries += [Entry(name.encode(), data) for name, data in OTHERS.items()]
    found = crafted(tmp_path, *entries)
    assert refusal(found, "ada") == "it has two files called forward.py: which one is meant?"
    assert read(found, "bob").files == {"forward.py": mark("bob")}


def test_names_that_would_be_formulas_or_paths_stay_names(tmp_path: Path) -> None:
    files = {"=cmd()|x/forward.py": b"", "@SUM(A1)/forward.py": b"", "-2+3/forward.py": b""}
    found = zipped(tmp_path, files)
    ids = [one.students[0].id for one in found.submissions]
    assert sorted(ids) == ["-2+3", "=cmd()|x", "@SUM(A1)"]


def test_a_name_that_no_folder_can_hold_costs_that_file(tmp_path: Path) -> None:
    files = {f"ada/{'x' * 300}.py": b"", "ada/forward.py": mark("ada")} | OTHERS
    content = read(zipped(tmp_path, files), "ada")
    assert [*content.files] == ["forward.py"]
    assert "that no system can hold (it was left out)" in content.remarks[0]


def test_a_file_that_is_a_folder_as_well_can_be_written(tmp_path: Path) -> None:
    files = {"ada/x.py": b"1", "ada/x.py/forward.py": mark("ada")} | OTHERS
    content = read(zipped(tmp_path, files), "ada")
    assert [*content.files] == ["x.py/forward.py"]
    assert any(["is a file and a folder" in remark for remark in content.remarks])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "ada.zip is empty"),
        (b"PK\x03\x04 cut off", "ada.zip is a zip that is damaged or was cut off"),
        (b"<!doctype html><html>", "ada.zip is a web page"),
        (b"Rar!\x1a\x07", "ada.zip is"),
        (
            craft([Entry(b"forward.py", b"# secret", flags=ENCRYPTED)]),
            "forward.py in the zip can't be read: it is encrypted",
        ),
        (
            craft([Entry(b"forward.py", b"# x\n", crc=1)]),
            "forward.py in the zip can't be read: Bad CRC-32",
        ),
        (pack({f"d/{n}.py": b"" for n in range(5001)}), "ada.zip has more than 5000 entries"),
    ],
    ids=["empty", "cut", "page", "rar", "encrypted", "damaged", "many"],
)
def test_a_students_zip_that_cant_be_read_is_a_sentence(
    tmp_path: Path, data: bytes, sentence: str
) -> None:
    found = zipped(tmp_path, {"ada.zip": data, "bob.zip": pack({"forward.py": mark("bob")})})
    assert refusal(found, "ada.zip").startswith(sentence)
    assert read(found, "bob.zip").files == {"forward.py": mark("bob")}


def test_one_damaged_file_costs_itself(tmp_path: Path) -> None:
    inner = craft([Entry(b"forward.py", b"# x\n", crc=1), Entry(b"train.py", b"# y\n")])
    content = read(zipped(tmp_path, {"ada.zip": inner, "bob.zip": inner}), "ada.zip")
    assert content.files == {"train.py": b"# y\n"}
    assert content.remarks[0].startswith("forward.py in the zip can't be read: Bad CRC-32")


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = pack({"forward.py": bytes(40 * MIB), "train.py": b"# y\n"})
    assert len(bomb) < MIB
    content = read(zipped(tmp_path, {"ada.zip": bomb, "bob.zip": bomb}), "ada.zip")
    assert content.files == {"train.py": b"# y\n"}
    assert "forward.py is larger than 1024 KiB" in content.remarks[0]


def test_a_submission_has_a_bound_for_all_its_files_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content_module, "MAX_CONTENT_BYTES", 3 * MIB)
    files = {f"ada/{n}.ipynb": os.urandom(MIB) for n in range(5)} | OTHERS
    content = read(zipped(tmp_path, files), "ada")
    assert sum(map(len, content.files.values())) == 3 * MIB
    assert len(content.remarks) == 2


def test_a_folder_of_too_many_files_costs_that_submission(tmp_path: Path) -> None:
    found = zipped(tmp_path, {f"ada/{n}.txt": b"" for n in range(5001)} | OTHERS)
    assert refusal(found, "ada") == "it has more than 5000 files: is it the right folder?"
    assert read(found, "bob").files == {"forward.py": mark("bob")}


def test_several_zips_of_one_student_are_all_looked_into(tmp_path: Path) -> None:
    files = {
        "exampleada_1001_55001_hw.zip": pack({"forward.py": b"# 1\n"}),
        "exampleada_1001_55002_more.zip": pack({"train.py": b"# 2\n"}),
        "samplebob_1002_55003_forward.py": b"",
    }
    found = zipped(tmp_path, files)
    (ada, _) = found.submissions
    assert ada.read is not None
    assert ada.read().files == {"hw/forward.py": b"# 1\n", "more/train.py": b"# 2\n"}


def test_what_intake_would_say_alone_it_says_of_the_class_too(tmp_path: Path) -> None:
    files = {
        "hw/forward.py": b"x = 1\n",
        "hw/report.pdf": b"%PDF",
        "hw/Train.PY": b"",
        "data.npy": b"",
    }
    (tmp_path / "ada.zip").write_bytes(pack(files))
    alone = take_in(tmp_path / "ada.zip", make(tmp_path / "alone"), wanted=WANTED)
    found = zipped(tmp_path, {"ada.zip": pack(files), "bob.zip": pack(files)})
    place = write_folder(tmp_path / "written", read(found, "ada.zip").files)
    together = take_in(place, make(tmp_path / "together"), wanted=WANTED)
    assert together.notes == alone.notes
    assert together.files == alone.files


def make(place: Path) -> Path:
    place.mkdir()
    return place


# ---- the export itself


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "export.zip is empty"),
        (b"PK\x03\x04 cut off", "is a zip that is damaged or was cut off"),
        (b"<html>", "is a web page"),
        (b"id,name\n1,Ada\n", "export.zip is neither a folder nor a zip: give what the platform"),
        (craft([]), "is a zip without a file"),
        (craft([Entry(b"__MACOSX/x", b"")]), "has no submission in it"),
    ],
    ids=["empty", "cut", "page", "table", "nothing", "junk"],
)
def test_what_is_no_export_is_refused(tmp_path: Path, data: bytes, sentence: str) -> None:
    (tmp_path / "export.zip").write_bytes(data)
    with pytest.raises(UsageError, match=sentence):
        read_class(tmp_path / "export.zip")


def test_a_path_at_which_nothing_is_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder, zip or notebook at"):
        read_class(tmp_path / "missing.zip")


def test_a_class_takes_no_more_memory_than_its_table_of_contents(tmp_path: Path) -> None:
    files = {f"s{n:05}/forward.py": bytes(20_000) for n in range(500)}
    path = write_zip(tmp_path / "export.zip", files)
    tracemalloc.start()
    found = read_class(path)
    for one in found.submissions:
        assert one.read is not None
        assert len(one.read().files) == 1
    used, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.submissions) == 500
    assert used < 2 * MIB
    assert peak < 4 * MIB


def test_endless_folders_in_a_name_cost_no_memory(tmp_path: Path) -> None:
    deep = Entry(b"ada/" + b"a/" * 30_000 + b"forward.py", b"")
    entries = [Entry(name.encode(), data) for name, data in OTHERS.items()]
    tracemalloc.start()
    found = crafted(tmp_path, deep, *entries)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * MIB
    assert "it is in more than 8 folders" in refusal(found, "ada")


# ---- Gradescope's metadata


def gradescope(place: Path, metadata: str) -> Class:
    files = EXPORTS["gradescope"]("")  # type: ignore[call-arg]
    return zipped(place, files | {"submission_metadata.yml": metadata.encode()})


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    [
        f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
)


def test_aliases_are_never_expanded(tmp_path: Path) -> None:
    found = gradescope(tmp_path, "---\n" + BOMB + GRADESCOPE_METADATA.removeprefix("---\n"))
    assert [one.name for one in found.submissions] == [f"submission_11122233{n}" for n in (3, 4, 5)]


def test_a_repeated_text_is_read_by_its_name(tmp_path: Path) -> None:
    text = GRADESCOPE_METADATA.replace(":name: Ada Example", ":name: &1 Ada Example")
    found = gradescope(tmp_path, text.replace(":name: Bob Sample", ":name: *1"))
    assert found.submissions[1].students[0].name == "Ada Example"


@pytest.mark.parametrize(
    ("metadata", "sentence"),
    [
        ("- a\n- b\n", "is not what Gradescope writes"),
        ("a: [", "can't be read as YAML"),
        ("x: " + "[" * 500 + "]" * 500, "is nested more than 100 deep"),
        ("\x00", "can't be read as YAML"),
        ("submission_1:\n  :submitters:\n" + "  - :name: x\n" * 300, "a group of more than 200"),
    ],
    ids=["list", "cut", "nested", "binary", "group"],
)
def test_metadata_that_is_none_is_refused(tmp_path: Path, metadata: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        gradescope(tmp_path, metadata)


def test_metadata_that_is_damaged_in_the_zip_is_refused(tmp_path: Path) -> None:
    metadata = Entry(b"submission_metadata.yml", GRADESCOPE_METADATA.encode(), crc=1)
    with pytest.raises(UsageError, match=r"can't be read as YAML \(Bad CRC-32.*download"):
        crafted(tmp_path, metadata, Entry(b"submission_1/forward.py", b""))


@pytest.mark.parametrize(
    ("sid", "student"),
    [("'0123'", "0123"), ("0123", "0123"), ("333", "333"), ("1e3", "1e3"), ("", "ada@example.edu")],
)
def test_an_id_is_the_text_that_it_was(tmp_path: Path, sid: str, student: str) -> None:
    found = gradescope(tmp_path, GRADESCOPE_METADATA.replace("'0012345'", sid))
    assert found.submissions[0].students[0].id == student


def test_an_export_without_metadata_has_no_names_and_says_so(tmp_path: Path) -> None:
    files = {p: c for p, c in EXPORTS["gradescope"]().items() if not p.endswith(".yml")}
    found = zipped(tmp_path, files)
    assert found.platform == "gradescope"
    assert [one.students for one in found.submissions] == [(), (), ()]
    assert found.remarks == ("submission_metadata.yml is missing, and with it who submitted what.",)


def test_a_submission_without_its_folder_has_its_row(tmp_path: Path) -> None:
    files = {p: c for p, c in EXPORTS["gradescope"]().items() if "222333" not in p}
    found = zipped(tmp_path, files)
    assert found.submissions[0].problem.startswith("its files are not in the export")
    assert found.submissions[0].students[0].name == "Ada Example"

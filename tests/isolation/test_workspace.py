"""A worker's folder is measured without being misled, and removed whatever is in it."""

import os
import sys
from pathlib import Path

import pytest

from autograder.isolation.workspace import holds_more, remove_tree, workspace


def test_a_folder_within_its_limits_holds_no_more(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(10))
    (tmp_path / "b").mkdir()
    size = 10 + (tmp_path / "b").stat().st_size
    assert not holds_more(tmp_path, size, 2)
    assert holds_more(tmp_path, size - 1, 2)
    assert holds_more(tmp_path, size, 1)


def test_what_lies_deeper_counts(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_bytes(bytes(10**6))
    assert holds_more(tmp_path, 10**6 - 1, 10)


def test_a_link_counts_as_a_link(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "large").write_bytes(bytes(10**6))
    (inside / "link").symlink_to(tmp_path / "large")
    (inside / "round").symlink_to(inside)
    assert not holds_more(inside, 10**5, 2)


def test_a_folder_that_is_gone_holds_nothing(tmp_path: Path) -> None:
    assert not holds_more(tmp_path / "gone", 0, 0)


def _dig(folder: Path, levels: int) -> None:
    """Make folders in one another, deeper than any path can name."""
    here = Path.cwd()
    os.chdir(folder)
    for _ in range(levels):
        os.mkdir("d" * 100)
        os.chdir("d" * 100)
    os.chdir(here)


@pytest.mark.skipif(sys.platform == "win32", reason="rm is POSIX's")
def test_folders_too_deep_to_name_count_as_more_and_are_removed(tmp_path: Path) -> None:
    deep = tmp_path / "deep"
    deep.mkdir()
    _dig(deep, 1500)
    assert holds_more(deep, 10**9, 10**6)
    remove_tree(deep)
    assert not deep.exists()


def test_a_folder_that_is_closed_to_its_owner_counts_as_more_and_is_removed(
    tmp_path: Path,
) -> None:
    (tmp_path / "folder" / "closed").mkdir(parents=True)
    (tmp_path / "folder" / "closed" / "file").write_text("")
    (tmp_path / "folder" / "closed").chmod(0o300)
    if os.geteuid() != 0:  # nothing is closed to root
        assert holds_more(tmp_path / "folder", 10**9, 10**6)
    remove_tree(tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


def test_a_workspace_goes_with_all_that_is_in_it() -> None:
    with workspace() as folder:
        (folder / "a").mkdir()
        (folder / "a" / "b").write_text("")
    assert not folder.exists()


def test_removing_what_is_not_there_is_no_fault(tmp_path: Path) -> None:
    remove_tree(tmp_path / "gone")
    assert list(tmp_path.iterdir()) == []

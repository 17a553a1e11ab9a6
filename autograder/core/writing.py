"""Write a file whole or not at all, and pack files into a zip whose bytes tell nothing else."""

import io
import os
import re
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import zipfile

__all__ = [
    "describe_entry",
    "is_work",
    "pack_zip",
    "read_portable",
    "remove_leftovers",
    "write_atomically",
]

#: What ends the name of a new version that is not in place yet; before it, eight letters.
_SUFFIX = ".part"

#: What ends the names of files that people write, and no report or zip has.
_WRITTEN_BY_HAND = (".py", ".ipynb", ".md")

#: A zip's earliest date: a date of its own would change the bytes at every packing.
_DATE = (1980, 1, 1, 0, 0, 0)

#: A zip's number for Unix, which makes the upper half of ``external_attr`` the file's mode.
_UNIX = 3


def is_work(path: Path) -> bool:
    """Tell whether a path is one that a student's own work has: a typo away."""
    return path.suffix.lower() in _WRITTEN_BY_HAND


def read_portable(path: Path) -> bytes:
    r"""Return a file's content, the same in every checkout: a text's lines end with ``\n``.

    A checkout on Windows may have ``\r\n``, with which a shell's script does not run. What is not
    UTF-8, or has a null byte, is no text.
    """
    content = path.read_bytes()
    if b"\r\n" not in content or b"\0" in content:
        return content
    try:
        content.decode()
    except UnicodeDecodeError:
        return content
    return content.replace(b"\r\n", b"\n")


def write_atomically(path: Path, content: bytes, *, is_synced: bool = False) -> None:
    """Write `content` to a new file beside `path` and rename it into place.

    Whatever is there is replaced, unless it is a folder. The folder around it is created where
    missing. Synced, the content is waited for until the disk has it, so that it outlasts a power
    cut. If it can't be written, an OSError is raised, and what was there before still is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_SUFFIX, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if is_synced:
                file.flush()
                os.fsync(handle)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def remove_leftovers(path: Path) -> None:
    """Remove the new versions of `path` that a process which was killed left beside it.

    A process writes one version at a time, so each that is killed leaves one at most. Where two
    write the same file at the same time, the one that begins may take the other's version away; the
    other one is told so by an OSError.
    """
    is_ours = re.compile(re.escape(f".{path.name}.") + "[a-z0-9_]{8}" + re.escape(_SUFFIX))
    try:
        names = os.listdir(path.parent)
    except OSError:
        return  # whoever writes there will be told why it can't be done
    for name in filter(is_ours.fullmatch, names):
        _remove(path.parent / name)


def _remove(leftover: Path) -> None:
    try:
        leftover.unlink()
    except OSError:
        return  # someone else's, or gone


def pack_zip(
    content: Mapping[str, bytes], *, is_compressed: bool = True, executables: Collection[str] = ()
) -> bytes:
    """Return a zip of files by their paths in it: the same bytes for the same files.

    Two versions of zlib may compress differently; what is a zip already, such as a wheel, is stored
    as it is. `executables` are those that are programs.
    """
    import zipfile  # here, as a grade writes files and packs none

    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(content):
            archive.writestr(
                describe_entry(
                    name,
                    is_compressed=is_compressed and not name.endswith((".whl", ".zip")),
                    is_program=name in executables,
                ),
                content[name],
            )
    return target.getvalue()


def describe_entry(
    name: str, *, is_compressed: bool = True, is_program: bool = False
) -> "zipfile.ZipInfo":
    """Return what a zip says of a file: the same on every machine and at any time."""
    import zipfile

    entry = zipfile.ZipInfo(name, _DATE)
    mode = 0o100755 if is_program else 0o100644
    entry.create_system, entry.external_attr = _UNIX, mode << 16
    if is_compressed:
        entry.compress_type = zipfile.ZIP_DEFLATED
    return entry

"""Pack files into a zip: the same bytes for the same files, whenever and by whomever."""

import io
import zipfile
from collections.abc import Mapping

__all__ = ["packed"]

#: A zip's earliest date: a date of its own would change the bytes at every packing.
DATE = (1980, 1, 1, 0, 0, 0)

#: A zip's number for Unix, which makes the upper half of ``external_attr`` the file's mode.
UNIX = 3


def packed(content: Mapping[str, bytes], *, is_compressed: bool) -> bytes:
    """Return a zip with these files, sorted by name.

    Parameters
    ----------
    content : mapping of str to bytes
        The files by their paths in the zip.
    is_compressed : bool
        Whether to make them smaller; two versions of zlib may do so differently. What is a zip
        already, such as a wheel, is stored as it is.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(content):
            entry = zipfile.ZipInfo(name, DATE)
            entry.create_system, entry.external_attr = UNIX, 0o100644 << 16
            if is_compressed and not name.endswith((".whl", ".zip")):
                entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content[name])
    return target.getvalue()

"""Write zips byte by byte, with whatever in their headers that no tool would write.

The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7 (local
header), 4.3.12 (central directory), 4.3.14 to 4.3.16 (its end, with and without zip64).
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["DEFLATED", "DESCRIPTOR", "ENCRYPTED", "STORED", "UTF_8", "Entry", "craft", "deflate"]

STORED, DEFLATED = 0, 8
ENCRYPTED, DESCRIPTOR, UTF_8 = 0x1, 0x8, 0x800


def deflate(content: bytes) -> bytes:
    """Return `content` as a zip holds it, packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


@dataclass(frozen=True)
class Entry:
    """One entry; what is None follows from the rest.

    Attributes
    ----------
    name : bytes
        In the central directory, and in the local header unless `local_name` is given.
    content : bytes
        What is stored, before it is packed.
    method, flags, attributes, system : int
        As in the headers; `attributes` are the external ones, a Unix mode in the upper half.
    local_name : bytes, optional
        In the local header.
    packed : bytes, optional
        The bytes in the archive.
    size, packed_size, crc : int, optional
        What is claimed.
    at : int, optional
        Where the local header is claimed to be.
    """

    name: bytes
    content: bytes = b""
    method: int = STORED
    flags: int = 0
    attributes: int = 0o100644 << 16
    system: int = 3
    local_name: bytes | None = None
    packed: bytes | None = None
    size: int | None = None
    packed_size: int | None = None
    crc: int | None = None
    at: int | None = None

    def fields(self) -> tuple[bytes, bytes, bytes]:
        """Return what both headers have in common, before and after the bytes, and the bytes."""
        packed = self.packed
        if packed is None:
            packed = deflate(self.content) if self.method == DEFLATED else self.content
        crc = zlib.crc32(self.content) if self.crc is None else self.crc
        size = len(self.content) if self.size is None else self.size
        packed_size = len(packed) if self.packed_size is None else self.packed_size
        head = struct.pack("<HHHH", self.flags, self.method, 0, 0x21)
        return head, struct.pack("<III", crc, packed_size, size), packed


def craft(
    entries: Sequence[Entry],
    *,
    prefix: bytes = b"",
    comment: bytes = b"",
    count: int | None = None,
    directory_size: int | None = None,
    zip64: bool = False,
) -> bytes:
    """Return a zip.

    Parameters
    ----------
    entries : sequence of Entry
        In this order.
    prefix, comment : bytes
        Before the archive, and at its end.
    count, directory_size : int, optional
        What the end of the central directory claims.
    zip64 : bool
        Whether it has the end of an archive of more than 4 GiB or 65535 entries.
    """
    body, directory = bytearray(), bytearray()
    for entry in entries:
        head, sizes, packed = entry.fields()
        local_name = entry.name if entry.local_name is None else entry.local_name
        at = len(body) if entry.at is None else entry.at
        directory += b"PK\1\2" + struct.pack("<BBH", 20, entry.system, 20) + head + sizes
        directory += struct.pack("<HHHHHII", len(entry.name), 0, 0, 0, 0, entry.attributes, at)
        directory += entry.name
        body += b"PK\3\4" + struct.pack("<H", 20) + head
        if entry.flags & DESCRIPTOR:
            body += bytes(12) + struct.pack("<HH", len(local_name), 0) + local_name + packed
            body += b"PK\7\x08" + sizes
        else:
            body += sizes + struct.pack("<HH", len(local_name), 0) + local_name + packed
    number = len(entries) if count is None else count
    size = len(directory) if directory_size is None else directory_size
    end = b""
    if zip64:
        end += b"PK\6\6" + struct.pack(
            "<QHHIIQQQQ", 44, 45, 45, 0, 0, number, number, size, len(body)
        )
        end += b"PK\6\7" + struct.pack("<IQI", 0, len(prefix) + len(body) + len(directory), 1)
    short = min(number, 0xFFFF)
    end += b"PK\5\6" + struct.pack(
        "<HHHHIIH", 0, 0, short, short, min(size, 0xFFFFFFFF), len(body), len(comment)
    )
    return prefix + bytes(body) + bytes(directory) + end + comment

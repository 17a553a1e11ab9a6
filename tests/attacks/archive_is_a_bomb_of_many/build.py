"""Holds thousands of files of a mebibyte each in a few kilobytes.

shows: late status memory
"""
import zipfile


def build(folder, solution):
    path = folder / "submission.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("part.py", b"#" * 2**20)
        part = archive.infolist()[0]
        for number in range(4000):
            twin = zipfile.ZipInfo(f"part{number}.py")
            for fact in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(twin, fact, getattr(part, fact))
            archive.filelist.append(twin)
        for name, content in solution.items():
            archive.writestr(name, content)
    return path

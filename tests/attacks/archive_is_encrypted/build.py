"""Says that its files are encrypted.

shows: status json
"""
import zipfile


def build(folder, solution):
    path = folder / "submission.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in solution.items():
            archive.writestr(name, content)
    content = bytearray(path.read_bytes())
    for head, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = content.find(head)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(head, at + 1)
    path.write_bytes(bytes(content))
    return path

"""Ends in the middle.

shows: status json
"""
import io
import zipfile


def build(folder, solution):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in solution.items():
            archive.writestr(name, text)
    path = folder / "submission.zip"
    path.write_bytes(content.getvalue()[: len(content.getvalue()) // 2])
    return path

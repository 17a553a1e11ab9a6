"""Claims sizes that its files don't have.

shows: status json
"""
import io
import zipfile


def build(folder, solution):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in solution.items():
            archive.writestr(name, text)
        for info in archive.infolist():
            info.file_size = 10
            info.CRC = 0
    path = folder / "submission.zip"
    path.write_bytes(content.getvalue())
    return path

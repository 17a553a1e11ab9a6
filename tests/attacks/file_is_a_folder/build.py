"""Hands in a folder under a file's name.

shows: status json
"""
def build(folder, solution):
    for name, content in solution.items():
        folder.joinpath(name).write_bytes(content)
    (folder / "train.py").unlink()
    (folder / "train.py").mkdir()
    return folder

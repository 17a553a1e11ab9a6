"""Hands in an archive of a homework around its files.

shows: nothing, where no homework is looked for
"""
import runpy
import zipfile
from pathlib import Path

IN_A_FOLDER = Path(__file__).parents[1] / "brings_a_homework_of_its_own" / "build.py"


def build(folder, solution):
    path = folder / "submission.zip"
    files = runpy.run_path(str(IN_A_FOLDER))["whole_submission"](solution)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path

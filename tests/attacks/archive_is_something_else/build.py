"""Is called a zip and is a gzipped file without an end.

shows: status json
"""
import gzip


def build(folder, solution):
    path = folder / "submission.zip"
    path.write_bytes(gzip.compress(bytes(10**7)))
    return path

"""Write a file whole or not at all."""

import os
import tempfile
from pathlib import Path

__all__ = ["write_atomically"]


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to a new file beside `path` and rename it into place.

    Parameters
    ----------
    path : pathlib.Path
        Whatever is there is replaced, unless it is a folder. Its folder is created where missing.
    content : bytes
        The whole file.

    Raises
    ------
    OSError
        If it can't be written; then what was there before still is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise

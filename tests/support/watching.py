"""Run watch mode as a person does, on a terminal or in a pipe, and read what it shows."""

import fcntl
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: A machine that tests share with others may take its time.
PATIENCE = 60.0

#: The last line of a result.
DONE = r"\((\d+\.\d) s\)"


class Watching:
    """A running ``watch``.

    Parameters
    ----------
    folder : pathlib.Path
        The submission.
    place : pathlib.Path
        An empty folder, for its temporary files.
    columns : int
        Of the terminal; 0 for a pipe.
    rows : int
        Of the terminal.
    words : str
        Further words of the command.
    environment : str
        Variables of its environment.
    """

    def __init__(
        self,
        folder: Path,
        place: Path,
        *words: str,
        columns: int = 0,
        rows: int = 40,
        **environment: str,
    ) -> None:
        self.folder = folder
        self.temporary = place / "tmp"
        self.temporary.mkdir()
        self.shown = ""
        self._changed = threading.Condition()
        self._ours, theirs = pty.openpty() if columns else os.pipe()
        self.columns, self.rows = columns, rows
        if columns:
            self._set_columns(columns)
        changed = {"TMPDIR": str(self.temporary), "TERM": "xterm", "NO_COLOR": ""} | environment
        inherited = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "autograder", "watch", str(folder), *words],
            cwd=ROOT,
            env=inherited | changed,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        os.close(theirs)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._looked = 0

    def _read(self) -> None:
        while True:
            try:
                content = os.read(self._ours, 4096)
            except OSError:  # the way a terminal ends on Linux
                content = b""
            with self._changed:
                self.shown += content.decode("utf-8", "replace").replace("\r\n", "\n")
                self._changed.notify_all()
            if not content:
                return

    def _set_columns(self, columns: int) -> None:
        size = struct.pack("HHHH", self.rows, columns, 0, 0)
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, size)

    def resize(self, columns: int) -> None:
        """Make the terminal wider or narrower, as a window manager does."""
        self._set_columns(columns)
        self.process.send_signal(signal.SIGWINCH)

    def wait_for(self, pattern: str = DONE) -> str:
        """Wait until something new is shown that matches; return what is new up to there."""
        deadline = time.monotonic() + PATIENCE
        with self._changed:
            while not (match := re.compile(pattern, re.S).search(self.shown, self._looked)):
                rest = deadline - time.monotonic()
                assert self._changed.wait(max(rest, 0)), f"no {pattern!r} in {self.new!r}"
                assert rest > 0
            begin, self._looked = self._looked, match.end()
            return self.shown[begin : match.end()]

    @property
    def new(self) -> str:
        """What is shown beyond the last thing that was waited for."""
        return self.shown[self._looked :]

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal; return the exit status when everything is read."""
        self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status

    def close(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait()
        self._reader.join(PATIENCE)
        os.close(self._ours)

    def processes(self) -> list[int]:
        """Return the processes that work in its temporary folder (Linux)."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    where = os.readlink(entry / "cwd").removesuffix(" (deleted)")
                except OSError:
                    continue
                if Path(where).is_relative_to(self.temporary.resolve()):
                    found.append(int(entry.name))
        return found


def edit(file: Path, old: str, new: str) -> None:
    """Change a file in its place."""
    source = file.read_text(encoding="utf-8")
    assert old in source
    file.write_text(source.replace(old, new), encoding="utf-8")


def save_by_rename(file: Path, old: str, new: str) -> None:
    """Change a file as vim and PyCharm do: a new one takes its place."""
    other = file.with_name(f"{file.name}~")
    shutil.copy(file, other)
    edit(other, old, new)
    os.replace(other, file)


def without_colours(text: str) -> str:
    """Return what is left without escape sequences."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)

"""The first process inside a container: does what it is told to, a line of JSON at a time.

It stands in for Gradescope's own harness, which fetches a submission, runs the autograder and sends
the results away. Everything outside reaches the container through it alone, so that a link that
points out of the container leads nowhere. It runs on the root's own python3.
"""

import base64
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

#: How long processes may take to go, once the command that they belong to has ended.
GRACE_SECONDS = 2.0

#: What is kept of a command's output: its end.
MAX_OUTPUT_BYTES = 256 * 1024

SYSV = ("shm", "sem", "msg")


def run(argv: list[str], seconds: float, output: str | None = None) -> dict[str, Any]:
    """Run a command in /autograder, its output into a file; say how it ended and what it left."""
    started = time.monotonic()
    with Path(output).open("w+b") if output else tempfile.TemporaryFile() as file:
        process = subprocess.Popen(
            argv,
            cwd="/autograder",
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            status = None
        taken = time.monotonic() - started
        left = what_is_left()
        end_the_rest()
        file.seek(max(0, file.seek(0, os.SEEK_END) - MAX_OUTPUT_BYTES))
        said = file.read().decode("utf-8", "replace")
    return {"status": status, "seconds": taken, "left": left, "output": said}


def what_is_left() -> list[str]:
    """Return the processes and the shared memory that do not go by themselves."""
    deadline = time.monotonic() + GRACE_SECONDS
    while (left := processes()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left + [f"shared: {line}" for kind in SYSV for line in shared(kind)]


def processes() -> list[str]:
    """Return the command lines of all processes but this one and the dead."""
    reap()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if folder.name != "1" and state != "Z":
            found.append(b" ".join(words).decode("utf-8", "replace") or f"process {folder.name}")
    return found


def reap() -> None:
    """Take leave of the children that are dead, as a first process has to."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def shared(kind: str) -> list[str]:
    """Return the System V objects of a kind."""
    return Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]


def end_the_rest() -> None:
    """End every process but this one."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        return
    while processes():
        time.sleep(0.02)


def clear(folder: str) -> None:
    """Make `folder` empty, whatever there was."""
    shutil.rmtree(folder, ignore_errors=True)
    Path(folder).mkdir()


def put(folder: str, files: dict[str, str]) -> None:
    """Write files into `folder`."""
    for name, content in files.items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))


def get(path: str) -> str | None:
    """Return a regular file's content; None where there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return base64.b64encode(file.read()).decode()


def state(without: list[str]) -> dict[str, str]:
    """Return what there is in the file system: kind, owner, content of every path.

    Contents count by their digest in /autograder, and by size and time elsewhere.
    """
    found = {}
    for folder, folders, files in os.walk("/"):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in without]
        paths = [os.path.join(folder, name) for name in folders + files]
        found |= {path: described(path) for path in paths if path not in without}
    return found


def described(path: str) -> str:
    status = os.lstat(path)
    words = [oct(status.st_mode), str(status.st_uid), str(status.st_gid)]
    if os.path.islink(path):
        words.append(os.readlink(path))
    elif os.path.isfile(path) and path.startswith("/autograder/"):
        words.append(hashlib.sha256(Path(path).read_bytes()).hexdigest())
    elif os.path.isfile(path):
        words += [str(status.st_size), str(status.st_mtime_ns)]
    return " ".join(words)


VERBS = {"run": run, "clear": clear, "put": put, "get": get, "state": state}


def main() -> None:
    """Answer each line with a line, until there are no more."""
    if os.getpid() != 1:
        sys.exit("not in a container of its own: what ends processes here must not run elsewhere")
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        verb, details = json.loads(line)
        answers.write(json.dumps(VERBS[verb](**details)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()

"""Let a hostile submission be graded, and say what an outside observer finds.

========== =====================================================================================
kind       finding
========== =====================================================================================
status     the exit status says that the grader failed, or that it was ended
late       it did not end in time
json       the report is missing, no JSON, not finished, or huge
score      the score is above that of an honest submission
canary     a secret is in the report or on the standard streams
hidden     an input of hidden checks is where students can see it
text       control characters, escapes or direction overrides are in what is shown
marker     a file that only a successful attack writes
packet     something arrived on the observer's sockets
changed    a file that has to stay as it is does not
left       a file, or shared memory, that is new
process    something runs on, two seconds after the end
memory     some process used more than a gibibyte
========== =====================================================================================
"""

import json
import os
import socket
import stat
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import attack_corpus as corpus
from attack_stage import UNPRIVILEGED, Stage, Template, left_outside

__all__ = ["Finding", "Seen", "graded", "naively_graded", "run"]

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = Path(__file__).with_name("attack_launcher.py")

#: Far above the longest run: twice the limit of a whole run and what the machine adds.
SECONDS = 150.0

#: How long a grader without protection is waited for.
NAIVE_SECONDS = 10.0

MIB = 1024 * 1024
LARGEST_OUTPUT = 4 * MIB
LARGEST_PROCESS = 1024 * MIB

#: What keeps an attack from harming this machine where nothing else does.
NAIVE_LIMITS = {
    "RLIMIT_AS": 3072 * MIB,
    "RLIMIT_FSIZE": 512 * MIB,
    "RLIMIT_CPU": 30,
    "RLIMIT_NPROC": 2000,
}


@dataclass(frozen=True)
class Finding:
    """A sign that an attack succeeded."""

    kind: str
    text: str


@dataclass(frozen=True)
class Seen:
    """What the launcher saw, and the files that it kept."""

    status: int | None
    seconds: float
    left: list[str]
    peak_bytes: int
    output: bytes
    report: bytes


class Listener:
    """Sockets on which nothing may arrive."""

    def __init__(self, stage: Stage) -> None:
        self.sockets = {
            "udp": socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
            "tcp": socket.socket(socket.AF_INET, socket.SOCK_STREAM),
            "unix": socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
            "abstract": socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        }
        path, name = str(stage.watched / "socket"), f"attack-{stage.mark}"
        self.sockets["udp"].bind(("127.0.0.1", 0))
        self.sockets["tcp"].bind(("127.0.0.1", 0))
        self.sockets["unix"].bind(path)
        self.sockets["abstract"].bind(f"\0{name}")
        os.chmod(path, 0o777)
        for kind in ("tcp", "unix", "abstract"):
            self.sockets[kind].listen()
        ports = {kind: self.sockets[kind].getsockname()[1] for kind in ("udp", "tcp")}
        self.places: dict[str, Any] = {**ports, "unix": path, "abstract": name}

    def arrived(self) -> Iterator[Finding]:
        """Look once; what was sent before is there."""
        for kind, ear in self.sockets.items():
            ear.setblocking(False)
            with suppress(BlockingIOError):
                content = b""
                if kind == "udp":
                    content = ear.recv(100)
                else:
                    ear.accept()[0].close()
                yield Finding("packet", f"{kind}: {content[:60]!r}")

    def close(self) -> None:
        for ear in self.sockets.values():
            ear.close()


def graded(
    attack: corpus.Attack,
    template: Template,
    *,
    uid: int | None = None,
    without: Sequence[str] = (),
) -> list[Finding]:
    """Let the real command grade an attack, and return the findings: none, if all is well.

    Parameters
    ----------
    attack : attack_corpus.Attack
        Which.
    template : attack_stage.Template
        The project.
    uid : int, optional
        Who grades.
    without : sequence of str
        Layers to switch off.
    """
    words = ["-m", "autograder", "grade"]
    off = [word for layer in without for word in ("--without", layer)]
    return run(attack, template, words=words, more=off, uid=uid, seconds=SECONDS)


def naively_graded(attack: corpus.Attack, template: Template) -> list[Finding]:
    """Let a grader without protection grade an attack, and return the findings: some."""
    uid = UNPRIVILEGED if os.geteuid() == 0 and not attack.needs_root else None
    words = ["tests/attack_naive.py"]
    return run(attack, template, words=words, uid=uid, seconds=NAIVE_SECONDS, limits=NAIVE_LIMITS)


def run(
    attack: corpus.Attack,
    template: Template,
    *,
    words: Sequence[str],
    seconds: float,
    more: Sequence[str] = (),
    uid: int | None = None,
    limits: dict[str, int] | None = None,
) -> list[Finding]:
    """Run a grader on an attack; see `graded`."""
    with Stage.open(template, uid=uid) as stage, _listening(stage) as listener:
        places = stage.places | listener.places
        given = corpus.build(attack, stage.submission, solution=ROOT / "solution", places=places)
        stage.hand_over()
        before = stage.snapshot()
        command = [stage.python, *words, str(given), "--json", str(stage.report), *more]
        seen = _launched(stage, command, seconds=seconds, limits=limits or {})
        allowed = (0, 2) if (attack.folder / "build.py").is_file() else (0,)
        return [
            *_of_the_end(seen, allowed),
            *_of_the_report(seen, attack, stage),
            *_of_outputs(seen, stage),
            *listener.arrived(),
            *_of_files(stage, before),
        ]


@contextmanager
def _listening(stage: Stage) -> Iterator[Listener]:
    listener = Listener(stage)
    try:
        yield listener
    finally:
        listener.close()


def _launched(stage: Stage, command: list[str], *, seconds: float, limits: dict[str, int]) -> Seen:
    kept = stage.folder / "kept"
    kept.mkdir(mode=0o700)
    settings = {
        "command": command,
        "cwd": str(stage.project),
        "environment": {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(stage.home),
            "TMPDIR": str(stage.tmp),
            "LANG": "C.UTF-8",
            "GRADER_TOKEN": stage.canaries["environment"],
        },
        "stdout": str(kept / "stdout"),
        "stderr": str(kept / "stderr"),
        "uid": stage.uid,
        "seconds": seconds,
        "limits": limits,
    }
    done = subprocess.run(
        [sys.executable, LAUNCHER],
        input=json.dumps(settings).encode(),
        stdout=subprocess.PIPE,
        timeout=seconds + 60,
        check=True,
    )
    output = b"".join([_start_of(kept / name) for name in ("stdout", "stderr")])
    return Seen(output=output, report=_start_of(stage.report), **json.loads(done.stdout))


def _start_of(path: Path) -> bytes:
    """Return the beginning of a file, empty for what is no file."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return b""
        with path.open("rb") as file:
            return file.read(LARGEST_OUTPUT + 1)
    except OSError:
        return b""


def _of_the_end(seen: Seen, allowed: tuple[int, ...]) -> Iterator[Finding]:
    if seen.status is None:
        yield Finding("late", f"no end after {seen.seconds:.0f} s")
    elif seen.status not in allowed:
        yield Finding("status", f"{seen.status}: {seen.output[-300:].decode(errors='replace')}")
    if seen.left:
        yield Finding("process", "; ".join(seen.left[:3]))
    if seen.peak_bytes > LARGEST_PROCESS:
        yield Finding("memory", f"{seen.peak_bytes / MIB:.0f} MiB")


def _of_the_report(seen: Seen, attack: corpus.Attack, stage: Stage) -> Iterator[Finding]:
    try:
        report = json.loads(seen.report)
        score = report["score"]
        is_finished = report.get("finished", True) is True
    except (ValueError, LookupError, TypeError):
        yield Finding("json", f"{len(seen.report)} bytes: {seen.report[:80]!r}")
        return
    if seen.status == 0 and not is_finished:
        yield Finding("json", "the report says that grading did not finish")
    if score > attack.score:
        yield Finding("score", f"{score}, more than {attack.score}")
    yield from [Finding("text", text) for text in _unfit(report)]
    shown = [check["message"] for check in report["checks"] if check["visibility"] == "public"]
    shown.append(json.dumps(report.get("printed")))
    for numbers in stage.hidden_inputs:
        if any([numbers in text for text in shown]):
            yield Finding("hidden", numbers[:80])
            return


def _unfit(value: Any) -> Iterator[str]:
    """Yield the texts of a report that are not fit to be shown."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for item in value:
            yield from _unfit(item)
    elif isinstance(value, str):
        bad = {c for c in value if c not in "\n\t" and unicodedata.category(c)[0] == "C"}
        if bad:
            yield f"{bad} in {value[:60]!r}"


def _of_outputs(seen: Seen, stage: Stage) -> Iterator[Finding]:
    for place, secret in stage.canaries.items():
        for name, content in (("the report", seen.report), ("the streams", seen.output)):
            if secret.encode() in content:
                yield Finding("canary", f"that of {place} is in {name}")
    if len(seen.report) > LARGEST_OUTPUT:
        yield Finding("json", f"more than {LARGEST_OUTPUT} bytes")
    if len(seen.output) > LARGEST_OUTPUT:
        yield Finding("text", f"more than {LARGEST_OUTPUT} bytes on the streams")
    if b"\x1b" in seen.output:
        yield Finding("text", "an escape on the streams")


def _of_files(stage: Stage, before: dict[str, str]) -> Iterator[Finding]:
    after = stage.snapshot()
    for path in sorted(before):
        if after.get(path) != before[path]:
            yield Finding("changed", f"{path}: {before[path]} became {after.get(path)}")
    for path in sorted(after.keys() - before.keys())[:5]:
        yield Finding("left", path)
    for path in left_outside(stage.mark):
        yield Finding("left", path)
    for path in sorted(stage.watched.iterdir()):
        if path.name != "socket":
            yield Finding("marker", path.name)

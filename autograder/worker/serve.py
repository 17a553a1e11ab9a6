"""Answer the judge's requests: start, load a file, call a function.

Requests and replies are frames on two private pipes: a size (4 bytes, little-endian), then a value
of `autograder.core.codec`. The standard streams are no way out: input is empty, output is kept
up to a limit.

=======================  =====================================================================
request                  replies
=======================  =====================================================================
``{"start": settings}``  one: the versions and the limits in force
``{"load": module}``     one: per function whether it is there and what it uses, or an exception
``{"call": function}``   one for each call, in order; then one with what was printed
``{"replace": names}``   none: from now on the judge answers for these functions, and no others
=======================  =====================================================================

A call of a replaced function is a reply ``{"asks_for": name, "arguments": ...}``; to it the judge
sends a frame of its own, ``{"told": result}`` (None where it has none), before anything else.

Each reply carries two running numbers, ``to`` (the request) and ``at`` (the reply to it), so that
the judge notices one that someone else wrote.
"""

import io
import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy import random as numpy_random  # numpy itself loads it when it is first used

from autograder.core.codec import decode, encode
from autograder.core.results import TOO_LARGE
from autograder.isolation.fence import fence_off
from autograder.isolation.protection import Protection
from autograder.worker import FRAME_SIZE
from autograder.worker.calls import be_quiet, call_once, describe_exception
from autograder.worker.functions_used import functions_used
from autograder.worker.import_submission import SubmissionImporter
from autograder.worker.missing_packages import is_missing
from autograder.worker.replaced import Replacements

__all__ = ["serve"]

#: Where the grader's own package is: on the path until the submission's turn.
PACKAGE_FOLDER = str(Path(__file__).resolve().parents[2])

#: Unseeded random numbers of a student's code are the same on every run, and differ from call to
#: call.
GLOBAL_SEED = 20220907

#: What is answered for the calls after one whose result is too large: they would take as long. It
#: says the same as that one, or the judge would find that results differ from call to call.
_NOT_MADE = {"value": TOO_LARGE, "changed": ()}


def serve(protection: Protection, user: int | None) -> None:
    """Answer requests until the judge closes the pipe.

    At the first one, before anything of the submission is loaded, the protection is put around this
    process, and it becomes the `user`, None for no other one.
    """
    pipe = _Pipe()
    worker: _Worker | None = None
    while (request := pipe.receive()) is not None:
        if "start" in request:
            worker = _Worker(pipe, request["start"])
            worker.confine(protection, user)
        elif worker is None:
            raise SystemExit("the first request must be 'start'")
        elif "load" in request:
            worker.load(request["load"], request["functions"])
        elif "replace" in request:
            worker.replace(request["replace"])
        else:
            worker.call(request)


class _Pipe:
    """The two private descriptors, moved away from where ``print`` would find them."""

    def __init__(self) -> None:
        self.source = os.fdopen(os.dup(0), "rb")
        self.sink = os.dup(1)
        self.owner = os.getpid()
        self.asked = self.answered = 0
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os.close(nothing)

    def receive(self) -> Any:
        self.asked, self.answered = self.asked + 1, 0
        return self._read()

    def ask(self, message: dict[str, Any]) -> Any:
        """Send a reply that the judge answers, and return the answer."""
        self.send(message)
        return self._read()

    def _read(self) -> Any:
        _wait_for(self.source.fileno())
        head = self.source.read(FRAME_SIZE.size)
        if len(head) < FRAME_SIZE.size:
            return None
        return decode(self.source.read(FRAME_SIZE.unpack(head)[0]))

    def send(self, message: dict[str, Any]) -> None:
        """Send a reply with the numbers of its request and of the reply to it."""
        if os.getpid() != self.owner:
            os._exit(0)  # a child that the student's code forked: its parent answers
        content = encode(message | {"to": self.asked, "at": self.answered})
        self.answered += 1
        _wait_for(self.sink)
        rest = memoryview(FRAME_SIZE.pack(len(content)) + content)
        while rest:
            rest = rest[os.write(self.sink, rest) :]


def _wait_for(descriptor: int) -> None:
    """Let a pipe wait for its other end: a student's code may have changed that.

    Where it closed the pipe, the judge may end this process at any moment: it ends the same way by
    itself.
    """
    if not hasattr(os, "set_blocking"):  # Windows has it from Python 3.12 on
        return
    try:
        os.set_blocking(descriptor, True)
    except OSError:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


class _Printed(io.RawIOBase):
    """Standard output that keeps the first bytes and counts nothing else."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.kept = b""

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1  # leads nowhere, as a student's code may ask whether it is a terminal

    def write(self, content: Any) -> int:
        size = len(content)
        if len(self.kept) <= self.limit:
            self.kept += bytes(content[: self.limit + 1 - len(self.kept)])
        return size


class _Nothing(io.BytesIO):
    """Standard input at its end."""

    def fileno(self) -> int:
        return 0


def _run_no_command(command: object) -> int:
    """Take the place of `os.system`: what a system says that has no such command.

    Clearing the screen is no reason to lose a file; where a process is really started, it is
    refused with an exception.
    """
    return 1 if os.name == "nt" else 127 << 8


class _Worker:
    """One submission's modules, in this process."""

    def __init__(self, pipe: _Pipe, settings: dict[str, Any]) -> None:
        self.pipe = pipe
        self.folder = Path(settings["folder"])
        self.settings = settings
        self.functions: dict[str, Any] = {}
        self.foreign = frozenset(map(id, sys.modules.values()))  # nothing of it is there yet
        self.printed = _Printed(settings["output_characters"])
        self.importer = SubmissionImporter(self.folder, settings["blocked"], settings["modules"])
        self.replacements = Replacements(self._ask_the_judge, self.folder)

    def confine(self, protection: Protection, user: int | None) -> None:
        """Put the layers on and say which they are: nothing of the submission has run yet."""
        try:
            self.pipe.send(self._confine(protection, user))
        except Exception as error:
            self.pipe.send({"failed": f"{type(error).__name__}: {error}"})
            raise

    def _confine(self, protection: Protection, user: int | None) -> dict[str, Any]:
        scratch = self.settings["scratch"]
        os.chdir(scratch)
        layers = protection.confine(str(self.folder), scratch, user=user, limits=self.settings)
        fence_off(self.settings["closed"])
        sys.path[:] = [entry for entry in sys.path if entry not in ("", PACKAGE_FOLDER)]
        self.importer.install()
        sys.dont_write_bytecode = True
        versions = {"python": sys.version.split()[0], "numpy": np.__version__}
        os.listdir(self.folder)
        os.system = _run_no_command
        self._redirect()
        self._seed()
        return {"ready": versions, "layers": layers}

    def _redirect(self) -> None:
        """Begin to keep what is printed (again: a student's code may have replaced the streams)."""
        self.printed = _Printed(self.settings["output_characters"])
        stream = io.TextIOWrapper(self.printed, "utf-8", "replace", write_through=True)  # type: ignore[type-var]
        sys.stdin = io.TextIOWrapper(_Nothing(), "utf-8")
        for name in ("stdout", "stderr", "__stdout__", "__stderr__"):
            setattr(sys, name, stream)

    def load(self, name: str, wanted: tuple[str, ...]) -> None:
        """Import one file and say which of the wanted functions it has."""
        self._redirect()
        self._seed()
        be_quiet()
        self._name_program(name)
        try:
            members = vars(self.importer.load(name))
        except BaseException as error:
            self.pipe.send(describe_exception(error, self.folder))
            return
        found = {function: members.get(function) for function in wanted}
        self.functions.update({f"{name}.{function}": thing for function, thing in found.items()})
        described = {function: self._describe(thing) for function, thing in found.items()}
        self.pipe.send({"loaded": described})

    def _describe(self, thing: Any) -> dict[str, Any]:
        try:
            return self._described(thing)
        except BaseException:  # an object of the student's that can't even be looked at
            return {"is_there": True, "is_callable": True, "uses": ()}

    def _described(self, thing: Any) -> dict[str, Any]:
        if thing is None or not (is_missing(thing) or callable(thing)):
            return {"is_there": thing is not None, "is_callable": False, "uses": ()}
        graded = {
            id(value): name
            for module in self.settings["modules"]
            for name, value in self._graded(module)
        }
        return {
            "is_there": True,
            "is_callable": True,
            "uses": functions_used(thing, graded, foreign=self.foreign),
        }

    def _graded(self, module: str) -> list[tuple[str, Any]]:
        loaded = sys.modules.get(module)
        wanted = self.settings["modules"][module]
        members = vars(loaded) if loaded is not None else {}
        return [(f"{module}.{name}", members[name]) for name in wanted if name in members]

    def replace(self, names: tuple[str, ...]) -> None:
        """Let the judge answer for these functions from now on, and for no others."""
        self.replacements.put({n: self.functions[n] for n in names if n in self.functions})

    def _ask_the_judge(self, name: str, arguments: tuple[Any, ...]) -> Any:
        answer = self.pipe.ask({"asks_for": name, "arguments": arguments})
        return answer["told"] if isinstance(answer, dict) else None

    def call(self, request: dict[str, Any]) -> None:
        """Make every call of the request, in order."""
        function = self.functions[request["call"]]
        self._redirect()
        self._seed()
        self._name_program(request["call"].partition(".")[0])
        is_over = False
        for layout, arguments in request["calls"]:
            if is_over:
                self.pipe.send(_NOT_MADE)
                continue
            outcome = call_once(
                function,
                arguments,
                layout=layout,
                structure=request["returns"],
                folder=self.folder,
            )
            is_over = "value" in outcome and self._is_too_large(outcome["value"])
            self.pipe.send(outcome | {"value": TOO_LARGE} if is_over else outcome)
        kept = self.printed.kept.decode("utf-8", "replace")
        self.pipe.send({"printed": kept})

    def _is_too_large(self, value: Any) -> bool:
        most: int = self.settings["reply_bytes"] // 2
        return _size(value) > most

    def _name_program(self, module: str) -> None:
        """Let a file see the command line of ``python FILE``, not the grader's."""
        sys.argv = [str(self.folder / f"{module}.py")]
        sys.orig_argv = ["python", *sys.argv]

    def _seed(self) -> None:
        random.seed(GLOBAL_SEED)
        numpy_random.seed(GLOBAL_SEED)  # noqa: NPY002  the student's code may draw from it


def _size(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if isinstance(value, tuple):
        return sum([_size(item) for item in value])
    if isinstance(value, dict):
        return sum([_size(item) for item in value.values()])
    return 64

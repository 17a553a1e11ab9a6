"""Do on this machine what Gradescope does with the package: build an image, grade in containers.

An image is a minimal root with the zip unpacked and its ``setup.sh`` run. Each container gets a
fresh copy of it, namespaces of its own, no network, the capabilities that Docker leaves to root,
and Gradescope's 768 MB and half a processor. The steps are those of
https://gradescope-autograders.readthedocs.io/en/latest/tech/ and of the platform's own example,
https://github.com/gradescope/autograder_samples/blob/master/manual_docker/Dockerfile.

Not imitated: Docker's filter of system calls (nothing that needs it is within reach without the
capabilities, and new user namespaces are refused by other means, see ``containers/enter.py``).
"""

import base64
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from containers.cgroups import Cgroup, make_cgroup

from autograder.authoring.gradescope.trial import METADATA

__all__ = ["Container", "Graded", "Image", "Ran"]

HERE = Path(__file__).parent

#: https://gradescope-autograders.readthedocs.io/en/latest/troubleshooting/
MEMORY_BYTES = 768 * 1024 * 1024
PROCESSORS = 0.5

#: The platform's time-out is 600 s; the grader's own limit of 120 s has to come first.
RUN_SECONDS = 150.0

#: No limit of the platform's that is known; a chain of forks ends here.
TASKS = 512

CLOSE_SECONDS = 20.0

#: What the platform does with a zip, but for the package lists that it fetches first.
BUILD = """
unzip -q -n -d source autograder.zip
rm autograder.zip
cp source/run_autograder .
dos2unix -q run_autograder source/setup.sh
chmod +x run_autograder
bash source/setup.sh
rm -rf /tmp/* /var/tmp/*
"""

#: What may differ from one submission to the next.
EXCHANGED = ["/proc", "/sys", "/autograder/submission", "/autograder/results"]
EXCHANGED += ["/autograder/submission_metadata.json"]

#: Namespaces of its own: what a container is. It ends when whoever started it does.
START = (
    "setpriv --pdeathsig KILL"
    " unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child --propagation private"
)

NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Ran:
    """How a command in a container ended; `status` is None where its time was up."""

    status: int | None
    seconds: float
    left: list[str]
    output: str


@dataclass(frozen=True)
class Graded(Ran):
    """The same of ``run_autograder``, with the bytes of the results; None where there are none."""

    content: bytes | None

    @property
    def results(self) -> dict[str, Any]:
        """The results as Gradescope would read them."""
        assert self.content is not None, self.output
        results: dict[str, Any] = json.loads(self.content)
        return results


class Container:
    """A container that runs. Use it in a ``with``, which ends it and all that it holds.

    Parameters
    ----------
    folder : pathlib.Path
        Empty, of its own.
    root : str
        The options of an overlay mount, or a folder.
    """

    def __init__(self, folder: Path, root: str) -> None:
        self.cgroup = make_cgroup(
            f"gradescope-{os.getpid()}-{folder.name}",
            memory_bytes=MEMORY_BYTES,
            processors=PROCESSORS,
            tasks=TASKS,
        )
        stage = folder / "stage"
        stage.mkdir()
        enter = [sys.executable, "-I", HERE / "enter.py", stage, HERE / "harness.py", root]
        self.process = subprocess.Popen(
            [*_limited(self.cgroup), *START.split(), *enter],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "Container":
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.process.communicate(timeout=CLOSE_SECONDS)  # without orders the harness ends
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        if self.cgroup is not None:
            self.cgroup.remove()

    @property
    def limits(self) -> str:
        """What holds the container to Gradescope's memory and processor."""
        if self.cgroup is not None:
            return f"cgroup, version {self.cgroup.version}"
        return "no cgroup to be had: address space of each process, and one whole processor"

    def ask(self, verb: str, **details: Any) -> Any:
        """Let the harness do something, and return its answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([verb, details]) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the container died"
        return json.loads(answer)

    def run(self, *words: str) -> Ran:
        """Run a command as the container's root."""
        return Ran(**self.ask("run", argv=words, seconds=RUN_SECONDS))

    def read(self, path: str) -> bytes | None:
        """Return the content of a regular file, None where there is none."""
        content = self.ask("get", path=path)
        return None if content is None else base64.b64decode(content)

    def put(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Write files into a folder."""
        encoded = {name: base64.b64encode(content).decode() for name, content in files.items()}
        self.ask("put", folder=folder, files=encoded)

    def state(self) -> dict[str, str]:
        """Return what there is in the file system, but for submission and results."""
        found: dict[str, str] = self.ask("state", without=EXCHANGED)
        return found

    def grade(self, submission: Path) -> Graded:
        """Grade a folder or a file as the platform does: lay it out, run, read the results."""
        for name in ("results", "submission"):
            self.ask("clear", folder=f"/autograder/{name}")
        self.put("/autograder/submission", _files(submission))
        metadata = json.dumps(METADATA).encode()
        self.put("/autograder", {"submission_metadata.json": metadata})
        done = self.ask(
            "run",
            argv=["/autograder/run_autograder"],
            seconds=RUN_SECONDS,
            output="/autograder/results/stdout",
        )
        return Graded(**done, content=self.read("/autograder/results/results.json"))


class Image:
    """A root, and after `prepare` the package in it: what containers start from.

    Parameters
    ----------
    folder : pathlib.Path
        Empty, for the root and for what the containers write.
    archive : pathlib.Path
        The root, as a tar file.
    """

    def __init__(self, folder: Path, archive: Path) -> None:
        self.folder = folder
        base = self._new("base")
        subprocess.run(["tar", "-C", base, "-xpf", archive], check=True)
        self.layers = [base]
        self.has_overlays = _can_overlay(self._new("trial"))

    def start(self) -> Container:
        """Return a new container with a fresh copy of the image."""
        folder = self._new(f"container-{next(NUMBERS)}")
        self._fresh(folder)
        return Container(folder, self._root(folder))

    def prepare(self, package: Path) -> Ran:
        """Build the image from the zip as the platform does; without a network, which it has."""
        folder = self._new("image")
        top = self._fresh(folder)
        (top / "autograder").mkdir()
        shutil.copy(package, top / "autograder" / "autograder.zip")
        with Container(folder, self._root(folder)) as container:
            ran = container.run("bash", "-e", "-c", BUILD)
        self.layers = [top, *self.layers] if self.has_overlays else [top]
        return ran

    def python(self) -> str:
        """Return the version of the root's Python, as ``--python`` takes it."""
        show = "import sys; print(*sys.version_info[:2], sep='.')"
        command = ["chroot", self.layers[-1], "python3", "-I", "-c", show]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def _new(self, name: str) -> Path:
        (self.folder / name).mkdir()
        return self.folder / name

    def _fresh(self, folder: Path) -> Path:
        """Make in `folder` what a container changes; return where its files are."""
        top = folder / "top"
        if self.has_overlays:
            top.mkdir()
            (folder / "work").mkdir()
        else:
            subprocess.run(["cp", "-a", "--reflink=auto", self.layers[0], top], check=True)
        return top

    def _root(self, folder: Path) -> str:
        if not self.has_overlays:
            return str(folder / "top")
        lower = ":".join(map(str, self.layers))
        return f"lowerdir={lower},upperdir={folder / 'top'},workdir={folder / 'work'}"


def _can_overlay(folder: Path) -> bool:
    """Return whether an overlay can be mounted upon the file system of the empty `folder`."""
    for name in ("low", "top", "work", "root"):
        (folder / name).mkdir()
    options = "lowerdir=low,upperdir=top,workdir=work"
    command = ["unshare", "--mount", "mount", "-t", "overlay", "-o", options, "overlay", "root"]
    return subprocess.run(command, cwd=folder, capture_output=True).returncode == 0


def _limited(cgroup: Cgroup | None) -> list[str]:
    """Return the words before a command that hold it to the platform's limits."""
    if cgroup is None:
        return ["prlimit", f"--as={MEMORY_BYTES}", "taskset", "--cpu-list", "0"]
    entries = [str(entry) for entry in cgroup.entries()]
    join = 'while [ "$1" != -- ]; do echo 0 > "$1"; shift; done; shift; exec "$@"'
    return ["sh", "-c", join, "sh", *entries, "--"]


def _files(given: Path) -> dict[str, bytes]:
    """Return the contents of the files in a folder, by their paths in it, or of one file."""
    if given.is_file():
        return {given.name: given.read_bytes()}
    files = [
        file for file in given.rglob("*") if file.is_file() and "__pycache__" not in file.parts
    ]
    return {str(file.relative_to(given)): file.read_bytes() for file in files}

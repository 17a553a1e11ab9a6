"""Start real runs of the grader that a test kills, starves or lies to, and see what they leave."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((Path(__file__).parents[1] / "support" / "gradescope_schema.json").read_text())

KINDS = ("grade", "gradescope")

#: What a process may need to be gone after its judge is.
LEFT_SECONDS = 2.0


@dataclass(frozen=True)
class Place:
    """Folders of one run: of the report alone, and of its temporary files alone."""

    kind: str
    folder: Path
    submission: Path

    @property
    def report(self) -> Path:
        return self.folder / "results" / "results.json"

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    def start(
        self,
        *,
        program: Sequence[str] = (),
        before: Callable[[], None] | None = None,
        **environment: str,
    ) -> "subprocess.Popen[str]":
        """Start the command; `program` may stand for ``-m`` and the module."""
        words = [*(program or ("-m", self._module)), *self._words]
        environment = {"TMPDIR": str(self.temporary), "AUTOGRADER_ROOT": str(self.folder)} | (
            environment
        )
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=before,
        )

    @property
    def _module(self) -> str:
        return "autograder" if self.kind == "grade" else "autograder.commands.gradescope_run"

    @property
    def _words(self) -> list[str]:
        if self.kind == "gradescope":
            return []
        return ["grade", str(self.submission), "--json", str(self.report)]

    def results(self) -> dict[str, Any]:
        """Return what the file says, after holding it against its format."""
        results: dict[str, Any] = json.loads(self.report.read_bytes())
        if self.kind == "gradescope":
            jsonschema.validate(results, SCHEMA)
            checks, notes = results.get("tests", []), results["output"]
            is_finished = results["extra_data"]["finished"]
            assert results["execution_time"] >= 0
        else:
            checks, notes = results["checks"], "\n".join(results["notes"])
            is_finished = results["finished"]
        own = [check["score"] for check in checks if not check.get("bonus")]
        assert abs(sum(own) - results["score"]) < 1e-6
        assert is_finished or "Grading did not finish" in notes
        return {"score": results["score"], "finished": is_finished, "checks": checks, "said": notes}

    def processes(self) -> dict[int, str]:
        """Return the run's processes but the judge, by where they work (Linux)."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    where = os.readlink(entry / "cwd").removesuffix(" (deleted)")
                except OSError:
                    continue
                if Path(where).is_relative_to(self.temporary.resolve()):
                    found[int(entry.name)] = where
        return found

    def left_processes(self) -> dict[int, str]:
        """Return what is still running some seconds after the judge has ended."""
        deadline = time.monotonic() + LEFT_SECONDS
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return left

    def end_what_is_left(self) -> None:
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)


def lay_out(kind: str, folder: Path, submission: Path) -> Place:
    """Make the folders of a run."""
    for name in ("results", "tmp"):
        (folder / name).mkdir(parents=True)
    if kind == "gradescope":
        shutil.copytree(submission, folder / "submission")
    return Place(kind, folder, submission)


def wait_until(
    is_true: Callable[[], object], process: "subprocess.Popen[str]", *, seconds: float = 60
) -> None:
    """Look until something is so, while a process runs."""
    deadline = time.monotonic() + seconds
    while not is_true():
        assert process.poll() is None, f"it ended: {process.communicate()[0]}"
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.005)

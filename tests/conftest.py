"""What all tests share: the compiled answer keys, and the real command."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser import browser
from students import handout_zip, set_up

__all__ = ["browser", "handout_zip", "set_up"]

ROOT = Path(__file__).resolve().parents[1]

# A shell that starts the tests in the background has them ignore Control-C, and 'nohup' the loss of
# the terminal. So would every command that they start; some tests send these signals.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def answer_keys() -> dict[str, Path]:
    """The compiled keys, full and public, up to date."""
    command = [sys.executable, "-m", "autograder", "compile", "--if-stale"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return {half: ROOT / "build" / f"answer-key.{half}" for half in ("full", "public")}


@pytest.fixture
def command(answer_keys: dict[str, Path]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``python -m autograder`` with these words."""

    def run(*words: object, **options: Any) -> subprocess.CompletedProcess[str]:
        call = [sys.executable, "-m", "autograder", *map(str, words)]
        return subprocess.run(
            call, cwd=ROOT, capture_output=True, text=True, timeout=300, **options
        )

    return run


@pytest.fixture
def graded(
    command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> Callable[..., dict[str, Any]]:
    """Grade a submission with the real command and return its JSON."""

    def run(submission: Path, *words: str) -> dict[str, Any]:
        file = tmp_path / "report.json"
        done = command("grade", submission, "--json", file, *words)
        assert done.returncode == 0, done.stderr
        report: dict[str, Any] = json.loads(file.read_text())
        return report

    return run

"""The verb ``doctor``: show which layers of protection this machine puts around a submission."""

import json
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.core.limits import Limits
from autograder.core.writing import write_atomically
from autograder.isolation.layers import LAYERS, missing
from autograder.supervisor.spawn import spawning
from autograder.supervisor.worker import Worker, started_worker

if TYPE_CHECKING:
    from autograder.homework.folder import Homework

__all__ = ["run_doctor"]

#: The column where texts begin, and the width of the page.
INDENT, WIDTH = 20, 96


def run_doctor(
    homework: "Homework | None" = None,
    *,
    json_path: Path | None = None,
    without: Sequence[str] = (),
) -> int:
    """Start a worker without a submission, ask which layers are on, and print them.

    The same goes to `json_path`: ``environment``, and for each layer its ``name``, whether it is
    ``on``, the ``reason`` why it is off and the ``remedy``; and what is ``missing`` for strangers'
    code. The limits are those of `homework`, if there is one.
    """
    limits = homework.settings.limits.limits if homework else Limits()
    with spawning(without=without) as spawner:
        worker = started_worker(spawner, limits=limits)
    if json_path is not None:
        write_atomically(json_path, (json.dumps(_collect_facts(worker), indent=1) + "\n").encode())
    sys.stdout.write("\n".join(_describe(worker)) + "\n")
    return 0


def _collect_facts(worker: Worker) -> dict[str, Any]:
    return {
        "environment": worker.environment,
        "layers": [
            {
                "name": layer.name,
                "on": not worker.layers[layer.name],
                "reason": worker.layers[layer.name],
                "remedy": layer.remedy,
            }
            for layer in LAYERS
        ],
        "limits": asdict(worker.limits),
        "missing": list(missing(worker.layers)),
    }


def _describe(worker: Worker) -> Iterator[str]:
    versions = worker.environment
    yield f"Python {versions['python']}, numpy {versions['numpy']}"
    yield "A submission runs in a process of its own, with an environment and a folder of its own."
    yield "Around that process:"
    yield ""
    for layer in LAYERS:
        why = worker.layers[layer.name]
        mark = "off" if why else "on "
        yield from _wrap(f"  {mark} {layer.name}", layer.purpose)
        if why:
            yield from _wrap("", f"off: {why}")
            yield from _wrap("", f"to get it: {layer.remedy}")
    yield ""
    yield "Its limits:"
    yield from [f"  {sentence}" for sentence in worker.limits.in_words]
    yield ""
    yield _judge(missing(worker.layers))


def _wrap(head: str, text: str) -> Iterator[str]:
    first, *rest = textwrap.wrap(text, WIDTH - INDENT)
    yield f"{head:<{INDENT}}{first}"
    yield from [" " * INDENT + line for line in rest]


def _judge(lacking: Mapping[str, str]) -> str:
    if not lacking:
        return "Strangers' code can be graded here."
    names = " ".join(lacking)
    return f"Your own code can be graded here. For strangers' code this is missing: {names}."

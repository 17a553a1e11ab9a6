"""The layers by name: what each one takes from a worker, and how to get one that is missing."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

__all__ = [
    "LAYERS",
    "NEEDED",
    "NOT_TRIED",
    "Layer",
    "described",
    "layer_names",
    "missing",
    "refusal",
]


class Layer(NamedTuple):
    """One layer.

    Its `name`, short and stable, appears in reports, settings and on the command line; the
    `purpose` is a clause about the submission, the `remedy` how to get it where it is missing.
    """

    name: str
    purpose: str
    remedy: str


LAYERS = (
    Layer(
        "user",
        "it runs as a user of its own, without groups, one for each worker at work",
        "run the grader as root, with a Python that every user can read (not below /root)",
    ),
    Layer(
        "files",
        "it reads the interpreter, its libraries and its own files, and writes to one temporary"
        " folder",
        "Linux 5.13 or newer with Landlock, and: pip install py-landlock",
    ),
    Layer(
        "syscalls",
        "it starts no process, reaches no network, signals and traces no one, changes no setting"
        " of the system",
        "Linux with libseccomp (Debian, Ubuntu: apt install libseccomp2), and: pip install"
        " pyseccomp",
    ),
    Layer(
        "network",
        "it has a network and shared memory of its own, with no one else there",
        "run the grader as root, outside a container or in one that may make namespaces",
    ),
    Layer(
        "privileges",
        "it has no capabilities and can't gain any",
        "Linux",
    ),
    Layer(
        "limits",
        "it gets so much memory, processor time, open files, bytes in a file, processes",
        "Linux or macOS",
    ),
    Layer(
        "judge",
        "it can't read the memory, descriptors or environment of the grader",
        "Linux",
    ),
    Layer(
        "sweep",
        "what it started ends with it",
        "Linux",
    ),
)

#: The state of a layer before anything was tried.
NOT_TRIED = "not tried"

#: What a grader of strangers' code can't do without: of each group one at least. Files are closed
#: to a worker by its user, where the grader's folders are root's own, or by Landlock; the network
#: by the list of system calls, which also stands for the rest that `network` takes away.
NEEDED = (
    ("user", "files"),
    ("syscalls",),
    ("privileges",),
    ("limits",),
    ("judge",),
    ("sweep",),
)


def layer_names() -> tuple[str, ...]:
    """Return the names in the order of the list."""
    return tuple([layer.name for layer in LAYERS])


def missing(state: Mapping[str, str], *, allowed: Collection[str] = ()) -> dict[str, str]:
    """Return the layers that are off where none of their group is on, each with why.

    The `state` has for each layer an empty text where it is on, else the reason. The layers that
    are `allowed` may be missing.
    """
    lacking: dict[str, str] = {}
    for group in NEEDED:
        if all([state.get(name, NOT_TRIED) for name in group]) and not set(group) & set(allowed):
            lacking |= {name: state.get(name, NOT_TRIED) for name in group}
    return lacking


def refusal(lacking: Mapping[str, str]) -> str:
    """Return why nothing is graded, and what to do about it."""
    remedies = {layer.name: layer.remedy for layer in LAYERS}
    reasons = "; ".join([f"{name}: {why} ({remedies[name]})" for name, why in lacking.items()])
    return (
        f"strangers' code is not run where these layers of protection are missing: {reasons}. To"
        f" run it anyway, write 'allow_missing = {' '.join(lacking)}' under [protection] in"
        " homework.ini"
    )


def described(state: Mapping[str, str]) -> dict[str, str]:
    """Return for a report which layers are on by their `state`, and which are off and why."""
    off = {name: why for name, why in state.items() if why}
    texts = {"layers": ", ".join([name for name in state if name not in off])}
    if off:
        texts["layers off"] = ", ".join([f"{name} ({why})" for name, why in off.items()])
    return texts

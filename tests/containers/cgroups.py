"""Hold a group of processes to a limit of memory, processor and number, as a container engine does.

Both forms of cgroups are known: one folder for each controller (version 1), one folder for all
(version 2). Where neither can be written, there is none, and the caller has to do without.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Cgroup", "make_cgroup"]

CONTROLLERS = ("memory", "cpu", "pids")

#: The kernel shares the processor out again after this time.
PERIOD_MICROSECONDS = 100_000

MOUNTS = Path("/proc/self/mountinfo")
OWN = Path("/proc/self/cgroup")


@dataclass(frozen=True)
class Cgroup:
    """A group that holds nothing yet.

    Attributes
    ----------
    folders : dict of str to pathlib.Path
        Each controller's folder; the same one for all in version 2.
    version : int
        1 or 2.
    """

    folders: dict[str, Path]
    version: int

    def entries(self) -> list[Path]:
        """Return the files into which a process writes 0 to be held."""
        return sorted({folder / "cgroup.procs" for folder in self.folders.values()})

    def peak_bytes(self) -> int | None:
        """Return the most memory that was held at once, the files' cache included."""
        names = ("memory.max_usage_in_bytes", "memory.peak")
        file = self.folders["memory"] / names[self.version - 1]
        return int(file.read_text()) if file.exists() else None

    def remove(self) -> None:
        """Remove the group, whose processes are gone."""
        for folder in set(self.folders.values()):
            with contextlib.suppress(FileNotFoundError):
                folder.rmdir()


def make_cgroup(name: str, *, memory_bytes: int, processors: float, tasks: int) -> Cgroup | None:
    """Make a group with these limits below this process's own; None where that is refused."""
    for version, make in ((2, _version_2), (1, _version_1)):
        for folders in make(name):
            group = Cgroup(folders, version)
            try:
                for folder in set(folders.values()):
                    folder.mkdir()
                _limit(group, memory_bytes, int(processors * PERIOD_MICROSECONDS), tasks)
            except OSError:
                group.remove()
                continue
            return group
    return None


def _limit(group: Cgroup, memory_bytes: int, quota: int, tasks: int) -> None:
    if group.version == 1:
        values = {
            ("memory", "memory.limit_in_bytes"): memory_bytes,
            ("cpu", "cpu.cfs_period_us"): PERIOD_MICROSECONDS,
            ("cpu", "cpu.cfs_quota_us"): quota,
            ("pids", "pids.max"): tasks,
        }
    else:
        values = {
            ("memory", "memory.max"): memory_bytes,
            ("cpu", "cpu.max"): f"{quota} {PERIOD_MICROSECONDS}",
            ("pids", "pids.max"): tasks,
        }
    for (controller, file), value in values.items():
        (group.folders[controller] / file).write_text(str(value))


def _version_1(name: str) -> Iterator[dict[str, Path]]:
    places = dict(_mounted("cgroup"))
    if set(CONTROLLERS) <= set(places):
        yield {controller: places[controller] / name for controller in CONTROLLERS}


def _version_2(name: str) -> Iterator[dict[str, Path]]:
    """Yield a folder below this process's own, then higher and higher ones.

    A group that holds processes can't share its controllers out, so that the own one seldom will.
    """
    for _, own in _mounted("cgroup2"):
        for place in [own, *own.parents]:
            control = place / "cgroup.subtree_control"
            if not control.exists():
                break
            with contextlib.suppress(OSError):
                control.write_text(" ".join([f"+{controller}" for controller in CONTROLLERS]))
                yield dict.fromkeys(CONTROLLERS, place / name)


def _mounted(kind: str) -> Iterator[tuple[str, Path]]:
    """Yield controllers, none by name in version 2, with this process's own folders of them."""
    own = {}
    for line in OWN.read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        own |= dict.fromkeys(controllers.split(","), path)
    for line in MOUNTS.read_text().splitlines():
        mount, _, details = line.partition(" - ")
        root, place = mount.split()[3:5]
        found, _, options = details.split(maxsplit=2)
        controllers = options.split(",") if kind == "cgroup" else [""]
        for controller in controllers if found == kind else []:
            if controller in own:
                yield controller, Path(place, os.path.relpath(own[controller], root))

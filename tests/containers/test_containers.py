"""The parts of the imitated containers that can be tried without one."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from containers import cgroups
from containers.cgroups import make_cgroup

Machine = Callable[[list[tuple[str, str]], str], Path]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return a function that pretends to a machine with these mounts and own groups."""

    def pretend(mounts: list[tuple[str, str]], own: str) -> Path:
        lines = [f"30 25 0:26 / {tmp_path}/{place} rw shared:9 - {kind}" for place, kind in mounts]
        for name, content in (("mounts", "\n".join(lines)), ("own", own)):
            (tmp_path / name).write_text(content)
            monkeypatch.setattr(cgroups, name.upper(), tmp_path / name)
        return tmp_path

    return pretend


def test_in_version_1_each_controller_gets_its_limit_below_the_own_group(machine: Machine) -> None:
    kinds = [(name, f"cgroup cgroup rw,{name}") for name in ("memory", "cpu", "pids")]
    root = machine(kinds, "3:memory:/a/b\n2:cpu:/\n1:pids:/a\n0::/\n")
    for folder in ("memory/a/b", "cpu", "pids/a"):
        (root / folder).mkdir(parents=True)
    group = make_cgroup("new", memory_bytes=1000, processors=0.5, tasks=7)
    assert group is not None
    assert (root / "memory/a/b/new/memory.limit_in_bytes").read_text() == "1000"
    assert (root / "cpu/new/cpu.cfs_quota_us").read_text() == "50000"
    assert (root / "pids/a/new/pids.max").read_text() == "7"
    assert len(group.entries()) == 3
    (root / "memory/a/b/new/memory.max_usage_in_bytes").write_text("900\n")
    assert group.peak_bytes() == 900


def test_in_version_2_one_group_gets_all_limits(machine: Machine) -> None:
    root = machine([("all", "cgroup2 cgroup2 rw")], "0::/a\n")
    (root / "all/a").mkdir(parents=True)
    (root / "all/a/cgroup.subtree_control").touch()
    group = make_cgroup("new", memory_bytes=1000, processors=0.5, tasks=7)
    assert group is not None
    limits = {name: (root / "all/a/new" / name).read_text() for name in ("memory.max", "cpu.max")}
    assert limits == {"memory.max": "1000", "cpu.max": "50000 100000"}
    assert group.entries() == [root / "all/a/new/cgroup.procs"]


def test_in_version_2_a_group_that_cannot_share_out_is_passed_over(machine: Machine) -> None:
    root = machine([("all", "cgroup2 cgroup2 rw")], "0::/a\n")
    (root / "all/a/cgroup.subtree_control").mkdir(parents=True)  # no one can write to that
    (root / "all/cgroup.subtree_control").touch()
    group = make_cgroup("new", memory_bytes=1000, processors=0.5, tasks=7)
    assert group is not None
    assert group.folders["memory"] == root / "all" / "new"


def test_where_no_group_can_be_made_there_is_none(machine: Machine) -> None:
    machine([("memory", "cgroup cgroup rw,memory")], "3:memory:/\n0::/\n")
    assert make_cgroup("new", memory_bytes=1000, processors=0.5, tasks=7) is None


def test_the_harness_does_nothing_outside_a_container() -> None:
    harness = Path(__file__).parent / "harness.py"
    done = subprocess.run(
        [sys.executable, harness], input="[]\n", capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "not in a container of its own" in done.stderr

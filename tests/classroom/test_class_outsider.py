"""No other user of the machine can reach the processes that grade a class."""

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from class_runs import FEW, ROOT, class_run, write_class

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="becomes another user"),
    pytest.mark.skipif(
        not all([importlib.util.find_spec(name) for name in ("distributed", "cryptography")]),
        reason="needs the extra 'class'",
    ),
]

#: Tries each port that is given, with and without a certificate of its own, and says which answer.
PROBE = """
import asyncio, os, sys
from distributed.core import rpc
from distributed.security import Security

security = Security.temporary().get_connection_args("client")
os.setgid(65534); os.setuid(65534)  # only now: this Python may lie where others can't read

async def ask(address, **how):
    server = rpc(address, timeout=5, **how)
    try:
        await asyncio.wait_for(server.identity(), 5)
        print("REACHED", address)
    except Exception as error:
        assert not isinstance(error, ImportError), repr(error)  # no answer at all
        print("refused", address, type(error).__name__)
    finally:
        await server.close_rpc()

async def main():
    plain = [ask(f"tcp://127.0.0.1:{port}") for port in sys.argv[1:]]
    shut = [ask(f"tls://127.0.0.1:{port}", connection_args=security) for port in sys.argv[1:]]
    await asyncio.gather(*plain, *shut)

asyncio.run(main())
"""

OPEN = """
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=1, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster:
        print(cluster.scheduler_address, flush=True)
        input()
"""


def list_ports(processes: set[str]) -> dict[str, str]:
    """Return the address by port of all that some processes listen on."""
    sockets = {
        os.readlink(link)
        for process in processes
        for link in Path(f"/proc/{process}/fd").glob("*")
        if os.path.lexists(link)
    }
    found = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in sockets:
                address, _, port = words[1].rpartition(":")
                found[str(int(port, 16))] = address
    return found


def family(process: int) -> set[str]:
    """Return a process and all below it."""
    known = {str(process)}
    while True:
        more = {
            place.name
            for place in Path("/proc").glob("[0-9]*")
            if (place / "stat").exists()
            and (place / "stat").read_text().rpartition(")")[2].split()[1] in known
        }
        if more <= known:
            return known
        known |= more


def probe(ports: list[str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *ports], cwd="/", capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_another_user_is_refused_at_every_port(
    tmp_path: Path, answer_keys: dict[str, Path]
) -> None:
    members = {f"{name}{n}": source for n in range(8) for name, source in FEW.items()}
    export = write_class(tmp_path / "export", members)
    for n, file in enumerate(sorted(export.glob("*/*.py"))):
        file.write_text(f"# {n}\n{file.read_text()}")
    run = class_run(tmp_path)
    process = subprocess.Popen(run.command(export, "--jobs", 2), cwd=ROOT, env=run.environment)
    try:
        while not any(run.cache.rglob("[0-9a-f][0-9a-f]/*")):
            assert process.poll() is None
            time.sleep(0.2)
        ports = list_ports(family(process.pid))
        assert len(ports) >= 4
        assert set(ports.values()) == {"0100007F"}  # 127.0.0.1
        assert "REACHED" not in probe(sorted(ports))
    finally:
        process.kill()
        process.wait()


def test_the_same_user_gets_into_a_cluster_that_is_open(tmp_path: Path) -> None:
    """Without this the test above could not fail."""
    (tmp_path / "open.py").write_text(OPEN)
    process = subprocess.Popen(
        [sys.executable, tmp_path / "open.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        port = process.stdout.readline().strip().rpartition(":")[2]
        assert f"REACHED tcp://127.0.0.1:{port}" in probe([port])
    finally:
        process.communicate("\n", timeout=60)

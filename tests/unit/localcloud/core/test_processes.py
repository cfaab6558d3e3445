"""Real processes, most of them asleep."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from localcloud.core import ports, processes
from localcloud.core.ports import free_ports
from localcloud.core.processes import kill_tree, spawn, stop, wait_until

REPOSITORY = Path(__file__).parents[4]
# A child in a session of its own that has a child in a session of its own, as a postmaster's are.
FAMILY = """
import subprocess, sys, time
child = "import subprocess; subprocess.Popen(['sleep', '60'], start_new_session=True).wait()"
subprocess.Popen([sys.executable, "-c", child], start_new_session=True)
time.sleep(60)
"""
PARENT = """
import sys
from pathlib import Path
from localcloud.core.processes import spawn
child = spawn(["/bin/sleep", "60"], log=Path(sys.argv[1]), cwd=Path("/"), env={})
print(child.pid, flush=True)
input()
"""


def alive(pid: int) -> bool:
    return pid in processes._parents()


def test_kill_tree_reaches_children_in_sessions_of_their_own() -> None:
    family = subprocess.Popen([sys.executable, "-c", FAMILY])
    wait_until("the family", lambda: len(processes._trees([family.pid])) == 3, timeout_s=10)
    killed = kill_tree(family.pid)
    family.wait(5)
    assert len(killed) == 3
    assert not any(alive(pid) for pid in killed)


def test_kill_tree_of_a_process_that_ended_long_ago_kills_nothing() -> None:
    gone = subprocess.Popen(["/bin/sleep", "0"])
    gone.wait(5)
    assert kill_tree(gone.pid) == frozenset()


def test_a_spawned_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux can tie a child to its parent")
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.kill()
    wait_until("the end of the child", lambda: not alive(child), timeout_s=5)


def test_a_spawned_child_writes_to_its_log_and_sees_only_the_given_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGHOST", "production.example.com")
    log = tmp_path / "log"
    child = spawn(["/usr/bin/env"], log=log, cwd=tmp_path, env={"ONLY": "this"})
    assert child.wait(5) == 0
    assert "ONLY=this" in log.read_text()
    assert "PGHOST" not in log.read_text()


def test_a_child_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    script = "trap '' TERM; echo ready; while :; do sleep 0.05; done"
    log = tmp_path / "log"
    stubborn = spawn(["/bin/sh", "-c", script], log=log, cwd=tmp_path, env={"PATH": "/usr/bin:/bin"})
    wait_until("the trap", lambda: "ready" in log.read_text(), timeout_s=5)
    stop(stubborn, signal.SIGTERM, patience_s=0.2)
    assert stubborn.returncode == -signal.SIGKILL


def test_free_ports_are_different_and_not_for_outgoing_connections() -> None:
    found = free_ports(20)
    assert len(set(found)) == 20
    assert max(found) < 32_768


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_port_in_use_is_not_free(monkeypatch, kind) -> None:
    first, second = free_ports(2)
    monkeypatch.setattr(ports.random, "sample", lambda *_: [first, second])
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", first))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        assert free_ports(1) == [second]


def test_a_wait_in_vain_says_for_what() -> None:
    started = time.monotonic()
    with pytest.raises(TimeoutError, match=r"0\.1 s in vain for the moon"):
        wait_until("the moon", lambda: False, timeout_s=0.1)
    assert time.monotonic() - started < 1


def test_ps_tells_the_same_parents_as_proc() -> None:
    if not (Path("/proc/self/stat").exists() and Path("/bin/ps").exists()):
        pytest.skip("needs both to compare them")
    child = subprocess.Popen(["/bin/sleep", "60"])
    try:
        parents = [
            {pid: parent for pid, parent, _ in rows}
            for rows in (processes._proc_rows(), processes._ps_rows())
        ]
        assert parents[0][child.pid] == parents[1][child.pid]
    finally:
        child.kill()
        child.wait(5)

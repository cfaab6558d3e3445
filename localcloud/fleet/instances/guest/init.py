"""The first process of an instance: runs the user data once, keeps units running, ends with its owner.

`python init.py` in the instance's folder. Standard input is held open by who started the instance: when it
ends, the whole process group is killed. SIGTERM ends it as a shutdown does. `systemctl` leaves orders in
run/orders and sends SIGUSR1.
"""

import json
import os
import selectors
import shlex
import signal
import string
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path.cwd()
ORDERS, UNITS = ROOT / "run/orders", ROOT / "run/units"
WANTED = ROOT / "etc/systemd/system/multi-user.target.wants"
FIRST_BOOT = ROOT / "var/lib/cloud/instance/user-data-was-run"
SIGNALS = (signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD)


def say(text: str) -> None:
    """One line on the console."""
    print(time.strftime("%H:%M:%S"), text, flush=True)


def below_root(path: str) -> str:
    """*path* as the instance sees it: what is in its own folder comes before what the machine has."""
    inside = ROOT / path.lstrip("/")
    return str(inside) if path.startswith("/") and inside.exists() else path


def read_unit(path: Path) -> dict[str, list[str]]:
    """Keys of a unit file; a key may be there more than once."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        key, given, value = line.strip().partition("=")
        if given and not key.startswith(("#", ";")):
            found.setdefault(key.strip(), []).append(value.strip())
    return found


def environment(unit: dict[str, list[str]]) -> dict[str, str]:
    """What a unit's process is given besides what all of the instance have."""
    lines = [part for line in unit.get("Environment", []) for part in shlex.split(line)]
    for file in unit.get("EnvironmentFile", []):
        path = Path(below_root(file.removeprefix("-")))
        if path.exists():
            lines += [
                part for line in path.read_text().splitlines() for part in shlex.split(line, comments=True)
            ]
    return dict(line.split("=", 1) for line in lines if "=" in line)


class Unit:
    """A service as its unit file describes it."""

    def __init__(self, path: Path) -> None:
        self.name, self.path = path.name, path
        self.process: subprocess.Popen[bytes] | None = None
        self.wanted = False
        self.again_at: float | None = None

    def start(self) -> None:
        """Start it, whatever it was before."""
        self.wanted, self.again_at = True, None
        if self.process and self.process.poll() is None:
            return
        unit = read_unit(self.path)
        env = {**os.environ, **environment(unit)}
        words = shlex.split(unit["ExecStart"][-1].lstrip("-@+!:"))
        command = [below_root(string.Template(word).safe_substitute(env)) for word in words]
        folder = below_root(unit.get("WorkingDirectory", ["/"])[-1])
        try:
            self.process = subprocess.Popen(
                command, cwd=folder if folder != "/" else ROOT, env=env, stdin=subprocess.DEVNULL
            )
        except OSError as error:
            say(f"{self.name}: {error}")
            self.process = None
        (UNITS / self.name).write_text(str(self.process.pid if self.process else 0))

    def stop(self) -> None:
        """Let it end and stay so."""
        self.wanted, self.again_at = False, None
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def look(self) -> None:
        """Notice that it ended, and start it again when its time has come and its unit says so."""
        if self.again_at is not None and time.monotonic() >= self.again_at:
            self.start()
        if self.process is None or self.process.poll() is None:
            return
        code, self.process = self.process.returncode, None
        (UNITS / self.name).write_text("0")
        say(f"{self.name} ended with {code}")
        unit = read_unit(self.path)
        policy = unit.get("Restart", ["no"])[-1]
        if self.wanted and (policy == "always" or (policy == "on-failure" and code != 0)):
            self.again_at = time.monotonic() + float(unit.get("RestartSec", ["0.1"])[-1].removesuffix("s"))


class Init:
    """Owns the user data's process and the units."""

    def __init__(self) -> None:
        self.units: dict[str, Unit] = {}
        self.first: subprocess.Popen[bytes] | None = None
        self.ending = False

    def boot(self) -> None:
        """Run the user data on the first boot, the enabled units on every other one."""
        for folder in (ORDERS, UNITS, WANTED, FIRST_BOOT.parent, ROOT / "tmp"):
            folder.mkdir(parents=True, exist_ok=True)
        (ROOT / "run/init.pid").write_text(str(os.getpid()))
        if not FIRST_BOOT.exists():
            FIRST_BOOT.touch()
            self.first = self._user_data()
        for link in sorted(WANTED.iterdir()):
            self.unit(link.name).start()

    def _user_data(self) -> "subprocess.Popen[bytes] | None":
        script = ROOT / "var/lib/cloud/instance/user-data.txt"
        if not script.read_bytes().startswith(b"#!"):
            say("the user data is no script: nothing is run")
            return None
        script.chmod(0o700)
        return subprocess.Popen([str(script)], cwd=ROOT, stdin=subprocess.DEVNULL)

    def unit(self, name: str) -> Unit:
        """The unit of this name, which `systemctl enable` linked."""
        if name not in self.units:
            self.units[name] = Unit(WANTED.parent / name)
        return self.units[name]

    def look(self) -> None:
        """Carry out what was ordered, and see who ended."""
        for order in sorted(ORDERS.glob("*.json")):
            wish = json.loads(order.read_text())
            order.unlink()
            unit = self.unit(wish["unit"])
            unit.stop() if wish["do"] == "stop" else unit.start()
        for unit in self.units.values():
            unit.look()
        if self.first and self.first.poll() is not None:
            say(f"the user data ended with {self.first.returncode}")
            self.first = None

    def shut_down(self) -> None:
        """Let all end."""
        self.ending = True
        for unit in self.units.values():
            unit.stop()
        if self.first and self.first.poll() is None:
            self.first.terminate()

    @property
    def empty(self) -> bool:
        """Whether nothing runs any more."""
        return self.first is None and all(unit.process is None for unit in self.units.values())

    def wait_s(self) -> float | None:
        """How long nothing needs to be looked at unless a signal comes."""
        due = [unit.again_at for unit in self.units.values() if unit.again_at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None


def main() -> None:
    """Be the first process until told to end."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    init = Init()
    for number in SIGNALS:
        signal.signal(number, (lambda *_: init.shut_down()) if number == signal.SIGTERM else lambda *_: None)
    watched = selectors.DefaultSelector()
    watched.register(reading, selectors.EVENT_READ)
    watched.register(sys.stdin, selectors.EVENT_READ)
    init.boot()
    while not (init.ending and init.empty):
        for key, _ in watched.select(init.wait_s()):
            if key.fileobj is sys.stdin and not os.read(0, 1):
                os.killpg(0, signal.SIGKILL)
            if key.fileobj == reading:
                os.read(reading, 4096)
        init.look()


if __name__ == "__main__":
    main()

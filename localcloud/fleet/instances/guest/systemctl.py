"""`systemctl` in an instance: enable [--now], start, stop, restart, is-active, daemon-reload.

A unit is a name or, as systemd allows it too, the path of a unit file. What it leaves out is refused.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

ROOT = Path(os.environ["INSTANCE_ROOT"])
SYSTEM = ROOT / "etc/systemd/system"


def main(arguments: list[str]) -> int:
    """Carry out one command; returns the exit code."""
    flags = {each for each in arguments if each.startswith("-")}
    words = [each for each in arguments if not each.startswith("-")]
    command, names = (words[0], words[1:]) if words else ("", [])
    if command == "daemon-reload":
        return 0
    units = [name if "." in Path(name).name else f"{name}.service" for name in names]
    if command == "enable":
        units = [enable(unit) for unit in units]
        return order("start", units) if "--now" in flags else 0
    if command in ("start", "stop"):
        return order(command, units)
    if command == "restart":
        order("stop", units)
        deadline = time.monotonic() + 10
        while any(active(unit) for unit in units) and time.monotonic() < deadline:
            time.sleep(0.05)
        return order("start", units)
    if command == "is-active":
        print("active" if all(map(active, units)) else "inactive")
        return 0 if all(map(active, units)) else 3
    sys.stderr.write(f"systemctl: this instance has no {' '.join(arguments)}\n")
    return 1


def enable(unit: str) -> str:
    """Link the unit so that it is started on every boot; returns its name."""
    name = Path(unit).name
    file, wanted = SYSTEM / name, SYSTEM / "multi-user.target.wants" / name
    if "/" in unit and not file.exists():
        file.symlink_to(Path(unit).resolve())
    wanted.unlink(missing_ok=True)
    wanted.symlink_to(file)
    return name


def order(what: str, units: list[str]) -> int:
    """Leave an order for the instance's first process."""
    for unit in units:
        path = ROOT / "run/orders" / f"{time.monotonic_ns()}-{os.getpid()}"
        path.write_text(json.dumps({"do": what, "unit": unit}))
        path.rename(path.with_suffix(".json"))
    os.kill(int((ROOT / "run/init.pid").read_text()), signal.SIGUSR1)
    return 0


def active(unit: str) -> bool:
    """Whether the unit's process runs."""
    try:
        pid = int((ROOT / "run/units" / unit).read_text())
        os.kill(pid, 0)
    except (OSError, ValueError):
        return False
    return pid > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What the machine image brings: a folder of programs that comes first on the PATH of every instance.

* `systemctl` and `aws` as localcloud/fleet/instances/guest has them;
* `dnf`, which installs nothing and says so: the application brings its packages along;
* `python3` and `python3.X`, this machine's Python without the packages of this repository.
"""

import shlex
import sys
from pathlib import Path

GUEST = Path(__file__).resolve().parent / "guest"
INIT = GUEST / "init.py"
_DNF = """#!/bin/sh
echo "dnf: this instance has what it has; not installed: $*" >&2
"""


def base_python() -> Path:
    """This machine's Python, below any virtual environment."""
    return Path(getattr(sys, "_base_executable", sys.executable)).resolve()


def install(folder: Path) -> None:
    """Write the programs into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    programs = {
        "systemctl": _calling(base_python(), "-I", GUEST / "systemctl.py"),
        "aws": _calling(Path(sys.executable), "-I", GUEST / "aws.py"),
        "dnf": _DNF,
    }
    for name, text in programs.items():
        path = folder / name
        path.write_text(text)
        path.chmod(0o755)
    for name in ("python3", "python", f"python3.{sys.version_info.minor}"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(base_python())


def environment(root: Path, programs: Path, ports: dict[int, int], given: dict[str, str]) -> dict[str, str]:
    """The environment of all processes of an instance whose folder is *root*.

    PORT_8080 says where to listen for what everyone calls port 8080: a script that runs on Amazon Linux, too,
    writes ${PORT_8080:-8080}, and ${INSTANCE_ROOT:-}/opt for a folder that it makes.
    """
    return {
        "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(root),
        "TMPDIR": str(root / "tmp"),
        "LANG": "C.UTF-8",
        "INSTANCE_ROOT": str(root),
        "PYTHONPATH": str(GUEST / "lib"),
        "PYTHONDONTWRITEBYTECODE": "1",
        **{f"PORT_{own}": str(real) for own, real in ports.items()},
        **given,
    }


def _calling(python: Path, *arguments: str | Path) -> str:
    command = shlex.join(str(part) for part in (python, *arguments))
    return f'#!/bin/sh\nexec {command} "$@"\n'

"""The processes of one instance: a process group in a folder of its own."""

import base64
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from localcloud.core import disk
from localcloud.core.processes import freeze_tree, kill_tree, thaw_tree
from localcloud.fleet.instances.image import INIT, base_python
from localcloud.fleet.instances.record import Instance

SHUTDOWN_S = 15.0
"""How long processes may take to end after SIGTERM; systemd's own default is 90 s."""
USER_DATA = Path("var/lib/cloud/instance/user-data.txt")


@dataclass(slots=True)
class Machine:
    """What runs as one instance. Calls block; each comes from one thread at a time."""

    instance: Instance
    root: Path
    console: Path
    """Where all that its processes print is appended."""
    _init: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def boot(self, environment: dict[str, str]) -> None:
        """Start the first process: it runs the user data on the first boot, enabled units on others."""
        (self.root / USER_DATA).parent.mkdir(parents=True, exist_ok=True)
        (self.root / USER_DATA).write_bytes(base64.b64decode(self.instance.user_data))
        shutil.rmtree(self.root / "run", ignore_errors=True)  # as on every boot of a real one
        with self.console.open("ab") as output:
            self._init = subprocess.Popen(
                [base_python(), "-I", INIT],
                stdin=subprocess.PIPE,  # its end tells the group to die: nothing survives us
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.root,
                env=environment,
                start_new_session=True,
            )

    @property
    def pid(self) -> int | None:
        """The first process, which leads the group; None when it does not run."""
        return self._init.pid if self._init and self._init.poll() is None else None

    def shut_down(self, *, patience_s: float = SHUTDOWN_S) -> None:
        """Let all processes end with SIGTERM, and kill those that have not after *patience_s*."""
        if self.pid is None:
            return
        self.signal(signal.SIGCONT)  # one that stands still hears nothing
        self.signal(signal.SIGTERM)
        deadline = time.monotonic() + patience_s
        while self._lives() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.power_off()

    def power_off(self) -> None:
        """Kill all processes at once."""
        init = self._init
        if init is None:
            return
        if self.pid is not None:
            kill_tree(init.pid)  # those that left the group, too
        with suppress(ProcessLookupError, PermissionError):  # none is left
            os.killpg(init.pid, signal.SIGKILL)
        init.wait()
        if init.stdin:
            init.stdin.close()

    def kill_application(self, *, for_good: bool) -> int:
        """Kill all but the first process; returns how many died.

        The first process starts units again whose file says so, unless they are gone *for_good*: then it
        stands still, and the instance lives on without its application.
        """
        if (leader := self.pid) is None:
            return 0
        frozen = freeze_tree(leader) - {leader}
        for process in frozen:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        if not for_good:
            os.kill(leader, signal.SIGCONT)
        return len(frozen)

    def freeze(self) -> int:
        """Let all processes stand still: connections are accepted by the kernel and never answered."""
        return len(freeze_tree(self.pid)) if self.pid else 0

    def thaw(self) -> int:
        """Let them go on."""
        return len(thaw_tree(self.pid)) if self.pid else 0

    def fill_disk(self) -> int:
        """Let no process write to a file any more, until the next boot; returns how many there are.

        Raises MissingTool where that cannot be played: Linux only.
        """
        return len(disk.fill(self.pid, None)) if self.pid else 0

    def signal(self, number: signal.Signals) -> None:
        """Send *number* to all processes of the group."""
        if self._init:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._init.pid, number)

    def _lives(self) -> bool:
        if self._init is None:
            return False
        self._init.poll()  # reaps it
        try:
            os.killpg(self._init.pid, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True

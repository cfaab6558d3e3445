"""One container: a process, its log, and the ports that it was given."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localcloud.core.processes import kill_tree, stop

DRAIN_S = 4.0
"""From the end of a task's registration to SIGTERM: whoever asks it by then has noticed."""
LOOK_S = 0.2
KILLED = 128


@dataclass(slots=True, kw_only=True)
class Container:
    """As the Docker SDK has one, as far as ministack asks. Calls come from any thread."""

    id: str
    name: str
    """Of this container alone."""
    definition: str
    """What the definition of its task calls it."""
    task: str
    """ARN of its task."""
    address: str
    """Of its task, in the subnet."""
    zone: str
    ports: dict[int, int]
    """Where each of its ports really listens on 127.0.0.1."""
    environment: dict[str, str]
    folder: Path
    process: "subprocess.Popen[bytes]"
    log: Path
    stop_s: float
    """From SIGTERM to SIGKILL."""
    ended: Callable[["Container"], None]
    """Called once when it was told to end."""
    leaving: bool = field(default=False, init=False)
    began: float = field(default_factory=time.time, init=False)

    @property
    def status(self) -> str:
        """As Docker says it."""
        return "running" if self.lives and not self.leaving else "exited"

    @property
    def lives(self) -> bool:
        """Whether its process runs, also on its way out."""
        return self.process.poll() is None

    @property
    def attrs(self) -> dict[str, Any]:
        """What Docker tells of it: the one network."""
        return {"NetworkSettings": {"Networks": {"vpc": {"IPAddress": self.address}}}}

    def reload(self) -> None:
        """Nothing is kept that could be old."""

    def wait(self) -> dict[str, int]:
        """Its exit code, when it has ended; a signal counts from 128 on."""
        code = self.process.wait()
        return {"StatusCode": KILLED - code if code < 0 else code}

    def stop(self, **_: object) -> None:
        """Let it end in its own time, beside everything else: its task is gone from wherever it was known."""
        if not self.leaving:
            self.leaving = True
            self.ended(self)
            threading.Thread(target=self._end, name=f"end of {self.name}", daemon=True).start()

    def _end(self) -> None:
        if self.lives:
            time.sleep(DRAIN_S)
        stop(self.process, signal.SIGTERM, patience_s=self.stop_s)

    def remove(self, **_: object) -> None:
        """It is kept until it has ended."""

    def kill(self) -> int:
        """Let it die at once, with all that it started; returns how many processes died."""
        return len(kill_tree(self.process.pid)) if self.lives else 0

    def signal(self, number: signal.Signals) -> None:
        """Send *number* to all its processes."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def logs(self, *, stream: bool = False, tail: int | None = None, **_: object) -> Any:
        """All that it printed, or its last lines; a stream goes on until it has ended."""
        if stream:
            return self._lines()
        return b"\n".join(self.log.read_bytes().splitlines()[-tail if tail else 0 :])

    def _lines(self) -> Iterator[bytes]:
        with self.log.open("rb") as printed:
            while True:
                lived = self.lives
                if line := printed.readline():
                    yield line
                elif not lived:
                    return
                else:
                    time.sleep(LOOK_S)

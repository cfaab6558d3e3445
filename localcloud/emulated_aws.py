"""The emulated AWS as a child process, and the calls that steer its region gate."""

import json
import shutil
import subprocess
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localcloud.core.errors import MissingTool, StartFailed
from localcloud.core.paths import EMULATOR_PYTHON, LOGS, REPOSITORY
from localcloud.core.processes import die_with_parent

SERVE = REPOSITORY / "localcloud" / "emulator" / "serve.py"
READY_WITHIN_S = 30.0
GATE_WITHIN_S = 30.0
"""A kill is answered when every process is gone, which takes seconds on a busy machine."""


@dataclass(slots=True)
class EmulatedAws:
    """The emulator of one local cloud. *config* is what `localcloud/emulator/config.py` reads."""

    config: Mapping[str, Any]
    folder: Path
    _process: subprocess.Popen[str] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it and wait until it answers. Raises StartFailed with the end of its log."""
        if not EMULATOR_PYTHON.exists():
            raise MissingTool("the emulator is not installed", "run: make setup")
        settings = self.folder / "emulator.json"
        settings.touch(mode=0o600)
        settings.write_text(json.dumps(self.config))
        temporary = self.folder / "tmp"
        if temporary.exists():
            shutil.rmtree(temporary)  # processes of a cloud that is gone
        temporary.mkdir()
        log = LOGS / "emulator.log"
        with log.open("w") as stream:
            self._process = subprocess.Popen(
                [str(EMULATOR_PYTHON), "-u", str(SERVE), str(settings)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
                cwd=self.folder,
                env={"PATH": "/usr/bin:/bin", "TMPDIR": str(temporary), "LANG": "C.UTF-8"},
                preexec_fn=die_with_parent,
            )
        if self._first_line() != "ready":
            tail = "\n".join(log.read_text().splitlines()[-20:])
            raise StartFailed(f"the emulated AWS did not start:\n{tail}", f"its log is {log}")

    def _first_line(self) -> str:
        process = self._process
        if process is None or process.stdout is None:
            raise StartFailed("the emulated AWS has no process", "call start() first")
        return process.stdout.readline().strip()

    @property
    def pid(self) -> int | None:
        """The process id, while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def set_region(self, region: str, state: str) -> dict[str, Any]:
        """Tell the gate that *region* is "dead", "silent", "stopped" or "alive"; returns what it answered."""
        return dict(self._gate(f"/_gate/regions/{region}", {"state": state}))

    def set_link(self, one: str, other: str, *, cut: bool) -> None:
        """Tell the gate to cut or mend the way between two places."""
        self._gate("/_gate/links", {"a": one, "b": other, "cut": cut})

    def set_flapping(self, region: str, one_in: int) -> None:
        """Let one in *one_in* health checks of *region* fail; 0 ends it."""
        self._gate("/_gate/flapping", {"region": region, "one_in": one_in})

    def set_sabotage(self, region: str, fault: str | None) -> None:
        """Let every step of a takeover in *region* come to "kill" or "refuse" once; None ends it."""
        self._gate("/_gate/sabotage", {"region": region, "fault": fault})

    def set_throttling(self, region: str, service: str, one_in: int) -> None:
        """Refuse one in *one_in* calls of *service* in *region*; 0 ends it."""
        self._gate("/_gate/throttling", {"region": region, "service": service, "one_in": one_in})

    def set_clock(self, region: str, seconds: float) -> None:
        """Let the clock of the functions of *region* be *seconds* fast."""
        self._gate("/_gate/clocks", {"region": region, "seconds": seconds})

    def set_managed_failover(self, region: str, *, refused: bool) -> None:
        """Let Aurora take no managed failovers in *region*, or take them again."""
        self._gate("/_gate/managed-failover", {"region": region, "refused": refused})

    def set_promotion(self, region: str, seconds: float) -> None:
        """Let a managed failover to *region* last so long; 0: as long as the local server takes."""
        self._gate("/_gate/promotion", {"region": region, "seconds": seconds})

    def set_copies(self, *, cut: bool) -> None:
        """Let copies of objects wait on their way to another region, or go on."""
        self._gate("/_gate/copies/way", {"cut": cut})

    def set_database(self, region: str, name: str, status: str) -> None:
        """Let RDS say so of a single database."""
        self._gate("/_gate/databases/status", {"region": region, "id": name, "status": status})

    def set_writer(self, region: str, name: str) -> None:
        """Let RDS call this instance of a cluster its writer."""
        self._gate("/_gate/databases/writer", {"region": region, "id": name})

    def follow(self, region: str, *, writer: str, replica: str) -> None:
        """Let RDS call both available, and the one a replica of the other."""
        self._gate("/_gate/databases/follow", {"region": region, "writer": writer, "replica": replica})

    def _gate(self, path: str, body: Mapping[str, Any]) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.config['operator_port']}{path}",
            data=json.dumps(body).encode(),
            method="POST",
            headers={
                "Content-Type": "application/json",
                "X-Localcloud-Token": str(self.config["token"]),
            },
        )
        with urllib.request.urlopen(request, timeout=GATE_WITHIN_S) as answer:
            return json.load(answer)

    def stop(self) -> None:
        """Stop it, within ten seconds."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)

"""A client of Docker's shape: it starts containers and knows those that there are."""

import shutil
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from localcloud.core.ports import free_ports
from localcloud.core.processes import spawn
from localcloud.emulator.containers.container import Container
from localcloud.emulator.containers.images import StoredImage

GUEST = Path(__file__).resolve().parents[2] / "fleet" / "instances" / "guest" / "lib"
"""What Python reads at its start, as in instances: where names lead, and which port is whose."""
STOP_S = 30.0
"""AWS's own, for a container that does not say how long it takes to end."""
TASK = "com.amazonaws.ecs.task-arn"
NAME = "com.amazonaws.ecs.container-name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Berth:
    """Where a task is put, and what its containers are given by its region and its role."""

    address: str
    zone: str
    ports: tuple[int, ...]
    """That the container listens at."""
    stop_s: float
    given: Mapping[str, str]


@dataclass(slots=True)
class DockerClient:
    """Containers below *folder*; *berth* finds the place of a task's container, *changed* hears of each."""

    folder: Path
    berth: Callable[[str, str], Berth]
    changed: Callable[[], None]
    living: dict[str, Container] = field(default_factory=dict)
    _starting: threading.Lock = field(default_factory=threading.Lock)

    def prepare(self) -> None:
        """Begin with an empty folder and this machine's Python in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        programs = self.folder / "bin"
        programs.mkdir(parents=True)
        base = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
        (programs / "python3").symlink_to(base)

    @property
    def containers(self) -> "DockerClient":
        """As the Docker SDK has it: `containers.run` and `containers.get`."""
        return self

    @property
    def images(self) -> "Images":
        """As the Docker SDK has it."""
        return Images()

    def known(self) -> list[Container]:
        """Those that there are, also such as have ended and that nobody has looked at since."""
        return list(self.living.values())

    def get(self, name: str) -> Container:
        """The container with this id. Raises KeyError."""
        return self.living[name]

    def run(
        self,
        image: str,
        *,
        environment: Mapping[str, str],
        labels: Mapping[str, str],
        command: list[str] | None = None,
        **_: object,
    ) -> Container:
        """Start a container. Raises ImageNotFound, and OSError for a command that is none."""
        stored = StoredImage.of(image)
        root = stored.unpack(self.folder / "images")
        with self._starting:
            berth = self.berth(labels[TASK], labels[NAME])
            told = _defaults(stored.config) | dict(environment)
            words = command or [*(stored.config.get("Entrypoint") or []), *(stored.config.get("Cmd") or [])]
            work = root / str(stored.config.get("WorkingDir", "/")).lstrip("/")
            container = self._start(words, work, berth, told, labels)
        self.living[container.id] = container
        self.changed()
        return container

    def _start(
        self, words: list[str], work: Path, berth: Berth, told: dict[str, str], labels: Mapping[str, str]
    ) -> Container:
        name = f"{labels[NAME]}-{labels[TASK].rpartition('/')[2][:8]}"
        ports = dict(zip(berth.ports, free_ports(len(berth.ports)), strict=True))
        log = self.folder / f"{name}.log"
        own = told.get("PORT", "")
        told |= {**self._surroundings(ports), **berth.given}
        if own.isdecimal():
            told["PORT"] = str(ports.get(int(own), own))
        return Container(
            id=uuid4().hex * 2,
            name=name,
            definition=labels[NAME],
            task=labels[TASK],
            address=berth.address,
            zone=berth.zone,
            ports=ports,
            environment=told,
            folder=work,
            process=spawn([self.program(words[0]), *words[1:]], log=log, cwd=work, env=told),
            log=log,
            stop_s=berth.stop_s,
            ended=lambda _: self.changed(),
        )

    def program(self, word: str) -> str | Path:
        """This machine's Python for what an image calls so."""
        return self.folder / "bin" / "python3" if word in ("python", "python3") else word

    def _surroundings(self, ports: Mapping[int, int]) -> dict[str, str]:
        return {
            "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin",
            "HOME": "/nonexistent",
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(GUEST),
            "PYTHONDONTWRITEBYTECODE": "",  # else every task would compile all of it anew
            "PYTHONPYCACHEPREFIX": str(self.folder / "compiled"),
            "HOST": "127.0.0.1",
            **{f"PORT_{own}": str(real) for own, real in ports.items()},
        }


class Images:
    """As the Docker SDK has them. An image that can be had is there already."""

    def get(self, reference: str, **_: Any) -> StoredImage:
        """The image. Raises ImageNotFound."""
        return StoredImage.of(reference)

    pull = get_registry_data = get


def _defaults(config: Mapping[str, Any]) -> dict[str, str]:
    return dict(line.split("=", 1) for line in config.get("Env") or [] if "=" in line)

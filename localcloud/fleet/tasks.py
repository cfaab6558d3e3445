"""Tasks of ECS as balancers and DNS find them: their ports in the book, and the names that lead to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localcloud.fleet.ports import PortBook
from localcloud.route53.records import Service

Told = Mapping[str, Any]


@dataclass(slots=True)
class TaskPorts:
    """What the emulator last said of its containers. One that is gone answers nobody at its address."""

    book: PortBook
    _known: dict[str, Told] = field(default_factory=dict)
    _names: Mapping[str, list[str]] = field(default_factory=dict)

    def follow(self, containers: Iterable[Told], names: Mapping[str, list[str]]) -> None:
        """Take over what is known now."""
        known = {each["id"]: each for each in containers}
        for name in known.keys() - self._known.keys():
            one = known[name]
            self.book.enter(one["address"], one["zone"], {int(own): int(real) for own, real in one["ports"]})
        for name, one in self._known.items():
            if name not in known:
                self.book.power_off(one["address"])
        self._known, self._names = known, names

    def services(self) -> dict[str, Service]:
        """By private name where those listen that it leads to."""
        return {name: self._service(addresses) for name, addresses in self._names.items() if addresses}

    def container_of(self, task: str) -> str:
        """The id of the container of the task with this ARN. Raises ValueError for one that does not run."""
        for name, one in self._known.items():
            if one["task"] == task and one["lives"]:
                return name
        raise ValueError(f"{task} is none of {sorted(one['task'] for one in self._known.values())}")

    def in_zone(self, zone: str) -> list[str]:
        """The ARNs of the tasks that live there."""
        return [one["task"] for one in self._known.values() if one["zone"] == zone and one["lives"]]

    def told(self) -> list[dict[str, Any]]:
        """Every container, for status."""
        shown = ("task", "definition", "address", "zone", "lives", "leaving")
        return [{key: one[key] for key in shown} for one in self._known.values()]

    def _service(self, addresses: list[str]) -> Service:
        ports: dict[int, list[int]] = {}
        for one in self._known.values():
            if one["address"] in addresses:
                for own, real in one["ports"]:
                    ports.setdefault(int(own), []).append(int(real))
        return Service(
            healthy=bool(ports),
            ports={own: found[0] for own, found in ports.items()},
            others={own: tuple(found[1:]) for own, found in ports.items()},
        )

"""Where the ports of instances really listen: the one seam between balancers and instances."""

from dataclasses import dataclass, field, replace
from typing import Protocol

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one port of an instance listens on this machine."""

    port: int
    """On 127.0.0.1; every instance has ports of its own, because macOS has no other loopback addresses."""
    zone: str
    dark: bool = False
    """Nobody answers there and nobody refuses: the instance is gone or its zone is cut off.

    Who connects waits until it gives up. An instance that lives without its application is not dark:
    its port refuses.
    """


class InstancePorts(Protocol):
    """What a balancer may know of instances. Calls do not block, and come from any thread."""

    def endpoint(self, instance: str, port: int) -> Endpoint | None:
        """Where *port* of the instance with this id listens; None for an instance that never was."""


@dataclass(slots=True)
class PortBook:
    """The endpoints that instances are given, and what became of them."""

    _ports: dict[str, dict[int, Endpoint]] = field(default_factory=dict)
    _zones: dict[str, str] = field(default_factory=dict)
    _gone: set[str] = field(default_factory=set)
    _cut_zones: set[str] = field(default_factory=set)

    def enter(self, instance: str, zone: str, ports: dict[int, int]) -> None:
        """*instance* lives in *zone*; *ports* says by its own port numbers where each listens."""
        self._zones[instance] = zone
        self._ports[instance] = {own: Endpoint(real, zone) for own, real in ports.items()}
        self._gone.discard(instance)

    def power_off(self, instance: str) -> None:
        """From now on nobody answers at any port of *instance*."""
        self._gone.add(instance)

    def cut_zone(self, zone: str, *, cut: bool) -> None:
        """Cut the zone off from all others, or end that."""
        (self._cut_zones.add if cut else self._cut_zones.discard)(zone)

    def is_cut(self, zone: str) -> bool:
        """Whether the zone is cut off."""
        return zone in self._cut_zones

    def endpoint(self, instance: str, port: int) -> Endpoint | None:
        """Where *port* of the instance with this id listens; None for an instance that never was.

        A port that the instance was given no endpoint for is dark, as one that no security group opens.
        """
        if instance not in self._ports:
            return None
        zone = self._zones[instance]
        known = self._ports[instance].get(port, Endpoint(0, zone, dark=True))
        dark = known.dark or instance in self._gone or zone in self._cut_zones
        return replace(known, dark=dark)

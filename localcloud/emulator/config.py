"""What the supervisor tells the emulator: one JSON file, read once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localcloud.emulator.regions import CLIENTS, OPERATOR

A_PAIR = 2


class ConfigError(Exception):
    """The file cannot be read; the message names the key and what was found there."""


@dataclass(frozen=True, slots=True)
class Door:
    """What a listening port stands for."""

    place: str
    """Where a call through this port comes from: "operator", "clients" or a region."""
    front_of: str | None = None
    """The region whose HTTP API answers here; None where the AWS API answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulatorConfig:
    """Ports, keys and places of one run. All ports are on 127.0.0.1."""

    operator_port: int
    region_ports: Mapping[str, int]
    front_doors: Mapping[str, int]
    peer_doors: Mapping[str, int]
    """Port at which a region's functions reach the other region's HTTP API."""
    databases: Mapping[str, int]
    """Port of the PostgreSQL server that stands for the region's cluster, where there is one."""
    hook_url: str
    token: str
    account_id: str
    access_key_id: str
    secret_access_key: str
    calls_log: Path
    strong_tables: frozenset[str]
    witness: str
    """A third region that only votes; empty where none does."""
    primary_control_region: str
    dns_port: int = 0
    """Where containers ask for names; 0 leaves them this machine's DNS."""
    issuer_ca: str = ""
    """PEM of the authority that the issuer of access tokens is trusted by; empty: those of this machine."""

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions something is deployed to."""
        return tuple(self.region_ports)

    @property
    def doors(self) -> dict[int, Door]:
        """What each listening port stands for."""
        return {
            self.operator_port: Door(OPERATOR),
            **{port: Door(region) for region, port in self.region_ports.items()},
            **{port: Door(CLIENTS, region) for region, port in self.front_doors.items()},
            **{port: Door(region, self._peer(region)) for region, port in self.peer_doors.items()},
        }

    @property
    def redirections(self) -> dict[str, str]:
        """By region: which door its functions use instead of which, as JSON."""
        doors, ways = self.front_doors, self.peer_doors
        return {
            region: json.dumps({doors[self._peer(region)]: ways[region]} if region in ways else {})
            for region in self.regions
        }

    def _peer(self, region: str) -> str:
        return next(other for other in self.regions if other != region)


def load(path: Path) -> EmulatorConfig:
    """Read *path*. Raises ConfigError with the key that is missing or wrong."""
    try:
        raw = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read as JSON: {error}") from error
    return parse(raw)


def parse(raw: object) -> EmulatorConfig:
    """Check a decoded file. Raises ConfigError with the key that is missing or wrong."""
    reader = _Reader(raw)
    config = EmulatorConfig(
        operator_port=reader.port("operator_port"),
        region_ports=reader.ports("region_ports"),
        front_doors=reader.ports("front_doors"),
        peer_doors=reader.ports("peer_doors"),
        databases={
            region: _port(f"databases.{region}.port", _mapping(f"databases.{region}", db).get("port"))
            for region, db in reader.mapping("databases").items()
        },
        hook_url=reader.text("hook_url"),
        token=reader.text("token"),
        account_id=reader.text("account_id"),
        access_key_id=reader.text("access_key_id"),
        secret_access_key=reader.text("secret_access_key"),
        calls_log=Path(reader.text("calls_log")),
        strong_tables=reader.names("strong_tables"),
        witness=reader.text("witness", empty=True),
        primary_control_region=reader.text("primary_control_region"),
        dns_port=reader.optional_port("dns_port"),
        issuer_ca=reader.optional_text("issuer_ca"),
    )
    return _consistent(config)


def _consistent(config: EmulatorConfig) -> EmulatorConfig:
    two = len(config.regions) == A_PAIR
    by_region = {
        "front_doors": config.front_doors,
        **({"peer_doors": config.peer_doors} if two or config.peer_doors else {}),
        **({"databases": config.databases} if config.databases else {}),
    }
    for key, given in by_region.items():
        if set(given) != set(config.regions):
            raise ConfigError(f"{key} names {sorted(given)}, region_ports names {sorted(config.regions)}")
    if len(config.regions) not in (1, A_PAIR):
        raise ConfigError(f"region_ports must name one or two regions, got {sorted(config.regions)}")
    if not two and config.peer_doors:
        raise ConfigError(f"peer_doors: there is no peer of {config.regions[0]}")
    if len(config.doors) != 1 + len(config.regions) * (3 if two else 2):
        raise ConfigError("operator_port, region_ports, front_doors and peer_doors share a port")
    return config


class _Reader:
    """Typed access to the keys of one JSON object."""

    def __init__(self, raw: object) -> None:
        self._raw = _mapping("the file", raw)

    def _get(self, key: str) -> object:
        if key not in self._raw:
            raise ConfigError(f"{key} is missing")
        return self._raw[key]

    def text(self, key: str, *, empty: bool = False) -> str:
        value = self._get(key)
        if not isinstance(value, str) or not (value or empty):
            raise ConfigError(f"{key} must be a text, got {value!r}")
        return value

    def optional_text(self, key: str) -> str:
        return self.text(key) if key in self._raw else ""

    def optional_port(self, key: str) -> int:
        return self.port(key) if key in self._raw else 0

    def port(self, key: str) -> int:
        return _port(key, self._get(key))

    def mapping(self, key: str) -> Mapping[str, Any]:
        return _mapping(key, self._get(key))

    def ports(self, key: str) -> dict[str, int]:
        return {name: _port(f"{key}.{name}", port) for name, port in self.mapping(key).items()}

    def names(self, key: str) -> frozenset[str]:
        value = self._get(key)
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise ConfigError(f"{key} must be a list of names, got {value!r}")
        return frozenset(value)


def _mapping(key: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"{key} must be an object, got {value!r}")
    return value


def _port(key: str, value: object) -> int:
    if not isinstance(value, int) or not 0 < value < 65536:  # noqa: PLR2004 - the range of TCP ports
        raise ConfigError(f"{key} must be a port number, got {value!r}")
    return value

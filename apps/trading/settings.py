"""What an instance is told about where it runs. Nothing else in this package reads os.environ."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from apps.serving import place
from runtime.environment import BadEnvironment, Environment, text

SCHEMES = ("https", "http")


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingInstance:
    """The environment variables of the application, see docs/trading.md."""

    environment: Environment
    """What the platform's functions are told, too."""
    version: str
    """Of the bundle that runs, as `/version` tells it."""
    host: str
    port: int
    scheme: str
    """What clients use to reach the load balancer."""

    @classmethod
    def from_env(cls, source: Mapping[str, str] = os.environ) -> Self:
        """Read every key.

        Raises:
            BadEnvironment: a key is missing, empty or no such value.
        """
        scheme = text(source, "SCHEME")
        if scheme not in SCHEMES:
            raise BadEnvironment(f"environment variable SCHEME must be https or http, got {scheme!r}")
        return cls(
            environment=Environment.from_env(source),
            version=text(source, "BUNDLE_VERSION"),
            host=place.host(source),
            port=place.port(source),
            scheme=scheme,
        )

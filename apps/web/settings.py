"""What an instance is told about where it runs. Nothing else in this package reads os.environ."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from apps.serving import place
from runtime.environment import BadEnvironment, text

SCHEMES = ("https", "http")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The environment variables of the application, see docs/webapp.md and docs/single-region.md."""

    region: str
    parameter_prefix: str
    """Where the region's parameters are, `/webapp-dev`."""
    version: str
    """Of the bundle that runs, as `/version` tells it."""
    host: str
    port: int
    scheme: str
    """What browsers use to reach the load balancer. Without TLS there, cookies cannot be marked secure."""
    sessions_url: str = ""
    """Where the service of sessions is; empty where sessions are kept in cookies."""

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
            region=text(source, "AWS_REGION"),
            parameter_prefix=text(source, "PARAMETER_PREFIX"),
            version=text(source, "BUNDLE_VERSION"),
            host=place.host(source),
            port=place.port(source),
            scheme=scheme,
            sessions_url=source.get("SESSIONS_URL", "").strip(),
        )

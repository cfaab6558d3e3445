"""What a task of the service is told about where it runs. Nothing else in this package reads os.environ."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from apps.serving import place
from runtime.environment import text


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsSettings:
    """The environment variables of the service."""

    parameter_prefix: str
    """Where the region's parameters are, `/single-region-dev`."""
    version: str
    """Of the image that runs, as `/version` tells it."""
    host: str
    port: int

    @classmethod
    def from_env(cls, source: Mapping[str, str] = os.environ) -> Self:
        """Read every key.

        Raises:
            BadEnvironment: a key is missing, empty or no such value.
        """
        return cls(
            parameter_prefix=text(source, "PARAMETER_PREFIX"),
            version=text(source, "BUNDLE_VERSION"),
            host=place.host(source),
            port=place.port(source),
        )

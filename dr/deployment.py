"""A deployed system as an operator addresses it: everything comes from the flat outputs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dr.outputs import OutputsError, read

DEFAULT_OUTPUTS = Path("cfn-outputs/flat-outputs.json")
REGIONAL = re.compile(r"api_endpoint_(?P<region>[a-z]{2}_[a-z]+_\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """Names and addresses of one deployed system; `api_endpoints` maps region to URL."""

    system: str
    lease_table: str
    api_name: str
    api_endpoints: Mapping[str, str]

    @classmethod
    def of(cls, outputs: Mapping[str, Any]) -> "Deployment":
        """The deployment that *outputs* describe. Raises OutputsError naming what is missing."""
        endpoints = {
            match["region"].replace("_", "-"): str(value)
            for name, value in outputs.items()
            if (match := REGIONAL.fullmatch(name))
        }
        if not endpoints:
            raise OutputsError("no output is named api_endpoint_<region>: deploy the regional stacks")
        try:
            return cls(
                system=str(outputs["system"]),
                lease_table=str(outputs["lease_table"]),
                api_name=str(outputs["api_name"]),
                api_endpoints=endpoints,
            )
        except KeyError as error:
            raise OutputsError(f"output {error} is missing: deploy every stack") from error

    @classmethod
    def load(cls, path: Path = DEFAULT_OUTPUTS) -> "Deployment":
        """The deployment whose outputs stand in *path*."""
        return cls.of(read(path))

"""A deployed system as an operator addresses it: everything comes from the flat outputs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dr.outputs import OutputsError, read
from lib.settings.lifecycle import Profile

DEFAULT_OUTPUTS = Path("cfn-outputs/flat-outputs.json")
REGIONAL = re.compile(r"api_endpoint_(?P<region>[a-z]{2}_[a-z]+_\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What an operator calls in one region."""

    steps_function: str
    parameter_prefix: str
    cluster: str
    """ARN of the region's member of the global database."""
    event_archive: str
    """ARN of the archive of the region's bus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """Names and addresses of one deployed system; `api_endpoints` maps region to URL."""

    system: str
    lease_table: str
    approvals_table: str
    api_name: str
    api_endpoints: Mapping[str, str]
    places: Mapping[str, Place]
    global_cluster: str
    home: str
    """The region where the settings place the primary: a failback goes there."""
    lease_ttl_ms: int
    clock_skew_ms: int
    failback_soak_ms: int
    protected: bool
    """Whether somebody would miss its data."""

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
                approvals_table=str(outputs["approvals_table"]),
                api_name=str(outputs["api_name"]),
                api_endpoints=endpoints,
                places={region: _place(outputs, region) for region in endpoints},
                global_cluster=str(outputs["global_cluster_id"]),
                home=str(outputs["home_region"]),
                lease_ttl_ms=int(outputs["lease_ttl_s"]) * 1000,
                clock_skew_ms=int(outputs["clock_skew_s"]) * 1000,
                failback_soak_ms=int(outputs["failback_soak_s"]) * 1000,
                protected=Profile(outputs["profile"]) is Profile.PROTECTED,
            )
        except KeyError as error:
            raise OutputsError(f"output {error} is missing: deploy every stack") from error
        except ValueError as error:
            raise OutputsError(f"an output is not what a deploy writes ({error}): deploy again") from error

    @classmethod
    def load(cls, path: Path = DEFAULT_OUTPUTS) -> "Deployment":
        """The deployment whose outputs stand in *path*."""
        return cls.of(read(path))

    def soaked(self, seconds: int | None) -> "Deployment":
        """The same, with another soak time before a failback when *seconds* are given."""
        return self if seconds is None else replace(self, failback_soak_ms=seconds * 1000)


def _place(outputs: Mapping[str, Any], region: str) -> Place:
    ending = region.replace("-", "_")
    return Place(
        steps_function=str(outputs[f"steps_function_{ending}"]),
        parameter_prefix=str(outputs[f"parameter_prefix_{ending}"]),
        cluster=str(outputs[f"cluster_arn_{ending}"]),
        event_archive=str(outputs[f"event_archive_{ending}"]),
    )

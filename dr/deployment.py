"""A deployed system as an operator addresses it: everything comes from the flat outputs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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


BEFORE_S = "1800"
"""The longest takeover of releases that did not tell it: an older deployment can be moved, too."""


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
    transition_ms: int
    """The longest that a takeover's execution runs: then Step Functions ends it."""
    failback_soak_ms: int
    protected: bool
    """Whether somebody would miss its data."""

    @classmethod
    def of(cls, outputs: Mapping[str, Any]) -> "Deployment":
        """The deployment that *outputs* describe. Raises OutputsError naming what is missing."""
        regions = sorted(match["region"] for name in outputs if (match := REGIONAL.fullmatch(name)))
        if not regions:
            raise OutputsError("no output is named api_endpoint_<region>: deploy the regional stacks")
        try:
            return cls(
                system=_text(outputs, "system"),
                lease_table=_text(outputs, "lease_table"),
                approvals_table=_text(outputs, "approvals_table"),
                api_name=_text(outputs, "api_name"),
                api_endpoints={_named(region): _url(outputs, f"api_endpoint_{region}") for region in regions},
                places={_named(region): _place(outputs, region) for region in regions},
                global_cluster=_text(outputs, "global_cluster_id"),
                home=_home(outputs, [_named(region) for region in regions]),
                lease_ttl_ms=_seconds(outputs, "lease_ttl_s") * 1000,
                clock_skew_ms=_seconds(outputs, "clock_skew_s") * 1000,
                transition_ms=_seconds({"transition_s": BEFORE_S} | dict(outputs), "transition_s") * 1000,
                failback_soak_ms=_seconds(outputs, "failback_soak_s") * 1000,
                protected=Profile(_text(outputs, "profile")) is Profile.PROTECTED,
            )
        except KeyError as error:
            system = outputs.get("system", "no system")
            raise OutputsError(
                f"output {error} is missing: deploy every stack, or give the outputs of a system in two "
                f"regions (these are of {system})"
            ) from error
        except ValueError as error:
            raise OutputsError(f"an output is not what a deploy writes ({error}): deploy again") from error

    @classmethod
    def load(cls, path: Path = DEFAULT_OUTPUTS) -> "Deployment":
        """The deployment whose outputs stand in *path*."""
        return cls.of(read(path))

    def soaked(self, seconds: int | None) -> "Deployment":
        """The same, with another soak time before a failback when *seconds* are given."""
        return self if seconds is None else replace(self, failback_soak_ms=seconds * 1000)


def _named(region: str) -> str:
    return region.replace("_", "-")


def _place(outputs: Mapping[str, Any], region: str) -> Place:
    return Place(
        steps_function=_text(outputs, f"steps_function_{region}"),
        parameter_prefix=_text(outputs, f"parameter_prefix_{region}"),
        cluster=_text(outputs, f"cluster_arn_{region}"),
        event_archive=_text(outputs, f"event_archive_{region}"),
    )


def _text(outputs: Mapping[str, Any], name: str) -> str:
    value = outputs[name]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is {value!r}")
    return value


def _url(outputs: Mapping[str, Any], name: str) -> str:
    url = _text(outputs, name)
    parts = urlsplit(url)  # a port that is none is a ValueError, too
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError(f"{name} is {url!r}")
    return url


def _seconds(outputs: Mapping[str, Any], name: str) -> int:
    value = int(str(outputs[name]))
    if value < 0:
        raise ValueError(f"{name} is {value}")
    return value


def _home(outputs: Mapping[str, Any], regions: Sequence[str]) -> str:
    home = _text(outputs, "home_region")
    if home not in regions:
        raise ValueError(f"home_region is {home!r}, and regions are deployed in {', '.join(regions)}")
    return home

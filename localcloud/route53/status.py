"""The data plane's view for people and for JSON."""

from collections.abc import Mapping
from typing import TypedDict

from localcloud.route53.checkers import Crew
from localcloud.route53.records import Configuration, EndpointCheck, HealthCheck
from localcloud.route53.timeline import View


class CheckStatus(TypedDict):
    """One health check; `asks` is empty and there are no checkers unless it is probed."""

    id: str
    asks: str
    healthy: bool
    healthy_checkers: int
    checkers: int
    healthy_by_location: dict[str, int]
    last_results: dict[str, int]


class FailoverStatus(TypedDict):
    """The present answer of one failover pair; `ttl` in seconds."""

    name: str
    type: str
    answer: str
    role: str
    ttl: int


class Status(TypedDict):
    """Everything: `control_plane` is "available" or why it is not.

    `running` is false before the start, after the stop and after a failure, which is logged.
    """

    running: bool
    control_plane: str
    checks: list[CheckStatus]
    failover: list[FailoverStatus]


def describe(
    configuration: Configuration,
    view: View,
    crews: Mapping[str, Crew],
    *,
    control_plane: str,
    running: bool,
) -> Status:
    """The view of a data plane with these crews at work."""
    return Status(
        running=running,
        control_plane=control_plane,
        checks=[
            _check(check, crews.get(id_), healthy=view.health[id_])
            for id_, check in configuration.checks.items()
        ],
        failover=[
            FailoverStatus(
                name=name,
                type=type_,
                answer=present.target,
                role=present.role or "",
                ttl=present.ttl,
            )
            for (name, type_), present in view.answers.items()
        ],
    )


def _check(check: HealthCheck, crew: Crew | None, *, healthy: bool) -> CheckStatus:
    endpoint = check if isinstance(check, EndpointCheck) else None
    return CheckStatus(
        id=check.id,
        asks=f"{endpoint.type} {endpoint.host_header}{endpoint.path}" if endpoint else "",
        healthy=healthy,
        healthy_checkers=sum(crew.opinions) if crew else 0,
        checkers=len(crew.opinions) if crew else 0,
        healthy_by_location=crew.healthy_by_location if crew else {},
        last_results=crew.reasons if crew else {},
    )

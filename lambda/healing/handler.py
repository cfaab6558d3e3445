"""The function behind every task of the healing machine."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from healing.sensors import Sensors
from healing.steps import Steps
from runtime.clients import client
from runtime.environment import text

CHANGE_TIMEOUT_S = 10.0
"""For calls that change something: RDS takes seconds to say that it began."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """What the step answers."""
    return _steps().run(event)


@cache
def _steps() -> Steps:
    return compose(os.environ)


def compose(environment: Mapping[str, str]) -> Steps:
    """The steps over AWS. Raises BadEnvironment where a variable is missing."""
    return Steps(
        sensors=Sensors(
            rds=client("rds"),
            ecs=client("ecs"),
            cloudwatch=client("cloudwatch"),
            database=text(environment, "DATABASE"),
            alarm=text(environment, "DATABASE_ALARM"),
            visits=tuple(text(environment, "VISITS_ALARMS").split(",")),
            containers=text(environment, "CONTAINERS"),
            services=tuple(text(environment, "SERVICES").split(",")),
        ),
        # one attempt: a call whose answer was lost is looked at before it is made again
        rds=client("rds", read_timeout=CHANGE_TIMEOUT_S, attempts=1),
        sns=client("sns"),
        topic=text(environment, "TOPIC"),
        system=text(environment, "SYSTEM"),
    )

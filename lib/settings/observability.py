"""The sections of logs, alarms and traces."""

from typing import Annotated

from pydantic import AfterValidator, Field

from lib.limits import limit
from lib.settings import offered
from lib.settings.section import Seconds, Section

Days = Annotated[int, AfterValidator(offered.log_days)]
AUDIT_DAYS = 365
"""PCI DSS 4.0, 10.5.1: twelve months, the last three of them at hand."""


class Logs(Section):
    """How long logs are kept, by what they are for."""

    retention_days: Days
    """What programs say."""
    audit_retention_days: Annotated[Days, Field(ge=AUDIT_DAYS)]
    """Who called, who connected, what was decided."""


class Alarms(Section):
    """When somebody is called."""

    email: Annotated[str, AfterValidator(limit("email").require)] | None = None
    """Who gets a letter; without it the topics are there and wait for a subscriber."""


class RecoveryAlarms(Alarms):
    """The same of a system in two regions."""

    replication_lag_s: Seconds
    """How far the other region's copies may be behind."""


class TracingSettings(Section):
    """Which share of the requests X-Ray follows."""

    fixed_rate: Annotated[float, Field(ge=0, le=1)]
    reservoir: Annotated[int, Field(ge=0)]


class CanarySettings(Section):
    """The visitor that comes by the clock."""

    runtime: Annotated[str, AfterValidator(offered.canary_runtime)]
    every_minutes: Annotated[int, Field(ge=2, le=60)]
    slow_ms: Annotated[int, Field(gt=0)]
    """From what on an answer is called slow."""
    artifact_days: Annotated[int, Field(ge=1, le=455)]
    """How long what it saw is kept."""

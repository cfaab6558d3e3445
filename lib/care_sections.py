"""The sections of a system's settings that say how events and backups are kept and who watches them."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from lib import schedules
from lib.facts import aws_facts
from lib.sections import Section

START_WITHIN_MIN = 60
"""A backup that has not begun by then is given up for the day."""
COMPLETE_WITHIN_MIN = 480


class Events(Section):
    """The event buses."""

    archive_days: Annotated[int, Field(ge=1, le=3650)]
    """How long an event can be replayed."""


class Backup(Section):
    """The daily backups and their copies in the other region."""

    retention_days: Annotated[int, Field(ge=1, le=365)]
    hour_utc: Annotated[int, Field(ge=0, le=23)]

    @property
    def schedule(self) -> str:
        """Every day at the hour (P06), as AWS Backup reads it."""
        return f"cron(0 {self.hour_utc} * * ? *)"

    @property
    def every_s(self) -> int:
        """From one backup to the next, in seconds: what `schedule` says."""
        return 24 * 60 * 60


class Compliance(Section):
    """AWS Config."""

    rules: bool = True
    """Whether AWS Config watches the environment. Its rules need a recorder in each region."""
    recorder: bool
    """Whether to create the recorder: an account has one in each region, and the rules need it."""

    @model_validator(mode="after")
    def _a_recorder_is_for_rules(self) -> Self:
        if self.recorder and not self.rules:
            raise ValueError(
                "compliance.recorder = true: without compliance.rules nobody reads what it records; "
                "set it to false, or compliance.rules to true"
            )
        return self


class Drills(Section):
    """Tests of the recovery on the deployed system."""

    schedule: Annotated[str, AfterValidator(schedules.require)] | None = None
    """When the switchover drill starts by itself, as EventBridge reads it; without it a person starts it."""
    isolation: bool = False
    """Whether there is a FIS experiment template that cuts the primary region off."""

    def must_be_stoppable_in(self, region: str) -> None:
        """An experiment is stopped by an alarm of its own region. Raises ValueError where there is none."""
        home = aws_facts().health_metrics_region
        if self.isolation and region != home:
            raise ValueError(
                f"drills.isolation = true: an experiment in {region} cannot be stopped by what Route 53 sees "
                f"of the other region, which it tells in {home} only; set it to false"
            )

"""The section of tests of the recovery on the deployed system."""

from typing import Annotated

from pydantic import AfterValidator

from lib.facts import aws_facts
from lib.settings import schedules
from lib.settings.section import Section


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

"""The settings of a system in one region."""

from typing import Self

from pydantic import model_validator

from lib.facts import aws_facts
from lib.regions import Region, Role
from lib.settings import offered
from lib.settings.common import CommonSettings
from lib.settings.network import Placement


class OneRegionSettings(CommonSettings):
    """A system that survives the loss of a zone, and not that of its region."""

    region: Placement

    @property
    def regions(self) -> tuple[Region]:
        """The one region there is."""
        return (self.here,)

    @property
    def here(self) -> Region:
        """Where everything runs."""
        return Region(self.region.name, Role.PRIMARY, self.region.cidr)

    @property
    def home(self) -> Region:
        """The one region there is."""
        return self.here

    @property
    def internal_zone(self) -> str:
        """The private zone of the network."""
        return f"internal.{self.zone_name}"

    @model_validator(mode="after")
    def _three_tiers_fit(self) -> Self:
        offered.three_tiers("region.cidr", self.region.cidr)
        return self

    @model_validator(mode="after")
    def _metrics_of_health_checks_are_here(self) -> Self:
        if self.region.name != (home := aws_facts().health_metrics_region):
            raise ValueError(
                f"region.name = {self.region.name}: Route 53 tells what its health checks see in {home} "
                "only, and an alarm watches them; choose that region"
            )
        return self

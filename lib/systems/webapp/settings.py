"""The settings that only the web application has."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from lib.regions import Region, Role
from lib.settings import offered
from lib.settings.compute import Instances
from lib.settings.data import Files, Postgres
from lib.settings.observability import Alarms
from lib.settings.one_region import OneRegionSettings
from lib.settings.section import RegionName, Seconds, SecretName
from lib.settings.web import RemediationSettings, WebAcl


class WebappAlarms(Alarms):
    """When somebody is called."""

    cpu_percent: Annotated[int, Field(gt=0, le=100)]
    """What scaling does not bring down any more."""
    latency_ms: Annotated[int, Field(gt=0)]
    """The 99th percentile of all answers."""
    errors_a_minute: Annotated[int, Field(gt=0)]
    replica_lag_s: Seconds
    copies_late_s: Seconds
    """How long a file may wait for its copy in the second region."""


class WebappSettings(OneRegionSettings):
    """The web application in one environment."""

    second_region: RegionName
    """Holds the page that is shown when all of the first is down, and copies of files; nothing runs there."""
    instances: Instances
    web_acl: WebAcl
    database: Postgres
    files: Files
    secret: SecretName
    """Name of the existing entry of Secrets Manager with ``session_keys`` and ``users``."""
    remediation: RemediationSettings
    alarms: WebappAlarms

    @property
    def there(self) -> Region:
        """The second region. It has no network: its block is that of the first and nobody uses it."""
        return Region(self.second_region, Role.STANDBY, self.region.cidr)

    @property
    def places(self) -> frozenset[str]:
        """Both regions."""
        return frozenset({self.region.name, self.second_region})

    @property
    def secrets(self) -> tuple[str, ...]:
        """That of the databases, and that of the application."""
        return (self.database.secret, self.secret)

    @property
    def writer_name(self) -> str:
        """The private name that leads to the database that takes writes."""
        return f"db.{self.internal_zone}"

    @model_validator(mode="after")
    def _two_regions(self) -> Self:
        if self.second_region == self.region.name:
            raise ValueError(
                f"second_region = {self.second_region}: is the first one too, and would be lost with it"
            )
        return self

    @model_validator(mode="after")
    def _the_page_has_a_bucket(self) -> Self:
        """It is named like the site, and S3 is stricter than DNS."""
        bucket = {"s3_bucket": self.public_name}
        offered.names(bucket, system=self.system, suffix=self.environment_suffix)
        return self

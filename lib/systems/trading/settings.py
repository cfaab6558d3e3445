"""The settings that only the trading platform has."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from lib.settings import offered
from lib.settings.compute import Instances
from lib.settings.data import Engine, Trail
from lib.settings.observability import RecoveryAlarms
from lib.settings.section import Seconds, SecretName
from lib.settings.two_regions import TwoRegionSettings
from lib.settings.web import WebAcl


class TradingAlarms(RecoveryAlarms):
    """When somebody is called."""

    connections: Annotated[int, Field(gt=0)]
    """Of one instance of the database, which refuses more than its class allows."""
    errors_a_minute: Annotated[int, Field(gt=0)]
    copies_late_s: Seconds
    """How long an object may wait for its copy in the other region."""


class TradingSettings(TwoRegionSettings):
    """The trading platform in one environment."""

    HOST: ClassVar[str] = "trade"
    REQUESTS: ClassVar[str] = "orders"

    users_secret: SecretName
    """Name of the existing entry of Secrets Manager, in both regions, that says who may sign in."""
    instances: Instances
    web_acl: WebAcl
    trail: Trail
    alarms: TradingAlarms

    @property
    def secrets(self) -> tuple[str, ...]:
        """That of the database, and that of those who order."""
        return (*super().secrets, self.users_secret)

    @model_validator(mode="after")
    def _the_ledger_is_mysql(self) -> Self:
        if self.database.engine is not Engine.MYSQL:
            raise ValueError(
                f"database.engine = {self.database.engine}: orders are kept in MySQL, and networks let "
                f"nothing else through; set it to {Engine.MYSQL}"
            )
        return self

    @model_validator(mode="after")
    def _three_tiers_fit(self) -> Self:
        offered.three_tiers("primary.cidr", self.primary.cidr)
        offered.three_tiers("standby.cidr", self.standby.cidr)
        return self

"""The settings that only payments have."""

from typing import Annotated, ClassVar

from pydantic import Field

from lib.settings.api import Api
from lib.settings.observability import RecoveryAlarms
from lib.settings.two_regions import TwoRegionSettings


class PaymentsAlarms(RecoveryAlarms):
    """When somebody is called."""

    api_latency_ms: Annotated[int, Field(gt=0)]
    """The 99th percentile of all answers."""
    api_errors_a_minute: Annotated[int, Field(gt=0)]


class PaymentsSettings(TwoRegionSettings):
    """Payments in one environment."""

    HOST: ClassVar[str] = "pay"
    REQUESTS: ClassVar[str] = "payments"

    api: Api
    alarms: PaymentsAlarms

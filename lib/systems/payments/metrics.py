"""What one region of payments measures, as values for alarms and dashboards. Pure: no construct."""

from dataclasses import dataclass

from lib.failover.metrics import RecoveryMetrics
from lib.observability.metrics import Metric
from lib.systems.payments.settings import PaymentsAlarms

FUNCTIONS = ("service", "keeper", "steps", "reconciler")
PAYMENTS_ROUTE = {"Stage": "$default", "Method": "POST", "Resource": "/payments"}
"""Health checks ask the same API and get 503 where the lease is not, which is no error: so by route."""


@dataclass(frozen=True, slots=True)
class RegionMetrics(RecoveryMetrics):
    """The same with payments; AWS chose *api_id*."""

    api_id: str
    alarms: PaymentsAlarms

    def payments(self, name: str, statistic: str = "Sum") -> Metric:
        """Of the API's route that takes payments."""
        return Metric("AWS/ApiGateway", name, statistic, {"ApiId": self.api_id, **PAYMENTS_ROUTE})

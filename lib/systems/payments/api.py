"""The payment API of one region."""

from constructs import Construct

from lib.compute.function import Function, FunctionPlatform
from lib.compute.http_api import HttpApi, Right
from lib.data.table import TableAccess
from lib.iam import Allow
from lib.settings.api import API_TIMEOUT_S, Api

READS = {
    "/payments/{payment_id}": Right.READ,
    "/sessions/{session_id}": Right.READ,
    "/health/live": Right.NONE,
    "/health/routable": Right.NONE,
    "/health/ready": Right.NONE,
    "/openapi.json": Right.NONE,
}
"""What is read, and the right that it asks for: by HEAD as by GET (RFC 9110, section 9.3.2)."""
ROUTES = {
    "POST /payments": Right.PAY,
    "PUT /sessions/{session_id}": Right.PAY,
    "DELETE /sessions/{session_id}": Right.PAY,
    **{f"{method} {path}": right for path, right in READS.items() for method in ("GET", "HEAD")},
}
"""What clients may ask for, and the right that each route asks for."""
SYNTHETIC = "POST /synthetic-payments"
"""Payments that the system makes itself, to prove that it can."""


class PaymentApi(Construct):
    """The function that takes payments, and the HTTP API in front of it."""

    def __init__(self, scope: Construct, id_: str, *, platform: FunctionPlatform, settings: Api) -> None:
        super().__init__(scope, id_)
        self.function = Function(
            self,
            "service",
            platform=platform,
            handler="payments.handler.handler",
            memory_mb=1024,
            timeout_s=API_TIMEOUT_S,
            allow=[
                TableAccess.to(platform.site, "lease").read(),
                TableAccess.to(platform.site, "lease").count_early(platform.site.settings.system),
                TableAccess.to(platform.site, "journal").write(),
                TableAccess.to(platform.site, "arrivals").put(),
                TableAccess.to(platform.site, "arrivals").query(),
                TableAccess.to(platform.site, "sessions").read_write_delete(),
            ],
        )
        routes = ROUTES | {SYNTHETIC: Right.SYSTEM}
        self.http = HttpApi(
            self, "api", platform=platform, function=self.function, routes=routes, settings=settings
        )

    def prove(self) -> Allow:
        """Make a synthetic payment through this region's API."""
        return self.http.invoke(SYNTHETIC)

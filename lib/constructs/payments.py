"""The payment API of one region."""

from constructs import Construct

from lib.constructs.api import HttpApi
from lib.constructs.function import Function, FunctionPlatform
from lib.constructs.table import TableAccess

ROUTES = (
    "POST /payments",
    "GET /payments/{payment_id}",
    "PUT /sessions/{session_id}",
    "GET /sessions/{session_id}",
    "DELETE /sessions/{session_id}",
    "GET /health/live",
    "GET /health/ready",
    "GET /openapi.json",
)


class PaymentApi(Construct):
    """The function that takes payments, and the HTTP API in front of it."""

    def __init__(self, scope: Construct, id_: str, *, platform: FunctionPlatform) -> None:
        super().__init__(scope, id_)
        self.function = Function(
            self,
            "service",
            platform=platform,
            handler="payments.handler.handler",
            memory_mb=1024,
            timeout_s=10,
            allow=[
                TableAccess.to(platform.site, "lease").read(),
                TableAccess.to(platform.site, "journal").write(),
                TableAccess.to(platform.site, "arrivals").add(),
                TableAccess.to(platform.site, "sessions").keep(),
            ],
        )
        self.http = HttpApi(self, "api", platform=platform, function=self.function, routes=ROUTES)

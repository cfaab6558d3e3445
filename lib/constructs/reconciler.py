"""The reconciler of one region: settles what was accepted, publishes what was settled."""

from constructs import Construct

from lib.constructs.function import Function, FunctionPlatform
from lib.constructs.schedule import EveryMinute
from lib.constructs.table import TableAccess
from lib.iam import Allow
from lib.site import Site

BUS = "events"
"""What the bus of domain events is called, in both regions."""


class Reconciler(Construct):
    """Runs every minute in both regions; only the holder's does anything."""

    def __init__(self, scope: Construct, id_: str, *, platform: FunctionPlatform) -> None:
        super().__init__(scope, id_)
        site = platform.site
        self.function = Function(
            self,
            "reconciler",
            platform=platform,
            handler="failover.reconciler.handler",
            memory_mb=512,
            timeout_s=60,
            allow=[
                TableAccess.to(site, "lease").read(),
                TableAccess.to(site, "journal").settle(),
                publish_events(site),
            ],
        )
        EveryMinute(self, "schedule", site=site, what="reconciler", function=self.function)


def publish_events(site: Site) -> Allow:
    """Put events on this region's own bus, which is known by name."""
    return Allow(("events:PutEvents",), (site.arn("events", f"event-bus/{site.name(BUS)}"),))

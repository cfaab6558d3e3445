"""The reconciler of one region: settles what was accepted, publishes what was settled."""

from collections.abc import Iterable

from constructs import Construct

from lib.compute.function import Function, FunctionPlatform
from lib.compute.schedule import EveryMinute
from lib.data.table import TableAccess
from lib.failover import reservations
from lib.iam import Allow
from lib.messaging.event_bus import BusAccess


class Reconciler(Construct):
    """Runs every minute in both regions; only the holder's does anything.

    *functions* is the module whose `reconcile` binds it to the system, which may need to do more: *also*.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        platform: FunctionPlatform,
        functions: str,
        also: Iterable[Allow] = (),
    ) -> None:
        super().__init__(scope, id_)
        site = platform.site
        self.function = Function(
            self,
            "reconciler",
            platform=platform,
            handler=f"{functions}.reconcile",
            memory_mb=1024,
            timeout_s=60,
            reserved=reservations.RECONCILER,
            allow=[
                TableAccess.to(site, "lease").read(),
                TableAccess.to(site, "journal").scan_update(),
                TableAccess.to(site, "arrivals").read(),
                TableAccess.to(site, "arrivals").query(),
                TableAccess.to(site, "arrivals").scan(),
                BusAccess.to(site).put(),
                *also,
            ],
        )
        EveryMinute(self, "schedule", site=site, what="reconciler", function=self.function)

"""Failover of one region: the keeper that decides, and the state machine that takes over."""

from collections.abc import Iterable

from constructs import Construct

from lib.compute.function import Function, FunctionPlatform
from lib.compute.schedule import EveryMinute
from lib.compute.state_machine import StateMachine
from lib.data.database import RegionalDatabase
from lib.data.table import TableAccess
from lib.failover import approvals, reservations
from lib.failover.takeover import takeover
from lib.iam import Allow
from lib.messaging.event_bus import BusAccess
from lib.settings.timing import Limits
from lib.settings.two_regions import TwoRegionSettings


class FailoverControl(Construct):
    """Runs wholly in its region: it calls no other region and changes nothing that another region owns.

    *functions* is the module whose `keep` and `step` bind the recovery core to the system; *serve* lets it
    start what serves and send a synthetic request.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: TwoRegionSettings,
        platform: FunctionPlatform,
        functions: str,
        database: RegionalDatabase,
        serve: Iterable[Allow],
    ) -> None:
        super().__init__(scope, id_)
        lease = TableAccess.to(platform.site, "lease")
        journal = TableAccess.to(platform.site, "journal")
        arrivals = TableAccess.to(platform.site, "arrivals")
        self.steps = Function(
            self,
            "steps",
            platform=platform,
            handler=f"{functions}.step",
            memory_mb=1024,
            timeout_s=60,
            reserved=reservations.STEPS,
            allow=[
                lease.update(),
                journal.scan_update(),
                arrivals.read(),
                arrivals.query(),
                arrivals.scan(),
                BusAccess.to(platform.site).put(),
                *approvals.ask(platform.site),
                *database.fail_over(),
                *serve,
                Allow(("sts:AssumeRole",), (platform.site.automation_role_arn,)),
            ],
        )
        self.machine = FailoverMachine(
            self, "failover", platform=platform, steps=self.steps, limits=settings.limits
        )
        self.keeper = Function(
            self,
            "keeper",
            platform=platform,
            handler=f"{functions}.keep",
            memory_mb=512,
            timeout_s=settings.protocol.keeper_timeout_s,
            reserved=reservations.keeper(settings.protocol),
            allow=[
                lease.write(),
                journal.read(),
                arrivals.query(),
                *self.machine.start(),
            ],
        )
        EveryMinute(self, "schedule", site=platform.site, what="keeper", function=self.keeper)


class FailoverMachine(StateMachine):
    """The takeover as a state machine. An execution is named after system and epoch: one a takeover."""

    def __init__(
        self, scope: Construct, id_: str, *, platform: FunctionPlatform, steps: Function, limits: Limits
    ) -> None:
        definition = takeover(steps.arn, limits)
        super().__init__(scope, id_, platform=platform, steps=steps, definition=definition)
        self._site = platform.site

    def start(self) -> list[Allow]:
        """Start takeovers and see how they stand."""
        executions = self._site.arn("states", f"execution:{self.name}:*")
        return [
            Allow(("states:StartExecution",), (self.arn,)),
            Allow(("states:DescribeExecution",), (executions,)),
        ]

"""What is counted in the logs of keeper and steps, as values. Pure: no construct.

Codes, message and fields are those with which the functions write them.
"""

from dataclasses import dataclass

from failover.loss import Loss
from failover.rules import CLOCK_OFF, EXPIRES_IN, TURN, Rule
from lib.observability.log_metrics import LogMetric
from lib.settings.two_regions import TwoRegionSettings


@dataclass(frozen=True, slots=True)
class Page:
    """A rule of the keeper, or of a takeover's steps, that calls a person."""

    rule: str
    """As the log line spells it: ``R36_stuck``."""
    says: str
    """With `{requests}`, or one `{request}`, where a system says what it takes."""
    function: str = "keeper"
    """Whose log has the line."""

    @property
    def code(self) -> str:
        """``R36``."""
        return self.rule.partition("_")[0]

    @property
    def metric(self) -> str:
        """What its lines are counted as."""
        return f"{self.function.title()}Pages{self.code}"


PAGES = (
    Page(Rule.LEASE_UNKNOWN, "The lease table has not answered in this region for a minute"),
    Page(Rule.LEASE_REMOVED, "There is no lease although the ledger had one: type dr reset-lease"),
    Page(Rule.NO_LEASE, "There is no lease, and this region cannot begin one"),
    Page(Rule.NOT_READY, "The holder renews its lease and takes no {requests}"),
    Page(Rule.OWN_EXPIRY_DOUBTED, "The holder's lease ends later than a lease can: a clock is wrong"),
    Page(Rule.STUCK, "A takeover or a switchover of this region failed or has not ended in time"),
    Page(Rule.FENCED, "The ledger of the holder takes another epoch: no {request} can be settled"),
    Page(Rule.HOLDER_UNFIT, "The holder is unfit, and no region has taken over"),
    Page(Rule.TAKEN_BEFORE, "The lease asks for a takeover that has ended: it came out of a backup"),
    Page(Rule.EXPIRY_DOUBTED, "The other region's lease ends later than a lease can: a clock is wrong"),
    Page(Rule.HANDOVER_FAILED, "A switchover to this region failed while the holder drains for it"),
    Page(Rule.NOT_STARTED, "A takeover of this region does not start: its state machine does not answer"),
    Page(Rule.RENEWED_LATELY, "The lease is renewed, but expired by this region's clock: a clock is wrong"),
    Page(
        Rule.NEVER_SERVED, "The very first takeover of the system did not end: there is nothing to take over"
    ),
    Page(Rule.PAUSED, "The holder's lease expired and automation is paused: a person must decide"),
    Page(Rule.UNFIT_HERE, "The holder's lease expired and this region is not fit to take over"),
    Page(
        Loss.OVER_BUDGET,
        "A takeover waits for two approvals: it may lose more than the budget; type dr approve",
        function="steps",
    ),
)


RECOVERY_LOG_METRICS = (
    LogMetric("KeeperTicks", "keeper", f'{{ $.message = "{TURN}" }}'),
    LogMetric("LeaseRemaining", "keeper", f'{{ $.message = "{TURN}" }}', f"$.{EXPIRES_IN}"),
    LogMetric("ClockDifference", "keeper", f'{{ $.message = "{TURN}" }}', f"$.{CLOCK_OFF}"),
    *(
        LogMetric(page.metric, page.function, f'{{ $.level = "ERROR" && $.rule = "{page.rule}" }}')
        for page in PAGES
    ),
)


def said(page: Page, settings: TwoRegionSettings) -> str:
    """What the page says in the words of the system."""
    requests = settings.REQUESTS
    return page.says.format(requests=requests, request=requests.removesuffix("s"))

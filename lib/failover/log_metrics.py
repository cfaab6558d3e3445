"""What is counted in the logs of keeper and steps, as values. Pure: no construct.

The texts and the codes are those that the functions write; tests compare them with the functions' source.
"""

from dataclasses import dataclass

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
    Page("R10_lease_unknown", "The lease table has not answered in this region for a minute"),
    Page("R22_lease_removed", "There is no lease although the ledger had one: type dr reset-lease"),
    Page("R25_no_lease", "There is no lease, and this region cannot begin one"),
    Page("R31_not_ready", "The holder renews its lease and takes no {requests}"),
    Page("R32_own_expiry_doubted", "The holder's lease ends later than a lease can: a clock is wrong"),
    Page("R36_stuck", "A takeover or a switchover of this region failed or has not ended in time"),
    Page("R37_fenced", "The ledger of the holder takes another epoch: no {request} can be settled"),
    Page("R38_holder_unfit", "The holder is unfit, and no region has taken over"),
    Page("R39_taken_before", "The lease asks for a takeover that has ended: it came out of a backup"),
    Page("R41_expiry_doubted", "The other region's lease ends later than a lease can: a clock is wrong"),
    Page("R42_handover_failed", "A switchover to this region failed while the holder drains for it"),
    Page("R43_not_started", "A takeover of this region does not start: its state machine does not answer"),
    Page("R44_renewed_lately", "The lease is renewed, but expired by this region's clock: a clock is wrong"),
    Page(
        "R45_never_served", "The very first takeover of the system did not end: there is nothing to take over"
    ),
    Page(
        "R50_automation_paused", "The holder's lease expired and automation is paused: a person must decide"
    ),
    Page("R60_unfit_here", "The holder's lease expired and this region is not fit to take over"),
    Page(
        "L50_over_budget",
        "A takeover waits for two approvals: it may lose more than the budget; type dr approve",
        function="steps",
    ),
)


KEEPER = "keeper"


RECOVERY_LOG_METRICS = (
    LogMetric("KeeperTicks", "keeper", f'{{ $.message = "{KEEPER}" }}'),
    LogMetric("LeaseRemaining", "keeper", f'{{ $.message = "{KEEPER}" }}', "$.expires_in_ms"),
    LogMetric("ClockDifference", "keeper", f'{{ $.message = "{KEEPER}" }}', "$.clock_off_ms"),
    *(
        LogMetric(page.metric, page.function, f'{{ $.level = "ERROR" && $.rule = "{page.rule}" }}')
        for page in PAGES
    ),
)


def said(page: Page, settings: TwoRegionSettings) -> str:
    """What the page says in the words of the system."""
    requests = settings.REQUESTS
    return page.says.format(requests=requests, request=requests.removesuffix("s"))

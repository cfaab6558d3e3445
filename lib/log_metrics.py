"""What is counted in the functions' logs, as values. Pure: no construct.

The texts and the codes are those that the functions write; tests compare them with the functions' source.
"""

from dataclasses import dataclass

ONE = "1"


@dataclass(frozen=True, slots=True)
class LogMetric:
    """A metric made of log lines."""

    name: str
    function: str
    """Whose log is read."""
    pattern: str
    value: str = ONE
    """What one line adds; ``$.field`` takes the field, and lines without it add nothing."""


@dataclass(frozen=True, slots=True)
class Page:
    """A rule of the keeper, or of a takeover's steps, that calls a person."""

    rule: str
    """As the log line spells it: ``R36_stuck``."""
    says: str
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
    Page("R36_stuck", "A takeover or a switchover of this region failed or has not ended in time"),
    Page("R37_fenced", "The ledger of the holder takes another epoch: no payment can be settled"),
    Page("R42_handover_failed", "A switchover to this region failed while the holder drains for it"),
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

LEDGER_FAILED = "accepted only"
JOURNAL_LEFT = "left as an intent"
KEEPER = "keeper"

LOG_METRICS = (
    LogMetric(
        "LedgerWriteFailures",
        "service",
        f'{{ $.message = "{LEDGER_FAILED}" || $.message = "{JOURNAL_LEFT}" }}',
    ),
    LogMetric("KeeperTicks", "keeper", f'{{ $.message = "{KEEPER}" }}'),
    LogMetric("LeaseRemaining", "keeper", f'{{ $.message = "{KEEPER}" }}', "$.expires_in_ms"),
    *(
        LogMetric(page.metric, page.function, f'{{ $.level = "ERROR" && $.rule = "{page.rule}" }}')
        for page in PAGES
    ),
)

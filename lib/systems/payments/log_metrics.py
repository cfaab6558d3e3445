"""What is counted in the functions' logs, as values. Pure: no construct.

The texts are those that the functions write; tests compare them with the functions' source.
"""

from lib.failover.log_metrics import RECOVERY_LOG_METRICS
from lib.observability.log_metrics import LogMetric

LEDGER_FAILED = "accepted only"
JOURNAL_LEFT = "left as an intent"


LOG_METRICS = (
    LogMetric(
        "LedgerWriteFailures",
        "service",
        f'{{ $.message = "{LEDGER_FAILED}" || $.message = "{JOURNAL_LEFT}" }}',
    ),
    *RECOVERY_LOG_METRICS,
)

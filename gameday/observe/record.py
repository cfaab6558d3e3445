"""What a drill wrote down."""

from collections.abc import Sequence
from dataclasses import dataclass

from gameday.load.records import JournalEntry, LedgerRow, Operation
from gameday.observe.calls import Call
from gameday.observe.executions import StepSeen
from gameday.observe.history import Fault, History
from gameday.observe.host_load import HostLoad


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything that a drill wrote down."""

    run: str
    history: History
    operations: Sequence[Operation]
    rows: Sequence[LedgerRow]
    journal: Sequence[JournalEntry]
    calls: Sequence[Call]
    steps: Sequence[StepSeen]
    """What the state machines of the regions that live did."""
    fault: Fault
    host: HostLoad
    steady_since: float
    until: float
    """When the last request arrived."""
    settled_at: float | None = None
    """When all that was accepted was seen in the ledger, looked for once the load had ended; None: never."""
    listed: frozenset[str] | None = None
    """Ids of the entries that the system lists as standing in the end; None where it lists none."""

"""What can go wrong around a durable request.

DurableError
├── JournalUnavailable    the journal did not answer, or not in time
│   └── EntryUnreadable   it did, with an entry that this code does not understand
├── EventsUnavailable     the event bus did not answer, or is not known here
├── StaleEpoch            a newer epoch fenced this writer out of the ledger
└── NotRecordable         the ledger cannot take this request, now or later (set_aside.py)

A ledger that cannot be reached is `runtime.database.DatabaseUnavailable`: it is the same failure
for every user of the database.
"""


class DurableError(Exception):
    """Base of this package's errors."""


class JournalUnavailable(DurableError):
    """The journal did not answer, so nothing is known about the entry."""


class EntryUnreadable(JournalUnavailable):
    """The entry is of newer code, or damaged."""


class EventsUnavailable(DurableError):
    """The event bus did not answer, or this region has none yet. What was not published is kept."""


class StaleEpoch(DurableError):
    """The ledger's fence is not at the writer's epoch: another holder owns the ledger.

    Args:
        epoch: the epoch the writer came with.
    """

    def __init__(self, epoch: int) -> None:
        super().__init__(f"the ledger's fence is not at epoch {epoch}")
        self.epoch = epoch

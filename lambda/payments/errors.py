"""What can go wrong around a payment.

PaymentsError
├── JournalUnavailable    the journal did not answer, or not in time
│   └── EntryUnreadable   it did, with an entry that this code does not understand
├── SessionsUnavailable   the sessions table did not answer, or not in time
├── PeerUnavailable       the other region's service did not answer, or not in time
├── EventsUnavailable     the event bus did not answer, or is not known here
├── StaleEpoch            a newer epoch fenced this writer out of the ledger
├── NotRecordable         the ledger cannot take this payment, now or later (set_aside.py)
└── Refused               the request gets a problem document instead of an answer (problems.py)
    └── HeldElsewhere     another region would have served it

A ledger that cannot be reached is `runtime.database.DatabaseUnavailable`: it is the same failure
for every user of the database.
"""


class PaymentsError(Exception):
    """Base of this package's errors."""


class JournalUnavailable(PaymentsError):
    """The journal did not answer, so nothing is known about the entry."""


class EntryUnreadable(JournalUnavailable):
    """The entry is of newer code, or damaged."""


class SessionsUnavailable(PaymentsError):
    """The sessions table did not answer, so nothing is known about the session."""


class PeerUnavailable(PaymentsError):
    """The other region did not answer, so nothing is known about what it did."""


class EventsUnavailable(PaymentsError):
    """The event bus did not answer, or this region has none yet. What was not published is kept."""


class StaleEpoch(PaymentsError):
    """The ledger's fence is not at the writer's epoch: another holder owns the ledger.

    Args:
        epoch: the epoch the writer came with.
    """

    def __init__(self, epoch: int) -> None:
        super().__init__(f"the ledger's fence is not at epoch {epoch}")
        self.epoch = epoch

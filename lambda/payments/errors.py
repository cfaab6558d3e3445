"""What can go wrong around a payment.

PaymentsError
├── JournalUnavailable    the journal did not answer, or not in time
├── StaleEpoch            a newer epoch fenced this writer out of the ledger
└── Refused               the request gets a problem document instead of an answer (problems.py)

A ledger that cannot be reached is `runtime.database.DatabaseUnavailable`: it is the same failure
for every user of the database.
"""


class PaymentsError(Exception):
    """Base of this package's errors."""


class JournalUnavailable(PaymentsError):
    """The journal did not answer, so nothing is known about the entry."""


class StaleEpoch(PaymentsError):
    """The ledger's fence is not at the writer's epoch: another holder owns the ledger.

    Args:
        epoch: the epoch the writer came with.
    """

    def __init__(self, epoch: int) -> None:
        super().__init__(f"the ledger's fence is not at epoch {epoch}")
        self.epoch = epoch

"""Journalled payments go into the ledger, each under its own key."""

from collections.abc import Sequence

from payments.entry import JournalEntry
from payments.ledger import Ledger
from runtime.database import DatabaseUnavailable


def replay(entries: Sequence[JournalEntry], ledger: Ledger, *, epoch: int, region: str) -> int:
    """Record those of the entries that the ledger does not have, and read them back.

    Returns:
        How many there were.

    Raises:
        StaleEpoch: the ledger belongs to another epoch.
        DatabaseUnavailable: the ledger failed, or does not have what was written to it.
    """
    known = ledger.known([entry.idempotency_key for entry in entries])
    missing = [entry for entry in entries if entry.idempotency_key not in known]
    for entry in missing:
        ledger.record(entry, epoch=epoch, region=region)
    keys = {entry.idempotency_key for entry in missing}
    lost = keys - ledger.known(keys)
    if lost:
        raise DatabaseUnavailable(f"{len(lost)} payments are not in the ledger after writing them")
    return len(missing)

"""Is every acknowledged request in the surviving ledger, once, with its amount, and rightly acknowledged?

Pure: histories in, findings out. Each finding holds the keys it is about, so evidence can be followed up.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gameday.judge.tenure import Tenure, rightful
from gameday.load.records import JournalEntry, LedgerRow, Operation
from gameday.observe.history import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFindings:
    """What the check found; in a sound run all but acknowledged, accepted and reconciled are empty."""

    acknowledged: Sequence[str]
    """Keys of requests answered with 201."""
    accepted: Sequence[str]
    """Keys of requests whose best answer was 202."""
    lost: Sequence[str]
    """Acknowledged, but not in the ledger."""
    accepted_lost: Sequence[str]
    """Accepted, but not in the ledger."""
    duplicated: Sequence[str]
    """In the ledger more than once, or known to clients under more than one id."""
    mismatched: Sequence[str]
    """In the ledger with another amount or currency than the client asked for."""
    unbalanced: Mapping[str, int]
    """Per currency: ledger minus acknowledged, in minor units, where not zero."""
    fenced: Sequence[str]
    """Acknowledged by a region or under an epoch that did not hold the lease."""
    reconciled: Sequence[str]
    """Settled under a later epoch than the one that journalled them: replayed by the takeover."""
    rescued: Sequence[str]
    """Of the reconciled ones those acknowledged before the fault: the fault took their rows with it."""
    oldest_lost_at: float | None
    """When the oldest of the lost requests was acknowledged."""

    @property
    def sound(self) -> bool:
        """Whether no request was harmed."""
        return not (
            self.lost
            or self.accepted_lost
            or self.duplicated
            or self.mismatched
            or self.unbalanced
            or self.fenced
        )


def check(
    operations: Sequence[Operation],
    rows: Sequence[LedgerRow],
    journal: Sequence[JournalEntry],
    tenures: Sequence[Tenure],
    fault: Fault,
) -> LedgerFindings:
    """Compare what clients were told with what the surviving ledger holds."""
    by_key: dict[str, list[LedgerRow]] = defaultdict(list)
    for row in rows:
        by_key[row.idempotency_key].append(row)
    written = [op for op in operations if op.kind.writes]
    acknowledged = [op for op in written if op.acknowledgements]
    accepted = [op for op in written if op.only_accepted]
    lost = [op for op in acknowledged if op.key not in by_key]
    reconciled = _reconciled(rows, journal)
    before = [op for op in acknowledged if (op.acknowledged_at or fault.at) < fault.at]
    return LedgerFindings(
        acknowledged=_keys(acknowledged),
        accepted=_keys(accepted),
        lost=_keys(lost),
        accepted_lost=_keys(op for op in accepted if op.key not in by_key),
        duplicated=sorted(_duplicated(operations, rows)),
        mismatched=_keys(op for op in operations if _differs(op, by_key.get(op.key, ()))),
        unbalanced=_unbalanced(acknowledged, by_key),
        fenced=_keys(op for op in acknowledged if _fenced(op, tenures, fault)),
        reconciled=sorted(reconciled),
        rescued=_keys(op for op in before if op.key in reconciled),
        oldest_lost_at=min((op.acknowledged_at or 0.0 for op in lost), default=None),
    )


def _keys(operations: Iterable[Operation]) -> list[str]:
    return [operation.key for operation in operations]


def _duplicated(operations: Sequence[Operation], rows: Sequence[LedgerRow]) -> set[str]:
    """Keys with more than one id, and keys that share one, over ledger and answers alike."""
    told = {
        (op.key, attempt.entry_id)
        for op in operations
        for attempt in op.attempts
        if attempt.entry_id is not None and (attempt.settled or attempt.accepted)
    }
    pairs = told | {(row.idempotency_key, row.entry_id) for row in rows}
    ids_of_key = Counter(key for key, _ in pairs)
    keys_of_id = Counter(entry_id for _, entry_id in pairs)
    rows_of_key = Counter(row.idempotency_key for row in rows)
    return {key for key, entry_id in pairs if ids_of_key[key] > 1 or keys_of_id[entry_id] > 1} | {
        key for key, count in rows_of_key.items() if count > 1
    }


def _differs(operation: Operation, rows: Sequence[LedgerRow]) -> bool:
    asked = (operation.amount_minor, operation.currency)
    return any((row.amount_minor, row.currency) != asked for row in rows)


def _unbalanced(
    acknowledged: Sequence[Operation], by_key: Mapping[str, Sequence[LedgerRow]]
) -> dict[str, int]:
    balance: Counter[str] = Counter()
    for operation in acknowledged:
        balance[operation.currency] -= operation.amount_minor
        for row in by_key.get(operation.key, ()):
            balance[row.currency] += row.amount_minor
    return {currency: amount for currency, amount in sorted(balance.items()) if amount}


def _fenced(operation: Operation, tenures: Sequence[Tenure], fault: Fault) -> bool:
    """Whether any acknowledgement came from the dead, or from someone who did not hold the lease."""
    return any(
        (attempt.region == fault.region and fault.silent(attempt.ended))
        or not rightful(tenures, region=attempt.region, epoch=attempt.epoch, at=attempt.ended)
        for attempt in operation.acknowledgements
    )


def _reconciled(rows: Sequence[LedgerRow], journal: Sequence[JournalEntry]) -> set[str]:
    journalled = {entry.idempotency_key: entry.epoch for entry in journal}
    return {row.idempotency_key for row in rows if row.epoch > journalled.get(row.idempotency_key, row.epoch)}

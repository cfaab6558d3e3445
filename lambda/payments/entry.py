"""An entry of the journal, and how the tables keep it."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from payments.request import PaymentRequest

Item = dict[str, Any]
"""An item as DynamoDB's client takes and gives it."""


class EntryState(StrEnum):
    """How far a journalled payment is known to have come."""

    INTENT = "INTENT"
    SETTLED = "SETTLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One payment under its idempotency key. Only `state` ever changes."""

    idempotency_key: str
    payment_id: str
    request_hash: str
    request: PaymentRequest
    epoch: int
    """Epoch of the lease under which the entry was accepted."""
    region: str
    state: EntryState
    """INTENT in what is read from the arrivals, which do not keep it: `Journal.settled` knows."""
    accepted_at_ms: int
    """Milliseconds since 1970, UTC."""
    payer: str = ""
    """Who asked for it, see `payments.payer`. Empty where nobody had to say."""


def to_item(entry: JournalEntry) -> Item:
    """All that never changes of the entry."""
    return {
        "idempotency_key": {"S": entry.idempotency_key},
        "payment_id": {"S": entry.payment_id},
        "request_hash": {"S": entry.request_hash},
        "request": {"S": entry.request.canonical()},
        "epoch": {"N": str(entry.epoch)},
        "region": {"S": entry.region},
        "accepted_at_ms": {"N": str(entry.accepted_at_ms)},
        **({"payer": {"S": entry.payer}} if entry.payer else {}),
    }


def from_item(item: Item) -> JournalEntry:
    """The entry of an item of the journal or of the arrivals."""
    return JournalEntry(
        idempotency_key=item["idempotency_key"]["S"],
        payment_id=item["payment_id"]["S"],
        request_hash=item["request_hash"]["S"],
        request=PaymentRequest(**json.loads(item["request"]["S"])),
        epoch=int(item["epoch"]["N"]),
        region=item["region"]["S"],
        state=EntryState(item["state"]["S"]) if "state" in item else EntryState.INTENT,
        accepted_at_ms=int(item["accepted_at_ms"]["N"]),
        payer=item["payer"]["S"] if "payer" in item else "",
    )

"""The lease as DynamoDB keeps it. Pure."""

from collections.abc import Mapping
from typing import Any

from failover.lease import Automation, Handover, Kind, Lease, LeaseState

Item = dict[str, Any]
NOTHING = {"NULL": True}
"""An attribute that is there without a value, so that one kind of update can set and clear it."""


def to_item(lease: Lease) -> Item:
    """Every attribute of the item."""
    item: Item = {
        "system": {"S": lease.system},
        "epoch": _number(lease.epoch),
        "holder": {"S": lease.holder},
        "state": {"S": str(lease.state)},
        "expires_at_ms": _number(lease.expires_at_ms),
        "automation": {"S": str(lease.automation)},
        "changed_at_ms": _number(lease.changed_at_ms),
        "kind": {"S": str(lease.kind)},
        "attempt": _number(lease.attempt),
        "handover": _handover_item(lease.handover),
        "acknowledged_epoch": _number(lease.acknowledged_epoch),
        "latest_expiry_ms": _number(lease.latest_expiry_ms),
        "accepting_epoch": _number(lease.accepting_epoch),
    }
    if lease.previous_holder is not None:
        item["previous_holder"] = {"S": lease.previous_holder}
    return item


def from_item(item: Mapping[str, Any]) -> Lease:
    """The lease that the item is. Raises KeyError or ValueError when it is none."""
    return Lease(
        system=item["system"]["S"],
        epoch=int(item["epoch"]["N"]),
        holder=item["holder"]["S"],
        state=LeaseState(item["state"]["S"]),
        expires_at_ms=int(item["expires_at_ms"]["N"]),
        automation=Automation(item["automation"]["S"]),
        changed_at_ms=int(item["changed_at_ms"]["N"]),
        previous_holder=item["previous_holder"]["S"] if "previous_holder" in item else None,
        kind=Kind(item["kind"]["S"]),
        attempt=int(item["attempt"]["N"]),
        handover=_handover(item["handover"]),
        acknowledged_epoch=int(item["acknowledged_epoch"]["N"]),
        latest_expiry_ms=_number_of(item, "latest_expiry_ms"),
        accepting_epoch=_number_of(item, "accepting_epoch"),
    )


def _handover_item(handover: Handover | None) -> Item:
    if handover is None:
        return NOTHING
    return {
        "M": {
            "to": {"S": handover.to},
            "kind": {"S": str(handover.kind)},
            "attempt": _number(handover.attempt),
        }
    }


def _handover(item: Mapping[str, Any]) -> Handover | None:
    if item == NOTHING:
        return None
    fields = item["M"]
    return Handover(to=fields["to"]["S"], kind=Kind(fields["kind"]["S"]), attempt=int(fields["attempt"]["N"]))


def _number(value: int) -> Item:
    return {"N": str(value)}


def _number_of(item: Mapping[str, Any], name: str) -> int:
    """A number that older code does not write."""
    return int(item[name]["N"]) if name in item else 0

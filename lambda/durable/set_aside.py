"""Entries of the journal that cannot be recorded as they are: set aside by name, for a person to look at."""

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Why an entry is not in the ledger. A contract with logs, the runbook and `dr`."""

    CONTRADICTED = "contradicted"
    """The ledger has another request under this key, or this request under another key."""
    REFUSED = "refused"
    """The ledger does not take such data."""
    UNREADABLE = "unreadable"
    """This code does not understand the entry; the code that wrote it may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """One entry that waits for a person. It is acknowledged to nobody, and never called settled."""

    idempotency_key: str
    entry_id: str
    """The journal's; empty when it cannot be read."""
    why: str
    """One of `Why`, unless newer code listed it."""


class NotRecordable(Exception):
    """The ledger cannot take this entry, now or later. Nothing was written."""

    def __init__(self, found: SetAside) -> None:
        super().__init__(f"request {found.entry_id} is {found.why}")
        self.found = found

"""Journalled requests go into the ledger, each under its own key; what cannot is set aside by name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from durable.entry import Identity, JournalEntry, Kept, Unreadable
from durable.ledger import Ledger
from durable.set_aside import NotRecordable, SetAside, Why
from runtime.database import DatabaseUnavailable
from runtime.logs import logger


class InLedger(StrEnum):
    """What a ledger says to an entry of the journal."""

    RECORDED = "recorded"
    LACKING = "lacking"
    ASIDE = "aside"
    """A person must look: it is another request that the ledger has, or the entry cannot be read."""


def beside(entry: Kept, recorded: Mapping[str, Identity]) -> InLedger:
    """An entry beside what the ledger has under its key. Pure: a key alone proves nothing."""
    found = recorded.get(entry.idempotency_key)
    if isinstance(entry, Unreadable):
        # Whoever could read it has recorded it.
        return InLedger.RECORDED if found and entry.identity in {None, found} else InLedger.ASIDE
    if found is None:
        return InLedger.LACKING
    return InLedger.RECORDED if found == entry.identity else InLedger.ASIDE


def set_aside(entry: Kept) -> SetAside:
    """How an entry is named that `beside` puts aside."""
    identity = entry.identity
    return SetAside(
        idempotency_key=entry.idempotency_key,
        entry_id=identity.entry_id if identity else "",
        why=Why.UNREADABLE if isinstance(entry, Unreadable) else Why.CONTRADICTED,
    )


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of the entries."""

    recorded: int
    """How many the ledger did not have, and has now."""
    aside: frozenset[SetAside]

    def has(self, entry: JournalEntry) -> bool:
        """Whether the ledger has this very request now."""
        name = (entry.idempotency_key, entry.entry_id)
        return name not in {(each.idempotency_key, each.entry_id) for each in self.aside}


def replay(entries: Sequence[Kept], ledger: Ledger, *, epoch: int, region: str) -> Replayed:
    """Record those of the entries that the ledger does not have, and read them back.

    One that cannot be recorded is put on the ledger's list, and the rest goes on.

    Raises:
        StaleEpoch: the ledger belongs to another epoch.
        DatabaseUnavailable: the ledger failed, or does not have what was written to it.
    """
    recorded = ledger.recorded([entry.idempotency_key for entry in entries])
    written: list[JournalEntry] = []
    aside: list[SetAside] = []
    for entry in entries:
        found = beside(entry, recorded)
        if found is InLedger.ASIDE:
            aside.append(set_aside(entry))
        elif found is InLedger.LACKING and isinstance(entry, JournalEntry):
            try:
                ledger.record(entry, epoch=epoch, region=region)
            except NotRecordable as error:
                aside.append(error.found)
            else:
                written.append(entry)
    _read_back(written, ledger)
    _list(aside, ledger, epoch=epoch)
    return Replayed(len(written), frozenset(aside))


def _read_back(written: Sequence[JournalEntry], ledger: Ledger) -> None:
    recorded = ledger.recorded([entry.idempotency_key for entry in written])
    lost = [entry for entry in written if recorded.get(entry.idempotency_key) != entry.identity]
    if lost:
        raise DatabaseUnavailable(f"{len(lost)} requests are not in the ledger after writing them")


def _list(aside: Iterable[SetAside], ledger: Ledger, *, epoch: int) -> None:
    for each in aside:
        logger.error("set aside", extra={"entry_id": each.entry_id, "why": each.why})
        ledger.set_aside([each], epoch=epoch)

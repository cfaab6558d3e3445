"""What a proof reads, out of the evidence of a drill at any later time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gameday.errors import EvidenceUnread
from gameday.load.records import JournalEntry, LedgerRow, Operation
from gameday.observe.history import History, LeaseSeen, WriterSeen
from gameday.report.data import lines, operations


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Implements gameday.judge.objects.Recorded."""

    history: History
    operations: Sequence[Operation]
    rows: Sequence[LedgerRow]
    journal: Sequence[JournalEntry]
    until: float


def recorded(run: Path) -> Evidence:
    """The record in the folder *run*. Raises EvidenceUnread."""
    try:
        timeline = json.loads((run / "timeline.json").read_text())
        return Evidence(
            history=_history(timeline["observations"]),
            operations=operations(run),
            rows=[LedgerRow(**line) for line in lines(run / "ledger.jsonl")],
            journal=[JournalEntry(**line) for line in lines(run / "journal.jsonl")],
            until=timeline["until"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvidenceUnread(
            f"{run} cannot be proven by this version: {type(error).__name__}: {error}"
        ) from error


def _history(seen: Mapping[str, Any]) -> History:
    return History(
        leases=[LeaseSeen(**lease) for lease in seen["leases"]],
        writers=[WriterSeen(**writer) for writer in seen["writers"]],
    )

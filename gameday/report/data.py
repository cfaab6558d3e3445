"""What a report tells of a drill, from memory right after it or from its evidence at any later time."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gameday.errors import EvidenceUnread
from gameday.judge.judgement import Judgement
from gameday.judge.summary import Summary
from gameday.judge.timeline import Event, epoch_before
from gameday.load.records import Attempt, Kind, LedgerRow, Operation
from gameday.observe.history import Fault, Mark
from gameday.observe.record import Record

LEAD_S = 20.0
"""How much of the time before the fault is shown, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """One drill, as far as people want to see it."""

    summary: Summary
    events: Sequence[Event]
    fault: Fault
    epoch: int
    """Epoch of the lease when the fault came."""
    operations: Sequence[Operation]
    rows: Sequence[LedgerRow]

    @property
    def since(self) -> float:
        """From when on it is told."""
        return self.fault.at - LEAD_S

    @property
    def until(self) -> float:
        """When the last request arrived."""
        return max((operation.due for operation in self.operations), default=self.fault.at)

    @classmethod
    def of(cls, record: Record, judgement: Judgement) -> "ReportData":
        """The data of a drill that has just ended."""
        return cls(
            summary=judgement.summary,
            events=judgement.events,
            fault=record.fault,
            epoch=epoch_before(record.history, record.fault),
            operations=record.operations,
            rows=record.rows,
        )


def read(run: Path) -> ReportData:
    """The data that the evidence in the folder *run* tells. Raises EvidenceUnread."""
    try:
        timeline = json.loads((run / "timeline.json").read_text())
        fault = timeline["fault"]
        marks = tuple(Mark(**mark) for mark in fault.pop("marks"))
        leases = timeline["observations"]["leases"]
        return ReportData(
            summary=Summary.model_validate_json((run / "summary.json").read_text()),
            events=[Event(**event) for event in timeline["events"]],
            fault=Fault(**fault, marks=marks),
            epoch=max((seen["epoch"] for seen in leases if seen["at"] <= fault["at"]), default=0),
            operations=operations(run),
            rows=[LedgerRow(**line) for line in lines(run / "ledger.jsonl")],
        )
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise EvidenceUnread(
            f"{run} is no evidence that this version can read: {type(error).__name__}: {error}"
        ) from error


def operations(run: Path) -> list[Operation]:
    """Every request in the evidence *run*, with its attempts."""
    return [
        Operation(
            **(
                line
                | {
                    "kind": Kind(line["kind"]),
                    "attempts": [Attempt(**attempt) for attempt in line["attempts"]],
                }
            )
        )
        for line in lines(run / "operations.jsonl")
    ]


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The documents of a file with one a line."""
    with path.open() as file:
        for line in file:
            yield json.loads(line)

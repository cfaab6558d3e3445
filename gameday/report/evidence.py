"""Writes what a drill found into a folder that can be checked later."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from evidence.run_folder import conclude
from gameday.judge.judgement import Judgement
from gameday.judge.summary import Judged
from gameday.observe.record import Record
from gameday.report import index, management
from gameday.report.controls import NAME as CONTROLS
from gameday.report.controls import controls
from gameday.report.data import ReportData
from gameday.report.junit import junit
from gameday.report.page import page

REPORT = "report.html"
MANAGEMENT = "management.html"


def write(folder: Path, record: Record, judgement: Judgement) -> Path:
    """Write all evidence below *folder*, point `latest` at it, and return the run's own folder.

    Its manifest seals every other file and follows the last run's; `dr evidence verify` checks it.
    """
    with sealed(folder, record.fault.at, judgement.summary) as run:
        write_json(run / "timeline.json", _timeline(record, judgement))
        write_json(run / "findings.json", asdict(judgement.findings))
        if judgement.orders:
            write_json(run / "orders.json", asdict(judgement.orders))
        write_lines(run / "operations.jsonl", (asdict(operation) for operation in record.operations))
        write_lines(run / "ledger.jsonl", (asdict(row) for row in record.rows))
        write_lines(run / "journal.jsonl", (asdict(entry) for entry in record.journal))
        write_lines(run / "steps.jsonl", (asdict(step) for step in record.steps))
        write_lines(run / "calls.jsonl", (asdict(call) for call in record.calls))
        (run / REPORT).write_text(page(ReportData.of(record, judgement)))
        answered = controls(judgement.summary)
        write_json(run / CONTROLS, answered.model_dump(by_alias=True))
        (run / MANAGEMENT).write_text(management.page(judgement.summary, answered))
    return run


class _Written(Judged, Protocol):
    def model_dump(self, *, by_alias: bool) -> dict[str, Any]:
        """As a document."""


@contextmanager
def sealed(folder: Path, fault_at: float, summary: _Written) -> Iterator[Path]:
    """A new folder for a run below *folder*, with its summary; what the body adds is sealed with it."""
    started = datetime.fromtimestamp(fault_at, UTC)
    run = folder / f"{started:%Y%m%dT%H%M%SZ}-{summary.scenario}"
    run.mkdir(parents=True)
    write_json(run / "summary.json", summary.model_dump(by_alias=True))
    (run / "junit.xml").write_text(junit(summary))
    yield run
    conclude(folder, run)
    index.write(folder)


def _timeline(record: Record, judgement: Judgement) -> Mapping[str, Any]:
    return {
        "fault": asdict(record.fault),
        "until": record.until,
        "events": [asdict(event) for event in judgement.events],
        "observations": asdict(record.history),
    }


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """One document."""
    path.write_text(json.dumps(document, indent=2) + "\n")


def write_lines(path: Path, documents: Iterable[Mapping[str, Any]]) -> None:
    """A document a line."""
    with path.open("w") as lines:
        lines.writelines(json.dumps(document) + "\n" for document in documents)

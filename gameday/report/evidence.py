"""Writes what a drill found into a folder that can be checked later."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evidence.run_folder import conclude
from gameday.judge.judgement import Judgement
from gameday.observe.record import Record
from gameday.report import index
from gameday.report.junit import junit
from gameday.report.page import page
from gameday.report.story import Story

REPORT = "report.html"


def write(folder: Path, record: Record, judgement: Judgement) -> Path:
    """Write all evidence below *folder*, point `latest` at it, and return the run's own folder.

    Its manifest seals every other file and follows the last run's; `dr evidence verify` checks it.
    """
    started = datetime.fromtimestamp(record.fault.at, UTC)
    run = folder / f"{started:%Y%m%dT%H%M%SZ}-{judgement.summary.scenario}"
    run.mkdir(parents=True)
    _write_json(run / "summary.json", judgement.summary.model_dump(by_alias=True))
    _write_json(run / "timeline.json", _timeline(record, judgement))
    _write_json(run / "findings.json", asdict(judgement.findings))
    _write_lines(run / "operations.jsonl", (asdict(operation) for operation in record.operations))
    _write_lines(run / "ledger.jsonl", (asdict(row) for row in record.rows))
    _write_lines(run / "steps.jsonl", (asdict(step) for step in record.steps))
    _write_lines(run / "calls.jsonl", (asdict(call) for call in record.calls))
    (run / "junit.xml").write_text(junit(judgement.summary))
    (run / REPORT).write_text(page(Story.of(record, judgement)))
    conclude(folder, run)
    index.write(folder)
    return run


def _timeline(record: Record, judgement: Judgement) -> Mapping[str, Any]:
    return {
        "fault": asdict(record.fault),
        "events": [asdict(event) for event in judgement.events],
        "observations": asdict(record.history),
    }


def _write_json(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(document, indent=2) + "\n")


def _write_lines(path: Path, documents: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w") as lines:
        lines.writelines(json.dumps(document) + "\n" for document in documents)

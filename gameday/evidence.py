"""Writes what a drill found into a folder that can be checked later."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dr import evidence as sealed
from gameday import index
from gameday.drill import Record
from gameday.judge import Judgement
from gameday.junit import junit
from gameday.page import page
from gameday.story import Story

LATEST = "latest"
REPORT = "report.html"


def write(folder: Path, record: Record, judgement: Judgement) -> Path:
    """Write all evidence below *folder*, point `latest` at it, and return the run's own folder.

    Its manifest seals every other file and follows the last run's; `dr evidence verify` checks it.
    """
    previous = _last_head(folder / LATEST)
    started = datetime.fromtimestamp(record.fault.at, UTC)
    run = folder / f"{started:%Y%m%dT%H%M%SZ}-{judgement.summary.scenario}"
    run.mkdir(parents=True)
    _write_json(run / "summary.json", judgement.summary.model_dump(by_alias=True))
    _write_json(run / "timeline.json", _timeline(record, judgement))
    _write_json(run / "findings.json", asdict(judgement.findings))
    _write_lines(run / "operations.jsonl", (asdict(operation) for operation in record.operations))
    _write_lines(run / "ledger.jsonl", (asdict(row) for row in record.rows))
    _write_lines(run / "calls.jsonl", (asdict(call) for call in record.calls))
    (run / "junit.xml").write_text(junit(judgement.summary))
    (run / REPORT).write_text(page(Story.of(record, judgement)))
    sealed.seal(run, previous=previous)
    _point(folder / LATEST, run)
    index.write(folder)
    return run


def _last_head(latest: Path) -> str:
    """What this run follows. A chain that is broken before stays so for whoever verifies the folder."""
    try:
        return sealed.head(latest)
    except sealed.EvidenceError:
        return sealed.GENESIS


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


def _point(link: Path, run: Path) -> None:
    """Replace *link* in one step, so that it always points somewhere."""
    fresh = link.with_name(f".{LATEST}-{os.getpid()}")
    fresh.symlink_to(run.name, target_is_directory=True)
    fresh.replace(link)

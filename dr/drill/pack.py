"""The evidence of a drill: what was asked, found and done, sealed and chained to the drill before."""

import errno
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dr.deployment import Deployment
from dr.drill.trial import Trial
from dr.moments import shown
from evidence.run_folder import conclude

SCHEMA = "1"


def label(endpoint: str) -> str:
    """What was drilled, by where its AWS calls went: nobody can call a local run AWS."""
    host = urlsplit(endpoint).hostname or ""
    if host.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return "AWS"
    return "local cloud" if host in {"127.0.0.1", "localhost", "::1"} else f"unknown: {host}"


def make_room(evidence: Path) -> None:
    """Nothing is moved where no evidence of it could be kept. Raises OSError that names the folder."""
    evidence.mkdir(parents=True, exist_ok=True)
    if not os.access(evidence, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(evidence))


def write(folder: Path, trial: Trial, *, endpoint: str, result: str) -> tuple[Path, str]:
    """Write and seal a run below *folder*; returns it and its head, which is to be noted elsewhere."""
    began = datetime.fromtimestamp(trial.phases[0].began_at, UTC)
    run = folder / f"{began:%Y%m%dT%H%M%SZ}-drill"
    run.mkdir(parents=True)
    _write(run / "summary.json", summary(trial, endpoint=endpoint, result=result))
    _write(run / "phases.json", {"phases": [asdict(phase) for phase in trial.phases]})
    return run, conclude(folder, run)


def summary(trial: Trial, *, endpoint: str, result: str) -> Mapping[str, Any]:
    """The outcome for machines."""
    deployment: Deployment = trial.cloud.deployment
    return {
        "schema": SCHEMA,
        "label": label(endpoint),
        "aws_endpoint": endpoint,
        "system": deployment.system,
        "api": deployment.api_name,
        "protected": deployment.protected,
        "result": result,
        "began": shown(datetime.fromtimestamp(trial.phases[0].began_at, UTC)),
        "seconds": {phase.name: phase.seconds for phase in trial.phases},
        "phases": {phase.name: phase.ended for phase in trial.phases},
        "executions": [phase.facts["execution"] for phase in trial.phases if "execution" in phase.facts],
        "versions": {name: version(name) for name in ("boto3", "typer")},
    }


def _write(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(document, indent=2) + "\n")

"""The folder of one run among all runs: sealed, following the run before, and pointed at."""

import os
from pathlib import Path

from evidence.manifest import GENESIS, EvidenceError, head, seal

LATEST = "latest"


def conclude(folder: Path, run: Path) -> str:
    """Seal *run*, which follows the last one in *folder*, and point `latest` at it; returns its head."""
    sealed = seal(run, previous=_last_head(folder / LATEST))
    _point(folder / LATEST, run)
    return sealed


def _last_head(latest: Path) -> str:
    """What this run follows. A chain that is broken before stays so for whoever verifies the folder."""
    try:
        return head(latest)
    except EvidenceError:
        return GENESIS


def _point(link: Path, run: Path) -> None:
    """Replace *link* in one step, so that it always points somewhere."""
    fresh = link.with_name(f".{LATEST}-{os.getpid()}")
    fresh.symlink_to(run.name, target_is_directory=True)
    fresh.replace(link)

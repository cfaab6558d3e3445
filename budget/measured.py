"""What the last drill measured, as far as it concerns the budget."""

import json
from pathlib import Path

from budget.model import Measured

DEFAULT_EVIDENCE = Path("runs/latest/summary.json")
CONCERNS = {"rto_takeover": "first_ack_s", "rto_dns": "dns_moved_s", "rpo_ledger": "rpo_s"}
"""Which measured figure stands beside which objective."""


class UnreadableDrill(ValueError):
    """A drill's summary cannot be read; the message names the file."""


def measured(path: Path = DEFAULT_EVIDENCE) -> dict[str, Measured]:
    """Figures by objective; none when there was no drill yet, or when it was not valid."""
    try:
        summary = json.loads(path.read_text())
        if not summary["valid"]:
            return {}
        run = f"{summary['cloud']} {summary['scenario']} {summary['run']}"
        figures = summary["measured"]
        return {
            objective: Measured(seconds=figures[figure], run=run)
            for objective, figure in CONCERNS.items()
            if figures[figure] is not None
        }
    except FileNotFoundError:
        return {}
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise UnreadableDrill(f"{path} is no summary of a drill: {error!r}") from error

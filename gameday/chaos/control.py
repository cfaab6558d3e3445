"""A control of the Chaos Toolkit that writes one line at the begin and end of each activity.

The toolkit imports this file into its own environment: it uses nothing but the standard library.
"""

import json
import time
from pathlib import Path
from typing import Any

TIMELINE = Path(".local") / "chaos" / "timeline.jsonl"


def before_experiment_control(context: dict[str, Any], **_: Any) -> None:
    """A new timeline."""
    TIMELINE.parent.mkdir(parents=True, exist_ok=True)
    TIMELINE.write_text("")
    _write("begin", context["title"], {})


def before_activity_control(context: dict[str, Any], **_: Any) -> None:
    """An activity begins."""
    _write("begin", context["name"], {})


def after_activity_control(context: dict[str, Any], state: dict[str, Any], **_: Any) -> None:
    """An activity has ended."""
    _write("end", context["name"], {"status": state.get("status"), "output": state.get("output")})


def after_experiment_control(context: dict[str, Any], state: dict[str, Any], **_: Any) -> None:
    """The experiment has ended."""
    _write("end", context["title"], {"status": state.get("status"), "deviated": state.get("deviated")})


def _write(what: str, name: str, told: dict[str, Any]) -> None:
    with TIMELINE.open("a") as lines:
        lines.write(json.dumps({"at": time.time(), "what": what, "name": name} | told, default=str) + "\n")

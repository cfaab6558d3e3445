"""How a command ends that did not come to its own end: one line, an exit code, and the same for machines."""

import errno
import os
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console
from rich.markup import escape

from budget.measured import UnreadableDrill
from dr import envelope
from dr.errors import DrError
from dr.exits import Exit
from dr.guard.plan import PlanError
from dr.outputs import OutputsError
from dr.reasons.kinds import CANNOT_TELL
from dr.reasons.why import aws_cause, reason
from evidence.manifest import EvidenceError
from failover.approvals import ApprovalsUnavailable
from failover.lease_table import LeaseError, LeaseLost
from failover.takeover import TakeoverNotStarted
from lib.errors import SettingsError

UNWRITABLE = {errno.EBADF, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC, errno.EPIPE}
"""What a full disk, or a reader that is gone, says."""
TRACEBACK = "DR_TRACEBACK"
"""Set in the environment, it shows where a defect of `dr` itself is."""
LABELS = {Exit.UNKNOWN: "[yellow]unknown:[/yellow]", Exit.REFUSED: "[red]refused:[/red]"}
KINDS: dict[type[Exception], str] = {
    OutputsError: "outputs",
    SettingsError: "settings",
    PlanError: "plan",
    EvidenceError: "evidence",
    UnreadableDrill: "evidence",
    ApprovalsUnavailable: "approvals",
    LeaseError: "lease",
    TakeoverNotStarted: "takeover_not_started",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What is told of an error."""

    code: Exit
    kind: str
    message: str
    content: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, error: Exception) -> "Ending":
        """What ended the command, with the reason that is at the bottom of it."""
        if isinstance(error, DrError):
            return cls(code=error.code, kind=error.kind, message=str(error), content=error.content)
        if isinstance(error, LeaseLost):
            message = f"somebody else changed the lease first, so nothing was changed: dr status ({error})"
            return cls(code=Exit.REFUSED, kind="lease_changed", message=message)
        kind = next((kind for known, kind in KINDS.items() if isinstance(error, known)), None)
        if cause := aws_cause(error):
            why = reason(cause)
            code = Exit.UNKNOWN if why.kind in CANNOT_TELL else Exit.FAILED
            return cls(code=code, kind=why.kind, message=f"{_topic(error)}{why.says}")
        if kind:
            return cls(code=Exit.FAILED, kind=kind, message=str(error))
        kind, message = _here(error) or ("defect", _defect(error))
        return cls(code=Exit.FAILED, kind=kind, message=message)


def end(error: Exception, words: Sequence[str]) -> NoReturn:
    """Say what ended the command *words*, and leave with its exit code."""
    told = Ending.of(error)
    if told.kind == "defect" and os.environ.get(TRACEBACK):
        traceback.print_exception(error)
    envelope.write_error(words, told.code, told.content, {"kind": str(told.kind), "message": told.message})
    label = LABELS.get(told.code, "[red]error:[/red]")
    Console(stderr=True, highlight=False).print(f"{label} {escape(told.message)}", soft_wrap=True)
    raise SystemExit(int(told.code)) from None


def _topic(error: Exception) -> str:
    """What was being done, unless AWS's own error is all there is."""
    topics = {LeaseError: "lease: ", ApprovalsUnavailable: "approvals: ", TakeoverNotStarted: "not started: "}
    return next((topic for known, topic in topics.items() if isinstance(error, known)), "")


def _here(error: Exception) -> tuple[str, str] | None:
    """Kind and words of what this machine's files say, or a full disk, or a reader that is gone."""
    if not isinstance(error, OSError):
        return None
    if error.errno in UNWRITABLE:
        said = f"what was found cannot be written: {error.strerror}; what was started goes on: dr status"
        return "output", said
    return ("file", f"{error.filename}: {error.strerror}") if error.filename is not None else None


def _defect(error: Exception) -> str:
    """A defect is told as one, with its place; it is never a verdict on the system."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    at = f" at {Path(last[0].filename).name}:{last[0].lineno}" if last else ""
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return (
        f"dr itself failed ({text}{at}); what it had started goes on: dr status. "
        f"With {TRACEBACK}=1 it shows where; please report that"
    )

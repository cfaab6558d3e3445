"""The end of what a server wrote, for the message of an error."""

from pathlib import Path

_TAIL_LINES = 15


def log_tail(log: Path) -> str:
    """The last lines of a server's log."""
    if not log.exists():
        return f"({log} was never written)"
    lines = log.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
    return "\n".join([f"the end of {log}:", *(f"    {line}" for line in lines)])

"""A metric made of log lines, as a value. Pure: no construct."""

from dataclasses import dataclass

ONE = "1"


@dataclass(frozen=True, slots=True)
class LogMetric:
    """A metric made of log lines."""

    name: str
    function: str
    """Whose log is read."""
    pattern: str
    value: str = ONE
    """What one line adds; ``$.field`` takes the field, and lines without it add nothing."""

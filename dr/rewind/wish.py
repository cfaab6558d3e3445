"""What can be rewound to, and what a clone is called. Pure."""

from dataclasses import dataclass
from datetime import datetime

from dr.moments import compact, shown

LONGEST_NAME = 63
"""https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBClusterToPointInTime.html"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The cluster that serves, as far as a clone is made like it. It is only ever read."""

    name: str
    key: str
    subnet_group: str
    security_groups: tuple[str, ...]
    parameter_group: str
    log_exports: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    instance: str
    """One of its instances."""
    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone:
    """A cluster that `dr rewind` made."""

    name: str
    region: str
    engine: str
    """As RDS calls it."""
    of: str
    to: str
    """The moment that it shows."""
    status: str
    endpoint: str
    instances: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """A moment, or the latest that there is."""

    to: datetime | None

    def refusal(self, source: Source, now: datetime) -> str | None:
        """Why the moment cannot be had; None when it can."""
        if self.to is None:
            return None
        if self.to > now:
            return f"{shown(self.to)} is in the future, it is {shown(now)}"
        window = f"from {shown(source.earliest)} to {shown(source.latest)}"
        if self.to < source.earliest:
            return f"{shown(self.to)} is too long ago: {source.name} can be rewound {window}"
        if self.to > source.latest:
            return f"{shown(self.to)} is not backed up yet: {source.name} can be rewound {window}"
        return None

    def moment(self, source: Source) -> datetime:
        """What the clone will show."""
        return self.to or source.latest

    def name(self, source: Source) -> str:
        """The same wish has the same name, so that a command that was interrupted can be typed again."""
        ending = f"-rewind-{compact(self.moment(source))}"
        return source.name[: LONGEST_NAME - len(ending) - len("-0")].rstrip("-") + ending

"""The replays of one region's archive."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dr.calls import PATIENT_S, AwsUnavailable, ask, error_code, understood
from dr.moments import compact, shown

MOST_ATTEMPTS = 50
LATE = timedelta(minutes=10)
"""Events may take so long to be archived:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html"""
LONGEST_NAME = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What can be replayed, and to whom."""

    name: str
    arn: str
    bus: str
    """ARN of the bus, the only place that AWS replays to."""
    kept: timedelta | None
    """How far back; None is for ever."""
    rules: tuple[str, ...]
    """ARNs of the consumers' rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The events of a time."""

    start: datetime
    end: datetime
    attempt: int = 1

    def refusal(self, archive: Archive, now: datetime) -> str | None:
        """Why it cannot be replayed; None when it can."""
        if self.start >= self.end:
            return f"nothing lies between {shown(self.start)} and {shown(self.end)}: --from is the earlier"
        if self.end > now:
            return f"{shown(self.end)} is in the future, it is {shown(now)}"
        if archive.kept and self.start < now - archive.kept:
            return f"{shown(self.start)} is too long ago: {archive.name} keeps {archive.kept.days} days"
        if not archive.rules:
            return "no consumer has a rule on the bus: nobody would see a replayed event"
        return None

    def name(self, archive: Archive) -> str:
        """The same span has the same name, so that typing it again replays nothing twice."""
        again = f"-{self.attempt}" if self.attempt > 1 else ""
        ending = f"-{compact(self.start)}-{compact(self.end)}{again}"
        return archive.name[: LONGEST_NAME - len(ending)] + ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """How far a replay has come."""

    name: str
    state: str
    reached: datetime | None
    """The time of the last event that was replayed."""

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {"COMPLETED", "CANCELLED", "FAILED"}


class Replays:
    """EventBridge of one region. Every method raises AwsUnavailable, NoAccess."""

    def __init__(self, client: Any, region: str, archive: str) -> None:
        self._events = client
        self._region = region
        self._arn = archive

    def archive(self) -> Archive:
        """The archive, and the rules of its bus that belong to consumers."""
        name = self._arn.rpartition("/")[2]
        found = ask(self._region, lambda: self._events.describe_archive(ArchiveName=name))
        with understood(self._region, f"the archive {name}"):
            bus, days = str(found["EventSourceArn"]), found.get("RetentionDays")
        kept = timedelta(days=days) if days else None
        rules = tuple(self._consumers(bus.rpartition("/")[2]))
        return Archive(name=name, arn=self._arn, bus=bus, kept=kept, rules=rules)

    def find(self, name: str) -> Replay | None:
        """The replay of that name; None without one."""
        try:
            told = ask(self._region, lambda: self._events.describe_replay(ReplayName=name))
        except AwsUnavailable as error:
            if error_code(error.__cause__) == "ResourceNotFoundException":
                return None
            raise
        with understood(self._region, f"the replay {name}"):
            reached = told.get("EventLastReplayedTime")
            return Replay(name=name, state=told["State"], reached=reached and reached.astimezone(UTC))

    def get(self, name: str) -> Replay:
        """The replay of that name, which was started."""
        if (found := self.find(name)) is None:
            raise AwsUnavailable(f"{self._region} knows no replay {name}: type the same command again")
        return found

    def untried(self, span: Span, archive: Archive, *, again: bool) -> tuple[Span, Replay | None]:
        """The first attempt that is running or done (done only unless *again*), else one to be started."""
        for attempt in range(1, MOST_ATTEMPTS + 1):
            candidate = replace(span, attempt=attempt)
            found = self.find(candidate.name(archive))
            if found is None or not found.over or (found.state == "COMPLETED" and not again):
                return candidate, found
        raise AwsUnavailable(f"{span.name(archive)} was tried {MOST_ATTEMPTS} times")

    def start(self, span: Span, archive: Archive) -> None:
        """Begin to replay to the consumers, and to nobody else."""
        ask(
            self._region,
            lambda: self._events.start_replay(
                ReplayName=span.name(archive),
                Description="dr events replay",
                EventSourceArn=archive.arn,
                EventStartTime=span.start,
                EventEndTime=span.end,
                Destination={"Arn": archive.bus, "FilterArns": list(archive.rules)},
            ),
        )

    def _consumers(self, bus: str) -> Iterator[str]:
        """Rules that lead to no other bus, and that AWS does not keep for archives and endpoints."""
        pages = self._events.get_paginator("list_rules").paginate
        rules = ask(
            self._region,
            lambda: [r for page in pages(EventBusName=bus) for r in page["Rules"]],
            within_s=PATIENT_S,
        )
        for rule in rules:
            if not rule.get("ManagedBy") and not self._leads_to_a_bus(rule["Name"], bus):
                yield rule["Arn"]

    def _leads_to_a_bus(self, rule: str, bus: str) -> bool:
        told = ask(self._region, lambda: self._events.list_targets_by_rule(Rule=rule, EventBusName=bus))
        return any(":event-bus/" in target["Arn"] for target in told["Targets"])

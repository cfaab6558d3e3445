"""One turn: look, decide, claim, act, and tell. Twice, three times or in any order it acts once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from remediation import events
from remediation.decision import Policy, decide
from remediation.observation import DatabaseSeen, Mode, Observation
from remediation.record import Record, RecordUnknown
from remediation.rules import Action, Decision, Rule
from remediation.verdicts import page
from runtime.clock import Clock
from runtime.logs import logger


class Outcome(StrEnum):
    """What became of a decision."""

    NOTHING = "nothing"
    PAGED = "paged"
    PAGED_BEFORE = "paged before"
    NOT_PAGED = "not paged"
    DRY_RUN = "dry run"
    ACCEPTED = "accepted"
    """AWS took the call. Whether it helped, the alarm says."""
    CLAIMED_BEFORE = "claimed before"
    """Something was done a moment ago, to this or to another resource."""
    FAILED = "failed"


class Looks(Protocol):
    """What a turn needs to see."""

    def ringing(self) -> tuple[str, ...] | None: ...  # noqa: D102 - see sensors.Sensors
    def observe(self, alarm: str, *, at_ms: int) -> Observation: ...  # noqa: D102 - the same


class Acts(Protocol):
    """What a turn needs to act."""

    def apply(self, decision: Decision) -> None: ...  # noqa: D102 - see effectors.Effectors


class Calls(Protocol):
    """What a turn needs to call people."""

    def call(self, decision: Decision, *, alarm: str) -> None: ...  # noqa: D102 - see effectors.Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Everything that a turn works with."""

    sensors: Looks
    effectors: Acts
    pager: Calls
    record: Record
    policy: Policy
    clock: Clock

    def run(self, event: Mapping[str, Any]) -> list[dict[str, str]]:
        """Decide about every alarm of the event, or about all that ring; what became of each."""
        names = events.alarms(event)
        if names is None:
            names = self.sensors.ringing()
        if names is None:
            decision = page(Rule.ALARM_UNKNOWN, "CloudWatch does not say which alarms ring")
            return [self._told("*", decision, self._page("*", decision, self.clock()))]
        return [self._about(name) for name in names]

    def _about(self, alarm: str) -> dict[str, str]:
        at_ms = self.clock()
        seen = self.sensors.observe(alarm, at_ms=at_ms)
        try:
            seen = replace(seen, done=self.record.lately(_resources(seen), at_ms=at_ms))
        except RecordUnknown as error:
            decision = page(Rule.RECORD_UNKNOWN, str(error))
        else:
            decision = decide(seen, self.policy)
        return self._told(alarm, decision, self._carry_out(seen, decision))

    def _carry_out(self, seen: Observation, decision: Decision) -> Outcome:
        if decision.action is Action.PAGE:
            return self._page(seen.alarm, decision, seen.at_ms)
        if not decision.action.changes:
            return Outcome.NOTHING
        if seen.mode is Mode.DRY_RUN:
            return Outcome.DRY_RUN
        try:
            if not self.record.claim(decision, alarm=seen.alarm, at_ms=seen.at_ms):
                return Outcome.CLAIMED_BEFORE
        except RecordUnknown as error:
            self._page(seen.alarm, page(Rule.RECORD_UNKNOWN, str(error)), seen.at_ms)
            return Outcome.FAILED
        return self._act(seen, decision)

    def _act(self, seen: Observation, decision: Decision) -> Outcome:
        try:
            self.effectors.apply(decision)
        except (BotoCoreError, ClientError) as error:
            reason = f"{decision.action} of {decision.resource} failed: {error}"
            self._page(seen.alarm, page(Rule.ACTION_FAILED, reason), seen.at_ms)
            outcome = Outcome.FAILED
        else:
            outcome = Outcome.ACCEPTED
        try:
            self.record.ended(decision.resource, outcome)
        except RecordUnknown as error:
            logger.warning("no evidence in the table", extra={"reason": str(error)})
        return outcome

    def _page(self, alarm: str, decision: Decision, at_ms: int) -> Outcome:
        try:
            if not self.record.claim_page(decision, alarm=alarm, at_ms=at_ms):
                return Outcome.PAGED_BEFORE
        except RecordUnknown as error:  # better twice than never
            logger.warning("paging without a record", extra={"reason": str(error)})
        try:
            self.pager.call(decision, alarm=alarm)
        except (BotoCoreError, ClientError):
            logger.exception("cannot page")
            return Outcome.NOT_PAGED
        return Outcome.PAGED

    def _told(self, alarm: str, decision: Decision, outcome: Outcome) -> dict[str, str]:
        told = {"alarm": alarm, **asdict(decision), "outcome": outcome}
        logger.info("remediation", extra=told)
        return {key: str(value) for key, value in told.items()}


def _resources(seen: Observation) -> tuple[str, ...]:
    """What something may have been done to."""
    instances = [one.id for one in seen.group.serving] if seen.group else []
    databases = [one.id for one in (seen.primary, seen.replica) if isinstance(one, DatabaseSeen)]
    return (*instances, *databases)

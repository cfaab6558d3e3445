"""May a forced promotion go on? Pure: what it may lose, what is allowed, and who approved it.

A promotion may lose what the old writer did not replicate. A LossEstimate says what, in requests and money.
Unknown is over every budget. Over budget two different principals must have approved these very figures.

Rules are tried from top to bottom and the first that applies wins; logs, the runbook and tests name them.

When does the journal make the loss zero (L20)? When all of this is so:
- it is trusted: its table is strongly consistent over regions, so what was acknowledged anywhere is in it;
- every entry that arrived since the watermark of this copy of the ledger was read, consistently, in the
  region that will replay it; what arrived before the watermark is in the copy. Without a watermark, and where
  the arrivals lack the newest requests of the copy, all of journal and arrivals was read;
- it reaches back behind what this copy has: the newest requests of the copy, each of which was journalled and
  arrived before it was recorded, are in the journal and, if they were accepted since the watermark, among the
  arrivals that were read. Tables that were emptied, or restored to an earlier time, lack them. Nothing is
  ever deleted from either, so nothing older can be missing. Rows that somebody booked by hand never were in
  the journal: they are told by the event that is missing beside them, and prove nothing.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from hashlib import sha256

CLOCKS_MS = 60_000
"""How far an approver's clock may be ahead of ours."""
APPROVERS = 2
Document = dict[str, object]


class JournalProof(StrEnum):
    """How much the journal proves."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    """It, or its arrivals, lack requests that the ledger has."""
    UNTRUSTED = "untrusted"
    """The settings say that its table is not strongly consistent."""
    UNREADABLE = "unreadable"


class Loss(StrEnum):
    """Why a promotion goes on, or waits. The code is a contract with logs and runbooks."""

    NOTHING_FORCED = "L10_nothing_forced"
    DECIDED_BEFORE = "L15_decided_before"
    """An execution of this epoch went on already: the region accepts requests, so the figures move."""
    JOURNAL_COMPLETE = "L20_journal_complete"
    WITHIN_BUDGET = "L30_within_budget"
    APPROVED = "L40_approved"
    OVER_BUDGET = "L50_over_budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class LossEstimate:
    """What a promotion may lose. They stand still while nobody serves, so they can be approved."""

    journal: JournalProof
    replicated_until_ms: int | None
    """The writer's heartbeat that this copy has: all that was committed before is here."""
    lag_ms: int | None
    """From there to the newest request that the journal knows."""
    requests: int | None
    """Journalled, and not in this copy."""
    money: Mapping[str, int] | None
    """The same in minor units of each currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LossPolicy:
    """What may be lost without asking, and what an approval must be like."""

    journal_trusted: bool
    requests: int
    lag_ms: int
    money: Mapping[str, int]
    """Minor units; a currency that is not named may lose nothing."""
    valid_ms: int
    sessions_are_people: bool
    """Whether two sessions of one role are two people: where only an identity provider names sessions."""

    @classmethod
    def parse(cls, text: str) -> "LossPolicy":
        """From the region's parameter; what newer code added is ignored. Raises ValueError if it is none."""
        try:
            told = json.loads(text)
            return cls(**{each.name: told[each.name] for each in fields(cls) if each.name in told})
        except TypeError as error:
            raise ValueError(f"no policy of approvals: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One principal's yes to one document."""

    approver: str
    """AWS's own id of the principal, ``aws:userid``: IAM lets nobody write under another's."""
    digest: str
    approved_at_ms: int
    arn: str = ""
    """For people to read. It is the approver's word; the id is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether to go on, by which rule, and why in words."""

    done: bool
    rule: Loss
    reason: str


def document(*, system: str, epoch: int, plan: str, region: str, figures: LossEstimate) -> Document:
    """What is approved: these figures, of this takeover, in this epoch, and nothing else.

    A figure that was added with a default shows only when it is another: code of two releases asks for the
    same digest.
    """
    told = asdict(figures)
    shown = {each.name: told[each.name] for each in fields(figures) if told[each.name] != each.default}
    return {
        "system": system,
        "epoch": epoch,
        "plan": plan,
        "region": region,
        "figures": {**shown, "money": dict(figures.money) if figures.money is not None else None},
    }


def canonical(content: Mapping[str, object]) -> str:
    """One text a document, whoever writes it."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """What an approval is bound to: SHA-256 of the canonical text."""
    return sha256(text.encode()).hexdigest()


def approvers(approvals: Iterable[Approval], policy: LossPolicy, *, wanted: str, now_ms: int) -> list[str]:
    """Who approved the document with the digest *wanted*, and not too long ago."""
    return sorted(one.approver for one in approvals if _valid(one, policy, wanted=wanted, now_ms=now_ms))


def judge(figures: LossEstimate, policy: LossPolicy, approved_by: Collection[str] = ()) -> Verdict:
    """The first rule that applies to a forced promotion that these `approvers` agree to."""
    if figures.journal is JournalProof.COMPLETE:
        reason = f"{figures.requests} requests are replayed, none is lost"
        return Verdict(done=True, rule=Loss.JOURNAL_COMPLETE, reason=reason)
    if _within(figures, policy):
        return Verdict(done=True, rule=Loss.WITHIN_BUDGET, reason=f"{figures.requests} requests may be lost")
    people = {_person(approver, policy) for approver in approved_by}
    if len(people) >= APPROVERS:
        return Verdict(done=True, rule=Loss.APPROVED, reason=f"approved by {', '.join(approved_by)}")
    lost = "an unknown number of" if figures.requests is None else figures.requests
    reason = (
        f"the journal is {figures.journal} and {lost} requests may be lost; "
        f"{len(people)} of {APPROVERS} approved: type dr approve"
    )
    return Verdict(done=False, rule=Loss.OVER_BUDGET, reason=reason)


def _within(figures: LossEstimate, policy: LossPolicy) -> bool:
    if figures.requests is None or figures.lag_ms is None or figures.money is None:
        return False
    return (
        figures.requests <= policy.requests
        and figures.lag_ms <= policy.lag_ms
        and all(amount <= policy.money.get(currency, 0) for currency, amount in figures.money.items())
    )


def _valid(approval: Approval, policy: LossPolicy, *, wanted: str, now_ms: int) -> bool:
    age_ms = now_ms - approval.approved_at_ms
    return approval.digest == wanted and -CLOCKS_MS <= age_ms <= policy.valid_ms


def _person(approver: str, policy: LossPolicy) -> str:
    """Who stands behind an id such as ``AROA...:session``: whoever may take a role chooses the session."""
    return approver if policy.sessions_are_people else approver.partition(":")[0]

"""What changed, when: the events a drill's timeline is drawn from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from localcloud.route53.answers import Present
from localcloud.route53.rules import Health


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of the data plane's view.

    Attributes:
        at: Seconds since the epoch.
        subject: Health check id, DNS name, or "route53" for its control plane.
        before: Empty when the subject was not known before.
        after: "healthy" or "unhealthy"; the answered target; "available" or the reason why not.
    """

    at: float
    kind: Literal["health", "answer", "control-plane"]
    subject: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Health of all checks, and the present answer of all failover pairs by name and type."""

    health: Health = field(default_factory=dict)
    answers: Mapping[tuple[str, str], Present] = field(default_factory=dict)


def changes(before: View, after: View, *, at: float) -> Iterator[Change]:
    """The changes from one view to the next, causes (health) before effects (answers)."""
    for id_, healthy in after.health.items():
        if before.health.get(id_) != healthy:
            known = _word(healthy=before.health[id_]) if id_ in before.health else ""
            yield Change(at=at, kind="health", subject=id_, before=known, after=_word(healthy=healthy))
    for key, answer in after.answers.items():
        known = before.answers[key].target if key in before.answers else ""
        if known != answer.target:
            yield Change(at=at, kind="answer", subject=key[0], before=known, after=answer.target)


def _word(*, healthy: bool) -> str:
    return "healthy" if healthy else "unhealthy"

"""Is the history linearizable, and does it keep the rules of the model? Pure."""

from gameday.judge.conformance import conformance
from gameday.judge.linear import Explanation, Window, linearize
from gameday.judge.objects import Key, LeaseRegister, Recorded, histories, lease_history
from gameday.judge.proof_summary import Proof
from gameday.judge.summary import Check

LINEARIZABLE = "objects whose history no order explains"
CONFORMS = "rules of the model that were broken"
LEASE = "the lease"


def prove(record: Recorded) -> Proof:
    """What the history in *record* proves."""
    keys, lease = histories(record), lease_history(record.history, record.operations)
    found: dict[str, Explanation] = {LEASE: linearize(lease, LeaseRegister())}
    found |= {key: linearize(history, Key()) for key, history in keys.items()}
    unexplained = {name: outcome.window for name, outcome in found.items() if outcome.window}
    replayed = conformance(record)
    return Proof(
        operations=len(lease) + sum(len(history) for history in keys.values()),
        objects=len(found),
        steps=sum(outcome.steps for outcome in found.values()),
        unexplained=tuple(unexplained),
        window=next((_shown(name, window) for name, window in unexplained.items()), ()),
        rules_asked=replayed.asked,
        rules_broken=replayed.broken,
    )


def proof_checks(proof: Proof) -> tuple[Check, ...]:
    """Nothing excuses a history that no order explains, or a broken rule."""
    return (
        Check.most(LINEARIZABLE, 0, len(proof.unexplained)),
        Check.most(CONFORMS, 0, len(proof.rules_broken)),
    )


def _shown(name: str, window: Window) -> tuple[str, ...]:
    return (
        *(f"explained: {told}" for told in window.explained),
        f"{name} is now: {window.state}",
        *(f"unexplained: {told}" for told in window.unexplained),
    )

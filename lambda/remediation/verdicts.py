"""Short ways to say a decision that touches nothing, and what was done before."""

from remediation.observation import Observation
from remediation.rules import Action, Decision, Rule


def page(rule: Rule, reason: str) -> Decision:
    """Call a person."""
    return Decision(action=Action.PAGE, rule=rule, reason=reason)


def watch(rule: Rule, reason: str) -> Decision:
    """Do nothing."""
    return Decision(action=Action.WATCH, rule=rule, reason=reason)


def done(seen: Observation, resource: str, rule: Rule) -> bool:
    """Whether this was done to this lately."""
    return (resource, rule) in seen.done

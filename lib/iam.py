"""IAM policy documents as values. Pure: no construct, no provider, no token magic."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Conditions = Mapping[str, Mapping[str, str | list[str]]]


@dataclass(frozen=True, slots=True)
class Allow:
    """What may be done to what.

    A resource ``*`` and an action with a wildcard need *why_any*: the reason why nothing narrower exists.
    Raises ValueError without one.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    why_any: str = ""
    when: Conditions = field(default_factory=dict)
    principal: Mapping[str, str] | None = None
    """Who may: in the policies of resources only, a role's own policy names nobody."""

    def __post_init__(self) -> None:
        if not self.actions or not self.resources:
            raise ValueError(f"a statement needs actions and resources: {self.actions} on {self.resources}")
        broad = [action for action in self.actions if "*" in action]
        if (broad or "*" in self.resources) and not self.why_any:
            raise ValueError(f"{', '.join(broad or self.actions)}: '*' needs why_any=")

    def render(self) -> dict[str, object]:
        """The statement as IAM reads it."""
        return {
            "Effect": "Allow",
            **({"Principal": dict(self.principal)} if self.principal else {}),
            "Action": list(self.actions),
            "Resource": list(self.resources),
            **({"Condition": {test: dict(keys) for test, keys in self.when.items()}} if self.when else {}),
        }


@dataclass(frozen=True, slots=True)
class Deny:
    """What nobody may do to a resource, whatever other policies allow: for the policies of resources."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    when: Conditions = field(default_factory=dict)

    def render(self) -> dict[str, object]:
        """The statement as IAM reads it."""
        return {
            "Effect": "Deny",
            "Principal": "*",
            "Action": list(self.actions),
            "Resource": list(self.resources),
            **({"Condition": {test: dict(keys) for test, keys in self.when.items()}} if self.when else {}),
        }


def tls_only(actions: tuple[str, ...], resources: tuple[str, ...]) -> Deny:
    """Refuse requests that are not encrypted on their way."""
    return Deny(actions, resources, when={"Bool": {"aws:SecureTransport": "false"}})


def policy(statements: Iterable[Allow | Deny]) -> str:
    """The policy document of *statements* as JSON."""
    return json.dumps({"Version": "2012-10-17", "Statement": [one.render() for one in statements]})


def trust(service: str) -> str:
    """The trust policy that lets an AWS service, such as ``lambda``, assume a role."""
    principal = {"Service": f"{service}.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

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
    """What nobody may do, whatever else allows it: *actions*, or everything *but* some."""

    resources: tuple[str, ...]
    when: Conditions = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    principal: str | None = None
    """In the policies of resources only."""

    def __post_init__(self) -> None:
        if bool(self.actions) == bool(self.but):
            raise ValueError(f"say what is denied or what is not: {self.actions} and all but {self.but}")

    def render(self) -> dict[str, object]:
        """The statement as IAM reads it."""
        return {
            "Effect": "Deny",
            **({"Principal": self.principal} if self.principal else {}),
            **({"Action": list(self.actions)} if self.actions else {"NotAction": list(self.but)}),
            "Resource": list(self.resources),
            **({"Condition": {test: dict(keys) for test, keys in self.when.items()}} if self.when else {}),
        }


Statement = Allow | Deny
WITHOUT_REGION = (
    "cloudfront:*",
    "events:PutEvents",  # a global endpoint takes events in whichever region serves it
    "globalaccelerator:*",
    "iam:*",
    "organizations:*",
    "route53:*",
    "sts:*",
    "support:*",
    "waf:*",
)
"""Services with one endpoint: their calls arrive in a region that the caller does not choose."""


def outside(*regions: str, but: tuple[str, ...] = ()) -> Deny:
    """Deny whatever is not in *regions*, now and with every right a role may get later, but some actions."""
    return Deny(
        resources=("*",),
        but=(*WITHOUT_REGION, *but),
        when={"StringNotEquals": {"aws:RequestedRegion": list(regions)}},
    )


def tls_only(actions: tuple[str, ...], resources: tuple[str, ...]) -> Deny:
    """Refuse requests to a resource that are not encrypted on their way."""
    return Deny(
        actions=actions,
        resources=resources,
        principal="*",
        when={"Bool": {"aws:SecureTransport": "false"}},
    )


def policy(statements: Iterable[Statement]) -> str:
    """The policy document of *statements* as JSON."""
    return json.dumps({"Version": "2012-10-17", "Statement": [one.render() for one in statements]})


def trust(service: str) -> str:
    """The trust policy that lets an AWS service, such as ``lambda``, assume a role."""
    return _trust({"Service": f"{service}.amazonaws.com"})


def trust_roles(arns: Iterable[str], *, external_id: str, regions: Iterable[str]) -> str:
    """The trust policy that lets roles assume a role: knowing *external_id*, through STS of *regions*."""
    equals = {"sts:ExternalId": external_id, "aws:RequestedRegion": list(regions)}
    return _trust({"AWS": list(arns)}, Condition={"StringEquals": equals})


def _trust(principal: Mapping[str, str | list[str]], **more: object) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

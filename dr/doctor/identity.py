"""Who asks, and what IAM lets them do: service-linked roles, named roles, and the rights of a deploy."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from dr.doctor.aws import Answer, Unanswered, must
from dr.doctor.checks import Check, Patient, Scope
from dr.rights import deployer
from dr.rights.services import linked
from lib.iam import Allow
from lib.settings.common import CommonSettings
from lib.settings.two_regions import TwoRegionSettings

ALLOWED = "allowed"
EXAMPLES = {"??????": "ExamPl", "*": "example"}
"""What stands for a pattern in an ARN: IAM is asked about one thing that the pattern covers."""


def read_service_roles(patient: Patient[CommonSettings]) -> list[str]:
    """Services whose role is neither there nor could be made by whoever asks."""
    missing = {
        role: service
        for service, role in linked(patient.settings).items()
        if patient.aws("iam", patient.region, "get_role", RoleName=role) is None
    }
    if not missing:
        return []
    who = _caller(patient)
    return [service for role, service in missing.items() if not _may_create(patient, who, role, service)]


def _caller(patient: Patient[CommonSettings]) -> str | None:
    """The ARN of the user or role that asks, as IAM knows it; None for root, who may do everything."""
    arn = str(must(patient.aws("sts", patient.region, "get_caller_identity"))["Arn"])
    if arn.endswith(":root"):
        return None
    if ":assumed-role/" not in arn:
        return arn
    name = arn.split("/")[1]
    role = patient.aws("iam", patient.region, "get_role", RoleName=name)
    return str(must(role)["Role"]["Arn"])


def _may_create(patient: Patient[CommonSettings], who: str | None, role: str, service: str) -> bool:
    """Whether *who* may let the service make its role, behind whatever boundary."""
    allow = Allow(
        ("iam:CreateServiceLinkedRole",),
        (f"arn:aws:iam::{patient.account}:role/aws-service-role/{service}/{role}",),
        when={"StringEquals": {"iam:AWSServiceName": service}},
    )
    return not _forbidden(patient, who, allow)


def judge_service_roles(_: CommonSettings, services: list[str]) -> Iterable[str]:
    """Without its role the service refuses the first thing that needs it."""
    return [f"{service} has no role yet, and these credentials may not make it" for service in services]


def read_forbidden(patient: Patient[CommonSettings]) -> list[str]:
    """Actions of a deploy that these credentials may take on nothing that the deployer's policies name."""
    who = _caller(patient)
    documents = deployer.rights(patient.settings, patient.account).values()
    asked = _together(one for statements in documents for one in statements if isinstance(one, Allow))
    return sorted({action for allow in asked for action in _forbidden(patient, who, allow)})


def _together(statements: Iterable[Allow]) -> list[Allow]:
    """The same rights in fewer statements: what is about the same things under the same conditions is one."""
    found: dict[str, Allow] = {}
    for one in statements:
        key = f"{one.resources} {one.when}"
        known = found[key].actions if key in found else ()
        found[key] = replace(one, actions=tuple(dict.fromkeys((*known, *one.actions))))
    return list(found.values())


def _forbidden(patient: Patient[CommonSettings], who: str | None, allow: Allow) -> set[str]:
    """Those actions that *who* may take on none of the resources, as IAM simulates it.

    IAM does not take every action beside every other: what it refuses together is asked in halves.
    """
    if who is None:
        return set()
    try:
        return set(allow.actions) - _permitted(_simulate(patient, who, allow))
    except Unanswered:
        half = len(allow.actions) // 2
        if not half:
            raise
        parts = (allow.actions[:half], allow.actions[half:])
        return {one for part in parts for one in _forbidden(patient, who, replace(allow, actions=part))}


def _simulate(patient: Patient[CommonSettings], who: str, allow: Allow) -> Answer:
    context = [
        _entry("aws:RequestedRegion", patient.region),
        *(_entry(key, value) for keys in allow.when.values() for key, value in keys.items()),
    ]
    return must(
        patient.aws(
            "iam",
            patient.region,
            "simulate_principal_policy",
            PolicySourceArn=who,
            ActionNames=list(allow.actions),
            ResourceArns=[_example(patient, arn) for arn in allow.resources],
            ContextEntries=context,
        )
    )


def _permitted(answer: Answer) -> set[str]:
    """Actions with one thing at least on which they are allowed."""
    return {
        one["EvalActionName"]
        for one in answer["EvaluationResults"]
        if one["EvalDecision"] == ALLOWED
        or any(each["EvalResourceDecision"] == ALLOWED for each in one.get("ResourceSpecificResults", ()))
    }


def _example(patient: Patient[CommonSettings], arn: str) -> str:
    """One thing that the pattern *arn* covers, in the region that is asked."""
    if arn == "*":
        return arn
    parts = arn.split(":", 5)
    parts[3] = parts[3].replace("*", patient.region)
    for pattern, example in EXAMPLES.items():
        parts[5] = parts[5].replace(pattern, example)
    return ":".join(parts)


def _entry(key: str, value: str | list[str]) -> Mapping[str, Any]:
    """A condition's key with a value that fulfils it."""
    values = [value] if isinstance(value, str) else value[:1]
    return {"ContextKeyName": key, "ContextKeyValues": values, "ContextKeyType": "string"}


def judge_forbidden(_: CommonSettings, actions: list[str]) -> Iterable[str]:
    """A deploy that may not do one of them stops halfway."""
    return [f"these credentials may not {', '.join(actions)}"] if actions else []


def read_named(patient: Patient[CommonSettings]) -> list[str]:
    """What the settings name in IAM and the account does not have."""
    settings = patient.settings
    roles = settings.approvals.roles if isinstance(settings, TwoRegionSettings) else ()
    absent = [
        f"role {role}"
        for role in roles
        if patient.aws("iam", patient.region, "get_role", RoleName=role) is None
    ]
    if name := settings.access.permissions_boundary:
        arn = f"arn:aws:iam::{patient.account}:policy/{name}"
        if patient.aws("iam", patient.region, "get_policy", PolicyArn=arn) is None:
            absent.append(f"policy {name}")
    return absent


def judge_named(_: CommonSettings, absent: list[str]) -> Iterable[str]:
    """All must be there."""
    return [f"there is no {what}" for what in absent]


CHECKS: tuple[Check[Any, Any], ...] = (
    Check(
        code="D50",
        asks="services have their service-linked roles, or the deploying role may let them make these",
        settings=("dns.delegated",),
        fix="once an account: aws iam create-service-linked-role --aws-service-name SERVICE",
        read=read_service_roles,
        judge=judge_service_roles,
        scope=Scope.WHOLE,
    ),
    Check(
        code="D52",
        asks="the permissions boundary and the roles that approve are there",
        settings=("access.permissions_boundary", "approvals.roles"),
        fix="create it, or correct its name in the settings",
        read=read_named,
        judge=judge_named,
        scope=Scope.WHOLE,
    ),
    Check(
        code="D54",
        asks="these credentials may do what a deploy and a destroy do",
        settings=("access.permissions_boundary", "system"),
        fix="attach the deployer's policies of docs/deployment.md, or accept it where another role deploys",
        read=read_forbidden,
        judge=judge_forbidden,
        scope=Scope.WHOLE,
    ),
)

"""Quotas: what this environment takes still fits beside what the account has."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dr.doctor.aws import Unanswered, must
from dr.doctor.checks import Check, Patient
from lib.settings.api import API_TIMEOUT_S
from lib.settings.common import CommonSettings

KEPT_FOR_OTHERS = 100
"""Lambda never lets reservations take the last hundred executions of an account."""
RAISE = "aws service-quotas request-service-quota-increase --region {region} --service-code "


@dataclass(frozen=True, slots=True)
class Use:
    """Of one quota: what others take, what this environment needs, what the account allows."""

    what: str
    others: int
    needed: int
    allowed: int


def read_vpcs(patient: Patient[CommonSettings]) -> Use:
    """Networks: one a region."""
    found = must(patient.aws("ec2", patient.region, "describe_vpcs"))["Vpcs"]
    return Use("VPCs", _others(patient.settings, found), 1, quota(patient, "vpc", "L-F678F1CE"))


def read_addresses(patient: Patient[CommonSettings]) -> Use:
    """Elastic addresses: one a NAT gateway."""
    network = patient.settings.network
    found = must(patient.aws("ec2", patient.region, "describe_addresses"))["Addresses"]
    needed = network.zones if network.nat_per_zone else 1
    allowed = quota(patient, "ec2", "L-0263D0A3")
    return Use("elastic addresses", _others(patient.settings, found), needed, allowed)


def read_concurrency(patient: Patient[CommonSettings]) -> Use:
    """Executions of functions at once: a request takes up to its timeout."""
    limits = must(patient.aws("lambda", patient.region, "get_account_settings"))["AccountLimit"]
    api = patient.settings.api
    needed = (api.rate_limit * API_TIMEOUT_S if api else 0) + KEPT_FOR_OTHERS
    unreserved = int(limits["UnreservedConcurrentExecutions"])
    total = int(limits["ConcurrentExecutions"])
    return Use("unreserved executions of Lambda at once", total - unreserved, needed, total)


def judge(_: CommonSettings, use: Use) -> Iterable[str]:
    """Whether it fits."""
    if use.others + use.needed > use.allowed:
        yield f"{use.what}: {use.needed} needed, {use.allowed - use.others} of {use.allowed} left"


def is_ours(settings: CommonSettings, tags: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a thing with these tags is of this environment: a second deployment needs no second one."""
    ours = {("System", settings.system), ("EnvironmentSuffix", settings.environment_suffix)}
    return ours <= {(tag["Key"], tag["Value"]) for tag in tags}


def _others(settings: CommonSettings, found: Iterable[Mapping[str, Any]]) -> int:
    return sum(not is_ours(settings, one.get("Tags", ())) for one in found)


def quota(patient: Patient[Any], service: str, code: str) -> int:
    """What the account was given, or what AWS gives to every account."""
    for operation in ("get_service_quota", "get_aws_default_service_quota"):
        found = patient.aws("service-quotas", patient.region, operation, ServiceCode=service, QuotaCode=code)
        if found:
            return int(found["Quota"]["Value"])
    raise Unanswered(f"service-quotas knows no quota {code} of {service} in {patient.region}")


def _check(
    code: str, asks: str, settings: tuple[str, ...], fix: str, read: Callable[[Patient[CommonSettings]], Use]
) -> Check[Use, CommonSettings]:
    return Check(code=code, asks=asks, settings=settings, fix=fix, read=read, judge=judge)


CHECKS = (
    _check(
        "D40",
        "the quota of VPCs leaves one more",
        ("primary.cidr", "standby.cidr", "region.cidr"),
        f"{RAISE}vpc --quota-code L-F678F1CE --desired-value N",
        read_vpcs,
    ),
    _check(
        "D42",
        "the quota of elastic addresses leaves one for each NAT gateway",
        ("network.nat_per_zone", "network.zones"),
        f"{RAISE}ec2 --quota-code L-0263D0A3 --desired-value N",
        read_addresses,
    ),
    _check(
        "D44",
        f"Lambda has executions for an api.rate_limit x {API_TIMEOUT_S} s and {KEPT_FOR_OTHERS} more",
        ("api.rate_limit",),
        f"{RAISE}lambda --quota-code L-B99A9384 --desired-value N, or lower api.rate_limit",
        read_concurrency,
    ),
)

"""Terraform's state: the bucket that keeps it, and names that are taken although no state knows them."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dr.doctor import stacks
from dr.doctor.aws import Answer, must
from dr.doctor.checks import Check, Patient, Scope
from dr.doctor.stacks import Document
from lib.settings.common import CommonSettings

ACCOUNT = "${data.aws_caller_identity.account.account_id}"


@dataclass(frozen=True, slots=True)
class Bucket:
    """The state bucket. A region of None says that there is no such bucket."""

    region: str | None
    versioned: bool
    closed: bool


def read_bucket(patient: Patient[CommonSettings]) -> Bucket | None:
    """The bucket of the settings; None where the state lies in files."""
    state = patient.settings.state
    if state is None:
        return None
    place = patient.aws("s3", state.region, "get_bucket_location", Bucket=state.bucket)
    if place is None:
        return Bucket(None, versioned=False, closed=False)
    versions = must(patient.aws("s3", state.region, "get_bucket_versioning", Bucket=state.bucket))
    block = patient.aws("s3", state.region, "get_public_access_block", Bucket=state.bucket)
    rules = (block or {}).get("PublicAccessBlockConfiguration", {})
    return Bucket(
        region=place.get("LocationConstraint") or "us-east-1",  # the first region of S3 has no name there
        versioned=versions.get("Status") == "Enabled",
        closed=bool(rules) and all(rules.values()),
    )


def judge_bucket(settings: CommonSettings, bucket: Bucket | None) -> Iterable[str]:
    """The state survives mistakes and the loss of the primary region, and nobody else reads it."""
    if bucket is None or settings.state is None:
        if settings.lifecycle.protected:
            yield "the profile is protected and the state lies in files of one machine"
        return
    if bucket.region is None:
        yield f"there is no bucket {settings.state.bucket}"
        return
    if bucket.region != settings.state.region:
        yield f"it is in {bucket.region}, and TERRAFORM_STATE_BUCKET_REGION = {settings.state.region}"
    if bucket.region == settings.home.name and len(settings.places) > 1:
        yield f"it is in {bucket.region}, where home is: without that, nothing could be deployed"
    if not bucket.versioned:
        yield "it keeps no versions"
    if not bucket.closed:
        yield "it could be opened to the public"


Taken = Callable[[Patient[CommonSettings], str, str], bool]
"""Whether a name is taken in a region."""


def _listed(service: str, operation: str, key: str, name: str | None = None, **by: str) -> Taken:
    """Taken when a listing has it; *by* gives the name to the operation, if it takes one."""

    def taken(patient: Patient[CommonSettings], region: str, wanted: str) -> bool:
        asked = {parameter: template.format(wanted) for parameter, template in by.items()}
        answer: Answer | None = patient.aws(service, region, operation, **asked)
        found = (answer or {}).get(key, [])
        return wanted in [one[name] if name else one for one in found]

    return taken


def _bucket_taken(patient: Patient[CommonSettings], region: str, wanted: str) -> bool:
    return patient.aws("s3", region, "get_bucket_location", Bucket=wanted) is not None


NAMED: Mapping[str, tuple[str, Taken]] = {
    "aws_backup_vault": (
        "name",
        _listed("backup", "list_backup_vaults", "BackupVaultList", "BackupVaultName"),
    ),
    "aws_cloudwatch_log_group": (
        "name",
        _listed("logs", "describe_log_groups", "logGroups", "logGroupName", logGroupNamePrefix="{}"),
    ),
    "aws_dynamodb_table": ("name", _listed("dynamodb", "list_tables", "TableNames")),
    "aws_iam_role": ("name", _listed("iam", "list_roles", "Roles", "RoleName")),
    "aws_kms_alias": ("name", _listed("kms", "list_aliases", "Aliases", "AliasName")),
    "aws_lambda_function": (
        "function_name",
        _listed("lambda", "list_functions", "Functions", "FunctionName"),
    ),
    "aws_db_instance": (
        "identifier",
        _listed("rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
    ),
    "aws_rds_cluster": (
        "cluster_identifier",
        _listed("rds", "describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
    ),
    "aws_lb": (
        "name",
        _listed("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    ),
    "aws_rds_global_cluster": (
        "global_cluster_identifier",
        _listed("rds", "describe_global_clusters", "GlobalClusters", "GlobalClusterIdentifier"),
    ),
    "aws_cloudtrail": ("name", _listed("cloudtrail", "describe_trails", "trailList", "Name")),
    "aws_s3_bucket": ("bucket", _bucket_taken),
}
"""Types whose names are unique in a region, an account or all of AWS: the attribute, and whom to ask.

A function that outlived its log group makes it anew, and an interrupted destroy leaves roles behind."""


def read_taken(patient: Patient[CommonSettings]) -> list[str]:
    """Names that are taken, of stacks whose state does not exist yet."""
    seen: dict[tuple[str, str, str], Any] = {}

    def once(service: str, region: str, operation: str, **asked: Any) -> Answer | None:
        key = (service, region, operation + json.dumps(asked))
        if key not in seen:
            seen[key] = patient.aws(service, region, operation, **asked)
        answer: Answer | None = seen[key]
        return answer

    asking = Patient(once, patient.settings, patient.region, patient.account)
    return [
        f"{type_} {name} in {region}"
        for stack, document in stacks.synthesize().items()
        if not _has_state(asking, stack)
        for type_, region, name in _names(document, patient.account)
        if NAMED[type_][1](asking, region, name)
    ]


def _names(document: Document, account: str) -> Iterable[tuple[str, str, str]]:
    """Type, region and name of what *document* would create."""
    regions = {one.get("alias", ""): one["region"] for one in document["provider"]["aws"]}
    for type_ in sorted(NAMED.keys() & document.get("resource", {}).keys()):
        for body in document["resource"][type_].values():
            alias = body.get("provider", "aws").partition(".")[2]
            yield type_, regions[alias], body[NAMED[type_][0]].replace(ACCOUNT, account)


def _has_state(patient: Patient[CommonSettings], stack: str) -> bool:
    state = patient.settings.state
    if state is None:
        return Path(f"terraform.{stack}.tfstate").exists()
    key = f"{patient.settings.system}/{stack}.tfstate"
    return patient.aws("s3", state.region, "head_object", Bucket=state.bucket, Key=key) is not None


def judge_taken(_: CommonSettings, taken: list[str]) -> Iterable[str]:
    """Terraform would refuse to make them a second time."""
    return [f"{what} is taken, and no state knows it" for what in taken]


CHECKS: tuple[Check[Any, Any], ...] = (
    Check(
        code="D70",
        asks="the state bucket is there, versioned, closed to the public, outside the home region",
        settings=("state.bucket", "state.region", "profile"),
        fix="docs/deployment.md, State bucket",
        read=read_bucket,
        judge=judge_bucket,
        scope=Scope.ACCOUNT,
    ),
    Check(
        code="D72",
        asks="the names that the stacks take are free, unless a state knows whose they are",
        settings=("system", "environment_suffix"),
        fix="remove what an earlier environment left, import it, or choose another ENVIRONMENT_SUFFIX",
        read=read_taken,
        judge=judge_taken,
        scope=Scope.WHOLE,
    ),
)

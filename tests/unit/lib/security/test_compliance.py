"""P12: AWS Config watches what a recovery needs, with parameters that fit this system."""

import json

import pytest

from lib.settings.compliance import ComplianceSettings
from tests.unit.synthesized import synthesize

REGIONS = [("use1", "us-west-2"), ("usw2", "us-east-1")]
OURS = '{"EnvironmentSuffix": "test"}'
WATCHED = {
    "AURORA_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
    "AURORA_LAST_BACKUP_RECOVERY_POINT_CREATED",
    "DYNAMODB_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
    "DYNAMODB_LAST_BACKUP_RECOVERY_POINT_CREATED",
    "DYNAMODB_PITR_ENABLED",
    "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK",
    "RDS_CLUSTER_BACKUP_RETENTION_CHECK",
    "GLOBAL_ENDPOINT_EVENT_REPLICATION_ENABLED",
}


@pytest.fixture(scope="module")
def recording(settings, functions, tmp_path_factory):
    own = settings.model_copy(update={"compliance": ComplianceSettings(recorder=True)})
    return synthesize(own, functions, tmp_path_factory.mktemp("recording"))


def rules_of(region):
    return {rule["source"]["source_identifier"]: rule for rule in region.all("aws_config_config_rule")}


def parameters(region, identifier):
    return json.loads(rules_of(region)[identifier]["input_parameters"])


def test_P12_the_rules_are_there_in_both_regions(region):
    rules = rules_of(region)
    assert rules.keys() == WATCHED
    assert {rule["source"]["owner"] for rule in rules.values()} == {"AWS"}
    for identifier, rule in rules.items():
        assert rule["name"] == f"payments-{identifier.lower().replace('_', '-')}-test"


@pytest.mark.parametrize("kind", ["AURORA", "DYNAMODB"])
@pytest.mark.parametrize(("code", "there"), REGIONS)
def test_P12_a_plan_must_copy_into_the_other_region(stacks, code, there, kind):
    watched = parameters(stacks[code], f"{kind}_RESOURCES_PROTECTED_BY_BACKUP_PLAN")
    assert watched == {"crossRegionList": there, "resourceTags": OURS}


@pytest.mark.parametrize("kind", ["AURORA", "DYNAMODB"])
def test_P12_the_latest_backup_is_as_fresh_as_a_daily_plan_can_make_it(region, kind):
    (rule,) = region.only("aws_backup_plan")["rule"]
    hours = 24 + (rule["start_window"] + rule["completion_window"]) // 60
    assert parameters(region, f"{kind}_LAST_BACKUP_RECOVERY_POINT_CREATED") == {
        "recoveryPointAgeUnit": "hours",
        "recoveryPointAgeValue": str(hours),
        "resourceTags": OURS,
    }


def test_P12_retention_is_what_the_plan_keeps_and_not_the_default_of_aws(region):
    kept = parameters(region, "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK")
    assert kept == {"requiredRetentionDays": "7"}
    rewind = parameters(region, "RDS_CLUSTER_BACKUP_RETENTION_CHECK")
    assert rewind == {"minimumBackupRetentionPeriod": "7"}


def test_P12_rules_that_contradict_the_requirements_are_not_used(region):
    assert not {"RDS_CLUSTER_DELETION_PROTECTION_ENABLED", "AURORA_MYSQL_BACKTRACKING_ENABLED"} & WATCHED
    assert not [name for name in rules_of(region) if "BACKTRACK" in name or "DELETION_PROTECTION" in name]


def test_P12_no_recorder_unless_asked_for(region):
    """An account has one a region, so an environment of a pull request would fail or take it over."""
    made = {"aws_config_configuration_recorder", "aws_config_delivery_channel", "aws_s3_bucket"}
    assert not made & region.document["resource"].keys()
    assert not [rule for rule in rules_of(region).values() if rule.get("depends_on")]


@pytest.mark.parametrize("code", ["use1", "usw2"])
def test_P12_a_recorder_records_all_and_runs_before_any_rule(recording, code):
    region = recording[code]
    recorder = region.only("aws_config_configuration_recorder")
    assert recorder["recording_group"] == {"all_supported": True, "include_global_resource_types": True}
    assert region.only("aws_config_configuration_recorder_status")["is_enabled"] is True
    (status,) = region.document["resource"]["aws_config_configuration_recorder_status"]
    (channel,) = region.document["resource"]["aws_config_delivery_channel"]
    assert all(
        rule["depends_on"] == [f"aws_config_configuration_recorder_status.{status}"]
        for rule in rules_of(region).values()
    )
    started = region.only("aws_config_configuration_recorder_status")
    assert started["depends_on"] == [f"aws_config_delivery_channel.{channel}"]


@pytest.mark.parametrize("code", ["use1", "usw2"])
def test_P25_the_role_of_config_has_the_managed_policy_that_exists(recording, code):
    attached = recording[code].by("aws_iam_role_policy_attachment", "policy_arn")
    role = attached["arn:aws:iam::aws:policy/service-role/AWS_ConfigRole"]["role"]
    assert role.startswith("${aws_iam_role.compliance_recorder_role_")
    assert [arn for arn in attached if "Config" in arn] == [
        "arn:aws:iam::aws:policy/service-role/AWS_ConfigRole"
    ]


@pytest.mark.parametrize("code", ["use1", "usw2"])
def test_P12_what_config_delivers_lies_in_a_closed_versioned_bucket(recording, code):
    region = recording[code]
    bucket = region.only("aws_s3_bucket")
    assert bucket["bucket"] == (
        f"payments-config-{code}-test-${{data.aws_caller_identity.account.account_id}}"
    )
    assert bucket["force_destroy"] is True
    closed = region.only("aws_s3_bucket_public_access_block")
    assert [value for key, value in closed.items() if key.startswith(("block", "ignore", "restrict"))] == [
        True
    ] * 4
    assert region.only("aws_s3_bucket_versioning")["versioning_configuration"] == {"status": "Enabled"}
    statements = json.loads(region.only("aws_s3_bucket_policy")["policy"])["Statement"]
    service = [one for one in statements if one["Effect"] == "Allow"]
    assert all(one["Principal"] == {"Service": "config.amazonaws.com"} for one in service)
    assert all("aws:SourceAccount" in one["Condition"]["StringEquals"] for one in service)
    deny = statements[-1]
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_P12_the_rules_can_be_switched_off_where_no_recorder_is_wanted(settings, functions, tmp_path_factory):
    unwatched = settings.model_copy(update={"compliance": ComplianceSettings(rules=False, recorder=False)})
    stacks = synthesize(unwatched, functions, tmp_path_factory.mktemp("unwatched"))
    types = {type_ for stack in stacks.values() for type_ in stack.document.get("resource", {})}
    assert not [type_ for type_ in types if type_.startswith("aws_config_")]

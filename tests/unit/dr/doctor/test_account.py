"""D10 and D30 to D46: what the account has switched on, and what it has room for."""

import pytest

from dr.rules import Verdict

from .account_world import ABSENT, EAST, WEST

OURS = [{"Key": "System", "Value": "payments"}, {"Key": "EnvironmentSuffix", "Value": "test"}]
OTHERS = [{"Key": "System", "Value": "payments"}, {"Key": "EnvironmentSuffix", "Value": "dev"}]


def test_every_region_of_the_settings_must_be_open_the_witness_too(aws, passes, problem):
    assert passes("D10")
    aws.answers["ec2", "describe_regions"] = {
        "Regions": [
            {"RegionName": EAST, "OptInStatus": "opt-in-not-required"},
            {"RegionName": WEST, "OptInStatus": "opted-in"},
            {"RegionName": "us-east-2", "OptInStatus": "not-opted-in"},
        ]
    }
    assert problem("D10") == "the account has not enabled us-east-2"


@pytest.mark.parametrize(
    "case",
    [
        ((True, False), [("default", True)], None),
        ((True, False), [], "no recorder is there, and AWS Config refuses rules without one"),
        ((True, False), [("default", False)], "the recorder default is stopped"),
        ((True, True), [], None),
        ((True, True), [("payments-config-test", True)], None),
        ((True, True), [("default", True)], "compliance.recorder = true, and default is there already"),
        ((False, False), [], None),
    ],
)
def test_a_region_has_the_recorder_that_the_settings_expect(aws, changed, found, case):
    setting, recorders, said = case
    aws.answers["config", "describe_configuration_recorder_status"] = {
        "ConfigurationRecordersStatus": [{"name": name, "recording": on} for name, on in recorders]
    }
    findings = found("D30", changed(compliance={"rules": setting[0], "recorder": setting[1]}))
    assert findings.keys() == {EAST, WEST}
    for one in findings.values():
        assert one.verdict is (Verdict.FAIL if said else Verdict.PASS)
        assert said is None or said in one.problems[0]


@pytest.mark.parametrize(
    ("preferences", "said"),
    [
        (({"Aurora": True, "DynamoDB": True}, {}), "AWS Backup cannot copy tables into another region"),
        (({"Aurora": False, "DynamoDB": True}, {"DynamoDB": True}), "AWS Backup does not look after Aurora"),
        (({"Aurora": True}, {"DynamoDB": True}), "AWS Backup does not look after DynamoDB"),
    ],
)
def test_backup_looks_after_all_state_and_copies_it(aws, passes, problem, preferences, said):
    assert passes("D32")
    aws.answers["backup", "describe_region_settings"] = {
        "ResourceTypeOptInPreference": preferences[0],
        "ResourceTypeManagementPreference": preferences[1],
    }
    assert said in problem("D32")


def test_a_fix_names_the_region_that_it_mends(aws, found):
    aws.answers["backup", "describe_region_settings"] = {}
    assert "--region us-west-2 " in found("D32")[WEST].fix


def test_the_quota_of_networks_leaves_one(aws, passes, problem):
    aws.answers["ec2", "describe_vpcs"] = {"Vpcs": [{"Tags": OTHERS}] * 4}
    assert passes("D40")
    aws.answers["ec2", "describe_vpcs"] = {"Vpcs": [{"Tags": OTHERS}] * 5}
    assert problem("D40") == "VPCs: 1 needed, 0 of 5 left"


def test_a_second_deployment_needs_no_second_network(aws, passes):
    aws.answers["ec2", "describe_vpcs"] = {"Vpcs": [{"Tags": OTHERS}] * 4 + [{"Tags": OURS}]}
    assert passes("D40")


def test_a_gateway_in_each_zone_needs_an_address_each(aws, changed, passes, problem):
    aws.answers["ec2", "describe_addresses"] = {"Addresses": [{}] * 3}
    assert passes("D42")
    assert (
        problem("D42", changed(network={"nat_per_zone": True})) == "elastic addresses: 3 needed, 2 of 5 left"
    )


def test_a_quota_that_nobody_raised_is_what_aws_gives_to_all(aws, passes, found):
    aws.answers["service-quotas", "get_service_quota"] = ABSENT
    assert passes("D40")
    aws.answers["service-quotas", "get_aws_default_service_quota"] = ABSENT
    assert {one.verdict for one in found("D40").values()} == {Verdict.UNKNOWN}
    assert "knows no quota L-F678F1CE of vpc in us-west-2" in found("D40")[WEST].problems[0]


@pytest.mark.parametrize(
    ("executions", "said"),
    [
        ((5100, 5100), None),
        ((5099, 5099), "unreserved executions of Lambda at once: 5100 needed, 5099 of 5099 left"),
        ((5200, 5000), "unreserved executions of Lambda at once: 5100 needed, 5000 of 5200 left"),
        ((1000, 1000), "unreserved executions of Lambda at once: 5100 needed, 1000 of 1000 left"),
    ],
)
def test_payments_at_the_rate_limit_leave_executions_for_those_who_recover(
    aws, passes, problem, executions, said
):
    total, unreserved = executions
    aws.answers["lambda", "get_account_settings"] = {
        "AccountLimit": {"ConcurrentExecutions": total, "UnreservedConcurrentExecutions": unreserved}
    }
    assert passes("D44") if said is None else problem("D44") == said


def test_what_the_settings_order_can_be_had(aws, passes, problem):
    assert passes("D46")
    aws.answers["rds", "describe_orderable_db_instance_options"] = {"OrderableDBInstanceOptions": []}
    aws.answers["ec2", "describe_availability_zones"] = {"AvailabilityZones": [{}, {}]}
    assert problem("D46") == (
        "RDS offers no db.r5.large for aurora-postgresql 16.11; network.zones = 3, and there are 2"
    )

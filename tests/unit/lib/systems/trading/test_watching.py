"""T08 T09 T12: who is called, who may do what, and what auditors read."""

import json
import re

import pytest

SUFFIX = re.compile(r"(^|[-./_])test([-./_]|$)")


def alarms_of(stack):
    return {
        name.removeprefix("trading-").removesuffix("-test"): alarm
        for name, alarm in stack.by("aws_cloudwatch_metric_alarm", "alarm_name").items()
    }


def statements_of(stack, role):
    policy = stack.by("aws_iam_role_policy", "name")[f"trading-{role}-{stack.name}-test"]["policy"]
    return json.loads(policy)["Statement"]


def test_T08_a_lag_of_more_than_a_second_rings(region):
    for name in ("replication-lag", "rpo-lag"):
        found = alarms_of(region)[name]
        assert (found["threshold"], found["comparison_operator"]) == (1000, "GreaterThanThreshold")


@pytest.mark.parametrize(
    ("alarm", "metric", "threshold"),
    [
        ("unhealthy-targets", "UnHealthyHostCount", 0),
        ("too-few-instances", "GroupInServiceInstances", 3),
        ("targets-failing", "HTTPCode_Target_5XX_Count", 5),
        ("balancer-failing", "HTTPCode_ELB_5XX_Count", 5),
        ("connections", "DatabaseConnections", 800),
        ("audit-copies-late", "ReplicationLatency", 900),
        ("logs-copies-failed", "OperationsFailedReplication", 0),
        ("keeper-errors", "Errors", 1),
        ("steps-errors", "Errors", 1),
    ],
)
def test_T08_targets_functions_connections_and_copies_are_watched(region, alarm, metric, threshold):
    found = alarms_of(region)[alarm]
    assert (found["metric_name"], found["threshold"]) == (metric, threshold)
    assert found["alarm_actions"][0].startswith("${aws_sns_topic.")


def test_T08_an_order_is_called_an_order(region):
    texts = " ".join(alarm["alarm_description"] for alarm in alarms_of(region).values())
    assert "no order can be settled" in texts
    assert "payment" not in texts


def test_T08_letters_go_out_when_the_settings_name_somebody(with_options):
    letters = with_options["use2"].all("aws_sns_topic_subscription")
    assert {(one["protocol"], one["endpoint"]) for one in letters} == {
        ("email", "trading-oncall@example.com")
    }


def test_T08_both_regions_keep_one_dashboard_over_both(world):
    boards = world.by("aws_cloudwatch_dashboard", "dashboard_name")
    assert boards.keys() == {"trading-overview-use1-test", "trading-overview-use2-test"}
    first, second = (one["dashboard_body"] for one in boards.values())
    assert first == second
    for region in ("us-east-1", "us-east-2"):
        assert f'"region": "{region}"' in first or f'"region":"{region}"' in first


@pytest.mark.parametrize("role", ["instances", "keeper", "steps"])
def test_T09_no_role_leaves_its_region_but_for_services_without_one(region, role):
    (denied,) = [one for one in statements_of(region, role) if one["Effect"] == "Deny"]
    here = {"use1": "us-east-1", "use2": "us-east-2"}[region.name]
    assert denied["Condition"] == {"StringNotEquals": {"aws:RequestedRegion": [here]}}
    assert {"iam:*", "route53:*", "sts:*"} <= set(denied["NotAction"])


def test_T09_an_instance_writes_its_logs_and_its_trail_and_measures_in_its_own_namespace(region):
    may = {}
    for one in statements_of(region, "instances"):
        for action in one.get("Action", ()):
            may.setdefault(action, []).append(one)
    written = [path for one in may["s3:PutObject"] for path in one["Resource"]]
    assert all(path.endswith(("/audit/*", "/logs/*")) for path in written)
    assert not any(path.endswith("/audit/*") for one in may["s3:GetObject"] for path in one["Resource"])
    (measure,) = may["cloudwatch:PutMetricData"]
    assert measure["Condition"] == {"StringEquals": {"cloudwatch:namespace": "trading-test"}}
    assert "rds:FailoverGlobalCluster" not in may


def test_T09_the_role_over_both_regions_is_taken_with_an_external_id(world):
    role = world.by("aws_iam_role", "name")["trading-automation-test"]
    (trust,) = json.loads(role["assume_role_policy"])["Statement"]
    assert trust["Condition"]["StringEquals"]["sts:ExternalId"] == "trading-automation-test"
    taken_by = [arn.rpartition("role/")[2] for arn in trust["Principal"]["AWS"]]
    assert taken_by == ["trading-steps-use1-test", "trading-steps-use2-test"]


def test_T12_who_connected_who_called_and_what_was_decided_is_kept_for_a_year(region):
    groups = region.by("aws_cloudwatch_log_group", "name")
    audit = {name for name, group in groups.items() if group["retention_in_days"] == 365}
    assert {name.split("/")[2] for name in audit} == {"rds", "states", "vpc"}
    assert all(group["kms_key_id"].startswith("${aws_kms_key.") for group in groups.values())
    assert region.only("aws_lb")["access_logs"]["enabled"] is True


PARTS = ("aws_route53_record", "aws_s3_", "aws_lambda_permission", "aws_iam_role_policy_attachment")


def test_every_name_of_trading_carries_the_suffix(trading):
    every = [one for stack in trading.values() for one in stack.resources() if one.name]
    unmarked = [str(one) for one in every if not (SUFFIX.search(one.name) or one.type.startswith(PARTS))]
    assert unmarked == []

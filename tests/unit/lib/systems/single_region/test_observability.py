"""S11: alarms, whom they tell, and what is shown."""

import json

import pytest

from tests.unit.policy.test_every_name_carries_the_suffix import NAMELESS, SUFFIX

PARTS = NAMELESS.keys() | {
    "aws_appautoscaling_target",
    "aws_default_security_group",
    "aws_ecs_cluster_capacity_providers",
    "aws_lb_listener",
    "aws_s3_object",
    "aws_service_discovery_service",
    "aws_wafv2_web_acl_association",
}


def test_S11_every_metric_of_an_alarm_is_on_the_dashboard(here):
    board = here.only("aws_cloudwatch_dashboard")
    assert board["dashboard_name"] == "single-region-overview-test"
    widgets = [one for one in json.loads(board["dashboard_body"])["widgets"] if one["type"] == "metric"]
    shown = {(line[0], line[1]) for widget in widgets for line in widget["properties"]["metrics"]}
    watched = {(one["namespace"], one["metric_name"]) for one in here.all("aws_cloudwatch_metric_alarm")}
    assert watched <= shown


def test_S11_alarms_tell_one_encrypted_topic_of_trouble_and_of_its_end(here):
    (topic,) = [
        address
        for address, one in here.document["resource"]["aws_sns_topic"].items()
        if one["name"] == "single-region-alarms-test"
    ]
    alarms = [*here.all("aws_cloudwatch_metric_alarm"), *here.all("aws_cloudwatch_composite_alarm")]
    for one in alarms:
        assert one["alarm_actions"] == one["ok_actions"] == [f"${{aws_sns_topic.{topic}.arn}}"]


@pytest.mark.parametrize(("name", "least"), [("database-impaired", 5), ("services-impaired", 11)])
def test_S11_one_alarm_tells_of_a_critical_part(here, name, least):
    composite = here.by("aws_cloudwatch_composite_alarm", "alarm_name")[f"single-region-{name}-test"]
    assert composite["alarm_rule"].count("ALARM(") >= least
    assert " OR " in composite["alarm_rule"]


def test_S11_programs_are_logged_for_a_week_and_audit_logs_for_a_year(here):
    days = here.by("aws_cloudwatch_log_group", "name")
    assert days["/aws/rds/cluster/single-region-database-use1-test/postgresql"]["retention_in_days"] == 365
    assert days["/aws/vpc/single-region-flow-logs-test"]["retention_in_days"] == 365
    assert {one["retention_in_days"] for one in days.values()} <= {7, 365}


def test_S11_all_traffic_of_the_network_is_written_down(here):
    log = here.only("aws_flow_log")
    assert (log["traffic_type"], log["log_destination_type"]) == ("ALL", "cloud-watch-logs")


def test_every_resource_has_a_name_with_the_suffix(here):
    unmarked = [
        f"{one} = {one.name}"
        for one in here.resources()
        if one.type not in PARTS
        and not one.type.startswith("aws_s3_bucket_")
        and not SUFFIX.search(one.name or "")
    ]
    assert unmarked == []

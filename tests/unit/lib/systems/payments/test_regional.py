import json

import pytest

from failover.keeper import LAST_TICK_S
from lib.systems.load import load_settings

ORIGIN_ONLY = {
    "database_name",
    "master_username",
    "master_password_wo",
    "master_password_wo_version",
}
"""What the first writer is created with, and a replica must not be given."""


def functions_of(stack):
    return stack.by("aws_lambda_function", "function_name")


MENTIONS_THE_OTHER = {
    "aws_backup_plan": "copies go there",
    "aws_cloudwatch_event_target": "critical events go there",
    "aws_config_config_rule": "watches that copies go there",
    "aws_iam_role_policy": "the role that puts critical events there",
}
"""Where a region names the other one, as the settings know it: nothing is asked of the other's stack."""


def test_P03_functions_are_identical_in_both_regions(stacks):
    east, west = (functions_of(stacks[code]) for code in ("use1", "usw2"))
    assert east.keys() == west.keys()
    for name, function in east.items():
        for key in ("handler", "memory_size", "timeout", "runtime", "environment", "source_code_hash"):
            assert function[key] == west[name][key]


def test_P03_the_payments_function_has_one_gigabyte(region):
    function = functions_of(region)["payments-service-test"]
    assert function["memory_size"] == 1024
    assert (function["handler"], function["timeout"]) == ("payments.handler.handler", 10)


def test_every_function_is_told_the_same(region):
    environments = [function["environment"]["variables"] for function in functions_of(region).values()]
    assert (
        environments
        == [
            {
                "SYSTEM": "payments",
                "PARAMETER_PREFIX": "/payments-test",
                "LEASE_TABLE": "payments-lease-test",
                "JOURNAL_TABLE": "payments-journal-test",
                "ARRIVALS_TABLE": "payments-arrivals-test",
                "SESSIONS_TABLE": "payments-sessions-test",
                "LEASE_TTL_SECONDS": "30",
                "TICK_SECONDS": "10",
                "CLOCK_SKEW_SECONDS": "2",
                "KEEPER_LIFETIME_SECONDS": "190",
                "TRANSITION_LIMIT_SECONDS": "1800",
                "POWERTOOLS_SERVICE_NAME": "payments",
                "LOG_LEVEL": "INFO",
                "EARLY_ACCEPTANCE": load_settings({}).early_acceptance.limits(),
                "AUTHORIZATION": "jwt",
            }
        ]
        * 4
    )


def test_a_keeper_outlives_its_schedule_and_not_its_timeout(region, settings):
    keeper = functions_of(region)["payments-keeper-test"]
    rule = region.by("aws_cloudwatch_event_rule", "name")["payments-keeper-test"]
    assert rule["schedule_expression"] == "rate(1 minute)"
    assert 3 * 60 < settings.protocol.keeper_lifetime_s < keeper["timeout"]


def test_the_last_tick_of_a_keeper_ends_before_its_function_does(settings):
    protocol = settings.protocol
    assert protocol.keeper_timeout_s - protocol.keeper_lifetime_s >= LAST_TICK_S


def test_the_reconciler_runs_every_minute_and_ends_before_its_timeout(region):
    reconciler = functions_of(region)["payments-reconciler-test"]
    assert (reconciler["handler"], reconciler["timeout"]) == ("payments.functions.reconcile", 60)
    rule = region.by("aws_cloudwatch_event_rule", "name")["payments-reconciler-test"]
    assert rule["schedule_expression"] == "rate(1 minute)"
    targets = region.by("aws_cloudwatch_event_target", "arn")
    assert [arn for arn in targets if "reconciler" in arn]


def test_a_state_machine_step_waits_longer_than_its_function_may_take(region):
    definition = json.loads(region.only("aws_sfn_state_machine")["definition"])
    limits = {state["TimeoutSeconds"] for state in definition["States"].values() if "TimeoutSeconds" in state}
    assert min(limits) > functions_of(region)["payments-steps-test"]["timeout"]


def test_P01_one_large_instance_a_region_so_that_it_can_be_promoted(region):
    instance = region.only("aws_rds_cluster_instance")
    assert instance["instance_class"] == "db.r5.large"
    assert instance["auto_minor_version_upgrade"] is False
    assert region.only("aws_rds_cluster")["backup_retention_period"] == 7


def test_P01_only_the_origin_has_credentials_and_a_database_name(stacks):
    with_credentials = {
        code: ORIGIN_ONLY & set(stacks[code].only("aws_rds_cluster")) for code in ("use1", "usw2")
    }
    assert with_credentials == {"use1": ORIGIN_ONLY, "usw2": set()}


def test_B05_a_plan_ignores_what_a_role_swap_changes(region):
    ignored = region.only("aws_rds_cluster")["lifecycle"]["ignore_changes"]
    assert {"global_cluster_identifier", "replication_source_identifier"} <= set(ignored)


def test_P24_the_database_refuses_plain_text(region):
    (parameter,) = region.only("aws_rds_cluster_parameter_group")["parameter"]
    assert (parameter["name"], parameter["value"]) == ("rds.force_ssl", "1")


def test_P09_parameters_have_the_same_names_in_both_regions(stacks):
    east, west = (set(stacks[code].by("aws_ssm_parameter", "name")) for code in ("use1", "usw2"))
    assert east == west
    assert {name.removeprefix("/payments-test/") for name in east} == {
        "api/endpoint",
        "api/function",
        "api/key",
        "approvals/policy",
        "approvals/table",
        "automation/role",
        "db/cluster",
        "db/global-cluster",
        "db/name",
        "db/secret",
        "db/writer",
        "events/bus",
        "failover/state-machine",
    }


def test_P17_private_subnets_lie_in_three_zones_of_their_own_vpc(region):
    private = [s for s in region.all("aws_subnet") if "-private-" in s["tags"]["Name"]]
    assert len({subnet["availability_zone"] for subnet in private}) == 3
    assert len({subnet["cidr_block"] for subnet in region.all("aws_subnet")}) == 6
    vpc = region.only("aws_vpc")["cidr_block"].removesuffix(".0.0/16")
    assert all(subnet["cidr_block"].startswith(f"{vpc}.") for subnet in region.all("aws_subnet"))


def test_P17_private_subnets_leave_through_nat_only(region):
    assert len(region.all("aws_nat_gateway")) == 1
    by_way = [route for route in region.all("aws_route") if "nat_gateway_id" in route]
    assert len(by_way) == 3
    assert len([route for route in region.all("aws_route") if "gateway_id" in route]) == 1


def test_P17_tables_and_buckets_are_reached_without_nat(region):
    endpoints = region.all("aws_vpc_endpoint")
    assert {endpoint["service_name"].rsplit(".", 1)[1] for endpoint in endpoints} == {"dynamodb", "s3"}
    assert all(len(endpoint["route_table_ids"]) == 3 for endpoint in endpoints)


def test_P17_only_functions_reach_the_database(region):
    ingress = region.only("aws_vpc_security_group_ingress_rule")
    assert (ingress["from_port"], ingress["to_port"]) == (5432, 5432)
    assert "functions" in ingress["referenced_security_group_id"]
    assert ingress["security_group_id"] == region.only("aws_rds_cluster")["vpc_security_group_ids"][0]


def test_functions_run_in_the_private_subnets(region):
    for function in functions_of(region).values():
        subnets = function["vpc_config"]["subnet_ids"]
        assert len(subnets) == 3
        assert all("private" in subnet for subnet in subnets)


def test_the_api_has_explicit_routes_to_one_function(region):
    routes = {route["route_key"] for route in region.all("aws_apigatewayv2_route")}
    assert routes == {
        "POST /payments",
        "GET /payments/{payment_id}",
        "HEAD /payments/{payment_id}",
        "PUT /sessions/{session_id}",
        "GET /sessions/{session_id}",
        "HEAD /sessions/{session_id}",
        "DELETE /sessions/{session_id}",
        "GET /health/live",
        "HEAD /health/live",
        "GET /health/routable",
        "HEAD /health/routable",
        "GET /health/ready",
        "HEAD /health/ready",
        "GET /openapi.json",
        "HEAD /openapi.json",
        "POST /synthetic-payments",
    }
    assert region.only("aws_apigatewayv2_integration")["payload_format_version"] == "2.0"


def test_P23_outputs_name_their_region(stacks):
    for code, ending in (("use1", "us_east_1"), ("usw2", "us_west_2")):
        named = {
            name.removesuffix(f"_{ending}") for name in stacks[code].outputs if name.endswith(f"_{ending}")
        }
        assert named == {
            "api_endpoint",
            "api_host",
            "payments_function",
            "keeper_function",
            "steps_function",
            "state_machine",
            "event_bus",
            "event_archive",
            "backup_alerts",
            "cluster_arn",
            "parameter_prefix",
        }


@pytest.mark.parametrize(("code", "other"), [("use1", "us-west-2"), ("usw2", "us-east-1")])
def test_B03_a_region_asks_nothing_of_the_other_and_names_it_only_where_both_must_work(stacks, code, other):
    stack = stacks[code]
    assert {r.type for r in stack.resources() if other in json.dumps(r.body)} == MENTIONS_THE_OTHER.keys()
    assert other not in json.dumps({**stack.document, "resource": {}})
    assert "cross-stack-reference" not in json.dumps(stack.document)

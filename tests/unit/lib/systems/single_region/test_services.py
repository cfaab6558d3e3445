"""S02 S04: containers, what keeps them well, and how they are found."""

import json

import pytest

from lib.compute.task_definition import pull
from tests.unit.policy.roles import statements
from tests.unit.synthesized import synthesize

OPTIONS = {
    "dns": {"delegated": True, "domain": "example.com", "zone": "existing"},
    "containers": {"web": {"spot_weight": 0}},
}


@pytest.fixture
def services(here):
    return here.by("aws_ecs_service", "name")


@pytest.fixture
def web(services):
    return services["single-region-web-test"]


@pytest.fixture
def sessions(services):
    return services["single-region-sessions-test"]


@pytest.fixture(scope="module")
def with_options(changed, functions, tmp_path_factory):
    return synthesize(changed(**OPTIONS), functions, tmp_path_factory.mktemp("options"))["use1"]


def container(stack, family):
    (only,) = json.loads(stack.by("aws_ecs_task_definition", "family")[family]["container_definitions"])
    return only


def test_S02_a_release_is_taken_back_by_the_circuit_breaker_or_by_an_alarm(here, services):
    rings = {
        f"${{aws_cloudwatch_metric_alarm.{address}.alarm_name}}": one["metric_name"]
        for address, one in here.document["resource"]["aws_cloudwatch_metric_alarm"].items()
    }
    for one in services.values():
        assert one["deployment_circuit_breaker"] == {"enable": True, "rollback": True}
        assert (one["alarms"]["enable"], one["alarms"]["rollback"]) == (True, True)
        assert {rings[name] for name in one["alarms"]["alarm_names"]} == {
            "HTTPCode_Target_5XX_Count",
            "UnHealthyHostCount",
        }
        assert one["wait_for_steady_state"] is True


def test_S02_no_capacity_is_lost_while_a_release_rolls(services):
    for one in services.values():
        assert one["deployment_minimum_healthy_percent"] == 100
        assert one["deployment_maximum_percent"] == 200


def test_S02_the_minimum_runs_on_fargate_and_most_of_the_rest_on_spot(web, with_options):
    assert web["capacity_provider_strategy"] == [
        {"capacity_provider": "FARGATE", "base": 3, "weight": 1},
        {"capacity_provider": "FARGATE_SPOT", "weight": 3},
    ]
    plain = with_options.by("aws_ecs_service", "name")["single-region-web-test"]
    assert [one["capacity_provider"] for one in plain["capacity_provider_strategy"]] == ["FARGATE"]


def test_S02_scaling_keeps_processors_and_memory_and_no_plan_undoes_it(here, web):
    policies = {
        (one["name"], one["target_tracking_scaling_policy_configuration"]["target_value"])
        for one in here.all("aws_appautoscaling_policy")
    }
    assert policies == {
        ("single-region-web-cpu-test", 50),
        ("single-region-web-memory-test", 70),
        ("single-region-sessions-cpu-test", 50),
        ("single-region-sessions-memory-test", 70),
    }
    sizes = {(one["min_capacity"], one["max_capacity"]) for one in here.all("aws_appautoscaling_target")}
    assert sizes == {(3, 12), (3, 9)}
    assert web["lifecycle"]["ignore_changes"] == ["desired_count"]


def test_S02_tasks_lie_in_every_zone_and_have_no_address_of_the_world(services):
    for one in services.values():
        network = one["network_configuration"]
        assert (len(network["subnets"]), network["assign_public_ip"]) == (3, False)
        assert one["availability_zone_rebalancing"] == "ENABLED"


def test_S02_web_is_behind_the_balancer_and_sessions_behind_a_private_name(here, web, sessions):
    (target,) = web["load_balancer"]
    assert (target["container_name"], target["container_port"]) == ("web", 8080)
    assert here.only("aws_lb_target_group")["target_type"] == "ip"
    assert web["health_check_grace_period_seconds"] == 60
    assert "load_balancer" not in sessions
    assert sessions["service_registries"]["registry_arn"].startswith("${aws_service_discovery_service.")
    assert here.only("aws_service_discovery_private_dns_namespace")["name"] == (
        "internal.test.single-region.test"
    )
    registry = here.only("aws_service_discovery_service")
    assert registry["dns_config"]["dns_records"] == [{"type": "A", "ttl": 10}]
    told = {one["name"]: one["value"] for one in container(here, "single-region-web-test")["environment"]}
    assert told["SESSIONS_URL"] == "http://sessions.internal.test.single-region.test:8080"
    assert (told["SCHEME"], told["PORT"]) == ("http", "8080")


@pytest.mark.parametrize("service", ["web", "sessions"])
def test_S02_each_container_is_a_digest_that_checks_itself_and_writes_nothing(here, service):
    only = container(here, f"single-region-{service}-test")
    assert "@sha256:" in only["image"]
    assert only["command"] == ["python3", "-m", f"apps.{service}"]
    told = {one["name"]: one["value"] for one in only["environment"]}
    assert told["BUNDLE_VERSION"] == only["image"].partition("@sha256:")[2][:12]
    check = only["healthCheck"]
    assert "/health/live" in check["command"][-1]
    assert check["interval"] * check["retries"] <= 30
    assert only["readonlyRootFilesystem"] is True
    group = only["logConfiguration"]["options"]["awslogs-group"].split(".")[1]
    groups = here.document["resource"]["aws_cloudwatch_log_group"]
    assert groups[group]["name"] == f"/ecs/single-region-{service}-test"
    assert groups[group]["retention_in_days"] == 7
    assert not [one for one in only["environment"] if "SECRET" in one["name"]]


def test_S02_each_task_may_do_what_its_service_does_and_no_more(here):
    may = {}
    for name, statement in statements(here):
        may.setdefault(name, {}).update(dict.fromkeys(statement["Action"], statement["Resource"]))
    assert may["single-region-web-task-use1-test"].keys() == {
        "kms:Decrypt",
        "s3:GetObject",
        "s3:PutObject",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter",
    }
    sessions = may["single-region-sessions-task-use1-test"]
    assert sessions.keys() == {
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "ssm:GetParameter",
    }
    assert sessions["dynamodb:PutItem"][0].endswith("table/single-region-sessions-test")
    assert may["single-region-web-execution-use1-test"].keys() == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }


def test_S02_an_image_of_a_private_repository_takes_the_right_to_pull_that_one():
    token, layers = pull("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/web:v1@sha256:00")
    assert (token.actions, token.resources) == (("ecr:GetAuthorizationToken",), ("*",))
    assert layers.resources == ("arn:aws:ecr:eu-west-1:123456789012:repository/team/web",)


def test_S02_only_the_tier_before_reaches_a_service(here):
    names = {
        f"${{aws_security_group.{address}.id}}": one["name"].split("-")[2]
        for address, one in here.document["resource"]["aws_security_group"].items()
    }
    allowed = {
        (names.get(one.get("referenced_security_group_id"), "world"), names[one["security_group_id"]]): one[
            "from_port"
        ]
        for one in here.all("aws_vpc_security_group_ingress_rule")
    }
    assert allowed == {
        ("world", "balancer"): 80,
        ("balancer", "instances"): 8080,
        ("instances", "sessions"): 8080,
        ("instances", "database"): 5432,
    }


def test_S02_missing_tasks_are_told(here):
    alarms = here.by("aws_cloudwatch_metric_alarm", "alarm_name")
    for service in ("web", "sessions"):
        one = alarms[f"single-region-tasks-missing-{service}-test"]
        assert (one["metric_name"], one["threshold"]) == ("RunningTaskCount", 3)
        assert one["treat_missing_data"] == "breaching"
        assert one["dimensions"] == {
            "ClusterName": "single-region-containers-test",
            "ServiceName": f"single-region-{service}-test",
        }
    (cluster,) = here.all("aws_ecs_cluster")
    assert cluster["setting"] == [{"name": "containerInsights", "value": "enabled"}]


def test_S04_the_name_leads_to_the_balancer_and_asks_its_targets(here):
    record = here.only("aws_route53_record")
    assert (record["name"], record["type"]) == ("www.test.single-region.test", "A")
    assert record["alias"]["name"].startswith("${aws_lb.")
    assert record["alias"]["evaluate_target_health"] is True
    assert {"set_identifier", "failover_routing_policy"} & record.keys() == set()


def test_S04_three_answers_half_a_minute_apart_are_believed_and_people_are_told(here, with_options):
    (address,) = here.document["resource"]["aws_route53_health_check"]
    check = here.only("aws_route53_health_check")
    assert (check["request_interval"], check["failure_threshold"]) == (30, 3)
    assert (check["type"], check["resource_path"]) == ("HTTP", "/health/ready")
    alarm = here.by("aws_cloudwatch_metric_alarm", "alarm_name")["single-region-site-unhealthy-test"]
    assert alarm["dimensions"] == {"HealthCheckId": f"${{aws_route53_health_check.{address}.id}}"}
    secure = with_options.only("aws_route53_health_check")
    assert (secure["type"], secure["port"]) == ("HTTPS", 443)
    assert {one["port"] for one in with_options.all("aws_lb_listener")} == {80, 443}

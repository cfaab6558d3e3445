"""S11: what a system costs a month while nobody uses it, by what its stacks create."""

import pytest

from gates import cost
from gates.requests import variants

HOURS = 730


def stack(**resources):
    """A stack with one resource of each type, by its name."""
    return {"resource": {f"aws_{kind}": {"one": told} for kind, told in resources.items()}}


def dollars(**resources):
    return {what: pytest.approx(found) for what, found in cost.a_month({"s": stack(**resources)}).items()}


@pytest.mark.parametrize("variant", ["defaults", "options"])
@pytest.mark.parametrize("system", variants.systems())
def test_S11_whatever_a_system_creates_has_a_price_or_is_known_to_have_none(system, variant, tmp_path):
    stacks = variants.synthesize(system, variant, tmp_path)
    found = cost.a_month(stacks)
    assert sum(found.values()) > 100
    assert min(found.values()) > 0


def test_S11_a_type_or_a_class_without_a_price_is_named_with_where_it_belongs():
    with pytest.raises(cost.NoPrice, match="aws_redshift_cluster has no price: add it to config/facts"):
        dollars(redshift_cluster={})
    with pytest.raises(cost.NoPrice, match=r"db.x9.huge has no price: add it to \[aurora_hour\]"):
        dollars(rds_cluster_instance={"instance_class": "db.x9.huge"})


def test_S11_databases_cost_what_their_class_does_and_twice_that_in_two_zones():
    assert dollars(rds_cluster_instance={"instance_class": "db.r6g.large"}) == {
        "database instances": 0.26 * HOURS
    }
    one = {"instance_class": "db.t4g.medium", "allocated_storage": 20}
    assert dollars(db_instance=one) == {"database instances": 0.065 * HOURS, "database storage": 20 * 0.115}
    assert dollars(db_instance={**one, "multi_az": True}) == {
        "database instances": 2 * 0.065 * HOURS,
        "database storage": 2 * 20 * 0.115,
    }


def test_S11_tasks_cost_their_processors_and_memory():
    document = stack(
        ecs_task_definition={"cpu": "512", "memory": "1024"},
        ecs_service={"desired_count": 3, "task_definition": "${aws_ecs_task_definition.one.arn}"},
    )
    assert cost.a_month({"s": document})["containers"] == pytest.approx(
        3 * (0.5 * 0.04048 + 0.004445) * HOURS
    )
    document["resource"]["aws_ecs_service"]["one"]["task_definition"] = "arn:aws:ecs:elsewhere"
    with pytest.raises(cost.NoPrice, match="arn:aws:ecs:elsewhere refers to nothing in its stack"):
        cost.a_month({"s": document})


@pytest.mark.parametrize("mixed", [True, False])
def test_S11_instances_cost_their_type_and_their_volumes(mixed):
    template = {
        "instance_type": "t3.large",
        "block_device_mappings": [{"ebs": {"volume_size": 30}}],
    }
    reference = "${aws_launch_template.one.id}"
    used = (
        {
            "mixed_instances_policy": {
                "launch_template": {"launch_template_specification": {"launch_template_id": reference}}
            }
        }
        if mixed
        else {"launch_template": {"id": reference}}
    )
    found = dollars(launch_template=template, autoscaling_group={"desired_capacity": 3, **used})
    assert found == {"instances": 3 * 0.0832 * HOURS, "volumes of instances": 3 * 30 * 0.08}


@pytest.mark.parametrize(
    ("kind", "told", "expected"),
    [
        ("lb", {"subnets": ["a", "b"]}, {"load balancers": 0.0225, "public addresses": 2 * 0.005}),
        ("nat_gateway", {}, {"NAT gateways": 0.045}),
        (
            "vpc_endpoint",
            {"vpc_endpoint_type": "Interface", "subnet_ids": ["a", "b", "c"]},
            {"interface endpoints": 3 * 0.01},
        ),
        ("vpc_endpoint", {"vpc_endpoint_type": "Gateway"}, {}),
    ],
)
def test_S11_what_is_billed_by_the_hour(kind, told, expected):
    assert dollars(**{kind: told}) == {what: hourly * HOURS for what, hourly in expected.items()}


@pytest.mark.parametrize(
    ("kind", "told", "expected"),
    [
        ("route53_health_check", {"type": "HTTP", "request_interval": 30}, {"health checks": 0.75}),
        ("route53_health_check", {"type": "HTTPS", "request_interval": 10}, {"health checks": 4.75}),
        ("wafv2_web_acl", {"rule": [{}, {}]}, {"web ACL": 7.0}),
        ("synthetics_canary", {"schedule": {"expression": "rate(5 minutes)"}}, {"canary": 8760 * 0.0012}),
        ("cloudwatch_metric_alarm", {}, {"alarms": 0.1}),
        ("sns_topic", {}, {}),
        ("iam_role", {}, {}),
    ],
)
def test_S11_what_is_billed_by_the_month_or_not_at_all(kind, told, expected):
    assert dollars(**{kind: told}) == expected


def test_S11_the_table_has_every_system_in_every_profile(monkeypatch, capsys):
    one = {"s": stack(nat_gateway={}, kms_key={})}
    monkeypatch.setattr(variants, "synthesize", lambda *_: one)
    shown = cost.table()
    columns = [list(column.cells) for column in shown.columns]
    assert columns[0] == [system for system in variants.systems() for _ in cost.PROFILES]
    assert columns[1] == [*cost.PROFILES] * len(variants.systems())
    assert set(columns[2]) == {"34"}
    assert set(columns[3]) == {"NAT gateways 33, keys 1"}
    cost.main()
    assert "single-region" in capsys.readouterr().out

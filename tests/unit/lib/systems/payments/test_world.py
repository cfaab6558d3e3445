import json

import pytest


@pytest.fixture(scope="module")
def world(stacks):
    return stacks["world"]


def health_of(world, record):
    address = record["health_check_id"].split(".")[1]
    return world.document["resource"]["aws_route53_health_check"][address]


def test_P04_one_name_answers_with_the_primary_unless_it_fails(world):
    records = world.all("aws_route53_record")
    assert {record["name"] for record in records} == {"pay.test.payments.test"}
    routing = {r["set_identifier"]: r["failover_routing_policy"]["type"] for r in records}
    assert routing == {"us-east-1": "PRIMARY", "us-west-2": "SECONDARY"}
    assert {record["ttl"] for record in records} == {60}


def test_P04_the_primary_is_asked_whether_it_writes_and_the_standby_whether_it_lives(world):
    asked = {
        record["set_identifier"]: health_of(world, record)["resource_path"]
        for record in world.all("aws_route53_record")
    }
    assert asked == {"us-east-1": "/health/ready", "us-west-2": "/health/routable"}


def test_P04_health_is_asked_of_the_host_that_the_record_hands_out(world):
    hosts = set()
    for record in world.all("aws_route53_record"):
        check = health_of(world, record)
        assert record["records"] == [check["fqdn"]]
        assert (check["type"], check["port"], check["enable_sni"]) == ("HTTPS", 443, True)
        assert (check["request_interval"], check["failure_threshold"]) == (10, 3)
        hosts.add(check["fqdn"])
    assert len(hosts) == 2


@pytest.mark.parametrize(("region", "stack"), [("us-east-1", "use1"), ("us-west-2", "usw2")])
def test_P04_each_record_leads_to_the_api_of_its_region(world, region, stack):
    (host,) = world.by("aws_route53_record", "set_identifier")[region]["records"]
    assert host.endswith(f".execute-api.{region}.amazonaws.com")
    assert f"cross-stack-reference-input-payments-{stack}-test.outputs" in host


def test_one_world_and_it_comes_last(app_folder, stacks):
    manifest = json.loads((app_folder / "manifest.json").read_text())["stacks"]
    needs = {name: set(stack["dependencies"]) for name, stack in manifest.items()}
    assert needs == {
        "payments-foundation-test": set(),
        "payments-use1-test": {"payments-foundation-test"},
        "payments-usw2-test": {"payments-use1-test"},
        "payments-world-test": set(needs) - {"payments-world-test"},
    }


def test_the_world_says_the_name_that_follows_the_writer(world):
    assert world.outputs["api_name"] == "pay.test.payments.test"


@pytest.mark.parametrize(
    ("provider", "peer", "stack"), [("aws.use1", "us-west-2", "usw2"), ("aws.usw2", "us-east-1", "use1")]
)
def test_P04_each_region_keeps_the_address_of_the_other(world, provider, peer, stack):
    parameters = [p for p in world.all("aws_ssm_parameter") if "/peers/" in p["name"]]
    [parameter] = [p for p in parameters if p.get("provider") == provider]
    assert parameter["name"] == f"/payments-test/peers/{peer}/endpoint"
    assert f"cross-stack-reference-input-payments-{stack}-test.outputs" in parameter["value"]
    assert "api_endpoint" in parameter["value"]


def test_the_world_is_in_both_regions(world):
    regions = {p.get("alias"): p["region"] for p in world.document["provider"]["aws"]}
    assert regions == {None: "us-east-1", "use1": "us-east-1", "usw2": "us-west-2", "health": "us-east-1"}

"""T01 T06: networks, who may talk to whom, and the name that leads to a region."""

import pytest

from tests.unit.lib.systems.trading.conftest import HERE, THERE

BLOCKS = {HERE: "10.40.", THERE: "10.50."}


def groups(stack):
    return {
        body["name"].split("-")[1]: address
        for address, body in stack.document["resource"]["aws_security_group"].items()
    }


def test_T01_each_region_has_public_and_private_subnets_in_three_zones(trading):
    for code, block in BLOCKS.items():
        stack = trading[code]
        kinds = {}
        for subnet in stack.all("aws_subnet"):
            kind = subnet["tags"]["Name"].split("-")[1]
            kinds.setdefault(kind, set()).add(subnet["availability_zone"])
            assert subnet["cidr_block"].startswith(block)
        assert {kind: len(zones) for kind, zones in kinds.items()} == {
            "public": 3,
            "private": 3,
            "isolated": 3,
        }
        assert len(stack.all("aws_nat_gateway")) == 3


def test_T01_the_networks_are_peered_and_every_table_but_the_public_one_leads_there(trading, world):
    connection = world.only("aws_vpc_peering_connection")
    assert connection["peer_region"] == "us-east-2"
    for provider, block in {"aws.use1": "10.50.0.0/16", "aws.use2": "10.40.0.0/16"}.items():
        routes = [one for one in world.all("aws_route") if one["provider"] == provider]
        assert {one["destination_cidr_block"] for one in routes} == {block}
        assert len({one["route_table_id"] for one in routes}) == len(routes) == 4, (
            "three zones and the isolated"
        )


def test_T01_each_layer_is_reached_from_the_one_before_it_only(region):
    named = {f"${{aws_security_group.{address}.id}}": name for name, address in groups(region).items()}
    ways = set()
    for rule in region.all("aws_vpc_security_group_ingress_rule"):
        source = named.get(rule.get("referenced_security_group_id"), rule.get("cidr_ipv4"))
        ways.add((source, named[rule["security_group_id"]], rule["from_port"]))
    assert ways == {
        ("0.0.0.0/0", "balancer", 80),
        ("balancer", "instances", 8080),
        ("instances", "database", 3306),
        ("functions", "database", 3306),
    }


def test_T01_of_the_other_region_only_its_database_is_reached(world):
    into = world.all("aws_vpc_security_group_ingress_rule")
    out = world.all("aws_vpc_security_group_egress_rule")
    assert {(one["cidr_ipv4"], one["from_port"], one["to_port"]) for one in [*into, *out]} == {
        ("10.40.0.0/16", 3306, 3306),
        ("10.50.0.0/16", 3306, 3306),
    }
    assert (len(into), len(out)) == (2, 4), "the databases in; instances and functions of both out"
    assert {one["description"] for one in into} == {
        "MySQL from the instances and functions of the other region"
    }


def test_T01_databases_lie_in_subnets_without_a_way_out(region):
    (isolated,) = [one for one in region.document["resource"]["aws_route_table"] if "isolated" in one]
    assert not [one for one in region.all("aws_route") if isolated in one["route_table_id"]]
    subnets = region.only("aws_db_subnet_group")["subnet_ids"]
    assert len(subnets) == 3
    assert all("isolated" in one for one in subnets)


def test_T06_both_balancers_are_asked_every_ten_seconds_and_leave_after_three_failures(world, trading):
    checks = world.by("aws_route53_health_check", "fqdn")
    assert len(checks) == 2
    for check in checks.values():
        assert (check["request_interval"], check["failure_threshold"]) == (10, 3)
        assert (check["type"], check["port"]) == ("HTTP", 80)
    for code, region in {HERE: "us_east_1", THERE: "us_east_2"}.items():
        assert "aws_lb." in trading[code].outputs[f"api_host_{region}"]


def test_T06_the_name_answers_with_the_first_region_unless_it_fails_for_sixty_seconds(world):
    records = {one["failover_routing_policy"]["type"]: one for one in world.all("aws_route53_record")}
    assert {kind: one["set_identifier"] for kind, one in records.items()} == {
        "PRIMARY": "us-east-1",
        "SECONDARY": "us-east-2",
    }
    for one in records.values():
        assert (one["type"], one["ttl"], one["name"]) == ("CNAME", 60, "trade.test.trading.test")
    paths = {one["tags"]["Name"]: one["resource_path"] for one in world.all("aws_route53_health_check")}
    assert paths == {
        "trading-health-use1-test": "/health/ready",
        "trading-health-use2-test": "/health/routable",
    }


@pytest.mark.parametrize("code", [HERE, THERE])
def test_T06_where_the_zone_is_delegated_all_speak_tls(with_options, code):
    listeners = with_options[code].by("aws_lb_listener", "port")
    assert (listeners[80]["default_action"][0]["type"], listeners[443]["protocol"]) == ("redirect", "HTTPS")
    checks = with_options["world"].all("aws_route53_health_check")
    assert {(one["type"], one["port"], one["enable_sni"]) for one in checks} == {("HTTPS", 443, True)}
    proof = with_options[code].only("aws_route53_record")
    assert proof["allow_overwrite"] is True, "the other region proves the name by the same record"
    assert with_options[code].outputs[f"api_endpoint_us_east_{code[-1]}"].startswith("https://")


def test_T03_the_firewall_lets_a_region_forward_whatever_the_other_ones_instances_take(region, changed):
    (limited,) = [
        rule["statement"]["rate_based_statement"]
        for rule in region.only("aws_wafv2_web_acl")["rule"]
        if rule["name"] == "rate"
    ]
    instances = changed().instances
    assert limited["aggregate_key_type"] == "IP"
    assert limited["limit"] >= instances.maximum * instances.requests_a_minute * 5

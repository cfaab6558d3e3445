"""P17: both networks are one, and who uses it is written down."""

import json

import pytest

OTHER = {"use1": "10.20.0.0/16", "usw2": "10.10.0.0/16"}


@pytest.fixture(scope="module")
def world(stacks):
    return stacks["world"]


def test_P17_one_region_asks_and_the_other_agrees(world):
    asked = world.only("aws_vpc_peering_connection")
    agreed = world.only("aws_vpc_peering_connection_accepter")
    assert (asked["provider"], asked["peer_region"], asked["auto_accept"]) == (
        "aws.use1",
        "us-west-2",
        False,
    )
    assert (agreed["provider"], agreed["auto_accept"]) == ("aws.usw2", True)
    assert "payments-use1-test" in asked["vpc_id"]
    assert "payments-usw2-test" in asked["peer_vpc_id"]


def test_P17_names_resolve_to_private_addresses_on_both_sides(world):
    options = {o["provider"]: o for o in world.all("aws_vpc_peering_connection_options")}
    assert options["aws.use1"]["requester"] == {"allow_remote_vpc_dns_resolution": True}
    assert options["aws.usw2"]["accepter"] == {"allow_remote_vpc_dns_resolution": True}
    assert all("accepter" in o["vpc_peering_connection_id"] for o in options.values())


def test_P17_every_private_table_has_a_route_to_the_other_region(world, stacks):
    routes = world.all("aws_route")
    for code, there in OTHER.items():
        ways = [route for route in routes if route["provider"] == f"aws.{code}"]
        assert {way["destination_cidr_block"] for way in ways} == {there}
        private = [t for t in stacks[code].all("aws_route_table") if "private" in t["tags"]["Name"]]
        assert len({way["route_table_id"] for way in ways}) == len(private) == 3
        assert all(f"payments-{code}-test" in way["route_table_id"] for way in ways)
        assert all("peering_connection_accepter" in way["vpc_peering_connection_id"] for way in ways)


@pytest.mark.parametrize("way", ["ingress", "egress"])
def test_P17_only_the_database_port_is_open_to_the_other_regions_addresses(world, way):
    rules = world.all(f"aws_vpc_security_group_{way}_rule")
    assert {rule["provider"][4:]: rule["cidr_ipv4"] for rule in rules} == OTHER
    assert {(rule["from_port"], rule["to_port"], rule["ip_protocol"]) for rule in rules} == {
        (5432, 5432, "tcp")
    }
    group = {"ingress": "database", "egress": "functions"}[way]
    assert all(group in rule["security_group_id"] for rule in rules)


def test_P17_all_traffic_is_logged_under_a_key_of_ours(region):
    log = region.only("aws_flow_log")
    assert (log["traffic_type"], log["log_destination_type"]) == ("ALL", "cloud-watch-logs")
    address = log["log_destination"].split(".")[1]
    group = region.document["resource"]["aws_cloudwatch_log_group"][address]
    assert group["kms_key_id"].startswith("${aws_kms_key.")
    assert group["retention_in_days"] == 365
    assert any("policy" in needed for needed in log["depends_on"])


def test_P17_the_flow_logs_role_writes_to_its_group_only(region):
    role = region.by("aws_iam_role_policy", "name")
    (policy,) = [body["policy"] for name, body in role.items() if "flow-logs" in name]
    write, find_stream, find_group = json.loads(policy)["Statement"]
    assert write["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert find_stream["Action"] == ["logs:DescribeLogStreams"]
    assert "flow-logs" in write["Resource"][0]
    assert write["Resource"] == find_stream["Resource"]
    assert find_group["Action"] == ["logs:DescribeLogGroups"]


def test_P17_the_default_group_lets_nobody_in_or_out(region):
    group = region.only("aws_default_security_group")
    assert not {"ingress", "egress"} & group.keys()
    assert "aws_vpc." in group["vpc_id"]

"""W01 W02 W03: zones, tiers, the load balancer and the name that leaves it."""

import json
from ipaddress import IPv4Network

import pytest

from lib.facts import aws_facts
from lib.network import access_logs
from lib.regions import Region, Role
from lib.settings.common import CommonSettings
from lib.site import Site
from tests.unit.synthesized import Synthesized


def subnets(stack: Synthesized, kind: str) -> dict[str, dict]:
    """Of one kind, by address."""
    found = stack.document["resource"]["aws_subnet"]
    return {address: one for address, one in found.items() if f"-{kind}-" in one["tags"]["Name"]}


def references(kind: dict[str, dict]) -> set[str]:
    return {f"${{aws_subnet.{address}.id}}" for address in kind}


@pytest.mark.parametrize("kind", ["public", "private", "isolated"])
def test_W01_each_tier_lies_in_three_zones(here, kind):
    tier = subnets(here, kind)
    assert len({one["availability_zone"] for one in tier.values()}) == 3
    (vpc,) = here.all("aws_vpc")
    assert all(
        IPv4Network(one["cidr_block"]).subnet_of(IPv4Network(vpc["cidr_block"])) for one in tier.values()
    )


def test_W01_each_zone_has_a_way_out_of_its_own_and_databases_have_none(here):
    assert len(here.all("aws_nat_gateway")) == 3
    routed = {route["route_table_id"] for route in here.all("aws_route")}
    tables = {one["subnet_id"]: one["route_table_id"] for one in here.all("aws_route_table_association")}
    assert {tables[one] in routed for one in references(subnets(here, "private"))} == {True}
    assert {tables[one] in routed for one in references(subnets(here, "isolated"))} == {False}


def test_W01_balancer_instances_and_databases_lie_in_their_tiers(here):
    assert set(here.only("aws_lb")["subnets"]) == references(subnets(here, "public"))
    group = here.only("aws_autoscaling_group")
    assert set(group["vpc_zone_identifier"]) == references(subnets(here, "private"))
    assert set(here.only("aws_db_subnet_group")["subnet_ids"]) == references(subnets(here, "isolated"))


def test_W01_subnets_do_not_meet(here):
    blocks = [IPv4Network(one["cidr_block"]) for one in here.all("aws_subnet")]
    assert len(blocks) == 9
    assert not any(a.overlaps(b) for a in blocks for b in blocks if a is not b)


def test_W09_only_the_balancer_is_reached_from_the_world_and_each_tier_from_the_one_before(here):
    names = {
        f"${{aws_security_group.{address}.id}}": one["name"].split("-")[1]
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
        ("instances", "database"): 5432,
    }


def test_W03_the_balancer_takes_no_odd_headers_and_writes_down_every_request(here):
    balancer = here.only("aws_lb")
    assert (balancer["drop_invalid_header_fields"], balancer["internal"]) == (True, False)
    assert balancer["access_logs"]["enabled"] is True
    policies = here.document["resource"]["aws_s3_bucket_policy"]
    (guard,) = [one.partition(".")[2] for one in balancer["depends_on"]]
    delivery, old, tls = json.loads(policies[guard]["policy"])["Statement"]
    assert delivery["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert old["Principal"]["AWS"] == f"arn:aws:iam::{aws_facts().balancer_log_accounts['us-east-1']}:root"
    assert delivery["Action"] == old["Action"] == ["s3:PutObject"]
    assert tls["Effect"] == "Deny"


def test_W03_newer_regions_know_the_services_principal_only(settings: CommonSettings):
    site = Site(settings, Region("eu-north-1", Role.PRIMARY, IPv4Network("10.0.0.0/16")), "123456789012")
    (service,) = access_logs.writers(site, "arn:aws:s3:::logs/*")
    assert service.principal == {"Service": access_logs.SERVICE}


def test_W03_targets_are_asked_whether_they_live_and_leave_within_half_a_minute(here):
    targets = here.only("aws_lb_target_group")
    check = targets["health_check"]
    assert check["path"] == "/health/live", "a check of the database would replace every instance with it"
    assert check["interval"] * check["unhealthy_threshold"] <= 10
    assert check["timeout"] < check["interval"]
    assert int(targets["deregistration_delay"]) <= 30


def test_W03_without_a_zone_that_the_world_resolves_there_is_http_only(here):
    (listener,) = here.all("aws_lb_listener")
    assert (listener["port"], listener["protocol"]) == (80, "HTTP")
    assert [action["type"] for action in listener["default_action"]] == ["forward"]


def test_W10_with_one_the_balancer_speaks_tls_and_sends_everybody_there(with_options):
    listeners = {one["port"]: one for one in with_options.all("aws_lb_listener")}
    assert listeners.keys() == {80, 443}
    (action,) = listeners[80]["default_action"]
    assert (action["redirect"]["protocol"], action["redirect"]["status_code"]) == ("HTTPS", "HTTP_301")
    assert listeners[443]["ssl_policy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    assert listeners[443]["certificate_arn"].startswith("${aws_acm_certificate_validation.")
    assert with_options.only("aws_acm_certificate")["domain_name"] == "www.test.board.example.com"
    open_to_all = [
        one["from_port"]
        for one in with_options.all("aws_vpc_security_group_ingress_rule")
        if one.get("cidr_ipv4") == "0.0.0.0/0"
    ]
    assert sorted(open_to_all) == [80, 443]


def test_W03_a_firewall_of_requests_limits_each_address_and_lets_files_pass(here, with_options):
    acl = here.only("aws_wafv2_web_acl")
    rules = {rule["name"]: rule for rule in acl["rule"]}
    limited = rules.pop("rate")["statement"]["rate_based_statement"]
    assert (limited["limit"], limited["aggregate_key_type"]) == (2000, "IP")
    common = rules["AWSManagedRulesCommonRuleSet"]["statement"]["managed_rule_group_statement"]
    assert [one["name"] for one in common["rule_action_override"]] == ["SizeRestrictions_BODY"]
    (association,) = here.all("aws_wafv2_web_acl_association")
    assert association["resource_arn"].startswith("${aws_lb.")
    assert with_options.all("aws_wafv2_web_acl") == []


def test_W02_dns_leaves_the_balancer_by_its_own_check_and_finds_a_page_elsewhere(here):
    records = {
        one["failover_routing_policy"]["type"]: one
        for one in here.all("aws_route53_record")
        if "failover_routing_policy" in one
    }
    (check,) = here.document["resource"]["aws_route53_health_check"]
    assert records["PRIMARY"]["health_check_id"] == f"${{aws_route53_health_check.{check}.id}}"
    assert records["PRIMARY"]["alias"]["name"].startswith("${aws_lb.")
    assert "health_check_id" not in records["SECONDARY"]
    assert "terraform_remote_state" in records["SECONDARY"]["alias"]["name"]
    assert {one["name"] for one in records.values()} == {"www.test.webapp.test"}
    assert not any(one["alias"]["evaluate_target_health"] for one in records.values())


def test_W02_the_check_asks_whether_entries_can_be_read_and_believes_three_answers(here, with_options):
    check = here.only("aws_route53_health_check")
    assert (check["resource_path"], check["type"], check["port"]) == ("/health/ready", "HTTP", 80)
    assert (check["request_interval"], check["failure_threshold"]) == (10, 3)
    secure = with_options.only("aws_route53_health_check")
    assert (secure["type"], secure["port"], secure["enable_sni"]) == ("HTTPS", 443, True)


def test_W02_the_page_is_named_like_the_site_and_needs_nothing_of_the_first_region(there):
    (website,) = there.all("aws_s3_bucket_website_configuration")
    assert website["index_document"]["suffix"] == website["error_document"]["key"] == "index.html"
    assert "www.test.webapp.test" in {one["bucket"] for one in there.all("aws_s3_bucket")}
    assert "terraform_remote_state" not in json.dumps(there.document)
    assert "http" not in there.only("aws_s3_object")["content"], "the page loads nothing from anywhere"


def test_W02_a_zone_that_is_there_already_is_only_written_to(with_options):
    (zone,) = with_options.all("aws_route53_zone")
    assert zone["name"] == "internal.test.board.example.com"
    (found,) = with_options.document["data"]["aws_route53_zone"].values()
    assert found["name"] == "board.example.com"

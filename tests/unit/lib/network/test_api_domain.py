"""P18: the zone that is there, and the name of our own where the world resolves it."""

import pytest

from tests.unit.synthesized import synthesize


def with_dns(settings, functions, folder, **changes):
    dns = settings.dns.model_copy(update=changes)
    return synthesize(settings.model_copy(update={"dns": dns}), functions, folder)


@pytest.fixture(scope="module")
def delegated(settings, functions, tmp_path_factory):
    return with_dns(settings, functions, tmp_path_factory.mktemp("delegated"), delegated=True)


def test_P18_an_existing_zone_is_only_written_to(settings, functions, tmp_path):
    stacks = with_dns(settings, functions, tmp_path, zone="existing")
    foundation = stacks["foundation"]
    assert not foundation.all("aws_route53_zone")
    ((address, zone),) = foundation.document["data"]["aws_route53_zone"].items()
    assert zone["name"] == "payments.test"
    assert foundation.outputs["zone_id"] == f"${{data.aws_route53_zone.{address}.zone_id}}"


def test_P18_without_a_delegated_zone_there_is_no_certificate_to_wait_for(stacks):
    for stack in stacks.values():
        assert not [r for r in stack.resources() if r.type.startswith(("aws_acm", "aws_apigatewayv2_domain"))]


def test_P18_each_region_has_its_certificate_and_its_end_of_the_domain(delegated):
    world = delegated["world"]
    for type_ in ("aws_acm_certificate", "aws_acm_certificate_validation", "aws_apigatewayv2_domain_name"):
        assert {resource["provider"] for resource in world.all(type_)} == {"aws.use1", "aws.usw2"}
    for domain in world.all("aws_apigatewayv2_domain_name"):
        assert domain["domain_name"] == "pay.test.payments.test"
        end = domain["domain_name_configuration"]
        assert (end["endpoint_type"], end["security_policy"]) == ("REGIONAL", "TLS_1_2")
        assert "aws_acm_certificate_validation." in end["certificate_arn"]
    for mapping in world.all("aws_apigatewayv2_api_mapping"):
        assert f"payments-{mapping['provider'][4:]}-test" in mapping["api_id"]


def test_P18_both_certificates_are_proven_by_one_record(delegated):
    world = delegated["world"]
    (proof,) = [r for r in world.all("aws_route53_record") if "set_identifier" not in r]
    assert "domain_validation_options" in proof["name"]
    proven = world.all("aws_acm_certificate_validation")
    assert len({tuple(one["validation_record_fqdns"]) for one in proven}) == 1
    assert len({one["certificate_arn"] for one in proven}) == 2


def test_P18_the_name_is_an_alias_of_the_ends_and_keeps_its_health_checks(delegated, stacks):
    world = delegated["world"]
    records = {r["set_identifier"]: r for r in world.all("aws_route53_record") if "set_identifier" in r}
    for region, code in (("us-east-1", "use1"), ("us-west-2", "usw2")):
        record = records[region]
        assert record["type"] == "A"
        assert f"domain-{code}" in record["alias"]["name"]
        assert record["alias"]["evaluate_target_health"] is False
        assert not {"records", "ttl"} & record.keys()
        assert record["health_check_id"].startswith("${aws_route53_health_check.")
    assert world.all("aws_route53_health_check") == stacks["world"].all("aws_route53_health_check")

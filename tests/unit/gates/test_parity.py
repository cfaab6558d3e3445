from copy import deepcopy
from datetime import UTC, datetime

import pytest

from gates.findings import allowances, unexplained
from gates.parity import differences


def judge(primary, standby, settings):
    found = differences(primary, standby, settings.regions)
    known = [one for one in allowances("parity", must_end=True) if any(map(one.covers, found))]
    return [str(one) for one in unexplained(found, known, today=datetime.now(UTC).date())]


@pytest.fixture
def both(stacks):
    return [deepcopy(stacks[code].document) for code in ("use1", "usw2")]


def test_B08_regions_differ_only_by_name_network_placement_and_origin(both, settings):
    assert judge(*both, settings) == []


def first(document, type_):
    return next(iter(document["resource"][type_].values()))


def test_B08_a_setting_that_differs_is_found(both, settings):
    first(both[1], "aws_rds_cluster_instance")["instance_class"] = "db.t3.medium"
    (found,) = judge(*both, settings)
    assert found.endswith('instance_class: "db.r5.large" in the first, "db.t3.medium" in the second')


def test_B08_a_resource_that_is_missing_is_found(both, settings):
    del both[1]["resource"]["aws_nat_gateway"]
    assert judge(*both, settings) == ["parity resource.aws_nat_gateway: only in the first"]


def test_B08_a_resource_too_many_is_found(both, settings):
    both[1]["resource"]["aws_eip"]["another"] = {}
    assert judge(*both, settings) == ["parity resource.aws_eip.another: only in the second"]


def test_B08_a_list_of_another_length_is_found(both, settings):
    first(both[1], "aws_lambda_function")["vpc_config"]["subnet_ids"].pop()
    (found,) = judge(*both, settings)
    assert ".vpc_config.subnet_ids: [" in found


@pytest.mark.parametrize("wrong", ["10.20.16.0/20", "192.168.0.0/20"])
def test_B08_an_address_block_out_of_place_is_found(both, settings, wrong):
    subnet = first(both[1], "aws_subnet")
    assert subnet["cidr_block"] != wrong
    subnet["cidr_block"] = wrong
    (found,) = judge(*both, settings)
    assert ".cidr_block: " in found


def test_B08_a_region_that_names_the_other_is_found_unless_the_other_does_too(both, settings):
    first(both[0], "aws_lambda_function")["environment"]["variables"]["PEER"] = "us-west-2"
    first(both[1], "aws_lambda_function")["environment"]["variables"]["PEER"] = "us-east-1"
    assert judge(*both, settings) == []
    first(both[1], "aws_lambda_function")["environment"]["variables"]["PEER"] = "us-west-2"
    assert len(judge(*both, settings)) == 1

from ipaddress import IPv4Network

import pytest

from lib.pair import Pair
from lib.regions import Region, Role
from lib.site import Site


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("us-east-1", "use1"),
        ("us-west-2", "usw2"),
        ("eu-central-1", "euc1"),
        ("ap-south-1", "aps1"),
        ("ap-southeast-1", "apse1"),
        ("us-gov-west-1", "usgovw1"),
    ],
)
def test_a_code_is_short_and_tells_regions_apart(name, code):
    assert Region(name, Role.PRIMARY, IPv4Network("10.0.0.0/16")).code == code


def test_a_pair_builds_both_from_one_function_and_keeps_their_places():
    pair = Pair(1, 2)
    assert pair.map(str) == Pair("1", "2")
    assert pair.zip(Pair("a", "b")) == Pair((1, "a"), (2, "b"))
    assert list(pair) == [1, 2]


def test_a_site_knows_names_and_arns(settings):
    site = Site(settings, settings.regions.second, "123456789012")
    assert site.name("lease") == "payments-lease-test"
    assert site.own_name("ledger") == "payments-ledger-usw2-test"
    assert site.arn("dynamodb", "table/x") == "arn:aws:dynamodb:us-west-2:123456789012:table/x"


def test_a_site_knows_the_names_of_the_other_region(settings):
    site = Site(settings, settings.regions.second, "123456789012")
    assert site.other.arn("dynamodb", "table/x") == "arn:aws:dynamodb:us-east-1:123456789012:table/x"
    assert site.other.other == site

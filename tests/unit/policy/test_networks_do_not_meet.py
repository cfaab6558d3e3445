"""P17: address blocks are apart, subnets lie in their VPC, groups are named in their own region."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations

import pytest

from tests.unit.injected import Stacks, broken

RULES = ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")


def complaints(stacks: Stacks) -> Iterator[str]:
    blocks = []
    for code in ("use1", "usw2"):
        block = IPv4Network(stacks[code].only("aws_vpc")["cidr_block"])
        subnets = [IPv4Network(subnet["cidr_block"]) for subnet in stacks[code].all("aws_subnet")]
        yield from (f"{code}: {one} is not in {block}" for one in subnets if not one.subnet_of(block))
        yield from (f"{code}: {a} meets {b}" for a, b in combinations(subnets, 2) if a.overlaps(b))
        blocks.append(block)
    if blocks[0].overlaps(blocks[1]):
        yield f"{blocks[0]} meets {blocks[1]}: no route between them can be told apart"
    for rule in (rule for type_ in RULES for rule in stacks["world"].all(type_)):
        if "referenced_security_group_id" in rule:
            yield "a group of another region cannot be referenced: use its addresses"


def test_P17_networks_are_apart(stacks):
    assert list(complaints(stacks)) == []


@pytest.mark.parametrize(
    ("code", "type_", "changed"),
    [
        ("usw2", "aws_vpc", {"cidr_block": "10.10.128.0/17"}),
        ("use1", "aws_subnet", {"cidr_block": "10.20.0.0/20"}),
        ("use1", "aws_subnet", {"cidr_block": "10.10.16.0/20"}),
        ("world", RULES[0], {"referenced_security_group_id": "sg-1", "cidr_ipv4": None}),
        ("world", RULES[1], {"referenced_security_group_id": "sg-1", "cidr_ipv4": None}),
    ],
)
def test_networks_that_meet_are_found(stacks, code, type_, changed):
    assert list(complaints(broken(stacks, code, type_, **changed)))

"""EC2 takes fewer characters in a description than Terraform, the provider and every emulator do."""

from collections.abc import Iterator

from lib.limits import limit
from tests.unit.injected import Stacks, broken

DESCRIBED = (
    "aws_security_group",
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
)


def refused(stacks: Stacks) -> Iterator[str]:
    for stack in stacks.values():
        for type_ in DESCRIBED:
            for body in stack.all(type_):
                if not limit("ec2_description").accepts(text := body.get("description", "")):
                    yield text


def test_ec2_takes_every_description(any_stacks):
    assert list(refused(any_stacks)) == []


def test_an_apostrophe_is_found(stacks):
    said = "this region's functions"
    assert list(refused(broken(stacks, "usw2", DESCRIBED[1], description=said))) == [said]

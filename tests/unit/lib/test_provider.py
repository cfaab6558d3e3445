import pytest

from lib.provider import SINCE_6, since_6
from lib.systems.load import load_settings


@pytest.mark.parametrize("argument", sorted(SINCE_6))
def test_what_only_version_6_knows_is_left_out_for_version_5(argument):
    old = load_settings({"AWS_PROVIDER_VERSION": "5.100.0"})
    assert since_6(load_settings({}), argument, "value") == "value"
    assert since_6(old, argument, "value") is None


def test_an_argument_that_nobody_listed_is_a_mistake(settings):
    with pytest.raises(KeyError, match="not listed in SINCE_6"):
        since_6(settings, "aws_vpc.region", "x")


def test_the_provider_is_pinned_by_the_settings(stacks, settings):
    for stack in stacks.values():
        terraform = stack.document["terraform"]
        assert terraform["required_providers"]["aws"] == {
            "source": "hashicorp/aws",
            "version": settings.provider.aws,
        }
        assert terraform["required_version"] == ">= 1.11"

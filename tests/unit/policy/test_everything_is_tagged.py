"""P19: costs and owners can be told apart; tags are set once, at the provider."""


def test_P19_every_provider_tags_what_it_creates(stacks):
    for stack in stacks.values():
        for provider in stack.document["provider"]["aws"]:
            (default,) = provider["default_tags"]
            assert default["tags"]["System"] == "payments"
            assert default["tags"]["EnvironmentSuffix"] == "test"
            assert default["tags"]["ManagedBy"] == "cdktf"
            expected = {"us-east-1": "primary", "us-west-2": "standby"}[provider["region"]]
            assert default["tags"]["RegionRole"] == expected


def test_a_resource_lies_where_its_provider_is(resources):
    """`region` on a resource would be silently ignored by version 5 of the provider."""
    assert [str(resource) for resource in resources if "region" in resource.body] == []

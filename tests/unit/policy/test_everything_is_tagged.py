"""P19: costs and owners can be told apart; tags are set once, at the provider."""


def test_P19_every_provider_tags_what_it_creates(any_stacks, request):
    system = request.node.callspec.params["any_stacks"]
    for stack in any_stacks.values():
        for provider in stack.document["provider"]["aws"]:
            (default,) = provider["default_tags"]
            assert default["tags"]["System"] == system
            assert default["tags"]["EnvironmentSuffix"] == "test"
            assert default["tags"]["ManagedBy"] == "cdktf"
            expected = "primary" if provider["region"] == "us-east-1" else "standby"
            assert default["tags"]["RegionRole"] == expected


def test_a_resource_lies_where_its_provider_is(any_resources):
    """`region` on a resource would be silently ignored by version 5 of the provider."""
    assert [str(resource) for resource in any_resources if "region" in resource.body] == []

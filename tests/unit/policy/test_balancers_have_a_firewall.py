"""A load balancer that the world reaches stands behind a firewall of web requests."""


def by_arn(stack, type_):
    found = stack.document["resource"].get(type_, {})
    return {f"${{{type_}.{address}.arn}}": body for address, body in found.items()}


def test_every_public_balancer_stands_behind_a_firewall_of_requests(any_stacks):
    for stack in any_stacks.values():
        public = {arn for arn, body in by_arn(stack, "aws_lb").items() if not body["internal"]}
        associated = stack.by("aws_wafv2_web_acl_association", "resource_arn")
        assert associated.keys() == public, stack.name
        acls = {one["web_acl_arn"] for one in associated.values()}
        assert acls == by_arn(stack, "aws_wafv2_web_acl").keys()

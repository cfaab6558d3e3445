"""Rights on networks and names, and on the roles of everything else."""

from collections.abc import Iterable

from dr.rights import actions
from dr.rights.services import linked, passed_to
from dr.rights.statements import do, ours, tagged
from lib.iam import Statement
from lib.settings.common import CommonSettings

UNDER_THE_BOUNDARY = "AttachRolePolicy CreateRole PutRolePolicy"


def networks(settings: CommonSettings, _: str) -> Iterable[Statement]:
    """Networks have ids of AWS: only what carries the tag of this system is taken away."""
    yield do("ec2", actions.NETWORK)
    yield do("ec2", actions.UNDONE, when=tagged(settings))


def peerings(settings: CommonSettings, _: str) -> Iterable[Statement]:
    """The connection of both regions' networks."""
    yield do("ec2", actions.PEERING)
    yield do("ec2", "DeleteVpcPeeringConnection", when=tagged(settings))


def names(_: CommonSettings, account: str) -> Iterable[Statement]:
    """Zones, what is in them, and certificates."""
    yield do("route53", actions.ZONES)
    yield do("acm", actions.CERTIFICATES, [f"arn:aws:acm:*:{account}:certificate/*"])
    yield do("acm", "RequestCertificate")
    yield do("sts", "GetCallerIdentity")


def roles(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Roles of this system's names only; behind the boundary of the settings when they name one."""
    places = [f"arn:aws:iam::{account}:role/{ours(settings)}"]
    boundary = settings.access.permissions_boundary
    bounded = UNDER_THE_BOUNDARY if boundary else ""
    free = " ".join(name for name in actions.ROLES.split() if name not in bounded.split())
    yield do("iam", free, places)
    if boundary:
        behind = {"StringEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{account}:policy/{boundary}"}}
        yield do("iam", bounded, places, when=behind)
    passed = {"StringEquals": {"iam:PassedToService": [*passed_to(settings)]}}
    yield do("iam", "PassRole", places, when=passed)
    made = {"StringEquals": {"iam:AWSServiceName": sorted(linked(settings))}}
    own = [
        f"arn:aws:iam::{account}:role/aws-service-role/{service}/{role}"
        for service, role in sorted(linked(settings).items())
    ]
    yield do("iam", "CreateServiceLinkedRole", own, when=made)


def policies(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Managed policies of our own."""
    yield do("iam", actions.POLICIES, [f"arn:aws:iam::{account}:policy/{ours(settings)}"])

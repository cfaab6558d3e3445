"""The hosted zone of one environment."""

from cdktf_cdktf_provider_aws.data_aws_route53_zone import DataAwsRoute53Zone
from cdktf_cdktf_provider_aws.route53_zone import Route53Zone
from constructs import Construct

from lib.settings.common import CommonSettings


def public_zone(scope: Construct, settings: CommonSettings) -> str:
    """The id of the zone, created or found as `dns.zone` says.

    Who changes `dns.zone` changes the resolvers' answers only where the new zone is delegated.
    """
    if settings.dns.zone == "existing":
        return DataAwsRoute53Zone(scope, "existing-zone", name=settings.dns.domain).zone_id
    return Route53Zone(
        scope,
        "zone",
        name=settings.zone_name,
        comment=settings.name("zone"),
        force_destroy=settings.lifecycle.force_destroy,
    ).zone_id

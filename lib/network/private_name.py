"""A name inside a network that leads to whatever serves now."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from cdktf_cdktf_provider_aws.route53_zone import Route53Zone, Route53ZoneVpc
from constructs import Construct

from lib.site import Site

TTL_S = 5
"""How long a connection may still be opened to what served before."""


class PrivateName(Construct):
    """A private zone with one record. Who mends the system moves the record, and no plan moves it back."""

    def __init__(
        self, scope: Construct, id_: str, *, site: Site, zone: str, name: str, vpc_id: str, host: str
    ) -> None:
        super().__init__(scope, id_)
        made = Route53Zone(
            self,
            "zone",
            name=zone,
            comment=site.name("internal"),
            vpc=[Route53ZoneVpc(vpc_id=vpc_id)],
            force_destroy=site.settings.lifecycle.force_destroy,
        )
        self.zone_id = made.zone_id
        Route53Record(
            self,
            "record",
            zone_id=made.zone_id,
            name=name,
            type="CNAME",
            ttl=TTL_S,
            records=[host],
            lifecycle=TerraformResourceLifecycle(ignore_changes=["records"]),
        )

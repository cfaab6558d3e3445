"""The public name of a system that has one load balancer."""

from cdktf_cdktf_provider_aws.route53_record import Route53Record, Route53RecordAlias
from constructs import Construct

from lib.network.balancer import LoadBalancer
from lib.network.balancer_check import balancer_check
from lib.site import Site


class BalancerRecord(Construct):
    """An alias that leads to the balancer, and a health check that people are told of.

    With one place to go DNS cannot help: the check moves nothing, an alarm watches it. Route 53 leaves out
    the addresses of a zone whose targets are all unhealthy.
    """

    def __init__(
        self, scope: Construct, id_: str, *, site: Site, zone_id: str, balancer: LoadBalancer
    ) -> None:
        super().__init__(scope, id_)
        self.check = balancer_check(self, site=site, balancer=balancer)
        Route53Record(
            self,
            "record",
            zone_id=zone_id,
            name=site.settings.public_name,
            type="A",
            alias=Route53RecordAlias(
                name=balancer.dns_name, zone_id=balancer.zone_id, evaluate_target_health=True
            ),
        )

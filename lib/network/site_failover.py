"""The public name: the load balancer, and while that does not answer, a page in another region."""

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.route53_record import (
    Route53Record,
    Route53RecordAlias,
    Route53RecordFailoverRoutingPolicy,
)
from constructs import Construct

from lib.network.balancer import LoadBalancer
from lib.network.balancer_check import balancer_check
from lib.site import Site


@dataclass(frozen=True, slots=True)
class FallbackPage:
    """The website of a bucket as an alias names it."""

    domain: str
    zone_id: str


class SiteFailover(Construct):
    """Route 53 hands out the balancer while its health check passes, else the page; it comes home by itself.

    As many checks must pass in a row as must fail before it leaves. The check decides alone: what an alias
    evaluates by itself calls a balancer well whose application is not ready.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        zone_id: str,
        balancer: LoadBalancer,
        page: FallbackPage,
    ) -> None:
        super().__init__(scope, id_)
        self._name = site.settings.public_name
        self._zone_id = zone_id
        self.check = balancer_check(self, site=site, balancer=balancer)
        self._record(
            "balancer",
            "PRIMARY",
            Route53RecordAlias(
                name=balancer.dns_name, zone_id=balancer.zone_id, evaluate_target_health=False
            ),
            self.check.id,
        )
        self._record(
            "page",
            "SECONDARY",
            Route53RecordAlias(name=page.domain, zone_id=page.zone_id, evaluate_target_health=False),
        )

    def _record(self, what: str, kind: str, alias: Route53RecordAlias, check: str | None = None) -> None:
        Route53Record(
            self,
            what,
            zone_id=self._zone_id,
            name=self._name,
            type="A",
            alias=alias,
            set_identifier=what,
            failover_routing_policy=Route53RecordFailoverRoutingPolicy(type=kind),
            health_check_id=check,
        )

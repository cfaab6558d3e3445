"""The public name: the load balancer, and while that does not answer, a page in another region."""

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.route53_health_check import Route53HealthCheck
from cdktf_cdktf_provider_aws.route53_record import (
    Route53Record,
    Route53RecordAlias,
    Route53RecordFailoverRoutingPolicy,
)
from constructs import Construct

from lib.network.balancer import LoadBalancer
from lib.network.security_groups import HTTPS
from lib.network.tier_firewall import HTTP
from lib.site import Site

READY = "/health/ready"
"""Answers 200 while entries can be read, by whichever database."""


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
        self.check = self._check(site, balancer)
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

    def _check(self, site: Site, balancer: LoadBalancer) -> Route53HealthCheck:
        dns = site.settings.dns
        return Route53HealthCheck(
            self,
            "health",
            type="HTTPS" if dns.delegated else "HTTP",
            fqdn=balancer.dns_name,
            port=HTTPS if dns.delegated else HTTP,
            enable_sni=True if dns.delegated else None,
            resource_path=READY,
            request_interval=dns.health_check_interval_s,
            failure_threshold=dns.health_check_threshold,
            tags={"Name": site.name("health")},
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

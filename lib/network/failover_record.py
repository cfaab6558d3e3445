"""The DNS name that follows the writer."""

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.route53_health_check import Route53HealthCheck
from cdktf_cdktf_provider_aws.route53_record import (
    Route53Record,
    Route53RecordAlias,
    Route53RecordFailoverRoutingPolicy,
)
from constructs import Construct

from lib.network.security_groups import HTTPS
from lib.network.tier_firewall import HTTP
from lib.pair import Pair
from lib.regions import Region
from lib.settings.two_regions import TwoRegionSettings


@dataclass(frozen=True, slots=True)
class Answer:
    """A region as DNS sees it: where it is reached, and what it must say to be handed out."""

    region: Region
    host: str
    health_path: str
    routing: str
    """PRIMARY or SECONDARY: which record Route 53 prefers while both are healthy."""
    alias: Route53RecordAlias | None
    """The region's end of a custom domain; without one the answer is the host's name."""

    @classmethod
    def of(
        cls, regions: Pair[Region], hosts: Pair[str], aliases: Pair[Route53RecordAlias | None]
    ) -> "Pair[Answer]":
        """The first region answers while it is the writer, the second one while it can read the lease.

        So DNS leaves the first while a takeover is still running, and returns only when it writes again. That
        the second one lives is not enough: one that is cut off could neither serve a request nor pass it on,
        and DNS would name it until the first has taken over and its check has believed that.
        Which one is preferred does not depend on the settings' roles: Route 53 refuses a second PRIMARY of a
        name, so no apply could swap the two (https://github.com/boto/boto3/issues/1347).
        """
        return Pair(
            cls(regions.first, hosts.first, "/health/ready", "PRIMARY", aliases.first),
            cls(regions.second, hosts.second, "/health/routable", "SECONDARY", aliases.second),
        )


class FailoverRecord(Construct):
    """One name, two regions: Route 53 hands out the preferred healthy one. Nobody edits it in a disaster.

    *secure*: the answers speak TLS, and are asked for their health by it.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: TwoRegionSettings,
        zone_id: str,
        answers: Pair[Answer],
        secure: bool = True,
    ) -> None:
        super().__init__(scope, id_)
        self._settings = settings
        self._secure = secure
        self.checks = answers.map(self._health_check)
        for answer, check in answers.zip(self.checks):
            self._record(zone_id, answer, check)

    def _record(self, zone_id: str, answer: Answer, check: Route53HealthCheck) -> None:
        Route53Record(
            self,
            f"record-{answer.region.code}",
            zone_id=zone_id,
            name=self._settings.public_name,
            type="A" if answer.alias else "CNAME",
            alias=answer.alias,
            ttl=None if answer.alias else self._settings.dns.ttl_s,
            records=None if answer.alias else [answer.host],
            set_identifier=answer.region.name,
            failover_routing_policy=Route53RecordFailoverRoutingPolicy(type=answer.routing),
            health_check_id=check.id,
        )

    def _health_check(self, answer: Answer) -> Route53HealthCheck:
        return Route53HealthCheck(
            self,
            f"health-{answer.region.code}",
            type="HTTPS" if self._secure else "HTTP",
            fqdn=answer.host,
            port=HTTPS if self._secure else HTTP,
            enable_sni=True if self._secure else None,
            resource_path=answer.health_path,
            request_interval=self._settings.dns.health_check_interval_s,
            failure_threshold=self._settings.dns.health_check_threshold,
            tags={"Name": self._settings.name("health", answer.region)},
        )

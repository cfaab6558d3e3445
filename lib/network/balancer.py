"""The load balancer in front of a group of instances, or of containers."""

from dataclasses import dataclass
from typing import Literal

from cdktf_cdktf_provider_aws.lb import Lb, LbAccessLogs
from cdktf_cdktf_provider_aws.lb_listener import (
    LbListener,
    LbListenerDefaultAction,
    LbListenerDefaultActionRedirect,
)
from cdktf_cdktf_provider_aws.lb_target_group import LbTargetGroup, LbTargetGroupHealthCheck
from constructs import Construct

from lib.naming import shortened
from lib.network.access_logs import AccessLogBucket
from lib.network.security_groups import HTTPS
from lib.network.tier_firewall import APPLICATION, HTTP
from lib.network.vpc import TieredNetwork
from lib.site import Site

TLS = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
"""TLS 1.3, and 1.2 with forward secrecy; with keys that a quantum computer does not find.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"""
NAME_LIMIT = 32
IDLE_S = 60
"""Shorter than applications keep connections (apps/web/server.py), or some requests are answered with 502."""
KEPT_S = 60
"""How long a client's connection lives: after DNS has moved, it leads to the old place for so long."""
DRAINING_S = 30
"""How long a target that leaves may finish requests; applications need 25 s (apps/web/server.py)."""


@dataclass(frozen=True, slots=True)
class TargetCheck:
    """How the balancer asks its targets whether they live, in seconds.

    The path asks no database: else a failover of the database would have every instance replaced
    (docs/webapp.md).
    """

    path: str = "/health/live"
    every_s: int = 5
    timeout_s: int = 3
    in_a_row: int = 2
    """So many answers make a target healthy, or unhealthy."""


class LoadBalancer(Construct):
    """An Application Load Balancer over all zones, its target group and its listeners.

    With *certificate_arn* it speaks TLS, and sends whoever comes by HTTP there. Containers on Fargate are
    targets by their addresses (``ip``).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        network: TieredNetwork,
        certificate_arn: str | None,
        check: TargetCheck = TargetCheck(),
        target_type: Literal["instance", "ip"] = "instance",
    ) -> None:
        super().__init__(scope, id_)
        self._name = shortened(site.name(id_), keep=site.settings.environment_suffix, limit=NAME_LIMIT)
        self._balancer = self._make(site, network)
        self._targets = self._group(network, check, target_type)
        if certificate_arn:
            self._listen(HTTP, "HTTP", _redirect())
            listener = self._listen(HTTPS, "HTTPS", self._forward(), certificate_arn)
        else:
            listener = self._listen(HTTP, "HTTP", self._forward())
        self.listener = listener
        self.arn = self._balancer.arn
        self.dns_name = self._balancer.dns_name
        self.zone_id = self._balancer.zone_id
        self.target_group_arn = self._targets.arn
        self.dimension = self._balancer.arn_suffix
        """The balancer as metrics name it."""
        self.target_dimension = self._targets.arn_suffix

    def _make(self, site: Site, network: TieredNetwork) -> Lb:
        logs = AccessLogBucket(self, "access-logs", site=site, what="access")
        return Lb(
            self,
            "balancer",
            name=self._name,
            load_balancer_type="application",
            internal=False,
            subnets=network.public_subnet_ids,
            security_groups=[network.firewall.balancer.id],
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            idle_timeout=IDLE_S,
            client_keep_alive=KEPT_S,
            enable_deletion_protection=site.settings.lifecycle.protected,
            access_logs=LbAccessLogs(bucket=logs.name, enabled=True),
            tags={"Name": self._name},
            depends_on=[logs.guard],
        )

    def _group(self, network: TieredNetwork, check: TargetCheck, target_type: str) -> LbTargetGroup:
        return LbTargetGroup(
            self,
            "targets",
            name=self._name,
            port=APPLICATION,
            protocol="HTTP",
            vpc_id=network.vpc_id,
            target_type=target_type,
            deregistration_delay=str(DRAINING_S),
            load_balancing_algorithm_type="least_outstanding_requests",
            health_check=LbTargetGroupHealthCheck(
                path=check.path,
                protocol="HTTP",
                interval=check.every_s,
                timeout=check.timeout_s,
                healthy_threshold=check.in_a_row,
                unhealthy_threshold=check.in_a_row,
                matcher="200",
            ),
            tags={"Name": self._name},
        )

    def _forward(self) -> LbListenerDefaultAction:
        return LbListenerDefaultAction(type="forward", target_group_arn=self._targets.arn)

    def _listen(
        self, port: int, protocol: str, action: LbListenerDefaultAction, certificate_arn: str | None = None
    ) -> LbListener:
        return LbListener(
            self,
            f"listener-{port}",
            load_balancer_arn=self._balancer.arn,
            port=port,
            protocol=protocol,
            ssl_policy=TLS if certificate_arn else None,
            certificate_arn=certificate_arn,
            default_action=[action],
            tags={"Name": self._name},
        )


def _redirect() -> LbListenerDefaultAction:
    there = LbListenerDefaultActionRedirect(port=str(HTTPS), protocol="HTTPS", status_code="HTTP_301")
    return LbListenerDefaultAction(type="redirect", redirect=there)

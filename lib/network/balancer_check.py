"""The health check by which Route 53 sees a load balancer."""

from cdktf_cdktf_provider_aws.route53_health_check import Route53HealthCheck
from constructs import Construct

from lib.network.balancer import LoadBalancer
from lib.network.security_groups import HTTPS
from lib.network.tier_firewall import HTTP
from lib.site import Site

READY = "/health/ready"
"""Answers 200 while requests can be answered, by whichever database."""


def balancer_check(scope: Construct, *, site: Site, balancer: LoadBalancer) -> Route53HealthCheck:
    """Asks what is behind *balancer* as often as the settings say."""
    dns = site.settings.dns
    return Route53HealthCheck(
        scope,
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

"""Private names by which services find each other (AWS Cloud Map)."""

from cdktf_cdktf_provider_aws.service_discovery_private_dns_namespace import (
    ServiceDiscoveryPrivateDnsNamespace,
)
from cdktf_cdktf_provider_aws.service_discovery_service import (
    ServiceDiscoveryService,
    ServiceDiscoveryServiceDnsConfig,
    ServiceDiscoveryServiceDnsConfigDnsRecords,
    ServiceDiscoveryServiceHealthCheckCustomConfig,
)
from constructs import Construct

from lib.site import Site

TTL_S = 10
"""How long a caller may go on asking a task that is gone."""


class ServiceNames(Construct):
    """The namespace *zone* of a network. Whoever asks for a name gets up to eight healthy tasks.

    https://docs.aws.amazon.com/cloud-map/latest/dg/services-health-checks.html
    """

    def __init__(self, scope: Construct, id_: str, *, site: Site, zone: str, vpc_id: str) -> None:
        super().__init__(scope, id_)
        self._site = site
        self._zone = zone
        self._namespace = ServiceDiscoveryPrivateDnsNamespace(
            self, "namespace", name=zone, vpc=vpc_id, description=site.name(id_), tags={"Name": zone}
        )

    def registry(self, name: str) -> str:
        """The ARN of the registry of the service *name*, where ECS enters its tasks and their health."""
        return ServiceDiscoveryService(
            self,
            name,
            name=name,
            dns_config=ServiceDiscoveryServiceDnsConfig(
                namespace_id=self._namespace.id,
                routing_policy="MULTIVALUE",
                dns_records=[ServiceDiscoveryServiceDnsConfigDnsRecords(type="A", ttl=TTL_S)],
            ),
            health_check_custom_config=ServiceDiscoveryServiceHealthCheckCustomConfig(failure_threshold=1),
            force_destroy=True,  # what is left in it are tasks that are gone
            tags={"Name": self._site.name(name)},
        ).arn

    def name_of(self, service: str) -> str:
        """The name that leads to the tasks of *service*."""
        return f"{service}.{self._zone}"

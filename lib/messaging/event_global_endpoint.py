"""The global endpoint of EventBridge: publishers name it, and it names the bus."""

from cdktf import Fn, TerraformProvider
from cdktf_cdktf_provider_aws.cloudwatch_event_endpoint import (
    CloudwatchEventEndpoint,
    CloudwatchEventEndpointEventBus,
    CloudwatchEventEndpointReplicationConfig,
    CloudwatchEventEndpointRoutingConfig,
    CloudwatchEventEndpointRoutingConfigFailoverConfig,
    CloudwatchEventEndpointRoutingConfigFailoverConfigPrimary,
    CloudwatchEventEndpointRoutingConfigFailoverConfigSecondary,
)
from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from lib.iam import Allow
from lib.messaging.event_bus import BusAccess
from lib.security.role import ServiceRole
from lib.site import Site


class EventEndpoint(Construct):
    """Sends events to the bus of *site* while *health_check* passes, else to the other region's.

    It replicates every event to the other bus, by rules that it manages itself under the role given here;
    without replication it would not return by itself either. Consumers must expect an event twice.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-global-endpoints.html
    """

    def __init__(
        self, scope: Construct, id_: str, *, site: Site, health_check: str, second: TerraformProvider
    ) -> None:
        super().__init__(scope, id_)
        buses = [BusAccess.to(site), BusAccess.to(site.other)]
        role = ServiceRole(
            self, "role", site=site, what="endpoint", service="events", allow=_replicate(site, buses)
        )
        endpoint = CloudwatchEventEndpoint(
            self,
            "endpoint",
            name=site.name("events"),
            role_arn=role.arn,
            event_bus=[CloudwatchEventEndpointEventBus(event_bus_arn=bus.arn) for bus in buses],
            replication_config=CloudwatchEventEndpointReplicationConfig(state="ENABLED"),
            routing_config=_routing(health_check, site.other.region.name),
            depends_on=[role.policy],
        )
        # https://abcde.veo.endpoint.events.amazonaws.com/: PutEvents wants the part before ".endpoint."
        self.endpoint_id = Fn.element(
            Fn.split(".endpoint.", Fn.trimprefix(endpoint.endpoint_url, "https://")), 0
        )
        self._publish(site, second)

    def _publish(self, site: Site, second: TerraformProvider) -> None:
        """Known only when both regions are there, so the parameter is written into both from here."""
        for one, provider in ((site, None), (site.other, second)):
            SsmParameter(
                self,
                f"parameter-{one.region.code}",
                name=f"{site.settings.parameter_prefix}/events/endpoint",
                type="String",
                value=self.endpoint_id,
                provider=provider,
            )


def _replicate(site: Site, buses: list[BusAccess]) -> list[Allow]:
    """What EventBridge asks for to replicate: its own rules on both buses, and the buses."""
    rules = tuple(
        one.arn("events", f"rule/{one.name('events')}/GlobalEndpointManagedRule-*")
        for one in (site, site.other)
    )
    itself = f"arn:aws:iam::{site.account}:role/{site.own_name('endpoint')}"
    return [
        Allow(("events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets"), rules),
        *(bus.put() for bus in buses),
        Allow(
            ("iam:PassRole",),
            (itself,),
            when={"StringEquals": {"iam:PassedToService": "events.amazonaws.com"}},
        ),
    ]


def _routing(health_check: str, secondary: str) -> CloudwatchEventEndpointRoutingConfig:
    return CloudwatchEventEndpointRoutingConfig(
        failover_config=CloudwatchEventEndpointRoutingConfigFailoverConfig(
            primary=CloudwatchEventEndpointRoutingConfigFailoverConfigPrimary(health_check=health_check),
            secondary=CloudwatchEventEndpointRoutingConfigFailoverConfigSecondary(route=secondary),
        )
    )

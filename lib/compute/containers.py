"""Where containers run."""

from cdktf_cdktf_provider_aws.ecs_cluster import EcsCluster, EcsClusterSetting
from cdktf_cdktf_provider_aws.ecs_cluster_capacity_providers import (
    EcsClusterCapacityProviders,
    EcsClusterCapacityProvidersDefaultCapacityProviderStrategy,
)
from constructs import Construct

from lib.observability.logs import LogGroup
from lib.security.key import EncryptionKey
from lib.site import Site

FARGATE, SPOT = "FARGATE", "FARGATE_SPOT"


class ContainerCluster(Construct):
    """A cluster on Fargate and Fargate Spot, whose services and tasks are measured."""

    def __init__(self, scope: Construct, id_: str, *, site: Site, key: EncryptionKey) -> None:
        super().__init__(scope, id_)
        self.name = site.name(id_)
        # Container Insights would make the log group itself, without retention, and leave it behind
        logs = LogGroup(
            self,
            "insights",
            site=site,
            key=key,
            name=f"/aws/ecs/containerinsights/{self.name}/performance",
        )
        cluster = EcsCluster(
            self,
            "cluster",
            name=self.name,
            setting=[EcsClusterSetting(name="containerInsights", value="enabled")],
            tags={"Name": self.name},
            depends_on=[logs.group],
        )
        self.arn = cluster.arn
        self.providers = EcsClusterCapacityProviders(
            self,
            "providers",
            cluster_name=cluster.name,
            capacity_providers=[FARGATE, SPOT],
            default_capacity_provider_strategy=[
                EcsClusterCapacityProvidersDefaultCapacityProviderStrategy(
                    capacity_provider=FARGATE, weight=1
                )
            ],
        )
        """What a service depends on: it names both."""

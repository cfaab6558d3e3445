"""Services of equal containers that heal, grow and take a bad release back."""

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.appautoscaling_policy import (
    AppautoscalingPolicy,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification,
)
from cdktf_cdktf_provider_aws.appautoscaling_target import AppautoscalingTarget
from cdktf_cdktf_provider_aws.ecs_service import (
    EcsService,
    EcsServiceAlarms,
    EcsServiceCapacityProviderStrategy,
    EcsServiceDeploymentCircuitBreaker,
    EcsServiceLoadBalancer,
    EcsServiceNetworkConfiguration,
    EcsServiceServiceRegistries,
)
from constructs import Construct

from lib.compute.containers import FARGATE, SPOT, ContainerCluster
from lib.compute.task_definition import Task
from lib.network.balancer import LoadBalancer
from lib.network.tier_firewall import APPLICATION
from lib.settings.containers import Container
from lib.site import Site

FEWEST_PERCENT, MOST_PERCENT = 100, 200
"""During a deployment: none fewer than asked for, and all of the new ones beside all of the old."""
DIMENSION, NAMESPACE = "ecs:service:DesiredCount", "ecs"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the tasks of a service are, and how they are reached: by a balancer, by a name, or both."""

    subnet_ids: Sequence[str]
    group_id: str
    balancer: LoadBalancer | None = None
    registry_arn: str | None = None


class ContainerService(Construct):
    """The service *id_*. A deployment ends by itself: its tasks are well, or the version before serves again.

    It is taken back when its tasks do not get well (circuit breaker) or when one of *alarms* rings.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        cluster: ContainerCluster,
        settings: Container,
        task: Task,
        place: Place,
        alarms: Sequence[str],
    ) -> None:
        super().__init__(scope, id_)
        self._settings = settings
        self.name = site.name(id_)
        balanced = place.balancer is not None
        service = EcsService(
            self,
            "service",
            name=self.name,
            cluster=cluster.arn,
            task_definition=task.arn,
            desired_count=settings.minimum,
            capacity_provider_strategy=self._strategy(),
            deployment_minimum_healthy_percent=FEWEST_PERCENT,
            deployment_maximum_percent=MOST_PERCENT,
            deployment_circuit_breaker=EcsServiceDeploymentCircuitBreaker(enable=True, rollback=True),
            alarms=EcsServiceAlarms(alarm_names=list(alarms), enable=True, rollback=True),
            health_check_grace_period_seconds=settings.grace_s if balanced else None,
            availability_zone_rebalancing="ENABLED",
            network_configuration=EcsServiceNetworkConfiguration(
                subnets=list(place.subnet_ids), security_groups=[place.group_id], assign_public_ip=False
            ),
            load_balancer=[_targets(id_, place.balancer)] if place.balancer else None,
            service_registries=(
                EcsServiceServiceRegistries(registry_arn=place.registry_arn) if place.registry_arn else None
            ),
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            wait_for_steady_state=True,  # else an apply ends well before the release was taken back
            tags={"Name": self.name},
            lifecycle=TerraformResourceLifecycle(ignore_changes=["desired_count"]),
            depends_on=[
                cluster.providers,
                *task.rights,
                *([place.balancer.listener] if place.balancer else []),
            ],
        )
        self._scale(site, f"service/{cluster.name}/{service.name}")

    def _strategy(self) -> list[EcsServiceCapacityProviderStrategy]:
        own = EcsServiceCapacityProviderStrategy(
            capacity_provider=FARGATE, base=self._settings.minimum, weight=1
        )
        if not self._settings.spot_weight:
            return [own]
        spot = EcsServiceCapacityProviderStrategy(capacity_provider=SPOT, weight=self._settings.spot_weight)
        return [own, spot]

    def _scale(self, site: Site, resource_id: str) -> None:
        """Application Auto Scaling keeps both averages; it adds tasks when either asks for more."""
        target = AppautoscalingTarget(
            self,
            "scaling",
            service_namespace=NAMESPACE,
            resource_id=resource_id,
            scalable_dimension=DIMENSION,
            min_capacity=self._settings.minimum,
            max_capacity=self._settings.maximum,
            tags={"Name": self.name},
        )
        for what, metric, percent in (
            ("cpu", "ECSServiceAverageCPUUtilization", self._settings.cpu_percent),
            ("memory", "ECSServiceAverageMemoryUtilization", self._settings.memory_percent),
        ):
            AppautoscalingPolicy(
                self,
                what,
                name=site.name(f"{self.node.id}-{what}"),
                policy_type="TargetTrackingScaling",
                service_namespace=target.service_namespace,
                resource_id=target.resource_id,
                scalable_dimension=target.scalable_dimension,
                target_tracking_scaling_policy_configuration=(
                    AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration(
                        target_value=percent,
                        predefined_metric_specification=(
                            AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification(
                                predefined_metric_type=metric
                            )
                        ),
                    )
                ),
            )


def _targets(container: str, balancer: LoadBalancer) -> EcsServiceLoadBalancer:
    return EcsServiceLoadBalancer(
        target_group_arn=balancer.target_group_arn, container_name=container, container_port=APPLICATION
    )

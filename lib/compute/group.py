"""A group of instances that is kept at a size, over all zones."""

import json
from collections.abc import Iterable

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.autoscaling_group import (
    AutoscalingGroup,
    AutoscalingGroupInitialLifecycleHook,
    AutoscalingGroupInstanceMaintenancePolicy,
    AutoscalingGroupLaunchTemplate,
    AutoscalingGroupTag,
)
from cdktf_cdktf_provider_aws.autoscaling_policy import (
    AutoscalingPolicy,
    AutoscalingPolicyTargetTrackingConfiguration,
    AutoscalingPolicyTargetTrackingConfigurationPredefinedMetricSpecification,
)
from constructs import Construct

from lib.compute import instance_types
from lib.compute.fleet import RELEASE
from lib.compute.instances import Template
from lib.iam import Allow
from lib.network.balancer import LoadBalancer
from lib.observability.metrics import own_namespace
from lib.provider import common_tags
from lib.settings.compute import SHORTEST_HOOK_S, Instances
from lib.site import Site

METRICS = (
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupMaxSize",
    "GroupMinSize",
    "GroupPendingInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
)
LEAST_PERCENT, MOST_PERCENT = 100, 150
"""Of the desired size while instances are replaced: new ones first, up to half as many more."""
LAUNCH_HOOK, TERMINATION_HOOK = "launch", "termination"
ALONE_VERSION = "launch_template[0].version"
MIXED_VERSION = "mixed_instances_policy[0].launch_template[0].launch_template_specification[0].version"
"""Where the version of the template stands, by whether there are several types."""
CHECKPOINT_PERCENT, CHECKPOINT_S = 34, 60
"""A release stops after a third of the instances and waits, so that an alarm can end it."""


class ScaledGroup(Construct):
    """Instances that their balancer calls healthy, as many as the load wants.

    Launch hook: an instance is in service once its application answered (apps/serving/user_data.sh), and one
    whose application does not is abandoned. Termination hook: after its requests have ended an instance
    stays for half a minute, so that its last log lines and metrics leave it.

    Terraform changes neither the size, which scaling decides, nor the template's version, which a release
    decides (`release_request`): a refresh under Terraform rolls back to what Terraform has just set.
    https://github.com/hashicorp/terraform-provider-aws/issues/34189
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        settings: Instances,
        subnet_ids: list[str],
        template: Template,
        balancer: LoadBalancer,
        after: Iterable[ITerraformDependable],
    ) -> None:
        super().__init__(scope, id_)
        self._site = site
        self._settings = settings
        self._template = template
        mixed = bool(settings.other_types)
        self.name = group_name(site)
        self.arn_pattern = site.arn("autoscaling", f"autoScalingGroup:*:autoScalingGroupName/{self.name}")
        group = AutoscalingGroup(
            self,
            "group",
            name=self.name,
            min_size=settings.minimum,
            max_size=settings.maximum,
            desired_capacity=settings.desired,
            vpc_zone_identifier=subnet_ids,
            target_group_arns=[balancer.target_group_arn],
            health_check_type="ELB",
            health_check_grace_period=settings.grace_s,
            default_instance_warmup=settings.warm_up_s,
            enabled_metrics=list(METRICS),
            initial_lifecycle_hook=[*_hooks(site, settings)],
            instance_maintenance_policy=AutoscalingGroupInstanceMaintenancePolicy(
                min_healthy_percentage=LEAST_PERCENT, max_healthy_percentage=MOST_PERCENT
            ),
            launch_template=None if mixed else _alone(template),
            mixed_instances_policy=instance_types.mixed(settings, template) if mixed else None,
            wait_for_capacity_timeout=f"{2 * settings.boot_s}s",
            tag=[
                AutoscalingGroupTag(key=key, value=value, propagate_at_launch=True)
                for key, value in {"Name": self.name, **common_tags(site.settings, site.region)}.items()
            ],
            lifecycle=TerraformResourceLifecycle(
                ignore_changes=["desired_capacity", MIXED_VERSION if mixed else ALONE_VERSION]
            ),
            depends_on=[balancer.listener, *after],
        )
        self._track("processors", group, "ASGAverageCPUUtilization", settings.cpu_percent)
        label = f"{balancer.dimension}/{balancer.target_dimension}"
        self._track("requests", group, "ALBRequestCountPerTarget", settings.requests_a_minute, label)

    def _track(
        self, what: str, group: AutoscalingGroup, metric: str, target: int, label: str | None = None
    ) -> None:
        AutoscalingPolicy(
            self,
            what,
            name=self._site.name(what),
            autoscaling_group_name=group.name,
            policy_type="TargetTrackingScaling",
            target_tracking_configuration=AutoscalingPolicyTargetTrackingConfiguration(
                predefined_metric_specification=(
                    AutoscalingPolicyTargetTrackingConfigurationPredefinedMetricSpecification(
                        predefined_metric_type=metric, resource_label=label
                    )
                ),
                target_value=target,
            ),
        )

    def release_request(self) -> str:
        """What `aws autoscaling start-instance-refresh --cli-input-json` takes to release the template.

        New instances first, a third and then the rest, watched for a while; when an alarm of
        `fleet.RELEASE` rings, the version before serves again. Auto Scaling keeps the version once the
        refresh has succeeded.
        """
        return json.dumps(
            {
                "AutoScalingGroupName": self.name,
                "Strategy": "Rolling",
                "DesiredConfiguration": self._desired(),
                "Preferences": {
                    "MinHealthyPercentage": LEAST_PERCENT,
                    "MaxHealthyPercentage": MOST_PERCENT,
                    "InstanceWarmup": self._settings.warm_up_s,
                    "CheckpointPercentages": [CHECKPOINT_PERCENT, 100],
                    "CheckpointDelay": CHECKPOINT_S,
                    "SkipMatching": True,
                    "AutoRollback": True,
                    "AlarmSpecification": {"Alarms": [self._site.name(one) for one in RELEASE]},
                    "BakeTime": self._settings.bake_s,
                },
            }
        )

    def _desired(self) -> dict[str, object]:
        if self._settings.other_types:
            return {"MixedInstancesPolicy": instance_types.as_asked(self._settings, self._template)}
        return {"LaunchTemplate": instance_types.template_as_asked(self._template)}


def group_name(site: Site) -> str:
    """The name of the group, which its instances know."""
    return site.name("web")


def own_rights(site: Site) -> list[Allow]:
    """What every instance of the group may do: measure in the system's namespace, and end its launch hook."""
    namespace = {"StringEquals": {"cloudwatch:namespace": own_namespace(site.settings)}}
    group = site.arn("autoscaling", f"autoScalingGroup:*:autoScalingGroupName/{group_name(site)}")
    return [
        Allow(
            ("cloudwatch:PutMetricData",), ("*",), why_any="metrics have no ARN, only names", when=namespace
        ),
        Allow(("autoscaling:CompleteLifecycleAction",), (group,)),
    ]


def _alone(template: Template) -> AutoscalingGroupLaunchTemplate:
    return AutoscalingGroupLaunchTemplate(id=template.id, version=template.version)


def _hooks(site: Site, settings: Instances) -> Iterable[AutoscalingGroupInitialLifecycleHook]:
    """They are there before the first instance is."""
    for hook, transition, seconds, otherwise in (
        (LAUNCH_HOOK, "LAUNCHING", settings.boot_s, "ABANDON"),
        (TERMINATION_HOOK, "TERMINATING", SHORTEST_HOOK_S, "CONTINUE"),
    ):
        yield AutoscalingGroupInitialLifecycleHook(
            name=site.name(hook),
            lifecycle_transition=f"autoscaling:EC2_INSTANCE_{transition}",
            heartbeat_timeout=seconds,
            default_result=otherwise,
        )

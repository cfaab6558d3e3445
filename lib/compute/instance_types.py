"""A group of several types of instances: the first that a zone still has, and none that AWS may take back."""

from cdktf_cdktf_provider_aws.autoscaling_group import (
    AutoscalingGroupMixedInstancesPolicy,
    AutoscalingGroupMixedInstancesPolicyInstancesDistribution,
    AutoscalingGroupMixedInstancesPolicyLaunchTemplate,
    AutoscalingGroupMixedInstancesPolicyLaunchTemplateLaunchTemplateSpecification,
    AutoscalingGroupMixedInstancesPolicyLaunchTemplateOverride,
)

from lib.compute.instances import Template
from lib.settings.compute import Instances

STRATEGY = "prioritized"
"""In the order of the settings."""
ON_DEMAND_PERCENT = 100


def mixed(settings: Instances, template: Template) -> AutoscalingGroupMixedInstancesPolicy:
    """What the group is made with."""
    return AutoscalingGroupMixedInstancesPolicy(
        instances_distribution=AutoscalingGroupMixedInstancesPolicyInstancesDistribution(
            on_demand_allocation_strategy=STRATEGY,
            on_demand_percentage_above_base_capacity=ON_DEMAND_PERCENT,
        ),
        launch_template=AutoscalingGroupMixedInstancesPolicyLaunchTemplate(
            launch_template_specification=(
                AutoscalingGroupMixedInstancesPolicyLaunchTemplateLaunchTemplateSpecification(
                    launch_template_id=template.id, version=template.version
                )
            ),
            override=[
                AutoscalingGroupMixedInstancesPolicyLaunchTemplateOverride(instance_type=one)
                for one in _types(settings)
            ],
        ),
    )


def as_asked(settings: Instances, template: Template) -> dict[str, object]:
    """The same as a release asks for it: a refresh replaces the whole of it."""
    return {
        "LaunchTemplate": {
            "LaunchTemplateSpecification": template_as_asked(template),
            "Overrides": [{"InstanceType": one} for one in _types(settings)],
        },
        "InstancesDistribution": {
            "OnDemandAllocationStrategy": STRATEGY,
            "OnDemandPercentageAboveBaseCapacity": ON_DEMAND_PERCENT,
        },
    }


def template_as_asked(template: Template) -> dict[str, str]:
    """One version of a launch template."""
    return {"LaunchTemplateId": template.id, "Version": template.version}


def _types(settings: Instances) -> list[str]:
    return [settings.type, *settings.other_types]

"""Rights on containers, how many of them run and how they are found; on a canary and a trail."""

from collections.abc import Iterable

from dr.rights.statements import asked, do, ours, tagged
from lib.iam import Statement
from lib.settings.common import CommonSettings

CONTAINERS = """
CreateCluster CreateService DeleteCluster DeleteService DescribeClusters DescribeServices
ListTagsForResource PutClusterCapacityProviders RegisterTaskDefinition TagResource UntagResource
UpdateCluster UpdateClusterSettings UpdateService
"""
SCALING = """
DeleteScalingPolicy DeregisterScalableTarget PutScalingPolicy RegisterScalableTarget
"""
DISCOVERED = """
DeleteNamespace DeleteService DeregisterInstance UpdatePrivateDnsNamespace UpdateService
"""
TRAIL = """
AddTags CreateTrail DeleteTrail GetEventSelectors GetInsightSelectors GetTrail GetTrailStatus ListTags
PutEventSelectors RemoveTags StartLogging StopLogging UpdateTrail
"""
CANARY = """
DeleteCanary GetCanary ListTagsForResource StartCanary StopCanary UntagResource UpdateCanary
"""
CANARY_FUNCTION = """
AddPermission CreateFunction DeleteFunction GetFunction GetFunctionConfiguration ListTags PublishVersion
TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration
"""
CANARY_LAYER = "DeleteLayerVersion GetLayerVersion PublishLayerVersion"
"""With the rights of whoever makes a canary, Synthetics makes its function and a layer with its script
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_Roles.html)."""


def containers(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """A cluster with its services, how many tasks run, and the names by which these find each other."""
    name = ours(settings)
    kinds = (f"cluster/{name}", f"service/{name}/{name}", f"task-definition/{name}")
    yield do("ecs", CONTAINERS, [f"arn:aws:ecs:*:{account}:{kind}" for kind in kinds])
    yield do("ecs", "DeregisterTaskDefinition DescribeTaskDefinition")
    yield from _scaling(settings, account)
    yield from _discovery(settings, account)


def _scaling(settings: CommonSettings, account: str) -> Iterable[Statement]:
    targets = [f"arn:aws:application-autoscaling:*:{account}:scalable-target/*"]
    of_ecs = {"StringEquals": {"application-autoscaling:service-namespace": "ecs"}}
    yield do("application-autoscaling", SCALING, targets, when=of_ecs)
    yield do("application-autoscaling", "TagResource", targets, when=asked(settings))
    yield do("application-autoscaling", "ListTagsForResource UntagResource", targets)
    yield do("application-autoscaling", "DescribeScalableTargets DescribeScalingPolicies")


def _discovery(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Names by which services find each other.

    Cloud Map makes a private zone with the rights of whoever makes a namespace
    (https://docs.aws.amazon.com/cloud-map/latest/dg/cloud-map-api-permissions.html).
    """
    names = [f"arn:aws:servicediscovery:*:{account}:{kind}/*" for kind in ("namespace", "service")]
    yield do("servicediscovery", "CreatePrivateDnsNamespace TagResource", when=asked(settings))
    yield do("servicediscovery", "CreateService", names, when=asked(settings))
    yield do("servicediscovery", DISCOVERED, names, when=tagged(settings))
    yield do("servicediscovery", "GetNamespace GetOperation GetService ListInstances", names)
    yield do("servicediscovery", "ListNamespaces ListTagsForResource UntagResource")
    yield do("ec2", "DescribeRegions")


def watchers(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """The trail by its name; a canary by its tag, because a digest may stand for the system in its name."""
    yield do("cloudtrail", TRAIL, [f"arn:aws:cloudtrail:*:{account}:trail/{ours(settings)}"])
    yield do("cloudtrail", "DescribeTrails")
    canaries = [f"arn:aws:synthetics:*:{account}:canary:*"]
    yield do("synthetics", "CreateCanary TagResource", when=asked(settings))
    yield do("synthetics", CANARY, canaries, when=tagged(settings))
    yield do("lambda", CANARY_FUNCTION, [f"arn:aws:lambda:*:{account}:function:cwsyn-*"])
    layers = (f"{account}:layer:cwsyn-*", "*:layer:Synthetics:*")
    yield do("lambda", CANARY_LAYER, [f"arn:aws:lambda:*:{layer}" for layer in layers])

"""Rights on load balancers, the firewall before them, and the groups of instances behind them.

Balancers and templates have ids of AWS, so tags say whose they are; groups have names.
"""

from collections.abc import Iterable

from dr.rights.statements import asked, do, ours, tagged
from lib.iam import Statement
from lib.settings.common import CommonSettings

BALANCER = """
DeleteListener DeleteLoadBalancer DeleteTargetGroup ModifyListener ModifyListenerAttributes
ModifyLoadBalancerAttributes ModifyTargetGroup ModifyTargetGroupAttributes RemoveTags SetIpAddressType
SetSecurityGroups SetSubnets
"""
PROTECTED = "CreateWebACLAssociation DeleteWebACLAssociation GetLoadBalancerWebACL"
"""Asked of whoever puts a firewall before a balancer
(https://docs.aws.amazon.com/waf/latest/developerguide/security_iam_service-with-iam.html)."""
BALANCER_SEEN = """
DescribeCapacityReservation DescribeListenerAttributes DescribeListeners DescribeLoadBalancerAttributes
DescribeLoadBalancers DescribeTags DescribeTargetGroupAttributes DescribeTargetGroups DescribeTargetHealth
"""
FIREWALL = """
CreateWebACL DeleteWebACL GetWebACL ListTagsForResource TagResource UntagResource UpdateWebACL
"""
GROUP = """
AttachLoadBalancerTargetGroups AttachTrafficSources CancelInstanceRefresh CreateAutoScalingGroup
CreateOrUpdateTags DeleteAutoScalingGroup DeleteLifecycleHook DeletePolicy DeleteTags
DetachLoadBalancerTargetGroups DetachTrafficSources DisableMetricsCollection EnableMetricsCollection
PutLifecycleHook PutScalingPolicy SetInstanceProtection StartInstanceRefresh UpdateAutoScalingGroup
"""
GROUP_SEEN = """
DescribeAutoScalingGroups DescribeInstanceRefreshes DescribeLifecycleHooks DescribePolicies
DescribeScalingActivities DescribeTags DescribeTrafficSources DescribeWarmPool
"""
PROFILE = """
AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile
RemoveRoleFromInstanceProfile TagInstanceProfile UntagInstanceProfile
"""
LAUNCHED = ("image", "instance", "network-interface", "security-group", "subnet", "volume")
"""Kinds of things that a launch takes or makes, beside the template."""


def balancers(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """A load balancer with its listener and its targets."""
    kinds = ("loadbalancer/app", "listener/app", "targetgroup")
    places = [f"arn:aws:elasticloadbalancing:*:{account}:{kind}/*" for kind in kinds]
    made = "AddTags CreateListener CreateLoadBalancer CreateTargetGroup"
    yield do("elasticloadbalancing", made, places, when=asked(settings))
    yield do("elasticloadbalancing", BALANCER, places, when=tagged(settings))
    yield do("elasticloadbalancing", PROTECTED, places[:1], when=tagged(settings))
    yield do("elasticloadbalancing", f"SetWebAcl {BALANCER_SEEN}")


def firewalls(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Web ACLs by their names, before balancers with the tag of this system.

    Rules that AWS manages are asked for with the ACL that uses them.
    """
    acls = f"arn:aws:wafv2:*:{account}:regional/webacl/{ours(settings)}/*"
    managed = "arn:aws:wafv2:*:*:*/managedruleset/*/*"
    balancer = f"arn:aws:elasticloadbalancing:*:{account}:loadbalancer/app/*/*"
    yield do("wafv2", FIREWALL, [acls, managed])
    yield do("wafv2", "AssociateWebACL DisassociateWebACL GetWebACLForResource", [acls, balancer])


def groups(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """A group and the template that it launches from.

    Whoever makes a group from a template needs the right to launch from it
    (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html).
    """
    name = f"autoScalingGroup:*:autoScalingGroupName/{ours(settings)}"
    templates = [f"arn:aws:ec2:*:{account}:launch-template/*"]
    yield do("autoscaling", GROUP, [f"arn:aws:autoscaling:*:{account}:{name}"])
    yield do("autoscaling", GROUP_SEEN)
    yield do("ec2", "CreateLaunchTemplate", templates, when=asked(settings))
    changed = "CreateLaunchTemplateVersion DeleteLaunchTemplate ModifyLaunchTemplate RunInstances"
    yield do("ec2", changed, templates, when=tagged(settings))
    yield do("ec2", "DescribeLaunchTemplateVersions DescribeLaunchTemplates")
    yield do(
        "ec2",
        "RunInstances",
        [f"arn:aws:ec2:*:{'' if kind == 'image' else account}:{kind}/*" for kind in LAUNCHED],
        when={"ArnLike": {"ec2:LaunchTemplate": templates[0]}},
    )
    yield do("ssm", "GetParameter", ["arn:aws:ssm:*::parameter/aws/service/*"])


def profiles(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """What gives an instance its role."""
    yield do("iam", PROFILE, [f"arn:aws:iam::{account}:instance-profile/{ours(settings)}"])

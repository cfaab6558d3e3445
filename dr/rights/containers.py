"""What a deploy and a destroy need where a system has containers, a canary and a trail, and nowhere else.

docs/deployment.md shows the document of the single-region system.
"""

from collections.abc import Iterable, Mapping

from dr.rights import actions
from dr.rights.services import FOR_CONTAINERS
from dr.rights.statements import asked, do, nowhere_else, tagged
from lib.iam import Statement
from lib.settings.common import CommonSettings


def rights(settings: CommonSettings, account: str) -> Mapping[str, tuple[Statement, ...]]:
    """The statements of the document for *settings* in *account*, by its name."""
    return {
        "deploy-containers": (
            *_containers(settings, account),
            *_watchers(settings, account),
            nowhere_else(settings),
        )
    }


def _containers(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """A cluster with its services, how many tasks run, and the names by which these find each other."""
    ours = f"{settings.system}-*"
    kinds = (f"cluster/{ours}", f"service/{ours}/{ours}", f"task-definition/{ours}")
    targets = [f"arn:aws:application-autoscaling:*:{account}:scalable-target/*"]
    names = [f"arn:aws:servicediscovery:*:{account}:{kind}/*" for kind in ("namespace", "service")]
    of_ecs = {"StringEquals": {"application-autoscaling:service-namespace": "ecs"}}
    new, known = asked(settings), tagged(settings)
    yield do("ecs", actions.CONTAINERS, [f"arn:aws:ecs:*:{account}:{kind}" for kind in kinds])
    yield do("ecs", "DeregisterTaskDefinition DescribeTaskDefinition")
    yield do("application-autoscaling", actions.SCALING, targets, when=of_ecs)
    yield do("application-autoscaling", "TagResource", targets, when=new)
    yield do("application-autoscaling", "ListTagsForResource UntagResource", targets)
    yield do("application-autoscaling", "DescribeScalableTargets DescribeScalingPolicies")
    yield do("servicediscovery", "CreatePrivateDnsNamespace TagResource", when=new)
    yield do("servicediscovery", "CreateService", names, when=new)
    yield do("servicediscovery", actions.DISCOVERED, names, when=known)
    yield do("servicediscovery", "GetNamespace GetOperation GetService ListInstances", names)
    yield do("servicediscovery", "ListNamespaces ListTagsForResource UntagResource")
    yield do(
        "iam",
        "PassRole",
        [f"arn:aws:iam::{account}:role/{ours}"],
        when={"StringEquals": {"iam:PassedToService": ["ecs-tasks.amazonaws.com", "lambda.amazonaws.com"]}},
    )
    yield do(
        "iam",
        "CreateServiceLinkedRole",
        [f"arn:aws:iam::{account}:role/aws-service-role/*"],
        when={"StringEquals": {"iam:AWSServiceName": sorted(FOR_CONTAINERS.values())}},
    )


def _watchers(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """The trail by its name; a canary by its tag, because a digest may stand for the system in its name."""
    yield do("cloudtrail", actions.TRAIL, [f"arn:aws:cloudtrail:*:{account}:trail/{settings.system}-*"])
    yield do("cloudtrail", "DescribeTrails")
    canaries = [f"arn:aws:synthetics:*:{account}:canary:*"]
    yield do("synthetics", "CreateCanary TagResource", when=asked(settings))
    yield do("synthetics", actions.CANARY, canaries, when=tagged(settings))
    yield do("lambda", actions.CANARY_FUNCTION, [f"arn:aws:lambda:*:{account}:function:cwsyn-*"])
    layers = (f"{account}:layer:cwsyn-*", "*:layer:Synthetics:*")
    yield do("lambda", actions.CANARY_LAYER, [f"arn:aws:lambda:*:{layer}" for layer in layers])

"""What a call is tested against: its resource where upstream has no answer, and the way it came."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import json
from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_actions, iam_evaluator

from localcloud.emulator.patches.wrapping import Wrapper, wrap

UNKNOWN = "*"


def name_global_clusters() -> None:
    """Test calls on a global cluster against its ARN, which has no region in it.

    AWS authorizes FailoverGlobalCluster on the global cluster and on the target cluster; upstream knows
    neither, so that only a policy for every resource would pass. The first of the two is tested here.
    """

    def resource(original: Wrapper, service: str, *request: Any, **options: Any) -> str:
        arn: str = original(service, *request, **options)
        if service != "rds" or arn != UNKNOWN:
            return arn
        query, account = request[4], request[6]
        name = iam_actions._query_param(query, "GlobalClusterIdentifier")
        return f"arn:aws:rds::{account}:global-cluster:{name}" if name else arn

    wrap(iam_actions, "extract_resource_arn", resource)


def name_services_of_ecs() -> None:
    """Test DescribeServices against the service that is asked for, as AWS does; upstream takes the cluster.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
    """

    def resource(original: Wrapper, service: str, *request: Any, **options: Any) -> str:
        arn: str = original(service, *request, **options)
        body, region, account = request[3], request[5], request[6]
        if service != "ecs" or b'"services"' not in body:
            return arn
        asked = json.loads(body)
        name = asked["services"][0].rpartition("/")[2]
        cluster = asked.get("cluster", "default").rpartition("/")[2]
        return f"arn:aws:ecs:{region}:{account}:service/{cluster}/{name}"

    wrap(iam_actions, "extract_resource_arn", resource)


def take_loopback_for_tls() -> None:
    """Let calls count as encrypted on their way, as every call to AWS is that our policies let pass.

    Here they are plain HTTP on loopback, so a policy that demands TLS would refuse everybody. The price: a
    policy that demands it wrongly, or not at all, is found by the tests of the synthesized stacks only.
    """

    def resolve(original: Wrapper, key: str, context: Any) -> Any:
        return "true" if key.lower() == "aws:securetransport" else original(key, context)

    wrap(iam_evaluator, "_resolve_condition_key", resolve)


def name_metric_namespaces() -> None:
    """Test PutMetricData against the namespace that it writes to; upstream knows no such condition key.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
    """

    def context(original: Wrapper, service: str, action: str, body: bytes, params: Any) -> Any:
        found = original(service, action, body, params)
        if action != "cloudwatch:PutMetricData":
            return found
        return {**found, "cloudwatch:namespace": _namespace(body)}

    wrap(iam_actions, "request_tag_context", context)


def _namespace(body: bytes) -> str:
    """As JSON or as a form has it."""
    if body[:1] == b"{":
        return str(json.loads(body)["Namespace"])
    return parse_qs(body.decode())["Namespace"][0]

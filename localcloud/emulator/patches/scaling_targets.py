"""Application Auto Scaling, as far as Terraform asks: targets and policies in memory. Upstream has none."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from ministack import app
from ministack.core import router
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid

SERVICE = "application-autoscaling"
ROLE = "AWSServiceRoleForApplicationAutoScaling_ECSService"
SUSPENDED = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
KEY = ("ServiceNamespace", "ResourceId", "ScalableDimension")
Content = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]


class ScalingTargets:
    """The control plane; nothing is scaled by it."""

    def __init__(self) -> None:
        self._targets = AccountRegionScopedDict()
        self._policies = AccountRegionScopedDict()
        self._tags = AccountRegionScopedDict()
        self._actions: Mapping[str, Callable[[Content], Content]] = {
            "RegisterScalableTarget": self._register,
            "DescribeScalableTargets": self._targets_of,
            "DeregisterScalableTarget": self._deregister,
            "PutScalingPolicy": self._put_policy,
            "DescribeScalingPolicies": self._policies_of,
            "DeleteScalingPolicy": self._delete_policy,
            "ListTagsForResource": lambda asked: {"Tags": self._tags.get(asked["ResourceARN"], {})},
            "TagResource": self._tag,
            "UntagResource": self._untag,
        }

    async def handle(
        self, _method: str, _path: str, headers: Mapping[str, str], body: bytes, _query: Mapping[str, Any]
    ) -> Answer:
        """Answer one request of the JSON protocol."""
        name = headers.get("x-amz-target", "").rpartition(".")[2]
        action = self._actions.get(name)
        if action is None:
            return _answer(400, {"__type": "UnknownOperationException", "Message": name})
        try:
            return _answer(200, action(json.loads(body or b"{}")))
        except KeyError as error:
            return _answer(400, {"__type": "ObjectNotFoundException", "Message": f"No {error} found"})

    def _register(self, asked: Content) -> Content:
        key = _key(asked)
        target = self._targets.get(key) or {
            "ScalableTargetARN": _arn(f"scalable-target/{new_uuid().replace('-', '')[:20]}"),
            "RoleARN": f"arn:aws:iam::{get_account_id()}:role/aws-service-role/"
            f"ecs.application-autoscaling.amazonaws.com/{ROLE}",
            "CreationTime": time.time(),
            "SuspendedState": dict.fromkeys(SUSPENDED, False),
        }
        if "Tags" in asked:
            self._tags[target["ScalableTargetARN"]] = asked.pop("Tags")
        self._targets[key] = {**target, **asked}
        return {"ScalableTargetARN": target["ScalableTargetARN"]}

    def _targets_of(self, asked: Content) -> Content:
        named = asked.get("ResourceIds")
        found = [one for one in self._targets.values() if named is None or one["ResourceId"] in named]
        return {"ScalableTargets": [one for one in found if _asked(one, asked)]}

    def _deregister(self, asked: Content) -> Content:
        del self._targets[_key(asked)]
        return {}

    def _put_policy(self, asked: Content) -> Content:
        if _key(asked) not in self._targets:
            raise KeyError("scalable target")
        key = _key(asked, asked["PolicyName"])
        name = f"resource/{asked['ServiceNamespace']}/{asked['ResourceId']}:policyName/{asked['PolicyName']}"
        arn = _arn(f"scalingPolicy:{new_uuid()}:{name}", "autoscaling")
        before = self._policies.get(key, {"PolicyARN": arn, "CreationTime": time.time(), "Alarms": []})
        self._policies[key] = {**before, **asked}
        return {"PolicyARN": before["PolicyARN"], "Alarms": []}

    def _policies_of(self, asked: Content) -> Content:
        names = asked.get("PolicyNames")
        found = [one for one in self._policies.values() if names is None or one["PolicyName"] in names]
        return {"ScalingPolicies": [one for one in found if _asked(one, asked)]}

    def _delete_policy(self, asked: Content) -> Content:
        del self._policies[_key(asked, asked["PolicyName"])]
        return {}

    def _tag(self, asked: Content) -> Content:
        arn = asked["ResourceARN"]
        self._tags[arn] = {**self._tags.get(arn, {}), **asked["Tags"]}
        return {}

    def _untag(self, asked: Content) -> Content:
        kept = self._tags.get(asked["ResourceARN"], {})
        self._tags[asked["ResourceARN"]] = {k: v for k, v in kept.items() if k not in asked["TagKeys"]}
        return {}


def serve() -> None:
    """Answer the calls that are signed for Application Auto Scaling."""
    router.SERVICE_PATTERNS[SERVICE] = {"credential_scope": SERVICE}
    app.SERVICE_HANDLERS[SERVICE] = ScalingTargets().handle


def _key(asked: Content, *more: str) -> str:
    return "|".join([*(asked[name] for name in KEY), *more])


def _asked(one: Content, asked: Content) -> bool:
    return all(one[name] == asked[name] for name in KEY if name in asked)


def _arn(resource: str, service: str = SERVICE) -> str:
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


def _answer(status: int, content: Content) -> Answer:
    return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(content).encode()

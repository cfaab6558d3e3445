"""X-Ray, as far as Terraform asks: groups and sampling rules, kept in memory. Upstream has none of it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack import app
from ministack.core import router
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

SERVICE = "xray"
Content = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]


class NotThereError(Exception):
    """No such group or rule."""


class XRay:
    """The control plane; no traces are taken."""

    def __init__(self) -> None:
        self._groups = AccountRegionScopedDict()
        self._rules = AccountRegionScopedDict()
        self._tags = AccountRegionScopedDict()
        self._actions: Mapping[str, Callable[[Content], Content]] = {
            "/CreateGroup": self._create_group,
            "/GetGroup": lambda asked: {"Group": self._group(asked)},
            "/UpdateGroup": self._update_group,
            "/DeleteGroup": self._delete_group,
            "/CreateSamplingRule": self._create_rule,
            "/GetSamplingRules": lambda _: {
                "SamplingRuleRecords": [{"SamplingRule": rule} for rule in self._rules.values()]
            },
            "/UpdateSamplingRule": self._update_rule,
            "/DeleteSamplingRule": self._delete_rule,
            "/ListTagsForResource": lambda asked: {"Tags": self._tags.get(asked["ResourceARN"], [])},
            "/TagResource": self._tag,
            "/UntagResource": self._untag,
        }

    async def handle(
        self, _method: str, path: str, _headers: Mapping[str, str], body: bytes, _query: Mapping[str, Any]
    ) -> Answer:
        """Answer one request of the REST-JSON protocol."""
        action = self._actions.get(path)
        if action is None:
            return _answer(404, {"__type": "UnknownOperationException", "Message": path})
        try:
            return _answer(200, action(json.loads(body or b"{}")))
        except NotThereError as error:
            return _answer(400, {"__type": "InvalidRequestException", "Message": f"{error} not found"})

    def _create_group(self, asked: Content) -> Content:
        arn = _arn(f"group/{asked['GroupName']}/LOCAL")
        group = {key: value for key, value in asked.items() if key != "Tags"} | {"GroupARN": arn}
        self._groups[arn] = group
        self._tags[arn] = asked.get("Tags", [])
        return {"Group": group}

    def _update_group(self, asked: Content) -> Content:
        group = self._group(asked)
        group.update(asked)
        return {"Group": group}

    def _delete_group(self, asked: Content) -> Content:
        del self._groups[self._group(asked)["GroupARN"]]
        return {}

    def _group(self, asked: Content) -> Content:
        for group in self._groups.values():
            if group["GroupARN"] == asked.get("GroupARN") or group["GroupName"] == asked.get("GroupName"):
                found: Content = group
                return found
        raise NotThereError("Group")

    def _create_rule(self, asked: Content) -> Content:
        rule = asked["SamplingRule"]
        rule["RuleARN"] = _arn(f"sampling-rule/{rule['RuleName']}")
        self._rules[rule["RuleName"]] = rule
        self._tags[rule["RuleARN"]] = asked.get("Tags", [])
        return {"SamplingRuleRecord": {"SamplingRule": rule}}

    def _update_rule(self, asked: Content) -> Content:
        change = asked["SamplingRuleUpdate"]
        rule = self._rule(change)
        rule.update(change)
        return {"SamplingRuleRecord": {"SamplingRule": rule}}

    def _delete_rule(self, asked: Content) -> Content:
        rule = self._rule(asked)
        del self._rules[rule["RuleName"]]
        return {"SamplingRuleRecord": {"SamplingRule": rule}}

    def _rule(self, asked: Content) -> Content:
        for rule in self._rules.values():
            if rule["RuleName"] == asked.get("RuleName") or rule["RuleARN"] == asked.get("RuleARN"):
                found: Content = rule
                return found
        raise NotThereError("Sampling rule")

    def _tag(self, asked: Content) -> Content:
        kept = {tag["Key"]: tag for tag in self._tags.get(asked["ResourceARN"], [])}
        kept |= {tag["Key"]: tag for tag in asked["Tags"]}
        self._tags[asked["ResourceARN"]] = list(kept.values())
        return {}

    def _untag(self, asked: Content) -> Content:
        tags = self._tags.get(asked["ResourceARN"], [])
        self._tags[asked["ResourceARN"]] = [tag for tag in tags if tag["Key"] not in asked["TagKeys"]]
        return {}


def serve() -> None:
    """Answer the calls that are signed for X-Ray; upstream answers them as another service."""
    router.SERVICE_PATTERNS[SERVICE] = {"credential_scope": SERVICE}
    app.SERVICE_HANDLERS[SERVICE] = XRay().handle


def _arn(resource: str) -> str:
    return f"arn:aws:xray:{get_region()}:{get_account_id()}:{resource}"


def _answer(status: int, content: Content) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(content).encode()

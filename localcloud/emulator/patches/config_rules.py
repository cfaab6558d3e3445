"""Tags of the rules of AWS Config, and the removal of its recorder."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import json
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, error_response_json, json_response
from ministack.services import config as aws_config

from localcloud.emulator.patches.wrapping import Wrapper, wrap

Answer = tuple[int, dict[str, str], bytes]
Record = dict[str, Any]

_tags = AccountRegionScopedDict()


def keep_tags() -> None:
    """Keep the tags of rules by their ARN; upstream ignores them and knows no call for them."""

    async def handle(original: Wrapper, method: str, path: str, headers: Record, *rest: Any) -> Answer:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action in ACTIONS:
            answer: Answer = ACTIONS[action](json.loads(rest[0]))
            return answer
        untouched: Answer = await original(method, path, headers, *rest)
        return untouched

    def put(original: Wrapper, request: Record) -> Any:
        answer = original(request)
        rule = aws_config._config_rules.get(request.get("ConfigRule", {}).get("ConfigRuleName"))
        if rule is not None and request.get("Tags"):
            _tags[rule["ConfigRuleArn"]] = _by_key(request["Tags"])
        return answer

    wrap(aws_config, "handle_request", handle)
    wrap(aws_config, "_put_config_rule", put)


def remove_recorders() -> None:
    """Remove recorders and delivery channels; upstream makes them and knows no call to remove them."""

    async def handle(original: Wrapper, method: str, path: str, headers: Record, *rest: Any) -> Answer:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action in REMOVALS:
            answer: Answer = REMOVALS[action](json.loads(rest[0]))
            return answer
        untouched: Answer = await original(method, path, headers, *rest)
        return untouched

    wrap(aws_config, "handle_request", handle)


def _by_key(tags: list[Record]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _known(arn: str) -> bool:
    return any(rule["ConfigRuleArn"] == arn for rule in aws_config._config_rules.values())


def _list(request: Record) -> Any:
    arn = request["ResourceArn"]
    if not _known(arn):
        return error_response_json("ResourceNotFoundException", f"{arn} does not exist", 400)
    return json_response(
        {"Tags": [{"Key": key, "Value": value} for key, value in _tags.get(arn, {}).items()]}
    )


def _tag(request: Record) -> Any:
    arn = request["ResourceArn"]
    _tags[arn] = {**_tags.get(arn, {}), **_by_key(request["Tags"])}
    return json_response({})


def _untag(request: Record) -> Any:
    arn = request["ResourceArn"]
    kept = _tags.get(arn, {})
    _tags[arn] = {key: value for key, value in kept.items() if key not in request["TagKeys"]}
    return json_response({})


def _delete_channel(request: Record) -> Any:
    aws_config._delivery_channels.pop(request["DeliveryChannelName"], None)
    return json_response({})


def _delete_recorder(request: Record) -> Any:
    aws_config._recorders.pop(request["ConfigurationRecorderName"], None)
    return json_response({})


REMOVALS = {"DeleteDeliveryChannel": _delete_channel, "DeleteConfigurationRecorder": _delete_recorder}
ACTIONS = {"ListTagsForResource": _list, "TagResource": _tag, "UntagResource": _untag}

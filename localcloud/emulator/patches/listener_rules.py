"""Actions and conditions of listeners and rules, whole: several weighted groups, queries, headers."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import alb

from localcloud.emulator.patches.wrapping import Wrapper, wrap

Parameters = dict[str, Any]
Shape = dict[str, Any]
_PARTS = {"PathPatternConfig", "HostHeaderConfig", "HttpRequestMethodConfig", "SourceIpConfig"}


def forward_to_several_groups() -> None:
    """Keep all target groups of a forward action with their weights and stickiness; upstream keeps one.

    A group without a weight has 1. An action to one group tells it in both forms, as AWS does.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ForwardActionConfig.html
    """

    def parse(original: Wrapper, params: Parameters, prefix: str = "DefaultActions") -> list[Shape]:
        actions: list[Shape] = original(params, prefix)
        for number, action in enumerate(actions, 1):
            if action["Type"] == "forward":
                _parse_forward(action, params, f"{prefix}.member.{number}.")
        return actions

    def xml(original: Wrapper, action: Shape) -> str:
        told = {key: _escaped(value) for key, value in action.items()}
        text: str = original(told)
        config = action.get("ForwardConfig")
        return (
            text.removesuffix("</member>") + _xml("ForwardConfig", config) + "</member>" if config else text
        )

    wrap(alb, "_parse_actions", parse)
    wrap(alb, "_action_xml", xml)


def _parse_forward(action: Shape, params: Parameters, at: str) -> None:
    groups = [
        {"TargetGroupArn": arn, "Weight": int(alb._p(params, f"{place}.Weight", "1"))}
        for place, arn in _members(params, f"{at}ForwardConfig.TargetGroups", ".TargetGroupArn")
    ]
    if not groups and action.get("TargetGroupArn"):
        groups = [{"TargetGroupArn": action["TargetGroupArn"], "Weight": 1}]
    sticky = f"{at}ForwardConfig.TargetGroupStickinessConfig."
    enabled = alb._p(params, f"{sticky}Enabled") == "true"
    stickiness: Shape = {"Enabled": enabled}
    if duration := alb._p(params, f"{sticky}DurationSeconds"):
        stickiness["DurationSeconds"] = int(duration)
    action["ForwardConfig"] = {"TargetGroups": groups, "TargetGroupStickinessConfig": stickiness}
    if len(groups) == 1:
        action["TargetGroupArn"] = groups[0]["TargetGroupArn"]


def keep_all_conditions() -> None:
    """Keep headers, queries and every value of a rule's conditions, and tell them escaped.

    Upstream drops the pairs of a query, and writes `&` and `<` into its XML as they are.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html
    """

    def parse(original: Wrapper, params: Parameters, prefix: str = "Conditions") -> list[Shape]:
        conditions: list[Shape] = original(params, prefix)
        for number, condition in enumerate(conditions, 1):
            if condition["Field"] == "query-string":
                place = f"{prefix}.member.{number}.QueryStringConfig.Values"
                pairs = [_pair(params, at) for at, _ in _members(params, place, ".Value")]
                condition["QueryStringConfig"] = {"Values": pairs}
        return conditions

    def xml(_: Wrapper, condition: Shape) -> str:
        field, values = condition["Field"], condition.get("Values", [])
        typed = "".join(word.capitalize() for word in field.split("-")) + "Config"
        told: Shape = {"Field": field, "Values": values}
        if typed in _PARTS:
            told[typed] = {"Values": values}
        else:
            told[typed] = condition.get(typed, {})
        return f"<member>{''.join(_xml(name, value) for name, value in told.items())}</member>"

    wrap(alb, "_parse_conditions", parse)
    wrap(alb, "_condition_xml", xml)


def _pair(params: Parameters, at: str) -> Shape:
    key = alb._p(params, f"{at}.Key")
    return {**({"Key": key} if key else {}), "Value": alb._p(params, f"{at}.Value")}


def _members(params: Parameters, name: str, key: str = "") -> Iterator[tuple[str, str]]:
    """Where each member of a list is, and its value or that of its *key*."""
    number = 1
    while value := alb._p(params, f"{name}.member.{number}{key}"):
        yield f"{name}.member.{number}", value
        number += 1


def _xml(name: str, value: Any) -> str:
    match value:
        case dict():
            inner = "".join(_xml(key, each) for key, each in value.items())
        case list():
            inner = "".join(_xml("member", each) for each in value)
        case bool():
            inner = str(value).lower()
        case _:
            inner = escape(str(value))
    return f"<{name}>{inner}</{name}>"


def _escaped(value: Any) -> Any:
    """*value* fit for XML, into which upstream writes texts as they are, but for a redirect's query."""
    if isinstance(value, dict):
        return {key: each if key == "Query" else _escaped(each) for key, each in value.items()}
    return escape(value) if isinstance(value, str) else value

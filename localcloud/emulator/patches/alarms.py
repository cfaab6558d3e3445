"""Alarms of CloudWatch as the Query protocol describes them."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import json
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import cloudwatch

from localcloud.emulator.patches.wrapping import Wrapper, wrap

MOST_NAMED = 100


def describe_in_full() -> None:
    """Report every attribute of an alarm; over the Query protocol upstream leaves out most.

    A plan would find period, dimensions, actions and description missing and set them again, for ever.
    """

    def describe(original: Wrapper, params: dict[str, Any], content: Any, *other: bool) -> Any:
        if any(other):  # another protocol
            return original(params, content, *other)
        asked = {
            "AlarmNames": _members(params, "AlarmNames"),
            "AlarmTypes": _members(params, "AlarmTypes"),
            "AlarmNamePrefix": cloudwatch._p(params, "AlarmNamePrefix"),
            "StateValue": cloudwatch._p(params, "StateValue"),
            "MaxRecords": cloudwatch._p(params, "MaxRecords"),
            "NextToken": cloudwatch._p(params, "NextToken"),
        }
        status, _, body = original({}, asked, is_cbor=False, is_json=True)
        if status >= 400:  # noqa: PLR2004 - the first error of HTTP
            return original(params, content, *other)
        result = f"<DescribeAlarmsResult>{_xml(json.loads(body))}</DescribeAlarmsResult>"
        return cloudwatch._xml(status, "DescribeAlarmsResponse", result)

    wrap(cloudwatch, "_describe_alarms", describe)


def keep_percentiles() -> None:
    """An alarm on a percentile has no basic statistic; upstream gives it the average too."""

    def put(original: Wrapper, params: dict[str, Any], content: Any, *other: bool) -> Any:
        answer = original(params, content, *other)
        name = content["AlarmName"] if any(other) else cloudwatch._p(params, "AlarmName")
        alarm = cloudwatch._alarms.get(name)
        if alarm is not None and alarm["ExtendedStatistic"]:
            alarm.pop("Statistic", None)
        return answer

    wrap(cloudwatch, "_put_metric_alarm", put)


def _members(params: dict[str, Any], name: str) -> list[str]:
    numbered = (cloudwatch._p(params, f"{name}.member.{number}") for number in range(1, MOST_NAMED + 1))
    return [member for member in numbered if member]


def _xml(content: Any) -> str:
    """JSON as the Query protocol writes it. What is None is left out."""
    match content:
        case dict():
            return "".join(f"<{k}>{_xml(_moment(k, v))}</{k}>" for k, v in content.items() if v is not None)
        case list():
            return "".join(f"<member>{_xml(item)}</member>" for item in content)
        case bool():
            return str(content).lower()
        case _:
            return escape(str(content))


def _moment(name: str, value: Any) -> Any:
    """Moments are text in this protocol and seconds since the epoch in the other."""
    return datetime.fromtimestamp(value, UTC).isoformat() if name.endswith("Timestamp") else value

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


def keep_metric_math() -> None:
    """Keep an alarm's metrics and expressions; upstream drops them, and makes up period and statistic.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
    """

    def put(original: Wrapper, params: dict[str, Any], content: Any, *other: bool) -> Any:
        answer = original(params, content, *other)
        name = content["AlarmName"] if any(other) else cloudwatch._p(params, "AlarmName")
        asked = content.get("Metrics") if any(other) else _queries(params)
        alarm = cloudwatch._alarms.get(name)
        if alarm is not None and asked:
            alarm["Metrics"] = asked
            for key in ("Namespace", "MetricName", "Statistic", "ExtendedStatistic", "Period", "Dimensions"):
                alarm.pop(key, None)
        return answer

    wrap(cloudwatch, "_put_metric_alarm", put)


def _queries(params: dict[str, Any]) -> list[dict[str, Any]]:
    """The member list `Metrics` of the Query protocol."""
    found: list[dict[str, Any]] = []
    for number in range(1, MOST_NAMED + 1):
        at = f"Metrics.member.{number}."
        if not (id_ := cloudwatch._p(params, f"{at}Id")):
            break
        texts = {key: cloudwatch._p(params, at + key) for key in ("Expression", "Label")}
        query = {"Id": id_, **{key: text for key, text in texts.items() if text}}
        query["ReturnData"] = cloudwatch._p(params, f"{at}ReturnData") != "false"
        if metric := cloudwatch._p(params, f"{at}MetricStat.Metric.MetricName"):
            query["MetricStat"] = _stat(params, f"{at}MetricStat.", metric)
        found.append(query)
    return found


def _stat(params: dict[str, Any], at: str, metric: str) -> dict[str, Any]:
    dimensions = []
    for number in range(1, MOST_NAMED + 1):
        member = f"{at}Metric.Dimensions.member.{number}."
        if not (name := cloudwatch._p(params, f"{member}Name")):
            break
        dimensions.append({"Name": name, "Value": cloudwatch._p(params, f"{member}Value")})
    return {
        "Metric": {
            "Namespace": cloudwatch._p(params, f"{at}Metric.Namespace"),
            "MetricName": metric,
            "Dimensions": dimensions,
        },
        "Period": int(cloudwatch._p(params, f"{at}Period")),
        "Stat": cloudwatch._p(params, f"{at}Stat"),
    }


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

"""Alarms that are evaluated on a clock, by CloudWatch's rules, and act on functions and buses too."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import json
import logging
import math
import threading
import time
from collections.abc import Iterable
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import cloudwatch, eventbridge

from localcloud.cloudwatch.alarm_rules import COMPARISONS, CloudWatchState, Missing, Rule, next_state
from localcloud.cloudwatch.metric_math import UnknownMath, Value, evaluate
from localcloud.emulator.patches.wrapping import Wrapper, wrap
from localcloud.emulator.regions import RegionStates

log = logging.getLogger(__name__)

Record = dict[str, Any]
MINUTE_S = 60
HIGH_RESOLUTION_S = 10
"""How often an alarm with a period of less than a minute is evaluated; any other is every minute."""
LOOK_S = 1.0
_ACTIONS = {CloudWatchState.ALARM: "AlarmActions", CloudWatchState.OK: "OKActions"}


def evaluate_by_the_rules(regions: RegionStates) -> None:
    """Evaluate alarms every minute, by dimensions, M out of N, missing data and metric math.

    Upstream evaluates when data comes in, so silence is never noticed, and over all metrics of the same name,
    whatever their dimensions. One whose arithmetic is not known here stays as it is, and the log says so.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
    """
    cloudwatch._evaluate_alarm = lambda _alarm: (
        None
    )  # not when it is made, nor when data comes: the clock does
    threading.Thread(target=_run, args=(regions,), daemon=True).start()


def tell_buses_and_functions() -> None:
    """Send the event of a state change, and invoke functions that are actions; upstream tells topics only.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
    """

    def dispatch(original: Wrapper, alarm: Record, old: str, new: str, reason: str) -> None:
        original(alarm, old, new, reason)
        told = {
            "alarmName": alarm["AlarmName"],
            "state": {"value": new, "reason": reason},
            "previousState": {"value": old},
            "configuration": {"description": alarm.get("AlarmDescription", "")},
        }
        entry = {
            "Source": "aws.cloudwatch",
            "DetailType": "CloudWatch Alarm State Change",
            "Resources": [alarm["AlarmArn"]],
            "Detail": json.dumps(told),
        }
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
        for function in _functions(alarm, new):
            payload = {
                "source": "aws.cloudwatch",
                "alarmArn": alarm["AlarmArn"],
                "accountId": get_account_id(),
                "region": get_region(),
                "alarmData": told,
            }
            eventbridge._dispatch_to_lambda(function, json.dumps(payload))

    wrap(cloudwatch, "_dispatch_alarm_actions", dispatch)


def _functions(alarm: Record, state: str) -> list[str]:
    if not alarm.get("ActionsEnabled", True):
        return []
    actions = alarm.get(_ACTIONS.get(CloudWatchState(state), "InsufficientDataActions")) or []
    return [action for action in actions if ":lambda:" in action]


def _run(regions: RegionStates) -> None:
    done_s = time.time()
    while True:
        time.sleep(LOOK_S)
        now_s = time.time()
        for account, region in sorted({key[:2] for key, _ in cloudwatch._alarms.all_items()}):
            if regions.runs(region):
                with request_scope(account, region):
                    _evaluate(list(cloudwatch._alarms.values()), done_s, now_s)
        done_s = now_s


def _evaluate(alarms: Iterable[Record], done_s: float, now_s: float) -> None:
    for alarm in alarms:
        every_s = HIGH_RESOLUTION_S if _period(alarm) < MINUTE_S else MINUTE_S
        if now_s // every_s == done_s // every_s:
            continue
        try:
            _judge(alarm, now_s)
        except (UnknownMath, KeyError) as error:
            log.warning("alarm %s is not evaluated: %r", alarm["AlarmName"], error)


def _judge(alarm: Record, now_s: float) -> None:
    if alarm["ComparisonOperator"] not in COMPARISONS:
        raise UnknownMath(f"{alarm['ComparisonOperator']} needs a band")
    rule = Rule(
        comparison=alarm["ComparisonOperator"],
        threshold=alarm["Threshold"],
        periods=alarm["EvaluationPeriods"],
        bad_periods=alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"],
        missing=Missing(alarm.get("TreatMissingData") or "missing"),
    )
    old = CloudWatchState(alarm["StateValue"])
    values = _values(alarm, rule.fetched, now_s)
    new = next_state(rule, values, old)
    if new is old:
        return
    reason = f"{values[-rule.periods :]} against {rule.comparison} {rule.threshold}"
    alarm.update(StateValue=str(new), StateReason=reason, StateUpdatedTimestamp=int(now_s))
    cloudwatch._record_history(alarm["AlarmName"], str(old), str(new), reason)
    cloudwatch._dispatch_alarm_actions(alarm, str(old), str(new), reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def latest_values(alarm: Record, now_s: float, periods: int = 3) -> list[Value]:
    """The value of each of the last *periods* of what *alarm* watches, oldest first; None without data."""
    return _values(alarm, periods, now_s)


def _values(alarm: Record, periods: int, now_s: float) -> list[Value]:
    """One value a whole period, oldest first."""
    period_s = _period(alarm)
    end_s = math.floor(now_s / period_s) * period_s
    starts = [end_s - n * period_s for n in range(periods, 0, -1)]
    return [_value(alarm, start, start + period_s) for start in starts]


def _value(alarm: Record, since_s: float, until_s: float) -> Value:
    found: dict[str, Value] = {}
    for query in _queries(alarm):
        if "MetricStat" in query:
            found[query["Id"]] = _statistic(query["MetricStat"], since_s, until_s)
    for query in _queries(alarm):
        if "Expression" in query:
            found[query["Id"]] = evaluate(query["Expression"], found)
    return next(found[query["Id"]] for query in _queries(alarm) if query.get("ReturnData", True))


def _statistic(asked: Record, since_s: float, until_s: float) -> Value:
    metric = asked["Metric"]
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(metric.get("Dimensions") or []))
    known = cloudwatch._metrics.get((metric["Namespace"], metric["MetricName"], dimensions)) or []
    points = [point for point in known if since_s <= point["Timestamp"] < until_s]
    statistics = cloudwatch._calc_stats(points)
    return cloudwatch._stat_value(statistics, asked["Stat"], points) if statistics else None


def _queries(alarm: Record) -> list[Record]:
    if alarm.get("Metrics"):
        return list(alarm["Metrics"])
    metric = {key: alarm[key] for key in ("Namespace", "MetricName")}
    stat = alarm.get("ExtendedStatistic") or alarm.get("Statistic")
    return [
        {"Id": "m", "MetricStat": {"Metric": {**metric, "Dimensions": alarm.get("Dimensions")}, "Stat": stat}}
    ]


def _period(alarm: Record) -> int:
    periods = [
        query["MetricStat"].get("Period") for query in alarm.get("Metrics") or [] if "MetricStat" in query
    ]
    return int(max([period for period in periods if period], default=alarm.get("Period") or MINUTE_S))

"""Alarms follow CloudWatch's rules, on a clock, and act on topics, functions and buses.

Periods are of ten seconds, which CloudWatch evaluates every ten seconds.
"""

import json
import time

import pytest

from tests.emulator.deployed import function, invoke, role, statement
from tests.emulator.emulator_process import AWAY, HOME, eventually
from tests.emulator.test_events import queue, received

PERIOD_S = 10
WITHIN_S = 4 * PERIOD_S
MEASURE = """
import json
def handler(event, context):
    if event.get("source") == "aws.cloudwatch":
        print(json.dumps({"message": "told", "alarm": event["alarmData"]["alarmName"], "rang": 1}))
        return
    print(json.dumps({"level": "ERROR", "rule": "R36_stuck", "expires_in_ms": 21000}))
    paid = [{"Name": "Paid", "Unit": "Count"}]
    metric = {"Namespace": "embedded", "Dimensions": [["service"]], "Metrics": paid}
    print(json.dumps({"_aws": {"CloudWatchMetrics": [metric], "Timestamp": 1}, "service": "pay", "Paid": 3}))
"""


@pytest.fixture(scope="module")
def watch(emulator):
    return emulator.client("cloudwatch")


@pytest.fixture
def alarm(watch):
    """Makes an alarm on one metric, and removes it."""
    made = []

    def make(name, **changed):
        asked = {
            "AlarmName": name,
            "Namespace": "test",
            "MetricName": name,
            "Statistic": "Sum",
            "Period": PERIOD_S,
            "EvaluationPeriods": 1,
            "Threshold": 1.0,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
        }
        if "Metrics" in changed:
            asked = {
                key: asked[key] for key in asked.keys() - {"Namespace", "MetricName", "Statistic", "Period"}
            }
        watch.put_metric_alarm(**asked | changed)
        made.append(name)
        return name

    yield make
    watch.delete_alarms(AlarmNames=made)


def state(watch, name):
    (found,) = watch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return found["StateValue"]


def put(watch, name, value, *, periods_ago=0, **dimensions):
    """One data point, so many periods before this one."""
    watch.put_metric_data(
        Namespace="test",
        MetricData=[
            {
                "MetricName": name,
                "Value": value,
                "Timestamp": time.time() - periods_ago * PERIOD_S,
                "Dimensions": [{"Name": key, "Value": text} for key, text in dimensions.items()],
            }
        ],
    )


def test_silence_rings_where_it_must_and_nowhere_else(watch, alarm):
    alarm("silent", TreatMissingData="breaching")
    alarm("quiet", TreatMissingData="notBreaching")
    alarm("unknown", TreatMissingData="missing")
    alarm("kept", TreatMissingData="ignore")
    watch.set_alarm_state(AlarmName="kept", StateValue="ALARM", StateReason="test")
    watch.set_alarm_state(AlarmName="unknown", StateValue="OK", StateReason="test")
    wanted = {"silent": "ALARM", "quiet": "OK", "unknown": "INSUFFICIENT_DATA", "kept": "ALARM"}
    eventually(lambda: {name: state(watch, name) for name in wanted} == wanted, WITHIN_S)


def test_a_new_alarm_has_no_state_until_it_is_evaluated(watch, alarm):
    alarm("new", Period=60)
    assert state(watch, alarm("newer", Period=3_600)) == "INSUFFICIENT_DATA"


def test_only_the_metric_with_the_same_dimensions_counts(watch, alarm):
    alarm("mine", Dimensions=[{"Name": "who", "Value": "me"}], TreatMissingData="notBreaching")
    alarm("nobody", MetricName="mine")
    put(watch, "mine", 5, who="me")
    put(watch, "mine", 5, who="you")
    eventually(lambda: state(watch, "mine") == "ALARM", WITHIN_S)
    assert state(watch, "nobody") == "OK"


def test_so_many_bad_periods_of_so_many(watch, alarm):
    for ago in range(1, 12, 2):  # every other period is bad, for a while
        put(watch, "often", 1, periods_ago=ago - 6)
        put(watch, "often", 0, periods_ago=ago - 5)
    alarm("two", MetricName="often", EvaluationPeriods=3, DatapointsToAlarm=1)
    alarm("three", MetricName="often", EvaluationPeriods=3, DatapointsToAlarm=3)
    eventually(lambda: (state(watch, "two"), state(watch, "three")) == ("ALARM", "OK"), WITHIN_S)


def test_metric_math(watch, alarm):
    stat = {"Period": PERIOD_S, "Stat": "Sum"}
    queries = [
        {"Id": "errors", "MetricStat": {"Metric": {"Namespace": "test", "MetricName": "errors"}, **stat}},
        {"Id": "calls", "MetricStat": {"Metric": {"Namespace": "test", "MetricName": "calls"}, **stat}},
        {"Id": "rate", "Expression": "IF(calls > 10, 100 * errors / calls, 0)", "ReturnData": True},
    ]
    queries[0]["ReturnData"] = queries[1]["ReturnData"] = False
    for name, errors in (("errors", 2), ("calls", 100)):
        for ahead in range(5):
            put(watch, name, errors, periods_ago=-ahead)
    alarm("rate", Metrics=queries, Threshold=1.5)
    alarm("higher", Metrics=queries, Threshold=2.5)
    (described,) = watch.describe_alarms(AlarmNames=["rate"])["MetricAlarms"]
    assert [query.get("Expression") for query in described["Metrics"]] == [
        None,
        None,
        queries[2]["Expression"],
    ]
    assert not described.keys() & {"Period", "Statistic", "MetricName", "Namespace"}
    eventually(lambda: (state(watch, "rate"), state(watch, "higher")) == ("ALARM", "OK"), WITHIN_S)


def test_a_change_is_told_to_a_topic_a_function_and_the_bus_once(emulator, watch, alarm):
    told = function(emulator, role(emulator, "measuring"), name="told", code=MEASURE)
    topic = emulator.client("sns").create_topic(Name="alarms")["TopicArn"]
    heard, heard_arn = queue(emulator, HOME, "heard")
    allowed = statement(Principal="*", Action="sqs:SendMessage", Resource=heard_arn)
    emulator.client("sqs").set_queue_attributes(QueueUrl=heard, Attributes={"Policy": allowed})
    emulator.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=heard_arn)
    seen, seen_arn = queue(emulator, HOME, "alarm-events")
    events = emulator.client("events")
    events.put_rule(Name="alarms", EventPattern=json.dumps({"source": ["aws.cloudwatch"]}))
    events.put_targets(Rule="alarms", Targets=[{"Id": "seen", "Arn": seen_arn}])
    alarm("telling", TreatMissingData="breaching", AlarmActions=[topic, told])
    eventually(lambda: state(watch, "telling") == "ALARM", WITHIN_S)
    time.sleep(PERIOD_S + 1)  # another evaluation, which changes nothing
    (message,) = received(emulator, HOME, heard)
    assert json.loads(message["Message"])["NewStateValue"] == "ALARM"
    (event,) = [one for one in received(emulator, HOME, seen) if one["detail"]["alarmName"] == "telling"]
    assert event["detail-type"] == "CloudWatch Alarm State Change"
    assert event["detail"]["state"]["value"] == "ALARM"
    assert event["detail"]["previousState"]["value"] == "INSUFFICIENT_DATA"
    logs = emulator.client("logs").filter_log_events(logGroupName="/aws/lambda/told")["events"]
    assert sum('"alarm": "telling"' in line["message"] for line in logs) == 1


def test_a_composite_follows_its_children(watch, alarm):
    alarm("child", TreatMissingData="breaching")
    watch.put_composite_alarm(AlarmName="family", AlarmRule='ALARM("child")')
    eventually(lambda: state(watch, "child") == "ALARM", WITHIN_S)
    (family,) = watch.describe_alarms(AlarmNames=["family"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert family["StateValue"] == "ALARM"
    watch.delete_alarms(AlarmNames=["family"])


def test_what_a_function_logs_is_measured(emulator, watch):
    function(emulator, role(emulator, "logging"), name="logging", code=MEASURE)
    emulator.client("logs").create_log_group(logGroupName="/aws/lambda/logging")
    for name, value in (("Pages", "1"), ("Left", "$.expires_in_ms")):
        emulator.client("logs").put_metric_filter(
            logGroupName="/aws/lambda/logging",
            filterName=name,
            filterPattern='{ $.level = "ERROR" && $.rule = "R36_stuck" }',
            metricTransformations=[{"metricName": name, "metricNamespace": "own", "metricValue": value}],
        )
    invoke(emulator, {}, name="logging")
    invoke(emulator, {}, name="logging")
    since = {"StartTime": time.time() - 300, "EndTime": time.time() + 60, "Period": 3_600}

    def total(namespace, name, statistic, **dimensions):
        found = watch.get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Statistics=[statistic],
            Dimensions=[{"Name": key, "Value": text} for key, text in dimensions.items()],
            **since,
        )["Datapoints"]
        return sum(point[statistic] for point in found)

    assert total("embedded", "Paid", "Sum", service="pay") == 6.0
    assert total("own", "Pages", "Sum") == 2.0
    assert total("own", "Left", "Maximum") == 21_000.0


def test_alarms_of_a_dead_region_are_not_evaluated(emulator):
    away = emulator.client("cloudwatch", AWAY)
    away.put_metric_alarm(
        AlarmName="dead",
        Namespace="test",
        MetricName="dead",
        Statistic="Sum",
        Period=PERIOD_S,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="breaching",
    )
    emulator.kill(AWAY)
    time.sleep(PERIOD_S + 2)
    emulator.revive(AWAY)
    assert state(away, "dead") == "INSUFFICIENT_DATA"
    eventually(lambda: state(away, "dead") == "ALARM", WITHIN_S)

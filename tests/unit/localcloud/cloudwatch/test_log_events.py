import io
import json
from contextlib import redirect_stdout

import pytest

from lib.systems.payments.log_metrics import LOG_METRICS
from localcloud.cloudwatch.log_events import (
    Datum,
    UnknownPattern,
    embedded,
    filtered,
    matches,
    record_of,
)
from runtime.environment import Environment
from runtime.metrics import COUNT, MILLISECONDS, Meter
from tests.unit.deployed import ENVIRONMENT

KEEPER = next(metric for metric in LOG_METRICS if metric.name == "KeeperTicks")
LEFT = next(metric for metric in LOG_METRICS if metric.name == "LeaseRemaining")
FAILED = next(metric for metric in LOG_METRICS if metric.name == "LedgerWriteFailures")


def test_what_the_functions_measure_is_found_in_their_lines():
    meter = Meter(Environment.from_env(ENVIRONMENT | {"AWS_REGION": "us-east-1"}))
    written = io.StringIO()
    with redirect_stdout(written):
        meter.record({"PaymentsSettled": (COUNT, 1), "PaymentLatency": (MILLISECONDS, 12)})
    (line,) = written.getvalue().splitlines()
    dimensions = {"service": "payments"}
    assert list(embedded(record_of(line))) == [
        Datum(
            namespace="payments-dev", name="PaymentsSettled", value=1.0, unit="Count", dimensions=dimensions
        ),
        Datum(
            namespace="payments-dev",
            name="PaymentLatency",
            value=12.0,
            unit="Milliseconds",
            dimensions=dimensions,
        ),
    ]


@pytest.mark.parametrize("line", ["START RequestId: 1", "[1]", '"text"', "{"])
def test_other_lines_are_no_records(line):
    assert record_of(line) is None


@pytest.mark.parametrize(
    "record",
    [
        {"message": "answered"},
        {"_aws": {"CloudWatchMetrics": []}},
        {"_aws": {"CloudWatchMetrics": [{"Metrics": [{"Name": "a"}]}]}, "a": 1},
        {"_aws": {"CloudWatchMetrics": [{"Namespace": "n", "Metrics": [{"Name": "a"}]}]}, "a": "text"},
        {"_aws": {"CloudWatchMetrics": [{"Namespace": "n", "Metrics": [{"Name": "a"}]}]}, "a": True},
    ],
)
def test_a_record_without_numbers_carries_no_metrics(record):
    assert list(embedded(record)) == []


def test_a_metric_without_dimensions_and_with_many_values():
    directive = {"Namespace": "n", "Metrics": [{"Name": "a"}]}
    found = embedded({"_aws": {"CloudWatchMetrics": [directive]}, "a": [1, 2]})
    assert [(one.value, one.unit, one.dimensions) for one in found] == [(1.0, "None", {}), (2.0, "None", {})]


def test_our_own_filters_count_what_they_are_made_for():
    tick = {"level": "INFO", "message": "keeper", "expires_in_ms": 21_000}
    assert filtered(KEEPER.pattern, KEEPER.value, tick) == 1.0
    assert filtered(LEFT.pattern, LEFT.value, tick) == 21_000.0
    assert filtered(LEFT.pattern, LEFT.value, {"message": "keeper"}) is None
    assert filtered(KEEPER.pattern, KEEPER.value, {"message": "other"}) is None
    for message in ("accepted only", "left as an intent"):
        assert matches(FAILED.pattern, {"message": message})
    assert not matches(FAILED.pattern, {"message": "answered"})


@pytest.mark.parametrize("metric", LOG_METRICS, ids=lambda metric: metric.name)
def test_every_filter_that_we_deploy_is_understood(metric):
    assert matches(metric.pattern, {"message": "none of ours"}) is False


@pytest.mark.parametrize(
    ("pattern", "counted"),
    [
        ('{ $.a = "x" }', True),
        ('{ $.a != "x" }', False),
        ("{ $.b.c = 3 }", True),
        ("{ $.b.c != 3 }", False),
        ("{ $.b.c > 2 }", True),
        ("{ $.b.c >= 4 }", False),
        ("{ $.b.c < 4 && $.b.c <= 3 }", True),
        ('{ $.a = "y" || $.b.c = 3 }', True),
        ('{ $.a = "y" && $.b.c = 3 || $.a = "x" }', True),
        ("{ $.a > 1 }", False),
        ("{ $.d.e = 1 }", False),
    ],
)
def test_conditions(pattern, counted):
    assert matches(pattern, {"a": "x", "b": {"c": 3}}) is counted


@pytest.mark.parametrize("pattern", ["ERROR", "{ $.a EXISTS }", "{ ($.a = 1) }", '{ $.a > "x" }', "{ }"])
def test_a_pattern_that_is_not_known_is_said_to_be_so(pattern):
    with pytest.raises(UnknownPattern):
        matches(pattern, {"a": 1})


def test_a_line_of_json_is_a_record():
    assert record_of(json.dumps({"a": 1})) == {"a": 1}

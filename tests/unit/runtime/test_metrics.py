import json
from types import SimpleNamespace

import pytest

from runtime.metrics import COUNT, MILLISECONDS, Meter


@pytest.fixture
def meter() -> Meter:
    return Meter(SimpleNamespace(system="payments", parameter_prefix="/payments-test"))


def test_values_of_one_moment_are_one_line_that_cloudwatch_reads(meter, capsys) -> None:
    meter.record({"PaymentsSettled": (COUNT, 1), "PaymentLatency": (MILLISECONDS, 12)})
    [line] = capsys.readouterr().out.splitlines()
    written = json.loads(line)
    [declared] = written["_aws"]["CloudWatchMetrics"]
    assert (declared["Namespace"], declared["Dimensions"]) == ("payments-test", [["service"]])
    assert {(metric["Name"], metric["Unit"]) for metric in declared["Metrics"]} == {
        ("PaymentsSettled", "Count"),
        ("PaymentLatency", "Milliseconds"),
    }
    assert (written["service"], written["PaymentsSettled"], written["PaymentLatency"]) == (
        "payments",
        [1],
        [12],
    )


def test_two_moments_share_nothing(meter, capsys) -> None:
    meter.record({"PaymentsSettled": (COUNT, 1)})
    meter.record({"PaymentsRefused": (COUNT, 1)})
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert ("PaymentsSettled" in first, "PaymentsSettled" in second) == (True, False)


def test_nothing_to_say_is_no_line(meter, capsys) -> None:
    meter.record({})
    assert capsys.readouterr().out == ""

import os
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.emulator.deployed import function, invoke, role
from tests.emulator.emulator_process import AWAY, HOME


@pytest.fixture(scope="module", autouse=True)
def _deployed(emulator):
    worker = role(emulator)
    for region in (HOME, AWAY):
        function(emulator, worker, region)


@pytest.mark.parametrize("region", [HOME, AWAY])
def test_a_function_calls_the_endpoint_of_its_own_region(emulator, region):
    _, environment = invoke(emulator, {"do": "environment"}, region)
    own = f"http://127.0.0.1:{emulator.config['region_ports'][region]}"
    assert (environment["AWS_ENDPOINT_URL"], environment["AWS_REGION"]) == (own, region)


def test_a_function_sees_neither_the_operators_key_nor_the_users_settings(emulator):
    _, environment = invoke(emulator, {"do": "environment"})
    assert "AWS_PROFILE" not in environment
    assert emulator.config["access_key_id"] not in environment.values()
    assert emulator.config["secret_access_key"] not in environment.values()


def test_processes_of_the_same_code_share_a_folder_and_its_bytecode(emulator):
    told = [invoke(emulator, {"do": "code"}, region)[1] for region in (HOME, AWAY)]
    assert told[0]["pid"] != told[1]["pid"]
    assert told[0]["file"] == told[1]["file"]
    assert told[1]["compiled"]


def test_other_code_has_a_folder_of_its_own(emulator):
    function(emulator, role(emulator, "other"), name="other", code="def handler(*_): return __file__")
    _, other = invoke(emulator, {}, name="other")
    assert os.path.realpath(other) != invoke(emulator, {"do": "code"})[1]["file"]


def test_an_exception_is_reported_by_its_class(emulator):
    error, body = invoke(emulator, {"do": "fail"})
    assert (error, body["errorType"]) == ("Unhandled", "StaleEpoch")


def test_the_class_of_one_failure_does_not_stick_to_the_next(emulator):
    invoke(emulator, {"do": "fail"})
    assert invoke(emulator, {"do": "nap"})[0] is None


def test_a_role_may_do_what_its_policy_says_and_no_more(emulator):
    _, body = invoke(emulator, {"do": "forbidden"})
    assert body["errorType"] == "ClientError"
    assert "AccessDenied" in body["errorMessage"]


def test_calls_of_functions_are_logged_with_region_and_role(emulator):
    invoke(emulator, {"do": "allowed"}, AWAY)
    call = next(call for call in emulator.calls() if call["action"] == "GetCallerIdentity")
    del call["at"]
    assert call == {
        "from": AWAY,
        "to_region": AWAY,
        "service": "sts",
        "action": "GetCallerIdentity",
        "principal": "worker",
        "status": 200,
        "cut": False,
    }


def test_a_burst_on_a_cold_function_is_served_by_few_processes(emulator):
    function(emulator, role(emulator, "burst"), name="burst")
    answers = []

    def once() -> None:
        answers.append(invoke(emulator, {"do": "nap"}, name="burst"))

    burst = [threading.Thread(target=once) for _ in range(60)]
    for thread in burst:
        thread.start()
    for thread in burst:
        thread.join()
    assert {error for error, _ in answers} == {None}
    assert len({body["pid"] for _, body in answers}) <= max(4, 4 * (os.cpu_count() or 1))


def test_a_long_invocation_does_not_block_the_next_one(emulator):
    long = threading.Thread(target=invoke, args=[emulator, {"do": "sleep", "seconds": 5}])
    long.start()
    time.sleep(0.5)
    began = time.monotonic()
    invoke(emulator, {"do": "nap"})
    assert time.monotonic() - began < 4
    long.join()


def test_invocations_and_errors_are_metrics_of_the_minute(emulator):
    began = datetime.now(UTC) - timedelta(minutes=1)

    def counted(metric, region=HOME):
        found = emulator.client("cloudwatch", region).get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName=metric,
            Dimensions=[{"Name": "FunctionName", "Value": "worker"}],
            StartTime=began,
            EndTime=began + timedelta(minutes=5),
            Period=60,
            Statistics=["Sum"],
        )
        return sum(point["Sum"] for point in found["Datapoints"])

    before, failed, away = counted("Invocations"), counted("Errors"), counted("Invocations", AWAY)
    invoke(emulator, {"do": "fail"})
    invoke(emulator, {"do": "environment"})
    assert counted("Invocations") == before + 2
    assert counted("Errors") == failed + 1
    assert counted("Invocations", AWAY) == away

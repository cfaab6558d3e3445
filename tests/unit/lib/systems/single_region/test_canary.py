"""S08: the visitor that comes every five minutes, what it may do and who is told."""

import json

import pytest
from pydantic import ValidationError

from lib.observability.canary import canary_name
from lib.site import Site
from tests.unit.policy.roles import statements


@pytest.fixture
def canary(here):
    return here.only("aws_synthetics_canary")


def test_S08_it_comes_every_five_minutes_with_a_runtime_that_can_be_created(canary):
    assert canary["schedule"] == {"expression": "rate(5 minutes)"}
    assert canary["runtime_version"] == "syn-nodejs-puppeteer-15.0"
    assert canary["handler"] == "site.handler"
    assert canary["start_canary"] is True
    assert canary["delete_lambda"] is True, "a destroy would leave its function behind"


@pytest.mark.parametrize("runtime", ["syn-nodejs-puppeteer-7.0", "syn-nodejs-puppeteer-5.1", "syn-1.0"])
def test_S08_a_runtime_that_cannot_be_created_any_more_is_refused(changed, runtime):
    with pytest.raises(ValidationError, match="no canary can be created with it"):
        changed(canary={"runtime": runtime})


def test_S08_it_visits_the_public_name_and_knows_what_is_slow(canary):
    assert canary["run_config"]["environment_variables"] == {
        "SITE": "http://www.test.single-region.test/",
        "SLOW_MS": "2000",
    }
    assert canary["run_config"]["active_tracing"] is True


def test_S08_its_script_and_what_it_saw_lie_in_a_private_bucket_for_a_month(here, canary):
    assert canary["artifact_s3_location"].endswith("/artifacts")
    script = here.only("aws_s3_object")
    assert script["source"].startswith("../../assets/canary-")
    assert canary["s3_version"].startswith("${aws_s3_object.")
    (days,) = [
        rule["expiration"][0]["days"]
        for one in here.all("aws_s3_bucket_lifecycle_configuration")
        if "canary_artifacts" in one["bucket"]
        for rule in one["rule"]
    ]
    assert days == canary["failure_retention_period"] == 30


def test_S08_it_may_write_what_it_saw_and_no_more(here):
    may = {}
    for name, statement in statements(here):
        if name == "single-region-canary-use1-test":
            may.update(dict.fromkeys(statement["Action"], statement["Resource"]))
    assert may["s3:PutObject"][0].endswith("/artifacts/*")
    assert {action for action, arns in may.items() if "*" in arns} == {
        "cloudwatch:PutMetricData",
        "s3:ListAllMyBuckets",
        "xray:PutTraceSegments",
    }
    assert "/aws/lambda/cwsyn-" in json.dumps(may["logs:CreateLogGroup"])


def test_S08_two_failed_visits_and_twenty_silent_minutes_are_told(here, canary):
    alarms = here.by("aws_cloudwatch_metric_alarm", "alarm_name")
    failing, silent = (alarms[f"single-region-canary-{what}-test"] for what in ("failing", "silent"))
    assert (failing["metric_name"], failing["threshold"]) == ("SuccessPercent", 100)
    assert (failing["evaluation_periods"], failing["datapoints_to_alarm"]) == (10, 2)
    assert (silent["evaluation_periods"], silent["treat_missing_data"]) == (20, "breaching")
    for one in (failing, silent):
        assert one["dimensions"] == {"CanaryName": canary["name"]}


def test_S08_its_name_keeps_the_suffix_and_is_short_enough(changed):
    settings = changed(system="s" * 16, environment_suffix="e" * 16)
    name = canary_name(Site(settings, settings.here, "1" * 12), "canary")
    assert (len(name), name.endswith("-" + "e" * 16)) == (21, True)
    short = changed(system="a", environment_suffix="b")
    assert canary_name(Site(short, short.here, "1" * 12), "canary") == "a-canary-b"

"""W07: what is watched, and what it would take to be called."""

import pytest

from lib.systems.webapp.remediation import MENDED
from remediation.observation import Symptom


@pytest.fixture
def alarms(here):
    return here.by("aws_cloudwatch_metric_alarm", "alarm_name")


def test_W07_every_symptom_that_remediation_knows_has_its_alarm(alarms):
    assert {f"webapp-{symptom}-test" for symptom in Symptom} <= alarms.keys()
    assert set(MENDED) == set(Symptom)


def test_W07_the_alarms_of_instances_and_databases_measure_what_the_page_says(alarms):
    unhealthy = alarms["webapp-unhealthy-targets-test"]
    assert (unhealthy["metric_name"], unhealthy["threshold"]) == ("UnHealthyHostCount", 0)
    assert unhealthy["dimensions"].keys() == {"LoadBalancer", "TargetGroup"}
    writer = alarms["webapp-writer-unreachable-test"]
    assert (writer["namespace"], writer["statistic"]) == ("webapp-test", "Maximum")
    assert (writer["comparison_operator"], writer["threshold"]) == ("LessThanThreshold", 1)
    assert alarms["webapp-saturated-test"]["dimensions"] == {"AutoScalingGroupName": "webapp-web-test"}


def test_W07_silence_is_an_alarm_where_somebody_always_speaks(alarms):
    loud = {name for name, one in alarms.items() if one["treat_missing_data"] == "breaching"}
    assert loud == {
        "webapp-too-few-instances-test",
        "webapp-site-away-test",
        "webapp-remediation-silent-test",
    }


def test_W05_a_replica_that_is_behind_is_told(alarms):
    lag = alarms["webapp-replica-lag-test"]
    assert lag["dimensions"] == {"DBInstanceIdentifier": "webapp-database-1-use1-test"}
    assert (lag["metric_name"], lag["threshold"]) == ("ReplicaLag", 60)


@pytest.mark.parametrize("name", ["copies-failed", "copies-late"])
def test_W06_copies_are_watched_by_all_three_dimensions_of_their_metrics(alarms, name):
    found = alarms[f"webapp-{name}-test"]
    assert found["namespace"] == "AWS/S3"
    assert found["dimensions"].keys() == {"SourceBucket", "DestinationBucket", "RuleId"}
    assert found["dimensions"]["RuleId"] == "all"


def test_W07_a_full_database_is_told_before_it_stops(alarms):
    for number in (0, 1):
        storage = alarms[f"webapp-storage-{number}-test"]
        assert storage["threshold"] == 2 * 1024**3 == 20 * 1024**3 // 10
        assert storage["dimensions"]["DBInstanceIdentifier"] == f"webapp-database-{number}-use1-test"


def test_W07_alarms_tell_one_encrypted_topic_of_trouble_and_of_its_end(here, alarms):
    (topic,) = here.document["resource"]["aws_sns_topic"]
    for one in alarms.values():
        assert one["alarm_actions"] == one["ok_actions"] == [f"${{aws_sns_topic.{topic}.arn}}"]

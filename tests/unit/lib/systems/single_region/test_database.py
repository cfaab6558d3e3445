"""S01: the database, its two instances and who is told of their troubles."""

import json

import pytest

from tests.unit.policy.roles import statements


@pytest.fixture
def cluster(here):
    return here.only("aws_rds_cluster")


@pytest.fixture
def alarms(here):
    return here.by("aws_cloudwatch_metric_alarm", "alarm_name")


def test_S01_two_equal_instances_lie_in_different_zones_and_either_may_write(here):
    first, second = here.by("aws_rds_cluster_instance", "identifier").values()
    assert first["availability_zone"] != second["availability_zone"]
    own = {"//", "identifier", "availability_zone"}
    assert {k: v for k, v in first.items() if k not in own} == {
        k: v for k, v in second.items() if k not in own
    }
    assert (first["promotion_tier"], first["auto_minor_version_upgrade"]) == (0, False)


def test_S01_the_cluster_is_of_the_version_of_the_settings_and_alone(cluster, here):
    assert (cluster["engine"], cluster["engine_version"]) == ("aurora-postgresql", "14.24")
    assert {"global_cluster_identifier", "backtrack_window"} & cluster.keys() == set()
    (group,) = here.all("aws_rds_cluster_parameter_group")
    assert group["family"] == "aurora-postgresql14"
    assert [(one["name"], one["value"]) for one in group["parameter"]] == [("rds.force_ssl", "1")]
    assert cluster["backup_retention_period"] >= 1, "any moment of 24 hours can be had back"


def test_S01_data_and_what_is_measured_lie_under_our_key(here, cluster):
    (key,) = here.document["resource"]["aws_kms_key"]
    assert (cluster["storage_encrypted"], cluster["kms_key_id"]) == (True, f"${{aws_kms_key.{key}.arn}}")
    for one in here.all("aws_rds_cluster_instance"):
        assert one["performance_insights_enabled"] is True
        assert one["performance_insights_kms_key_id"] == cluster["kms_key_id"]


def test_S01_the_operating_system_is_watched_by_a_role_that_may_do_that_only(here):
    watched = {
        (one["monitoring_interval"], one["monitoring_role_arn"])
        for one in here.all("aws_rds_cluster_instance")
    }
    ((interval, role),) = watched
    address = role.removeprefix("${aws_iam_role.").removesuffix(".arn}")
    trusted = json.loads(here.document["resource"]["aws_iam_role"][address]["assume_role_policy"])
    assert interval == 30
    assert trusted["Statement"][0]["Principal"] == {"Service": "monitoring.rds.amazonaws.com"}
    may = [one for name, one in statements(here) if name == "single-region-monitoring-use1-test"]
    assert all("log-group:RDSOSMetrics" in arn for one in may for arn in one["Resource"])


def test_S01_the_database_is_reached_from_its_own_tier_only(here, cluster):
    isolated = [
        f"${{aws_subnet.{address}.id}}"
        for address, one in here.document["resource"]["aws_subnet"].items()
        if "-isolated-" in one["tags"]["Name"]
    ]
    assert here.only("aws_db_subnet_group")["subnet_ids"] == isolated
    assert len(isolated) == 3
    (group,) = cluster["vpc_security_group_ids"]
    assert "database" in group


def test_S01_the_password_comes_from_an_existing_secret_and_is_kept_nowhere(here, cluster):
    secrets = here.document["ephemeral"]["aws_secretsmanager_secret_version"].values()
    assert {"secret_id": "single-region/database"} in secrets
    assert cluster["master_password_wo"].startswith("${jsondecode(ephemeral.")
    assert "master_password" not in cluster


def test_S01_deletion_is_stopped_where_somebody_would_miss_it_and_only_there(cluster, protected):
    kept = protected.only("aws_rds_cluster")
    assert (cluster["deletion_protection"], cluster["skip_final_snapshot"]) == (False, True)
    assert (kept["deletion_protection"], kept["skip_final_snapshot"]) == (True, False)
    assert kept["final_snapshot_identifier"] == "single-region-database-use1-test-final"


@pytest.mark.parametrize(
    ("name", "measured", "rings"),
    [
        ("database-cpu", ("CPUUtilization", "Maximum"), ("GreaterThanThreshold", 80)),
        ("database-connections", ("DatabaseConnections", "Maximum"), ("GreaterThanThreshold", 800)),
        ("database-memory", ("FreeableMemory", "Minimum"), ("LessThanThreshold", 1024**3)),
        ("commit-latency", ("CommitLatency", "Maximum"), ("GreaterThanThreshold", 50)),
        ("replica-lag", ("AuroraReplicaLagMaximum", "Maximum"), ("GreaterThanThreshold", 1000)),
    ],
)
def test_S01_each_alarm_watches_both_instances(alarms, name, measured, rings):
    one = alarms[f"single-region-{name}-test"]
    assert (one["metric_name"], one["statistic"]) == measured
    assert (one["comparison_operator"], one["threshold"]) == rings
    assert one["dimensions"] == {"DBClusterIdentifier": "single-region-database-use1-test"}

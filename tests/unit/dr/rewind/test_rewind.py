import json
from datetime import timedelta

import pytest

from dr.calls import AwsUnavailable
from dr.moments import shown
from dr.operations import Refused
from dr.rewind import command, work
from dr.rewind.wish import Wish
from tests.unit.dr.checked_calls import refused
from tests.unit.dr.rewind.rds import EAST, NAME, NOW, SERVING, THEN, WEST, Rds, serving_cluster


def test_P14_a_moment_becomes_a_cluster_of_its_own_beside_the_serving_one(rds, rewind):
    before = serving_cluster()
    made = rewind("--to", shown(THEN), "--yes", "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["clone"]["name"] == NAME
    (restored,) = rds.asked("restore_db_cluster_to_point_in_time")
    tags = {tag["Key"]: tag["Value"] for tag in restored.pop("Tags")}
    assert tags == {"EnvironmentSuffix": "test", "dr:rewind-of": SERVING, "dr:rewind-to": shown(THEN)}
    assert restored == {
        "RestoreType": "full-copy",
        "RestoreToTime": THEN,
        "DBClusterIdentifier": NAME,
        "SourceDBClusterIdentifier": "payments-ledger-use1-test",
        "DBSubnetGroupName": "ledger",
        "VpcSecurityGroupIds": ["sg-1"],
        "DBClusterParameterGroupName": "ledger",
        "KmsKeyId": "arn:key",
        "EnableCloudwatchLogsExports": ["postgresql"],
        "CopyTagsToSnapshot": True,
        "DeletionProtection": False,
    }
    (added,) = rds.asked("create_db_instance")
    assert (added["DBClusterIdentifier"], added["DBInstanceClass"]) == (NAME, "db.r5.large")
    assert added["Engine"] == "aurora-postgresql"
    assert (added["PubliclyAccessible"], added["PerformanceInsightsKMSKeyId"]) == (False, "arn:key")
    assert rds.clusters["payments-ledger-use1-test"] == before
    assert rds.changed == ["restore_db_cluster_to_point_in_time", "create_db_instance"]


def test_P14_the_latest_state_is_cloned_copy_on_write(rds, rewind):
    said = rewind("--to", "latest", "--yes")
    assert said.exit_code == 0
    (restored,) = rds.asked("restore_db_cluster_to_point_in_time")
    assert (restored["RestoreType"], restored["UseLatestRestorableTime"]) == ("copy-on-write", True)
    assert "RestoreToTime" not in restored
    for advice in ("compare", "pg_dump", "dr events replay --from", "dr rewind --remove"):
        assert advice in said.output


def test_a_clone_of_mysql_is_one_too_and_says_how_to_reach_it(rds, rewind):
    for one in (*rds.clusters.values(), *rds.instances.values()):
        one["Engine"] = "aurora-mysql"
    said = rewind("--to", "latest", "--yes")
    (added,) = rds.asked("create_db_instance")
    assert added["Engine"] == "aurora-mysql"
    assert "mysqldump --host=writer --port=5432" in said.output
    assert "psql" not in said.output


def test_P14_the_same_command_goes_on_with_what_it_finds(rds, rewind):
    assert rewind("--to", shown(THEN), "--yes").exit_code == 0
    done = list(rds.changed)
    assert rewind("--to", shown(THEN), "--yes").exit_code == 0
    assert rds.changed == done


@pytest.mark.parametrize(
    ("to", "says"),
    [
        (NOW + timedelta(hours=1), "is in the future"),
        (NOW - timedelta(hours=169), "is too long ago"),
        (NOW - timedelta(minutes=1), "is not backed up yet"),
    ],
)
def test_P14_a_moment_outside_the_window_is_refused_with_the_window(rds, rewind, to, says):
    refusal = rewind("--to", shown(to), "--yes")
    assert isinstance(refusal.exception, Refused)
    assert says in str(refusal.exception)
    assert rds.changed == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--to", "2026-11-21T09:15:00"], "has no time zone"),
        (["--to", "yesterday"], "is no ISO 8601 time"),
        (["--to", "0001-01-01T00:00:00+14:00"], "before or after all years"),
        (["--to", "latest", "--list"], "give one of"),
        ([], "give one of"),
    ],
)
def test_wrong_usage_is_exit_code_two(rds, rewind, arguments, says):
    wrong = rewind(*arguments)
    assert (wrong.exit_code, says in " ".join(wrong.output.split())) == (2, True)
    assert rds.calls == []


def test_it_asks_and_a_dry_run_does_not_change_anything(rds, rewind):
    assert json.loads(rewind("--to", "latest", "--dry-run", "--json").stdout)["dry_run"] is True
    shown_only = rewind("--to", "latest", "--dry-run")
    assert (shown_only.exit_code, "would ask: Make payments-ledger" in shown_only.output) == (0, True)
    assert rewind("--to", "latest", answer="n\n").exit_code == 1
    assert rds.changed == []


def test_a_clone_that_fails_is_said_to_have_failed(rds, rewind):
    rds.becomes = "restore-failed"
    failed = rewind("--to", "latest", "--yes")
    assert "is restore-failed" in str(failed.exception)


def test_a_clone_that_takes_long_is_unknown_not_failed(rds, clones):
    rds.becomes = "creating"
    with pytest.raises(work.StillWorking, match=r"this goes on waiting: dr rewind --to \d"):
        work.make(clones, Wish(None), clones.source(), say=print)


def test_clones_are_listed_by_region_and_what_is_not_known_is_said(rds, rewind, monkeypatch):
    assert "no clones" in rewind("--list").stderr
    rewind("--to", shown(THEN), "--yes")
    assert NAME in json.loads(rewind("--list", "--json").stdout)["clones"][EAST][0]["name"]
    assert f"{NAME}  available  in us-east-1" in rewind("--list").stdout
    monkeypatch.setattr(command, "_clones", no_answer)
    unknown = rewind("--list", "--json", region=None)
    assert (unknown.exit_code, json.loads(unknown.stdout)["clones"]) == (3, {EAST: None, WEST: None})
    assert "unknown: us-west-2" in unknown.stderr


def no_answer(_, region):
    raise AwsUnavailable(f"{region} does not answer")


def test_P14_a_clone_is_removed_after_a_question_with_all_that_is_in_it(rds, rewind):
    rewind("--to", shown(THEN), "--yes")
    assert rewind("--remove", NAME, answer="n\n").exit_code == 1
    assert rewind("--remove", NAME, "--dry-run").exit_code == 0
    assert NAME in rds.clusters
    gone = rewind("--remove", NAME, "--yes", "--json")
    assert json.loads(gone.stdout)["removed"] == NAME
    rewind("--to", shown(THEN), "--yes")
    assert "is gone" in rewind("--remove", NAME, "--yes").output
    assert (gone.exit_code, list(rds.clusters)) == (0, ["payments-ledger-use1-test"])
    assert rds.asked("delete_db_cluster") == 2 * [{"DBClusterIdentifier": NAME, "SkipFinalSnapshot": True}]
    assert "there is no clone" in str(rewind("--remove", NAME, "--yes").exception)


def test_P14_nothing_else_is_ever_removed(rds, rewind, clones):
    rewind("--to", shown(THEN), "--yes")
    done = list(rds.changed)
    rds.clusters["payments-ledger-use1-test"]["TagList"].append({"Key": "dr:rewind-of", "Value": SERVING})
    rds.clusters[NAME]["GlobalClusterIdentifier"] = "promoted-into-service"
    for name in ("payments-ledger-use1-test", NAME):
        assert "was not made by dr rewind" in str(rewind("--remove", name, "--yes").exception)
    assert (rds.changed, clones.all()) == (done, [])


def test_a_clone_that_leaves_already_is_waited_for(rds, clones, rewind):
    rewind("--to", shown(THEN), "--yes")
    done = list(rds.changed)
    rds.clusters[NAME]["Status"] = "deleting"
    rds.instances.popitem()
    with pytest.raises(work.StillWorking, match="is not gone"):
        work.remove(clones, NAME, say=print)
    assert rds.changed == done


def test_an_instance_that_is_not_ready_is_waited_for(rds, rewind):
    rewind("--to", shown(THEN), "--yes")
    rds.instances[f"{NAME}-0"]["DBInstanceStatus"] = "creating"
    waiting = rewind("--to", shown(THEN), "--yes")
    assert isinstance(waiting.exception, work.StillWorking)


def test_a_cluster_that_is_not_there_is_another_environments(rds, rewind):
    rds.clusters.clear()
    assert "is it another environment's?" in str(rewind("--to", "latest", "--yes").exception)


def test_an_error_of_aws_is_one_sentence(rds, rewind, monkeypatch):
    monkeypatch.setattr(
        Rds, "on_describe_db_clusters", lambda _: (_ for _ in ()).throw(refused("Throttling"))
    )
    assert "us-east-1: AWS throttles the calls" in str(rewind("--to", "latest", "--yes").exception)


def test_an_instance_without_insights_is_copied_without(rds, rewind):
    rds.instances["ledger-0"]["PerformanceInsightsEnabled"] = False
    assert rewind("--to", "latest", "--yes").exit_code == 0
    (added,) = rds.asked("create_db_instance")
    assert (added["EnablePerformanceInsights"], "PerformanceInsightsKMSKeyId" in added) == (False, False)

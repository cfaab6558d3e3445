import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dr import commands as command
from dr.guard.plan import Change, PlanError, read_plan
from dr.guard.rules import Rule, refusals

PLANS = Path(__file__).with_name("plans")
TAGGED = Change(
    address="aws_rds_cluster.ledger",
    type="aws_rds_cluster",
    actions=frozenset({"update"}),
    before={"global_cluster_identifier": "ledger", "tags": {"a": "b"}},
    after={"global_cluster_identifier": "ledger", "tags": {}},
    unknown={},
)
"""An update that takes nothing away. Each test changes one fact of it."""


def guard(path, *options):
    return CliRunner().invoke(command.app, ["guard", str(path), *options], env={"COLUMNS": "300"})


def rules(**facts):
    return [found.rule for found in refusals([replace(TAGGED, **facts)])]


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ("harmless", []),
        (
            "destroys",
            [
                (Rule.DESTROY, "aws_kms_key.key-standby_key_EF90DD7B"),
                (Rule.DESTROY, "aws_kms_key.key_F64E54E4"),
                (Rule.DESTROY, "aws_route53_zone.zone"),
            ],
        ),
        ("drops_replica", [(Rule.DROP_REPLICA, "aws_dynamodb_table.sessions_table_1CD4FC2F")]),
        ("replaces", [(Rule.REPLACE, "aws_rds_cluster.ledger_cluster_F130713B")]),
        ("leaves_global", [(Rule.LEAVE_GLOBAL, "aws_rds_cluster.ledger_cluster_F130713B")]),
        ("disables_key", [(Rule.DISABLE_KEY, "aws_kms_key.key_F64E54E4")]),
    ],
)
def test_B05_a_real_plan_is_refused_for_what_it_would_lose(plan, expected):
    found = refusals(read_plan(PLANS / f"{plan}.json"))
    assert [(one.rule, one.address) for one in found] == expected


def test_B05_an_update_that_takes_nothing_away_passes():
    assert rules() == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"actions": frozenset({"delete"})}, [Rule.DESTROY]),
        ({"actions": frozenset({"create", "delete"})}, [Rule.REPLACE]),
        ({"actions": frozenset({"forget"})}, [Rule.FORGET]),
        ({"actions": frozenset({"create", "forget"})}, [Rule.FORGET]),
        ({"actions": frozenset({"create"}), "before": {}}, []),
        ({"actions": frozenset({"no-op"}), "after": {}}, []),
        ({"type": "aws_lambda_function", "actions": frozenset({"delete"})}, []),
    ],
)
def test_B05_destroying_replacing_and_forgetting_are_refused_for_what_holds_state(facts, expected):
    assert rules(**facts) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"after": {"global_cluster_identifier": "other"}}, [Rule.LEAVE_GLOBAL]),
        ({"after": {}}, [Rule.LEAVE_GLOBAL]),
        ({"unknown": {"global_cluster_identifier": True}}, [Rule.LEAVE_GLOBAL]),
        ({"before": {"global_cluster_identifier": ""}, "after": {"global_cluster_identifier": "x"}}, []),
        ({"before": {"replication_source_identifier": "arn"}, "after": {}}, [Rule.PROMOTE]),
        (
            {"type": "aws_dynamodb_table", "before": {"replica": [{"region_name": "b"}]}, "after": {}},
            [Rule.DROP_REPLICA],
        ),
        (
            {
                "type": "aws_dynamodb_table",
                "before": {"replica": [{"region_name": "b"}]},
                "after": {"replica": [{"region_name": "b"}, {"region_name": "c"}]},
            },
            [],
        ),
        (
            {"type": "aws_kms_key", "before": {"is_enabled": True}, "after": {"is_enabled": False}},
            [Rule.DISABLE_KEY],
        ),
    ],
)
def test_B05_detaching_is_refused_and_unknown_is_never_good(facts, expected):
    assert rules(**facts) == expected


TABLE = {
    "replica": [{"region_name": "b", "kms_key_arn": "key", "point_in_time_recovery": True, "arn": "x"}],
    "global_table_witness": [{"region_name": "w"}],
    "point_in_time_recovery": [{"enabled": True, "recovery_period_in_days": 35}],
    "deletion_protection_enabled": True,
    "ttl": [{"attribute_name": "", "enabled": False}],
}
CLUSTER = {
    "backup_retention_period": 7,
    "deletion_protection": True,
    "skip_final_snapshot": False,
    "delete_automated_backups": False,
}
PLAN = {"rule": [{"rule_name": "daily", "lifecycle": [{"delete_after": 7}], "copy_action": [{"a": 1}]}]}


def replica(**changed):
    return {"replica": [TABLE["replica"][0] | changed]}


def daily(**changed):
    return {"rule": [PLAN["rule"][0] | changed]}


LOSSES = {
    "a replica with another key": ("aws_dynamodb_table", TABLE, replica(kms_key_arn="new"), {}, "G62"),
    "a replica whose key nobody knows": (
        "aws_dynamodb_table",
        TABLE,
        replica(kms_key_arn=None),
        {"replica": [{"kms_key_arn": True}]},
        "G62",
    ),
    "a replica without rewind": (
        "aws_dynamodb_table",
        TABLE,
        replica(point_in_time_recovery=False),
        {},
        "G62",
    ),
    "a replica of another consistency": (
        "aws_dynamodb_table",
        TABLE,
        replica(consistency_mode="STRONG"),
        {},
        "G62",
    ),
    "replicas that nobody knows": ("aws_dynamodb_table", TABLE, {"replica": None}, {"replica": True}, "G60"),
    "a replica that goes": ("aws_dynamodb_table", TABLE, {"replica": []}, {}, "G60"),
    "a witness that goes": ("aws_dynamodb_table", TABLE, {"global_table_witness": []}, {}, "G64"),
    "a witness elsewhere": (
        "aws_dynamodb_table",
        TABLE,
        {"global_table_witness": [{"region_name": "v"}]},
        {},
        "G64",
    ),
    "a table without rewind": (
        "aws_dynamodb_table",
        TABLE,
        {"point_in_time_recovery": [{"enabled": False, "recovery_period_in_days": 35}]},
        {},
        "G80",
    ),
    "a table that rewinds less far": (
        "aws_dynamodb_table",
        TABLE,
        {"point_in_time_recovery": [{"enabled": True, "recovery_period_in_days": 7}]},
        {},
        "G80",
    ),
    "a table that can be deleted": (
        "aws_dynamodb_table",
        TABLE,
        {"deletion_protection_enabled": False},
        {},
        "G75",
    ),
    "a replica that can be deleted": (
        "aws_dynamodb_table",
        TABLE | {"replica": [TABLE["replica"][0] | {"deletion_protection_enabled": True}]},
        replica(deletion_protection_enabled=False),
        {},
        "G75",
    ),
    "items that expire": (
        "aws_dynamodb_table",
        TABLE,
        {"ttl": [{"attribute_name": "made_at", "enabled": True}]},
        {},
        "G85",
    ),
    "a replica alone without rewind": (
        "aws_dynamodb_table_replica",
        {"point_in_time_recovery": True},
        {"point_in_time_recovery": False},
        {},
        "G80",
    ),
    "a database kept for fewer days": ("aws_rds_cluster", CLUSTER, {"backup_retention_period": 1}, {}, "G80"),
    "a database kept nobody knows how long": (
        "aws_rds_cluster",
        CLUSTER,
        {"backup_retention_period": None},
        {"backup_retention_period": True},
        "G80",
    ),
    "a database that can be deleted": ("aws_rds_cluster", CLUSTER, {"deletion_protection": False}, {}, "G75"),
    "a database whose protection nobody knows": (
        "aws_rds_cluster",
        CLUSTER,
        {"deletion_protection": None},
        {"deletion_protection": True},
        "G75",
    ),
    "a database without a last snapshot": (
        "aws_rds_cluster",
        CLUSTER,
        {"skip_final_snapshot": True},
        {},
        "G75",
    ),
    "a database whose backups go with it": (
        "aws_rds_cluster",
        CLUSTER,
        {"delete_automated_backups": True},
        {},
        "G75",
    ),
    "a read replica that is promoted": (
        "aws_db_instance",
        {"replicate_source_db": "arn"},
        {"replicate_source_db": ""},
        {},
        "G50",
    ),
    "a global database that can be emptied": (
        "aws_rds_global_cluster",
        {"force_destroy": False},
        {"force_destroy": True},
        {},
        "G75",
    ),
    "a vault that can be emptied": (
        "aws_backup_vault",
        {"force_destroy": False},
        {"force_destroy": True},
        {},
        "G75",
    ),
    "a bucket that can be emptied": (
        "aws_s3_bucket",
        {"force_destroy": False},
        {"force_destroy": True},
        {},
        "G75",
    ),
    "a bucket without versions": (
        "aws_s3_bucket_versioning",
        {"versioning_configuration": [{"status": "Enabled"}]},
        {"versioning_configuration": [{"status": "Suspended"}]},
        {},
        "G80",
    ),
    "a backup that is kept for fewer days": (
        "aws_backup_plan",
        PLAN,
        daily(lifecycle=[{"delete_after": 1}]),
        {},
        "G80",
    ),
    "a backup that was kept for ever": (
        "aws_backup_plan",
        daily(lifecycle=[]),
        daily(lifecycle=[{"delete_after": 9999}]),
        {},
        "G80",
    ),
    "a backup without a copy": ("aws_backup_plan", PLAN, daily(copy_action=[]), {}, "G80"),
    "a backup that is not made": ("aws_backup_plan", PLAN, {"rule": []}, {}, "G80"),
    "backups that nobody knows": ("aws_backup_plan", PLAN, {"rule": None}, {"rule": True}, "G80"),
    "a key that goes sooner": (
        "aws_kms_key",
        {"deletion_window_in_days": 30},
        {"deletion_window_in_days": 7},
        {},
        "G80",
    ),
    "a replica of a key that is disabled": (
        "aws_kms_replica_key",
        {"enabled": True},
        {"enabled": False},
        {},
        "G70",
    ),
    "an archive that forgets": (
        "aws_cloudwatch_event_archive",
        {"retention_days": 0},
        {"retention_days": 30},
        {},
        "G80",
    ),
    "a log that forgets": (
        "aws_cloudwatch_log_group",
        {"retention_in_days": 365},
        {"retention_in_days": 30},
        {},
        "G80",
    ),
    "a secret without its replica": (
        "aws_secretsmanager_secret",
        {"replica": [{"region": "b"}]},
        {"replica": []},
        {},
        "G60",
    ),
}


@pytest.mark.parametrize(("type_", "before", "after", "unknown", "code"), LOSSES.values(), ids=LOSSES)
def test_B05_an_update_that_loses_or_can_lose_more_is_refused(type_, before, after, unknown, code):
    update = Change(
        address=f"{type_}.it",
        type=type_,
        actions=frozenset({"update"}),
        before=before,
        after=before | after,
        unknown=unknown,
    )
    assert [one.rule.split("_")[0] for one in refusals([update])] == [code]
    assert refusals([replace(update, actions=frozenset({"no-op"}))]) == []


@pytest.mark.parametrize(
    ("type_", "before", "after", "unknown"),
    [
        ("aws_dynamodb_table", TABLE, replica(propagate_tags=True), {"replica": [{"arn": True}]}),
        ("aws_dynamodb_table", TABLE, replica(consistency_mode="EVENTUAL"), {}),
        ("aws_dynamodb_table", TABLE, {"stream_enabled": False}, {}),
        (
            "aws_dynamodb_table",
            TABLE | {"ttl": [{"attribute_name": "at", "enabled": True}]},
            {"ttl": []},
            {},
        ),
        ("aws_rds_cluster", CLUSTER, {"backup_retention_period": 35}, {}),
        ("aws_rds_cluster", CLUSTER | {"deletion_protection": False}, {"deletion_protection": True}, {}),
        ("aws_backup_plan", PLAN, daily(lifecycle=[{"delete_after": 35}]), {}),
        ("aws_backup_plan", PLAN, daily(lifecycle=[]), {}),
        ("aws_cloudwatch_log_group", {"retention_in_days": 365}, {"retention_in_days": 0}, {}),
        ("aws_cloudwatch_event_archive", {"retention_days": 30}, {"retention_days": 90}, {}),
        ("aws_s3_bucket_versioning", {"versioning_configuration": [{"status": "Enabled"}]}, {}, {}),
    ],
)
def test_B05_an_update_that_keeps_all_or_more_passes(type_, before, after, unknown):
    update = replace(TAGGED, type=type_, before=before, after=before | after, unknown=unknown)
    assert refusals([update]) == []


def test_B05_a_log_group_may_go_with_what_wrote_it():
    assert rules(type="aws_cloudwatch_log_group", actions=frozenset({"delete"})) == []


def test_B05_a_refusal_says_what_would_be_lowered():
    lowered = replace(TAGGED, before=CLUSTER, after=CLUSTER | {"backup_retention_period": 1})
    (found,) = refusals([lowered])
    assert found.text == "could be got back less far: backup_retention_period goes from 7 to 1"
    unknown = replace(lowered, unknown={"backup_retention_period": True})
    assert refusals([unknown])[0].text.endswith("goes from 7 to what is not known yet")


def test_B05_the_command_refuses_in_words_and_by_its_exit_code():
    done = guard(PLANS / "leaves_global.json")
    assert done.exit_code == 4
    assert (
        "refused G40_leave_global_cluster aws_rds_cluster.ledger_cluster_F130713B would leave" in done.output
    )
    assert "leaves_global.json: 1 refusals; 1 stateful resources looked at" in done.output


def test_B05_the_command_lets_a_harmless_plan_pass():
    done = guard(PLANS / "harmless.json")
    assert done.exit_code == 0
    assert "nothing stateful is lost; 4 stateful resources looked at" in done.output


def test_B05_machines_get_the_same():
    document = json.loads(guard(PLANS / "replaces.json", "--json").output)
    assert document["refused"] is True
    assert document["stateful"] == 1
    assert document["refusals"][0]["rule"] == "G20_replace"


def test_B05_data_sources_are_not_judged(tmp_path):
    plan = json.loads((PLANS / "destroys.json").read_text())
    for change in plan["resource_changes"]:
        change["mode"] = "data"
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan))
    assert read_plan(path) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read as JSON"),
        ("{", "cannot be read as JSON"),
        ("[]", "is JSON but no plan"),
        ('{"values": {}}', "is JSON but no plan"),
        ('{"planned_values": {}, "errored": true}', "ended with an error"),
    ],
)
def test_B05_what_is_no_complete_plan_is_refused(tmp_path, content, message):
    path = tmp_path / "plan.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(PlanError, match=message):
        read_plan(path)
    assert guard(path).exit_code == 1

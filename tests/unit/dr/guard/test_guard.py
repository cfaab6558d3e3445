import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dr import commands as command
from dr.guard.facts import GuardRule
from dr.guard.plan import Change, PlanError, read_plan
from dr.guard.rules import refusals

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
                (GuardRule.DESTROY, "aws_kms_key.key-standby_key_EF90DD7B"),
                (GuardRule.DESTROY, "aws_kms_key.key_F64E54E4"),
                (GuardRule.DESTROY, "aws_route53_zone.zone"),
            ],
        ),
        ("drops_replica", [(GuardRule.DROP_REPLICA, "aws_dynamodb_table.sessions_table_1CD4FC2F")]),
        ("replaces", [(GuardRule.REPLACE, "aws_rds_cluster.ledger_cluster_F130713B")]),
        ("leaves_global", [(GuardRule.LEAVE_GLOBAL, "aws_rds_cluster.ledger_cluster_F130713B")]),
        ("disables_key", [(GuardRule.DISABLE_KEY, "aws_kms_key.key_F64E54E4")]),
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
        ({"actions": frozenset({"delete"})}, [GuardRule.DESTROY]),
        ({"actions": frozenset({"create", "delete"})}, [GuardRule.REPLACE]),
        ({"actions": frozenset({"forget"})}, [GuardRule.FORGET]),
        ({"actions": frozenset({"create", "forget"})}, [GuardRule.FORGET]),
        ({"actions": frozenset({"create"}), "before": {}}, []),
        ({"actions": frozenset({"no-op"}), "after": {}}, []),
        ({"type": "aws_lambda_function", "actions": frozenset({"delete"})}, []),
    ],
)
def test_B05_destroying_replacing_and_forgetting_are_refused_for_what_holds_state(facts, expected):
    assert rules(**facts) == expected


def test_B05_a_log_group_may_go_with_what_wrote_it():
    assert rules(type="aws_cloudwatch_log_group", actions=frozenset({"delete"})) == []


def test_B05_a_refusal_says_what_is_lost_and_how_to_allow_it():
    lowered = replace(TAGGED, before={"backup_retention_period": 7}, after={"backup_retention_period": 1})
    (found,) = refusals([lowered])
    assert str(found) == (
        "G80_less_reach aws_rds_cluster.ledger backup_retention_period goes from 7 to 1: older moments can "
        "no longer be restored (back it up, then --allow 'G80_less_reach:aws_rds_cluster.ledger')"
    )
    unknown = replace(lowered, unknown={"backup_retention_period": True})
    assert "goes from 7 to what is not known yet: " in str(refusals([unknown])[0])


def test_B05_what_is_allowed_by_its_name_passes_and_nothing_else():
    name = "G40_leave_global_cluster:aws_rds_cluster.ledger_cluster_F130713B"
    assert guard(PLANS / "leaves_global.json", "--allow", name).exit_code == 0
    both = guard(PLANS / "destroys.json", "--allow", "G10_destroy:aws_route53_zone.zone", "--json")
    assert both.exit_code == 4
    assert [one["name"] for one in json.loads(both.output)["refusals"]] == [
        "G10_destroy:aws_kms_key.key-standby_key_EF90DD7B",
        "G10_destroy:aws_kms_key.key_F64E54E4",
    ]


def test_B05_an_allowance_that_the_plan_does_not_need_is_wrong_usage():
    done = guard(PLANS / "leaves_global.json", "--allow", "G10_destroy:aws_kms_key.gone")
    assert done.exit_code == 2
    assert "this plan needs no G10_destroy:aws_kms_key.gone" in done.output


def test_B05_the_command_refuses_in_words_and_by_its_exit_code():
    done = guard(PLANS / "leaves_global.json")
    assert done.exit_code == 4
    assert "refused G40_leave_global_cluster aws_rds_cluster.ledger_cluster_F130713B global_" in done.output
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
        ("[" * 100_000, "cannot be read as JSON"),
        *(
            (json.dumps({"planned_values": {}, "resource_changes": [change]}), "that no Terraform writes")
            for change in (
                None,
                {"address": "a", "type": "t"},
                {"address": "a", "type": "t", "change": None},
                {"address": "a", "type": "t", "change": {"actions": ["update"], "before": 3}},
            )
        ),
        ('{"values": {}}', "is JSON but no plan"),
        ('{"planned_values": {}, "errored": true}', "ended with an error"),
        ('{"planned_values": {}, "complete": false}', "is a part of a plan"),
    ],
)
def test_B05_what_is_no_complete_plan_is_refused(tmp_path, content, message):
    path = tmp_path / "plan.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(PlanError, match=message):
        read_plan(path)
    assert guard(path).exit_code == 1

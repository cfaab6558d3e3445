"""T07 T10 T11: what takes a region over, how long it may take, and what is not there yet."""

import json
import re

import pytest

from budget.compute import compute
from budget.model import Verdict
from dr.deployment import Deployment
from gates.parity import differences
from tests.unit.lib.systems.trading.conftest import HERE, THERE

DIFFERS = {
    r"RegionRole$": "the tag says where a region was placed",
    r"^resource.aws_autoscaling_group.*\.tag\.\d\.value$": "the same tag, as a group is given it",
    r"^ephemeral": "only the first writer is created with a password",
    r"^resource.aws_rds_cluster\..*\.(database_name|master_\w+)$": "the same",
    r"access-logs_guard\w+\.policy$": "AWS writes access logs from another account in each region",
}
"""Where the regions may differ, and why."""


@pytest.fixture(scope="module")
def objectives(changed):
    return {one.name: one for one in compute(changed()).objectives}


def test_T07_each_region_has_a_keeper_that_starts_every_minute_and_a_state_machine(region):
    named = region.by("aws_lambda_function", "function_name")
    assert {name: one["handler"] for name, one in named.items()} == {
        "trading-keeper-test": "trading.functions.keep",
        "trading-steps-test": "trading.functions.step",
        "trading-reconciler-test": "trading.functions.reconcile",
    }
    assert all(one["timeout"] <= 300 for one in named.values())
    machine = json.loads(region.only("aws_sfn_state_machine")["definition"])
    assert machine["TimeoutSeconds"] == 600, "twice the objective; after that a person decides"
    assert "Reconcile" in machine["States"], "data is compared before the region serves"
    assert "trading-keeper-test" in region.by("aws_cloudwatch_event_rule", "name")


def test_T11_an_operators_commands_find_in_the_outputs_all_that_they_need(trading):
    written = {name: value for stack in trading.values() for name, value in stack.outputs.items()}
    regions = {"us-east-1", "us-east-2"}
    urls = {f"api_endpoint_{region.replace('-', '_')}": f"http://{region}" for region in regions}
    deployment = Deployment.of(written | urls)
    assert deployment.places.keys() == regions
    assert len({place.parameter_prefix for place in deployment.places.values()}) == 1


def test_T07_steps_may_promote_this_regions_database_and_keep_the_lease_to_the_end(region):
    policy = region.by("aws_iam_role_policy", "name")[f"trading-steps-{region.name}-test"]["policy"]
    allowed = [one for one in json.loads(policy)["Statement"] if one["Effect"] == "Allow"]
    (promote,) = [one for one in allowed if "rds:FailoverGlobalCluster" in one["Action"]]
    assert "arn:aws:rds::" in promote["Resource"][0]
    lease, switch = [one for one in allowed if "table/trading-lease-test" in json.dumps(one["Resource"])]
    assert lease["Action"] == ["dynamodb:GetItem", "dynamodb:UpdateItem"]
    assert switch["Action"] == ["dynamodb:PutItem"]
    keys = {"dynamodb:LeadingKeys": ["trading#halt"]}
    assert switch["Condition"] == {"ForAllValues:StringEquals": keys}, "of all items only the kill switch"


def test_T10_nothing_configured_is_over_the_objective_and_what_only_aws_can_prove_is_unproven(objectives):
    takeover = objectives["rto_takeover"]
    assert (takeover.limit_s, takeover.verdict) == (300, Verdict.UNPROVEN)
    assert "Aurora promotes" in takeover.reason
    assert objectives["rto_dns"].limit_s == 300
    assert objectives["rpo_ledger"].verdict is Verdict.MET


def test_T10_a_lost_region_is_found_within_thirty_seconds(objectives):
    detection = objectives["rto_takeover"].legs[:3]
    assert sum(leg.most_s for leg in detection) == 30


def test_T05_copies_of_the_audit_trail_stand_outside_the_recovery_point_and_the_budget_says_so(objectives):
    trail = objectives["rpo_trail"]
    assert (trail.limit_s, trail.most_s, trail.verdict) == (60, 900, Verdict.UNPROVEN)


def test_T10_what_cannot_be_met_is_accepted_by_name(objectives):
    infeasible = {name for name, one in objectives.items() if one.verdict is Verdict.INFEASIBLE}
    assert infeasible == {"rto_events", "rpo_events", "rpo_backup_copies"}
    assert all(objectives[name].accepted for name in infeasible)


def test_T11_the_regions_differ_only_by_name_placement_and_origin(trading, changed):
    both = [trading[code].document for code in (HERE, THERE)]
    paths = sorted({one.where for one in differences(*both, changed().regions)})
    assert [path for path in paths if not any(re.search(one, path) for one in DIFFERS)] == []


def test_T11_a_drill_switches_to_the_other_region_and_back(world):
    documents = world.all("aws_ssm_document")
    assert {one["provider"] for one in documents} == {"aws.use1", "aws.use2"}
    assert {one["name"] for one in documents} == {"trading-drill-test"}

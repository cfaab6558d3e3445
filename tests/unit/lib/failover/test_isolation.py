"""P16: the experiment that cuts the primary region off, where the settings ask for it."""

import json

import pytest

from lib.errors import SettingsError
from lib.settings.drills import Drills
from lib.systems.load import CONFIG, load_settings
from tests.unit.synthesized import synthesize


@pytest.fixture(scope="module")
def world(settings, functions, tmp_path_factory):
    changed = settings.model_copy(update={"drills": Drills(isolation=True)})
    return synthesize(changed, functions, tmp_path_factory.mktemp("isolation"))["world"]


@pytest.fixture(scope="module")
def template(world):
    return world.only("aws_fis_experiment_template")


def test_P16_nothing_that_could_cut_a_region_off_is_there_unless_asked_for(resources):
    assert not [str(r) for r in resources if "fis" in r.type or "isolation" in (r.name or "")]


def test_P16_the_experiment_cuts_network_and_tables_of_the_primary_region_at_once(template):
    assert template["provider"] == "aws.use1"
    targets = {one["name"]: one for one in template["target"]}
    actions = {one["action_id"]: one for one in template["action"]}
    network, tables = (
        actions["aws:network:disrupt-connectivity"],
        actions["aws:dynamodb:global-table-pause-replication"],
    )
    assert network["target"] == {"key": "Subnets", "value": "private-subnets"}
    assert tables["target"] == {"key": "Tables", "value": "tables"}
    assert not any("start_after" in one for one in actions.values())
    assert {p["key"]: p["value"] for p in network["parameter"]} == {"duration": "PT15M", "scope": "all"}
    assert {p["key"]: p["value"] for p in tables["parameter"]} == {"duration": "PT15M"}
    subnets = targets["private-subnets"]
    assert (subnets["resource_type"], len(subnets["resource_arns"])) == ("aws:ec2:subnet", 3)
    assert [arn.rpartition("/")[2] for arn in targets["tables"]["resource_arns"]] == [
        "payments-lease-test",
        "payments-journal-test",
        "payments-arrivals-test",
        "payments-sessions-test",
    ]


def test_P16_the_experiment_stops_when_the_other_region_is_not_well(template, world):
    (stop,) = template["stop_condition"]
    name = stop["value"].rpartition(":alarm:")[2]
    alarm = world.by("aws_cloudwatch_metric_alarm", "alarm_name")[name]
    assert (stop["source"], name) == ("aws:cloudwatch:alarm", "payments-health-usw2-test")
    assert ":us-east-1:" in stop["value"]
    assert alarm["metric_name"] == "HealthCheckStatus"
    assert template["experiment_options"]["empty_target_resolution_mode"] == "fail"


def test_P16_the_experiments_role_may_do_that_and_no_more(world):
    name = "payments-isolation-use1-test"
    (statement,) = json.loads(world.by("aws_iam_role_policy", "name")[name]["policy"])["Statement"]
    assert all(action.startswith("dynamodb:") for action in statement["Action"])
    assert len(statement["Resource"]) == 4
    (attached,) = [
        a["policy_arn"] for a in world.all("aws_iam_role_policy_attachment") if "isolation" in a["role"]
    ]
    assert attached.endswith("/AWSFaultInjectionSimulatorNetworkAccess")


def test_P16_an_experiment_that_nothing_could_stop_is_refused(tmp_path):
    text = (CONFIG / "payments.toml").read_text()
    text = text.replace("isolation = false", "isolation = true")
    (tmp_path / "payments.toml").write_text(text)
    with pytest.raises(SettingsError, match=r"drills\.isolation = true: an experiment in us-west-2 cannot"):
        load_settings({"PRIMARY_REGION": "us-west-2"}, folder=tmp_path)

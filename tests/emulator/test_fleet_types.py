"""The real provider applies every type of the fleet, plans nothing anew, rolls a release and destroys all."""

import shutil
from pathlib import Path

import pytest

from localcloud.core.terraform import Terraform
from tests.emulator.emulator_process import HOME, eventually
from tests.emulator.fleet_process import fleet_of

TYPES = Path(__file__).parent / "fleet_types" / "main.tf"


@pytest.fixture(scope="module")
def cloud(emulator, tmp_path_factory):
    with fleet_of(emulator, tmp_path_factory.mktemp("types")) as cloud:
        cloud.client("cloudwatch").put_metric_alarm(
            AlarmName="errors",
            Namespace="test",
            MetricName="errors",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            Statistic="Sum",
            ComparisonOperator="GreaterThanThreshold",
        )
        yield cloud


@pytest.fixture(scope="module")
def terraform(emulator, cloud, tmp_path_factory):
    folder = tmp_path_factory.mktemp("terraform")
    shutil.copy(TYPES, folder)
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{emulator.operator}",
        "AWS_ACCESS_KEY_ID": emulator.config["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": emulator.config["secret_access_key"],
        "AWS_REGION": HOME,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    made = Terraform(folder, environment)
    made.init()
    made.apply()
    return made


def drift(terraform):
    """By address what a second plan would change, from what to what."""
    found = {}
    for each in terraform.plan().get("resource_changes", []):
        before, after = (each["change"][side] or {} for side in ("before", "after"))
        if each["change"]["actions"] not in (["no-op"], ["read"]):
            names = [name for name in {*before, *after} if before.get(name) != after.get(name)]
            found[each["address"]] = {name: (before.get(name), after.get(name)) for name in names}
    return found


def test_a_second_plan_is_empty(terraform, cloud):
    assert drift(terraform) == {}
    assert {each["LifecycleState"] for each in cloud.members()} == {"InService"}


def test_a_release_is_rolled_by_an_instance_refresh(terraform, cloud):
    (terraform.folder / "terraform.tfvars").write_text('release = "2"\n')
    terraform.apply()
    scaling = cloud.client("autoscaling")

    def refresh():
        return scaling.describe_instance_refreshes(AutoScalingGroupName="web")["InstanceRefreshes"][0]

    eventually(lambda: refresh()["Status"] == "Successful", within=180)
    eventually(lambda: {each["LaunchTemplate"]["Version"] for each in cloud.members()} == {"2"}, within=60)
    assert drift(terraform) == {}


def test_a_destroy_leaves_nothing(terraform, cloud):
    terraform.destroy()
    assert terraform.resources() == 0
    assert cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"] == []
    eventually(lambda: not cloud.fleet.host.running, within=60)

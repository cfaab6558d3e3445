"""The stage of a drill: who may stand on a cloud that runs, and what is planned afterwards."""

from types import SimpleNamespace

import pytest

from gameday import deployment
from gameday.deployment import Stage
from gameday.judge.summary import Terraform
from gameday.plan.scenario import Plans
from localcloud.core.errors import LocalCloudError, TerraformFailed
from localcloud.core.stacks import Stack


def test_faults_of_a_running_cloud_end_before_it_is_deployed_again(monkeypatch):
    done = []
    monkeypatch.setattr(deployment.lifecycle, "running", lambda: True)
    monkeypatch.setattr(deployment.CloudState, "load", lambda: "cloud")
    monkeypatch.setattr(deployment, "order", lambda cloud, what: done.append((cloud, what.path)))
    monkeypatch.setattr(deployment, "_deployed", lambda cloud, say, whole: done.append("deployed"))
    with deployment.standing(print):
        assert done == [("cloud", "/heal"), "deployed"]


def test_a_drill_on_a_running_cloud_needs_one(monkeypatch):
    monkeypatch.setattr(deployment.lifecycle, "running", lambda: False)
    with pytest.raises(LocalCloudError, match="no local cloud is running"), deployment.standing(print):
        pass


def staged(monkeypatch, changes) -> Stage:
    def planned(cloud, stacks, *, refresh, but_tags):
        if changes is None:
            raise TerraformFailed("plan failed", "mend it")
        return {stack.name: changes + refresh + 5 * but_tags for stack in stacks}

    monkeypatch.setattr(deployment.deployment, "planned_changes", planned)
    monkeypatch.setattr(deployment.deployment, "with_swapped_roles", lambda cloud: stacks)
    stacks = [Stack(name, SimpleNamespace(), frozenset()) for name in ("payments-use1", "payments-usw2")]
    return Stage(Terraform(), {}, SimpleNamespace(), stacks)


def test_with_a_dead_region_only_the_survivors_stack_is_planned_from_its_state(monkeypatch):
    ready = staged(monkeypatch, 0)
    assert ready.plans_after(Plans.NONE, "payments-usw2", print) is None
    assert ready.plans_after(Plans.SURVIVOR, "payments-usw2", print) == {"payments-usw2": 0}
    assert ready.plans_after(Plans.ALL, "payments-usw2", print) == {"payments-use1": 1, "payments-usw2": 1}


def test_B05_roles_that_are_swapped_in_the_settings_are_planned_too_and_may_change_tags_only(monkeypatch):
    assert staged(monkeypatch, 0).plans_after(Plans.SWAPPED, "payments-usw2", print) == {
        "payments-use1": 1,
        "payments-usw2": 1,
        "payments-use1 with swapped roles": 6,
        "payments-usw2 with swapped roles": 6,
    }


def test_a_plan_that_fails_is_no_plan(monkeypatch):
    said = []
    assert staged(monkeypatch, None).plans_after(Plans.SURVIVOR, "payments-usw2", said.append) == {
        "payments-usw2": None
    }
    assert "plan failed" in said[-1]

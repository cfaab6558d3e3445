"""Clouds of several systems run side by side, and a command finds the one that is meant."""

import pytest

from localcloud.core import clouds
from localcloud.core.errors import LocalCloudError, NotRunning

from .test_state import CLOUD


@pytest.fixture
def started(tmp_path):
    """Starts clouds of these systems, as far as their files tell."""

    def start(*systems):
        for system in systems:
            CLOUD.model_copy(update={"system": system}).save(tmp_path / system / "cloud.json")
        return tmp_path

    return start


def test_each_system_has_its_own_cloud(started):
    folder = started("payments", "webapp")
    assert clouds.started(folder) == ["payments", "webapp"]
    for system in ("payments", "webapp"):
        assert clouds.load({"SYSTEM": system}, folder).system == system


def test_the_only_one_that_runs_needs_no_name(started):
    assert clouds.load({}, started("webapp")).system == "webapp"


def test_without_a_name_one_of_several_is_not_guessed(started):
    with pytest.raises(
        LocalCloudError, match=r"several local clouds run: payments, webapp\n.*SYSTEM=payments"
    ):
        clouds.load({}, started("webapp", "payments"))


def test_who_asks_for_one_that_does_not_run_is_told_which_do(started):
    with pytest.raises(
        NotRunning, match=r"no local cloud of trading is running, but of webapp\n.*SYSTEM=webapp"
    ):
        clouds.load({"SYSTEM": "trading"}, started("webapp"))


def test_where_none_runs_the_advice_is_to_start_one(started):
    with pytest.raises(NotRunning, match=r"no local cloud is running\n.*make up SYSTEM=payments"):
        clouds.load({}, started())

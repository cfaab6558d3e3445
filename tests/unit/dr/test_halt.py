"""The kill switch of order entry, thrown and lifted by an operator."""

import json
from dataclasses import replace

import pytest

from dr.calls import AwsUnavailable

from .typed import dr, refusal
from .world import OUTPUTS


@pytest.fixture
def trading(cloud):
    cloud.deployment = replace(cloud.deployment, system="trading")
    return cloud


def read(cloud):
    return cloud.halt_switch("us-east-1").read()


def test_a_halt_is_read_back_with_its_reason_and_who_threw_it(trading):
    assert dr(trading, "halt", "a fat finger").output == "order entry is halted: a fat finger\n"
    found = read(trading)
    assert (found.reason, found.by.rpartition("/")[2]) == ("a fat finger", "ada")
    assert dr(trading, "resume-trading").output == "order entry is open\n"
    assert read(trading) is None


def test_machines_read_what_was_set(trading):
    halted = json.loads(dr(trading, "halt", "x", "--json").stdout)
    assert (halted["schema"], halted["halted"], halted["reason"]) == ("dr/halt/1", True, "x")
    resumed = json.loads(dr(trading, "resume-trading", "--json").stdout)
    assert (resumed["schema"], resumed["halted"], resumed["reason"]) == ("dr/resume-trading/1", False, None)


def test_a_system_that_takes_no_orders_is_not_halted(cloud):
    assert "payments takes no orders" in refusal(dr(cloud, "halt", "x"))
    assert read(cloud) is None


@pytest.mark.parametrize("reason", ["", "x" * 201, "a\nb"])
def test_a_reason_is_one_line_that_clients_can_read(trading, reason):
    assert "1 to 200 printable characters" in refusal(dr(trading, "halt", reason))
    assert read(trading) is None


def test_a_switch_that_somebody_else_moved_meanwhile_is_no_success(trading, monkeypatch):
    monkeypatch.setattr("trading.halt.HaltSwitch.read", lambda _: None)
    result = dr(trading, "halt", "x")
    assert isinstance(result.exception, AwsUnavailable)
    assert "somebody else changed the switch" in str(result.exception)


def test_without_a_region_that_answers_nothing_is_said_to_be_halted(trading):
    lost = replace(trading.found.topology, lease_read_in=None)
    trading.found = replace(trading.found, topology=lost)
    result = dr(trading, "halt", "x")
    assert isinstance(result.exception, AwsUnavailable)
    assert "no region answers" in str(result.exception)


def test_a_table_that_does_not_answer_is_told_as_such(trading):
    trading.table._client.delete_table(TableName=OUTPUTS["lease_table"])
    trading.topology = lambda: trading.found.topology
    assert isinstance(dr(trading, "halt", "x").exception, AwsUnavailable)

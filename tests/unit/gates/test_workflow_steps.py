"""Each step of a workflow either runs in `make delivery` or says why it cannot; limits leave room for AWS."""

import re

import pytest
import yaml

from tests.delivery.workflow import ELSEWHERE, FOLDER, steps

SLOWEST_INTERFACE_MIN = 110
"""Interfaces of functions in a VPC were seen to outlast this (terraform-provider-aws #10329)."""


def job(workflow, name):
    return yaml.safe_load((FOLDER / f"{workflow}.yml").read_text())["jobs"][name]


def test_what_the_pull_request_does_without_rights_is_run_by_a_test():
    here = [(step.workflow, step.job, step.commands[0]) for step in steps() if step.runs_anywhere]
    assert here == [
        ("environment", "judge", "make synth"),
        ("environment", "judge", "make validate"),
        ("environment", "judge", ".venv/bin/python -m dr budget | tee report/budget.txt"),
    ]


@pytest.mark.parametrize("beginning", ELSEWHERE)
def test_no_reason_outlives_its_step(beginning):
    assert [one for step in steps() for one in step.commands if one.startswith(beginning)]


def test_a_destroy_may_outlast_the_slowest_interface_and_so_may_its_session():
    down = job("environment-down", "down")
    (session,) = [
        step["with"]["role-duration-seconds"]
        for step in down["steps"]
        if "role-duration-seconds" in step.get("with", {})
    ]
    assert down["timeout-minutes"] > 2 * SLOWEST_INTERFACE_MIN
    assert session >= down["timeout-minutes"] * 60
    assert session <= 12 * 3600  # the longest session of a role


def test_ci_or_a_nightly_runs_the_delivery():
    targets = job("check", "check")["strategy"]["matrix"]["target"]
    makefile = (FOLDER.parents[1] / "Makefile").read_text()
    assert any(re.search(r"\bdelivery\b", target) for target in targets)
    assert "\ndelivery: " in makefile

"""S09: one changed fact a rule, and what holds whatever the facts are."""

from dataclasses import replace
from itertools import product

import pytest

from healing.decision import approved, decide
from healing.rules import HealingRule, Remedy
from tests.unit.healing.conftest import CLUSTER, LOST, READER, SERVICES, WRITER, condition

SICK = replace(CLUSTER, members=(LOST, READER))
ALONE = replace(CLUSTER, members=(LOST, replace(READER, status="rebooting")))


@pytest.mark.parametrize(
    ("changed", "remedy", "rule"),
    [
        ({}, Remedy.WATCH, HealingRule.WELL),
        ({"cluster": None}, Remedy.PAGE, HealingRule.DATABASE_UNKNOWN),
        ({"database_impaired": None}, Remedy.PAGE, HealingRule.DATABASE_UNKNOWN),
        ({"cluster": replace(SICK, status="failing-over")}, Remedy.WATCH, HealingRule.CHANGING),
        ({"cluster": replace(CLUSTER, members=(READER,))}, Remedy.PAGE, HealingRule.NO_WRITER_NAMED),
        ({"cluster": SICK}, Remedy.FAIL_OVER, HealingRule.WRITER_LOST),
        ({"cluster": replace(SICK, failed_over_lately=True)}, Remedy.PAGE, HealingRule.DID_NOT_HELP),
        ({"cluster": ALONE}, Remedy.PAGE, HealingRule.NO_READER),
        ({"database_impaired": True}, Remedy.ASK, HealingRule.WRITER_BUSY),
        ({"wanted": True}, Remedy.ASK, HealingRule.WRITER_BUSY),
        ({"services": None}, Remedy.PAGE, HealingRule.SERVICES_UNKNOWN),
        ({"visitors_fail": None}, Remedy.PAGE, HealingRule.SERVICES_UNKNOWN),
        ({"visitors_fail": True}, Remedy.PAGE, HealingRule.VISITORS_FAIL),
        (
            {"services": (replace(SERVICES[0], deploying=True),), "visitors_fail": True},
            Remedy.WATCH,
            HealingRule.DEPLOYING,
        ),
        ({"services": (replace(SERVICES[0], deploying=True),)}, Remedy.WATCH, HealingRule.DEPLOYING),
        ({"services": (replace(SERVICES[0], running=2),)}, Remedy.PAGE, HealingRule.TASKS_MISSING),
    ],
)
def test_S09_the_first_rule_that_applies_wins(changed, remedy, rule):
    verdict = decide(condition(**changed))
    assert (verdict.remedy, verdict.rule) == (remedy, rule)
    assert verdict.reason


def test_S09_nobody_fails_over_without_a_lost_writer_another_instance_and_a_quiet_hour():
    statuses = ("available", "failed", "rebooting")
    for first, second, whole, lately, rings, wanted in product(
        statuses, statuses, ("available", "failing-over"), *[(True, False)] * 3
    ):
        members = (replace(WRITER, status=first), replace(READER, status=second))
        cluster = replace(CLUSTER, status=whole, members=members, failed_over_lately=lately)
        verdict = decide(condition(cluster=cluster, database_impaired=rings, wanted=wanted))
        if verdict.remedy is Remedy.FAIL_OVER:
            assert (first != "available", second, whole, lately) == (True, "available", "available", False)
        if verdict.remedy is Remedy.ASK:
            assert (first, second, whole, lately) == ("available", "available", "available", False)
            assert rings or wanted


def test_S09_an_approval_lets_a_busy_writer_be_left_and_makes_no_bad_moment_a_good_one():
    yes = approved(decide(condition(wanted=True)))
    assert (yes.remedy, yes.rule, yes.writer) == (Remedy.FAIL_OVER, HealingRule.WRITER_BUSY, "db-0")
    page = decide(condition(cluster=ALONE))
    assert approved(page) is page

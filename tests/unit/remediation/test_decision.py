"""One changed fact a rule, and over all combinations: nothing is touched but under all conditions."""

from dataclasses import replace
from itertools import product

import pytest

from remediation.databases import BY_HAND, LOST
from remediation.decision import Policy, decide
from remediation.observation import DatabaseSeen, Instance, Missing, Mode, Symptom
from remediation.rules import Action, Rule

from .conftest import GROUP, NOW, POLICY, PRIMARY, REPLICA, observation

TARGETS, LOAD = Symptom.UNHEALTHY_TARGETS, Symptom.SATURATED
WRITER, COPY = Symptom.WRITER_UNREACHABLE, Symptom.REPLICA_UNREACHABLE
PROMOTED = replace(REPLICA, source="")
GONE = Missing.GONE


def instances(health, **changed):
    """One instance a sign: + is healthy, - is sick, of ? nobody knows."""
    known = {"+": True, "-": False, "?": None}
    return tuple(
        Instance(id=f"i-{n}", in_service=True, healthy=known[sign], **changed)
        for n, sign in enumerate(health, 1)
    )


def fleet(health, **changed):
    return {"group": replace(GROUP, instances=instances(health), **changed)}


@pytest.mark.parametrize(
    ("symptom", "changed", "action", "rule"),
    [
        (None, {}, Action.PAGE, Rule.ALARM_UNKNOWN),
        (TARGETS, {"ringing": None}, Action.PAGE, Rule.ALARM_UNKNOWN),
        (TARGETS, {"ringing": False}, Action.WATCH, Rule.ALARM_OVER),
        (TARGETS, {"mode": None}, Action.PAGE, Rule.MODE_UNKNOWN),
        (TARGETS, {"mode": Mode.OFF}, Action.PAGE, Rule.SWITCHED_OFF),
        (TARGETS, {"group": None}, Action.PAGE, Rule.FLEET_UNKNOWN),
        (TARGETS, fleet("+-?"), Action.PAGE, Rule.FLEET_UNKNOWN),
        (TARGETS, fleet("--+"), Action.PAGE, Rule.MOST_SICK),
        (TARGETS, fleet("-"), Action.PAGE, Rule.MOST_SICK),
        (TARGETS, fleet(""), Action.PAGE, Rule.MOST_SICK),
        (TARGETS, fleet("+-", launches_fail=True), Action.PAGE, Rule.LAUNCHES_FAIL),
        (TARGETS, fleet("+-"), Action.WATCH, Rule.BEING_REPLACED),
        (TARGETS, fleet("+++"), Action.WATCH, Rule.NOBODY_SICK),
        (TARGETS, {}, Action.REPLACE_INSTANCE, Rule.REPLACE),
        (TARGETS, fleet("+-", desired=2), Action.REPLACE_INSTANCE, Rule.REPLACE),
        (LOAD, {"group": None}, Action.PAGE, Rule.FLEET_UNKNOWN),
        (LOAD, fleet("++", launches_fail=True), Action.PAGE, Rule.LAUNCHES_FAIL),
        (LOAD, fleet("++"), Action.WATCH, Rule.GROWING),
        (LOAD, fleet("+++", maximum=3), Action.PAGE, Rule.AT_MAXIMUM),
        (LOAD, fleet("---"), Action.SCALE_OUT, Rule.SCALE_OUT),
        (WRITER, {"primary": None}, Action.PAGE, Rule.DATABASE_UNKNOWN),
        (WRITER, {"replica": None}, Action.PAGE, Rule.DATABASE_UNKNOWN),
        (WRITER, {"points_at": None}, Action.PAGE, Rule.DATABASE_UNKNOWN),
        (WRITER, {"replica": PROMOTED}, Action.PAGE, Rule.TWO_WRITERS),
        (WRITER, {"replica": PROMOTED, "primary": GONE}, Action.POINT_NAME, Rule.POINT_NAME),
        (
            WRITER,
            {"replica": replace(PROMOTED, status="modifying"), "primary": GONE},
            Action.WATCH,
            Rule.CHANGING,
        ),
        (
            WRITER,
            {"replica": PROMOTED, "primary": GONE, "points_at": "copy.aws"},
            Action.PAGE,
            Rule.DID_NOT_HELP,
        ),
        (
            WRITER,
            {"replica": replace(PROMOTED, host=""), "primary": GONE},
            Action.PAGE,
            Rule.DATABASE_UNKNOWN,
        ),
        (WRITER, {"primary": replace(PRIMARY, status="rebooting")}, Action.WATCH, Rule.CHANGING),
        (
            WRITER,
            {"primary": replace(PRIMARY, status="rebooting"), "rings_since_ms": NOW - 16 * 60_000},
            Action.PAGE,
            Rule.CHANGING_TOO_LONG,
        ),
        (
            WRITER,
            {"primary": replace(PRIMARY, status="rebooting"), "rings_since_ms": None},
            Action.PAGE,
            Rule.CHANGING_TOO_LONG,
        ),
        (WRITER, {"points_at": "old.aws"}, Action.POINT_NAME, Rule.POINT_NAME),
        (WRITER, {"points_at": ""}, Action.POINT_NAME, Rule.POINT_NAME),
        (WRITER, {"primary": replace(PRIMARY, multi_az=False)}, Action.PAGE, Rule.NOT_BY_MACHINE),
        (WRITER, {"done": (("main", Rule.FAIL_OVER),)}, Action.PAGE, Rule.DID_NOT_HELP),
        (WRITER, {}, Action.FAIL_OVER, Rule.FAIL_OVER),
        (WRITER, {"primary": replace(PRIMARY, status="backing-up")}, Action.FAIL_OVER, Rule.FAIL_OVER),
        (WRITER, {"primary": GONE, "replica": GONE}, Action.PAGE, Rule.NO_REPLICA),
        (
            WRITER,
            {"primary": GONE, "replica": replace(REPLICA, status="creating")},
            Action.WATCH,
            Rule.CHANGING,
        ),
        (WRITER, {"primary": GONE, "lag_s": None}, Action.PAGE, Rule.LOSS_UNKNOWN),
        (WRITER, {"primary": GONE, "lag_s": 60.5}, Action.PAGE, Rule.LOSS_UNKNOWN),
        (WRITER, {"primary": GONE, "done": (("copy", Rule.PROMOTE),)}, Action.PAGE, Rule.DID_NOT_HELP),
        (WRITER, {"primary": GONE}, Action.PROMOTE_REPLICA, Rule.PROMOTE),
        (WRITER, {"primary": replace(PRIMARY, status="failed")}, Action.PROMOTE_REPLICA, Rule.PROMOTE),
        (COPY, {"replica": None}, Action.PAGE, Rule.DATABASE_UNKNOWN),
        (COPY, {"replica": GONE}, Action.PAGE, Rule.NO_REPLICA),
        (COPY, {"replica": PROMOTED}, Action.WATCH, Rule.CHANGING),
        (COPY, {"replica": replace(REPLICA, status="rebooting")}, Action.WATCH, Rule.CHANGING),
        (COPY, {"done": (("copy", Rule.REBOOT_REPLICA),)}, Action.PAGE, Rule.DID_NOT_HELP),
        (COPY, {}, Action.REBOOT_REPLICA, Rule.REBOOT_REPLICA),
    ],
)
def test_W08_the_first_rule_that_applies_wins(symptom, changed, action, rule):
    decision = decide(observation(symptom, **changed), POLICY)
    assert (decision.rule, decision.action) == (rule, action)
    assert bool(decision.resource) == action.changes


@pytest.mark.parametrize("status", sorted(BY_HAND))
def test_a_state_that_no_failover_mends_calls_a_person(status):
    decision = decide(observation(WRITER, primary=replace(PRIMARY, status=status)), POLICY)
    assert decision.rule is Rule.NOT_BY_MACHINE


def test_W08_a_replica_is_promoted_only_when_the_settings_allow_it():
    decision = decide(observation(WRITER, primary=GONE), replace(POLICY, may_promote=False))
    assert (decision.action, decision.rule) == (Action.PAGE, Rule.MAY_NOT_PROMOTE)


def test_an_impaired_instance_is_rebooted_and_replaced_when_that_did_not_help():
    sick = replace(GROUP, instances=instances("+-+", impaired=True))
    first = decide(observation(TARGETS, group=sick), POLICY)
    assert (first.action, first.rule, first.resource) == (Action.REBOOT_INSTANCE, Rule.REBOOT, "i-2")
    then = decide(observation(TARGETS, group=sick, done=(("i-2", Rule.REBOOT),)), POLICY)
    assert (then.action, then.resource) == (Action.REPLACE_INSTANCE, "i-2")


def test_instances_that_do_not_serve_yet_or_any_more_are_neither_well_nor_sick():
    group = replace(GROUP, instances=(*GROUP.instances, Instance(id="i-9", in_service=False)))
    assert decide(observation(TARGETS, group=group), POLICY).resource == "i-2"


def test_a_group_grows_by_one_and_the_name_leads_to_the_writer():
    assert decide(observation(LOAD), POLICY).value == "4"
    moved = decide(observation(WRITER, primary=GONE, replica=PROMOTED), POLICY)
    assert (moved.resource, moved.value) == ("db.example.internal", "copy.aws")


DATABASES = [None, GONE, *(replace(PRIMARY, status=one) for one in ("available", "failed", "rebooting"))]
REPLICAS = [None, GONE, REPLICA, PROMOTED, replace(REPLICA, status="rebooting")]


def test_W08_a_replica_is_promoted_under_all_conditions_and_never_else():
    for primary, replica, lag, may, mode in product(
        DATABASES, REPLICAS, [None, 1.0, 61.0], [True, False], [None, *Mode]
    ):
        seen = observation(WRITER, primary=primary, replica=replica, lag_s=lag, mode=mode)
        lost = primary is GONE or (isinstance(primary, DatabaseSeen) and primary.status in LOST)
        allowed = may and mode in {Mode.ON, Mode.DRY_RUN}
        wanted = lost and replica == REPLICA and lag == 1.0 and allowed
        decision = decide(seen, Policy(may_promote=may, most_lag_s=60))
        assert (decision.action is Action.PROMOTE_REPLICA) == wanted


def test_W08_no_instance_is_touched_while_most_are_sick_or_unknown():
    for health in map("".join, product("+-?", repeat=3)):
        decision = decide(observation(TARGETS, **fleet(health)), POLICY)
        touched = decision.action.changes
        assert touched == ("?" not in health and health.count("-") == 1)

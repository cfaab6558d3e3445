import pytest

from durable.backlog import STALE_MS
from failover.steps import STEPS
from gameday.plan.faults import Cut, Flap, Kill, Ordered, Place, Revive, Stop, at_once, isolated
from gameday.plan.partial_faults import (
    FillDisk,
    Lag,
    RefuseManagedFailover,
    RotatePassword,
    Sabotage,
    SetClock,
    SlowPromotion,
    StepFault,
    Throttle,
)
from gameday.targets.payments.scenarios import SCENARIOS
from lib.systems.load import load_settings
from tests.unit.gameday.builders import EAST, WEST

PLACES = {
    Place.HOLDER: EAST,
    Place.OTHER: WEST,
    Place.WITNESS: "us-east-2",
    Place.CONTROL_PLANES: "global",
    Place.OPERATOR: "operator",
}


@pytest.mark.parametrize(
    ("action", "path", "body", "words"),
    [
        (Kill(Place.HOLDER), "/places/us-east-1/kill", {}, "us-east-1 killed"),
        (
            Kill(Place.HOLDER, silently=True),
            "/places/us-east-1/swallow",
            {},
            "us-east-1 killed, and its addresses swallow packets",
        ),
        (Stop(Place.OTHER), "/places/us-west-2/stop", {}, "us-west-2 stands still"),
        (Revive(Place.WITNESS), "/places/us-east-2/revive", {}, "us-east-2 returns"),
        (
            Cut(Place.HOLDER, Place.OPERATOR),
            "/links",
            {"a": EAST, "b": "operator", "cut": True},
            "us-east-1 cut off from operator",
        ),
        (
            Flap(Place.HOLDER, 3),
            "/faults/flapping",
            {"region": EAST, "one_in": 3},
            "one in 3 health checks of us-east-1 fails",
        ),
        (Lag(120.0), "/faults/lag", {"seconds": 120.0}, "replication lags 120 s"),
        (
            Sabotage(Place.OTHER, StepFault.KILL),
            "/faults/sabotage",
            {"region": WEST, "fault": "kill"},
            "every step of a takeover in us-west-2 is killed once",
        ),
        (
            Sabotage(Place.OTHER, StepFault.REFUSE),
            "/faults/sabotage",
            {"region": WEST, "fault": "refuse"},
            "every step of a takeover in us-west-2 is refused each of its AWS calls once",
        ),
    ],
)
def test_an_action_is_one_order_and_one_sentence(action, path, body, words):
    order = action.order(PLACES)
    assert (order.path, order.body, action.describe(PLACES)) == (path, body, words)


@pytest.mark.parametrize(
    ("action", "path", "body", "words"),
    [
        (
            FillDisk(Place.HOLDER),
            "disk",
            {"region": EAST},
            "the disk of the database of us-east-1 is full",
        ),
        (
            Throttle(Place.HOLDER, "ssm", 5),
            "throttling",
            {"region": EAST, "service": "ssm", "one_in": 5},
            "one in 5 calls of ssm in us-east-1 is throttled",
        ),
        (
            Throttle(Place.HOLDER, "ssm", 0),
            "throttling",
            {"region": EAST, "service": "ssm", "one_in": 0},
            "ssm in us-east-1 as usual",
        ),
        (
            SetClock(Place.OTHER, -20.0),
            "clock",
            {"region": WEST, "seconds": -20.0},
            "the clock of us-west-2 is set to -20 s",
        ),
        (
            RefuseManagedFailover(Place.OTHER),
            "managed-failover",
            {"region": WEST},
            "Aurora refuses every managed failover to us-west-2",
        ),
        (
            SlowPromotion(Place.OTHER, 480.0),
            "promotion",
            {"region": WEST, "seconds": 480.0},
            "Aurora takes 480 s to promote the copy in us-west-2",
        ),
        (RotatePassword(), "password", {}, "the password of the database is rotated"),
    ],
)
def test_a_trouble_is_one_order_and_one_sentence(action, path, body, words):
    order = action.order(PLACES)
    assert isinstance(action, Ordered)
    assert (order.path, order.body, action.describe(PLACES)) == (f"/faults/{path}", body, words)


def test_an_isolated_holder_loses_everyone_but_clients():
    ends = {step.action.other for step in isolated(Place.HOLDER)}
    assert ends == {Place.OTHER, Place.WITNESS, Place.OPERATOR}
    assert Place.HOLDER in {step.action.other for step in isolated(Place.OTHER)}


def test_scenarios_in_which_nobody_moves_come_first_and_leave_the_cloud_to_the_others():
    moves = [scenario.expect.moves > 0 for scenario in SCENARIOS.values()]
    assert moves == sorted(moves)
    assert list(SCENARIOS) == [scenario.code for scenario in SCENARIOS.values()]


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=str)
def test_an_accepted_payment_may_wait_for_the_second_run_of_the_reconciler(scenario):
    assert scenario.follow.settle_s > 60 + STALE_MS / 1000


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=str)
def test_every_scenario_looks_on_longer_than_what_it_waits_for(scenario):
    assert scenario.steps[0].after_s == 0
    assert scenario.follow.at_most_s >= scenario.expect.restored_s
    assert scenario.follow.at_most_s >= scenario.last_step_s + scenario.follow.after_last_step_s
    # a lease of 30 s, skew 2 s and two ticks of 10 s: a challenger would have had its time
    assert scenario.follow.at_most_s > 52


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("S3", "nobody"),
        ("S1", "the other region takes over"),
        ("S6", "there and back again, as planned"),
    ],
)
def test_a_scenario_says_who_must_move(code, told):
    assert SCENARIOS[code].expect.moves_told == told


def test_every_step_of_a_takeover_is_struck():
    assert {SCENARIOS[code].expect.failed_steps for code in ("S10", "S18")} == {len(STEPS)}


@pytest.mark.parametrize(
    ("code", "silences"),
    [("S1", True), ("S2", True), ("S4", False), ("S11", False), ("S15", True), ("S20", True)],
)
def test_only_a_dead_or_frozen_holder_can_answer_nobody(code, silences):
    assert SCENARIOS[code].silences is silences


def test_an_operator_can_ask_a_holder_that_is_neither_silent_nor_cut_off():
    hidden = {code for code, scenario in SCENARIOS.items() if scenario.hides}
    assert hidden >= {"S1", "S2", "S4", "S5", "S16"}
    assert not hidden & {"S3", "S6", "S7", "S11", "S13"}


def test_B11_the_promotion_of_S22_takes_eight_minutes_and_acceptance_does_not():
    early = SCENARIOS["S22"].expect.early
    assert (early.first_s, early.accepted_s, early.promoted_s) == (60.0, 100.0, 480.0)
    limits = load_settings({}).early_acceptance
    requests = SCENARIOS["S22"].load.rate * early.promoted_s
    assert requests < limits.requests / 2
    # amounts are 1,250 on average, in three currencies
    assert all(requests / 3 * 125_000 < most * 3 / 4 for most in limits.money.values())


def test_at_once_is_time_zero():
    assert {step.after_s for step in at_once(Kill(Place.HOLDER), Kill(Place.WITNESS))} == {0.0}

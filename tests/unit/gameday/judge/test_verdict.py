from dataclasses import replace

import pytest

from failover.loss import Loss
from gameday.judge.summary import (
    Answered,
    Calls,
    Check,
    Measured,
    Objectives,
    OrderCounts,
    RequestCounts,
    Steady,
    Terraform,
)
from gameday.judge.verdict import answer_checks, answered, checks, harm, verdict
from gameday.observe.dr_answers import DrAnswer
from gameday.plan.scenario import Early, Expect
from tests.unit.gameday.builders import FAULT

MEASURED = {
    "lease_expired_s": 25.0,
    "detected_s": 36.0,
    "writer_promoted_s": 38.0,
    "active_s": 40.0,
    "ready_s": 40.5,
    "dns_moved_s": 30.0,
    "first_ack_s": 41.0,
    "restored_s": 96.0,
    "rpo_s": 0.0,
}
PAYMENTS = {
    "attempted": 100,
    "acknowledged": 98,
    "accepted": 1,
    "unanswered": 1,
    "lost": 0,
    "accepted_lost": 0,
    "duplicated": 0,
    "mismatched": 0,
    "unbalanced_minor": {},
    "acknowledged_while_fenced": 0,
    "reconciled": 2,
    "rescued": 1,
}
STEADY = {
    "planned": 0,
    "longest_stall_s": 4.0,
    "failed_steps": 9,
    "loss": "L20_journal_complete",
    "epochs_begun": 1,
    "writer_moves": 1,
    "dns_moves": 1,
    "old_holder_ready": 0,
    "refusals": 2,
    "unlatched": 0,
    "failed_permille": 10.0,
}
CALLS = {"during_recovery": 50, "to_dead_region": 0, "to_foreign_control_plane": 0, "table": ()}


EXPECT = Expect(moves=1, restored_s=100, least_refusals=2, least_rescued=1)


def made(
    *,
    measured=None,
    payments=None,
    orders=None,
    calls=None,
    second_plan_changes=0,
    steady=None,
    plans=None,
    expect=EXPECT,
) -> tuple[Check, ...]:
    return checks(
        measured=Measured(**(MEASURED | (measured or {}))),
        objectives=Objectives(rto_s=110, rpo_s=300),
        expect=expect,
        noun="payment",
        requests=RequestCounts(**(PAYMENTS | (payments or {}))),
        orders=orders,
        calls=Calls(**(CALLS | (calls or {}))),
        terraform=Terraform(
            second_plan_changes=second_plan_changes, plan_changes_after=plans or {"payments-usw2": 0}
        ),
        steady=Steady(**(STEADY | (steady or {}))),
    )


def missed(**changes) -> list[str]:
    return [check.name for check in made(**changes) if not check.met]


def test_payments_that_were_never_answered_or_only_accepted_are_no_miss():
    assert missed() == []


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"measured": {"restored_s": 100.0}}, []),
        ({"measured": {"restored_s": 101.0}}, ["restored within, s"]),
        ({"measured": {"restored_s": 111.0}}, ["recovery time objective, s", "restored within, s"]),
        ({"measured": {"restored_s": None}}, ["recovery time objective, s", "restored within, s"]),
        ({"measured": {"rpo_s": 300.1}}, ["recovery point objective, s"]),
        ({"payments": {"lost": 1}}, ["payments lost"]),
        ({"payments": {"accepted_lost": 1}}, ["accepted payments lost"]),
        ({"payments": {"duplicated": 1}}, ["payments duplicated"]),
        ({"payments": {"rescued": 0}}, ["acknowledged payments that only the journal had"]),
        ({"steady": {"unlatched": 1}}, ["failovers that left automation running"]),
        ({"payments": {"mismatched": 1}}, ["payments with another amount"]),
        ({"payments": {"unbalanced_minor": {"EUR": -1}}}, ["currencies out of balance"]),
        ({"payments": {"acknowledged_while_fenced": 1}}, ["payments acknowledged while fenced"]),
        ({"calls": {"to_dead_region": 1}}, ["calls to the lost region"]),
        ({"calls": {"to_foreign_control_plane": 1}}, ["calls to a foreign control plane"]),
        ({"steady": {"epochs_begun": 0}}, ["epochs begun"]),
        ({"steady": {"epochs_begun": 2}}, ["epochs begun"]),
        ({"steady": {"writer_moves": 2}}, ["moves of the writer"]),
        ({"steady": {"dns_moves": 0}}, ["moves of DNS"]),
        ({"steady": {"old_holder_ready": 1}}, ["times the old holder called itself ready"]),
        ({"steady": {"refusals": 1}}, ["refusals by the old holder"]),
        ({"steady": {"failed_permille": 10.1}}, ["failed attempts, per mille"]),
        ({"plans": {"payments-usw2": 1}}, ["changes in a plan of payments-usw2 afterwards"]),
        ({"plans": {"payments-usw2": None}}, ["changes in a plan of payments-usw2 afterwards"]),
        ({"second_plan_changes": 1}, ["changes in a second plan"]),
        ({"second_plan_changes": None}, []),  # this drill was not told
    ],
)
def test_each_expectation_is_missed_by_itself(change, names):
    assert missed(**change) == names


THERE_AND_BACK = {"epochs_begun": 2, "writer_moves": 2, "dns_moves": 2, "planned": 2}
PLANNED = Expect(moves=2, planned=2, restored_s=100, stall_s=5.0)
ALL_ANSWERED = {"acknowledged": 100, "accepted": 0, "unanswered": 0}


@pytest.mark.parametrize(
    ("change", "payments", "names"),
    [
        ({}, {}, []),
        ({"planned": 1}, {}, ["epochs begun as planned"]),
        ({"epochs_begun": 3}, {}, ["epochs begun"]),
        ({"dns_moves": 1}, {}, ["moves of DNS"]),
        ({"longest_stall_s": 5.1}, {}, ["longest stall, s"]),
        (
            {"longest_stall_s": None},
            {"acknowledged": 99, "accepted": 1},
            ["requests without an acknowledgement", "longest stall, s"],
        ),
    ],
)
def test_a_planned_move_there_and_back_costs_a_pause_and_no_payment(change, payments, names):
    steady = THERE_AND_BACK | change
    assert missed(expect=PLANNED, steady=steady, payments=ALL_ANSWERED | payments) == names


@pytest.mark.parametrize(
    ("expect", "name"),
    [
        ({"failed_steps": 8}, "steps that failed once and went on"),
        ({"failed_steps": 10}, "steps that failed once and went on"),
        ({"loss": Loss.APPROVED}, "promotion went on by L40_approved"),
        ({"loss": Loss.JOURNAL_COMPLETE, "failed_steps": 9}, None),
    ],
)
def test_what_only_some_scenarios_ask_for(expect, name):
    assert missed(expect=replace(EXPECT, **expect)) == ([name] if name else [])


ACCEPTED = {"writer_promoted_s": 20.0, "first_accepted_s": 10.0, "accepted_s": 15, "settled_s": 30.0}


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({}, []),
        ({"writer_promoted_s": 19.9}, ["writer promoted no sooner than, s"]),
        ({"writer_promoted_s": None}, ["writer promoted no sooner than, s"]),
        ({"first_accepted_s": 10.1}, ["first acceptance within, s"]),
        ({"accepted_s": 16}, ["attempts accepted within, s"]),
        ({"settled_s": 30.1}, ["accepted requests settled within, s"]),
        ({"settled_s": None}, ["accepted requests settled within, s"]),
        (
            {"first_accepted_s": None, "accepted_s": None},
            ["first acceptance within, s", "attempts accepted within, s"],
        ),
    ],
)
def test_B11_acceptance_is_judged_beside_the_writer_that_nobody_waited_for(change, names):
    expect = replace(EXPECT, early=Early(first_s=10.0, accepted_s=15.0, promoted_s=20.0, settled_s=30.0))
    assert missed(expect=expect, measured=ACCEPTED | change) == names


def test_a_planned_takeover_is_no_taken_one():
    assert missed(steady={"planned": 1}) == ["epochs begun as planned"]


def test_an_invalid_run_is_neither_met_nor_missed():
    met, not_met = (Check(name="x", limit=0, measured=0, met=met) for met in (True, False))
    harmless = frozenset()
    assert verdict([], [met], harmless) == "met"
    assert verdict([], [met, not_met], harmless) == "missed"
    assert verdict(["V10"], [met], harmless) == verdict(["V10"], [not_met], harmless) == "invalid"


@pytest.mark.parametrize("fault", ["lost", "duplicated", "mismatched", "acknowledged_while_fenced"])
def test_a_harmed_payment_is_a_miss_however_invalid_the_run(fault):
    assert verdict(["V40"], made(payments={fault: 1}), harm("payment")) == "missed"


HARMED_ORDERS = {
    "unlisted": "open orders that are not listed",
    "undead": "cancelled orders that are listed as open",
    "taken": "orders cancelled that nobody cancelled",
    "denied": "answers that deny what was acknowledged",
    "entered": "orders taken while order entry was halted",
}


@pytest.mark.parametrize("fault", HARMED_ORDERS)
def test_a_harmed_order_is_a_miss_however_invalid_the_run(fault):
    sound = dict.fromkeys(HARMED_ORDERS, 0) | {"open": 40}
    assert missed(orders=OrderCounts(**sound)) == []
    harmed = OrderCounts(**(sound | {fault: 1}))
    assert missed(orders=harmed) == [HARMED_ORDERS[fault]]
    assert verdict(["V40"], made(orders=harmed), harm("order")) == "missed"


def answer(**changes) -> DrAnswer:
    seen = {"regions": [{"region": FAULT.region, "live": "unreachable"}]}
    told = {"at": FAULT.at + 3, "command": "status", "seconds": 4.2, "within_s": 10.0, "exit_code": 5}
    return DrAnswer(**(told | {"document": seen} | changes))


CHECKED = {"command": "check", "document": {"unknown": [f"{FAULT.region}: its API: no answer in time"]}}


@pytest.mark.parametrize(
    ("answers", "names"),
    [
        ([], []),
        ([answer(), answer(**CHECKED)], []),
        ([answer(seconds=10.1), answer(**CHECKED)], ["dr status answered within, s"]),
        ([answer(), answer(**CHECKED, seconds=10.1)], ["dr check answered within, s"]),
        ([answer(seconds=10.1), answer()], ["dr status answered within, s"]),
        ([answer(document={"unknown": []})], ["answers of dr that took the lost region for alive"]),
        (
            [answer(document={"regions": [{"region": FAULT.region, "live": "yes"}]})],
            ["answers of dr that took the lost region for alive"],
        ),
        ([answer(at=FAULT.at - 3, document={})], []),
    ],
)
def test_an_operator_who_looks_waits_ten_seconds_at_most_and_sees_what_is_lost(answers, names):
    silenced = replace(FAULT, silent_from=FAULT.at + 0.5)
    assert [check.name for check in answer_checks(answers, silenced) if not check.met] == names


def test_what_an_operator_asked_is_told_in_seconds_after_the_fault():
    assert answered([answer()], FAULT) == (Answered(command="status", after_s=3.0, seconds=4.2, exit_code=5),)

"""B10: what a forced promotion may lose, and when two people are enough."""

import json
from dataclasses import asdict, dataclass, fields, replace

import pytest

from failover.loss import (
    CLOCKS_MS,
    Approval,
    JournalProof,
    Loss,
    LossEstimate,
    LossPolicy,
    Verdict,
    approvers,
    canonical,
    digest,
    document,
    judge,
)

from .scene import NOW, WEST

POLICY = LossPolicy(
    journal_trusted=False,
    requests=2,
    lag_ms=1_000,
    money={"EUR": 10},
    valid_ms=900_000,
    sessions_are_people=False,
)
WITHIN = LossEstimate(
    journal=JournalProof.UNTRUSTED, replicated_until_ms=NOW, lag_ms=1_000, requests=2, money={"EUR": 10}
)
OVER = replace(WITHIN, requests=3)
ASKED = document(system="payments", epoch=8, plan="failover", region=WEST, figures=OVER)
WANTED = digest(canonical(ASKED))
ALICE = Approval(approver="AIDAALICE", digest=WANTED, approved_at_ms=NOW)
BOB = Approval(approver="AROABOB:bob", digest=WANTED, approved_at_ms=NOW)


def verdict(figures=OVER, approvals=(), policy=POLICY, now_ms=NOW):
    return judge(figures, policy, approvers(approvals, policy, wanted=WANTED, now_ms=now_ms))


def test_B10_a_complete_journal_loses_nothing_whatever_the_lag():
    assert verdict(replace(OVER, journal=JournalProof.COMPLETE, lag_ms=None)) == Verdict(
        done=True, rule=Loss.JOURNAL_COMPLETE, reason="3 requests are replayed, none is lost"
    )


@pytest.mark.parametrize("journal", [fact for fact in JournalProof if fact is not JournalProof.COMPLETE])
def test_B10_any_other_journal_proves_nothing(journal):
    assert verdict(replace(OVER, journal=journal)).rule is Loss.OVER_BUDGET


def test_B10_within_the_budget_nobody_is_asked():
    assert verdict(WITHIN) == Verdict(done=True, rule=Loss.WITHIN_BUDGET, reason="2 requests may be lost")
    assert verdict(replace(WITHIN, requests=0, money={}, lag_ms=0)).rule is Loss.WITHIN_BUDGET


@pytest.mark.parametrize(
    "change",
    [
        {"requests": 3},
        {"lag_ms": 1_001},
        {"money": {"EUR": 11}},
        {"money": {"EUR": 1, "USD": 1}},
        {"requests": None},
        {"lag_ms": None},
        {"money": None},
    ],
)
def test_B10_over_the_budget_or_unknown_waits_for_people(change):
    found = verdict(replace(WITHIN, **change))
    assert (found.done, found.rule) == (False, Loss.OVER_BUDGET)


@pytest.mark.parametrize(
    ("figures", "approvals", "reason"),
    [
        (OVER, [], "the journal is untrusted and 3 requests may be lost; 0 of 2 approved: type dr approve"),
        (
            replace(OVER, journal=JournalProof.UNREADABLE, requests=None, lag_ms=None, money=None),
            [ALICE],
            (
                "the journal is unreadable and an unknown number of requests may be lost; "
                "1 of 2 approved: type dr approve"
            ),
        ),
    ],
)
def test_B10_who_is_paged_reads_what_may_be_lost_and_what_to_do(figures, approvals, reason):
    assert verdict(figures, approvals) == Verdict(done=False, rule=Loss.OVER_BUDGET, reason=reason)


def test_B10_two_different_principals_approve():
    assert verdict(approvals=[ALICE]).done is False
    found = verdict(approvals=[BOB, ALICE])
    assert (found.done, found.rule) == (True, Loss.APPROVED)
    assert found.reason == "approved by AIDAALICE, AROABOB:bob"


@pytest.mark.parametrize(
    "second",
    [
        ALICE,
        replace(BOB, digest=digest("other figures")),
        replace(BOB, approved_at_ms=NOW - POLICY.valid_ms - 1),
        replace(BOB, approved_at_ms=NOW + CLOCKS_MS + 1),
    ],
)
def test_B10_the_same_person_other_figures_and_other_times_do_not_count(second):
    assert verdict(approvals=[ALICE, second]).done is False


@pytest.mark.parametrize("at_ms", [NOW - POLICY.valid_ms, NOW + CLOCKS_MS])
def test_B10_an_approval_counts_until_it_expires(at_ms):
    assert verdict(approvals=[ALICE, replace(BOB, approved_at_ms=at_ms)]).done is True


def test_B10_two_sessions_of_one_role_are_two_people_only_where_the_settings_say_so():
    """Whoever may take a role chooses the name of the session."""
    twice = [BOB, replace(BOB, approver="AROABOB:alice")]
    assert verdict(approvals=twice).done is False
    assert verdict(approvals=twice, policy=replace(POLICY, sessions_are_people=True)).done is True


@pytest.mark.parametrize(
    "change",
    [
        {"system": "trading"},
        {"epoch": 9},
        {"plan": "switchover"},
        {"region": "us-east-1"},
        {"figures": replace(OVER, requests=4)},
        {"figures": replace(OVER, replicated_until_ms=NOW - 1)},
        {"figures": replace(OVER, money={"EUR": 9})},
    ],
)
def test_B10_an_approval_is_of_one_document_and_never_of_another(change):
    given = {"system": "payments", "epoch": 8, "plan": "failover", "region": WEST, "figures": OVER}
    assert digest(canonical(document(**given))) == WANTED
    assert digest(canonical(document(**given | change))) != WANTED


def test_a_document_is_one_text_in_whatever_order_it_is_written():
    again = json.loads(json.dumps(ASKED, indent=3))
    assert canonical(dict(reversed(again.items()))) == canonical(ASKED)
    unknown = document(
        system="payments",
        epoch=8,
        plan="failover",
        region=WEST,
        figures=replace(OVER, money=None, requests=None),
    )
    assert unknown["figures"]["money"] is None


def test_the_policy_is_read_from_the_parameter():
    text = json.dumps({name: getattr(POLICY, name) for name in LossPolicy.__dataclass_fields__})
    assert LossPolicy.parse(text) == POLICY
    with pytest.raises(ValueError, match="no policy of approvals"):
        LossPolicy.parse('{"requests": 1}')


def test_a_policy_of_newer_code_is_read_and_a_figure_with_a_default_changes_no_digest() -> None:
    text = json.dumps({**asdict(POLICY), "of_tomorrow": 1})
    assert LossPolicy.parse(text) == POLICY

    @dataclass(frozen=True, slots=True, kw_only=True)
    class OfTomorrow(LossEstimate):
        aside: int = 0

    known = {each.name: getattr(OVER, each.name) for each in fields(OVER)}
    of = {"system": "payments", "epoch": 8, "plan": "failover", "region": "us-west-2"}
    today = canonical(document(**of, figures=OVER))
    assert canonical(document(**of, figures=OfTomorrow(**known))) == today
    assert canonical(document(**of, figures=OfTomorrow(**known, aside=1))) != today

import json

import pytest

from budget.compute import compute
from budget.declared import durations
from budget.measured import UnreadableDrill, measured
from budget.model import Basis, Measured, Verdict
from budget.recovery_time import _longest, forced_tasks
from budget.synth import check
from failover.steps import STEPS
from lib.errors import SettingsError
from lib.failover.takeover import takeover
from lib.settings.recovery import BudgetSettings
from lib.systems.load import load_settings


def settings(**sections):
    """The payments system with some keys of some sections changed."""
    given = load_settings({})
    changed = {name: getattr(given, name).model_copy(update=values) for name, values in sections.items()}
    return given.model_copy(update=changed)


def objectives(found):
    return {one.name: one for one in compute(found).objectives}


def test_B04_payments_lose_nothing_and_the_rest_says_what_is_unproven():
    assert {name: one.verdict for name, one in objectives(settings()).items()} == {
        "rto_accepted": Verdict.MET,
        "rto_takeover": Verdict.UNPROVEN,
        "rto_dns": Verdict.UNPROVEN,
        "rto_events": Verdict.MET,
        "rpo_ledger": Verdict.MET,
        "rpo_journal": Verdict.MET,
        "rpo_sessions": Verdict.UNPROVEN,
        "rpo_events": Verdict.INFEASIBLE,
        "rpo_backup_copies": Verdict.INFEASIBLE,
    }


def test_B11_requests_are_accepted_again_without_waiting_for_a_promotion():
    accepted = objectives(settings())["rto_accepted"]
    assert [leg.basis for leg in accepted.legs] == [Basis.CONFIGURED] * 4
    assert accepted.most_s == 30 + 2 + 10 + 3 * 70
    assert "rto_accepted" not in objectives(settings(early_acceptance={"requests": 0}))


def test_B04_the_failover_of_the_event_endpoint_is_what_AWS_declares():
    found = objectives(settings())
    assert [(one.least_s, one.most_s) for one in (found["rto_events"], found["rpo_events"])] == [
        (360, 420)
    ] * 2
    assert found["rpo_events"].accepted.startswith("no payment depends on an event")


def test_B04_a_backup_copy_is_as_old_as_the_plan_lets_it_become():
    between, making, copying = objectives(settings())["rpo_backup_copies"].legs
    assert (between.least_s, between.most_s) == (86_400, 86_400)
    assert (making.least_s, making.most_s) == (0, 9 * 3600)
    assert copying.basis is Basis.DECLARED
    assert settings(backup={"hour_utc": 3}).backup.schedule == "cron(0 3 * * ? *)"


@pytest.mark.parametrize(
    ("name", "least", "most"), [("rto_takeover", 30 - 10 + 2, 30 + 2 + 10), ("rto_dns", 20, 30 + 60)]
)
def test_B04_the_configured_waits_are_those_of_the_settings(name, least, most):
    legs = [leg for leg in objectives(settings())[name].legs if leg.source.startswith(("protocol.", "dns."))]
    assert (sum(leg.least_s for leg in legs), sum(leg.most_s for leg in legs)) == (least, most)


def test_B04_a_step_that_fails_to_the_end_takes_every_try_and_every_pause():
    retry = {"IntervalSeconds": 1, "BackoffRate": 2, "MaxDelaySeconds": 5, "MaxAttempts": 4}
    assert _longest({"Retry": [{"MaxAttempts": 0}, retry], "TimeoutSeconds": 10}) == (1 + 2 + 4 + 5) + 5 * 10


def test_B04_only_the_retries_of_the_steps_that_a_failover_runs_count_and_the_keeper_ends_them():
    machine = takeover("steps", settings().limits)
    names = [task["Parameters"]["Payload"]["step"] for task in forced_tasks(machine)]
    assert names == list(STEPS)
    retried = next(leg for leg in objectives(settings())["rto_takeover"].legs if "retried" in leg.name)
    assert (retried.least_s, retried.most_s) == (0, 2 * settings().objectives.rto_s)


def test_B04_the_budget_grows_with_the_lease():
    before, after = (objectives(settings(protocol={"lease_ttl_s": ttl})) for ttl in (30, 90))
    assert after["rto_takeover"].least_s - before["rto_takeover"].least_s == 60


def test_B04_every_declared_leg_says_where_AWS_declares_it():
    declared = [
        leg for one in objectives(settings()).values() for leg in one.legs if leg.basis is Basis.DECLARED
    ]
    assert declared
    assert all("https://" in leg.source for leg in declared)
    assert all(fact.sources for fact in durations().values())


def test_B04_an_old_provider_makes_journal_and_lease_unproven_and_says_so():
    budget = compute(settings(provider={"aws": "5.100.0"}))
    verdicts = {one.name: one.verdict for one in budget.objectives}
    assert verdicts["rpo_journal"] == verdicts["rpo_ledger"] == Verdict.UNPROVEN
    assert "provider 5.100.0: lease and journal are only eventually consistent" in budget.warnings[0]
    assert compute(settings()).warnings == ()


def test_B04_synthesis_says_in_one_line_what_is_unproven_and_accepted():
    assert check(settings()) == (
        "budget: unproven: rto_takeover, rto_dns, rpo_sessions; accepted: rpo_events, "
        "rpo_backup_copies "
        "(dr budget says why)\n"
    )
    assert "eventually consistent" in check(settings(provider={"aws": "5.100.0"}))
    assert check(settings(provider={"aws": "5.100.0"})).count("\n") == 1


def test_B04_synthesis_is_silent_when_everything_is_met(monkeypatch):
    monkeypatch.setattr("budget.compute.recovery_time", lambda _: ())
    monkeypatch.setattr("budget.compute.recovery_point", lambda _: ())
    assert check(settings(budget={"accepted": {}})) == ""


def test_synthesis_fails_when_a_limit_that_follows_from_an_objective_breaks_another(monkeypatch):
    monkeypatch.setattr("budget.compute.recovery_time", lambda _: ())
    monkeypatch.setattr("budget.compute.recovery_point", lambda _: ())
    with pytest.raises(SettingsError, match="rto_s = 210: has a holder give a drain up that is still tried"):
        check(settings(objectives={"rto_s": 210}, budget={"accepted": {}}))


def test_B04_synthesis_fails_when_an_objective_cannot_be_met():
    with pytest.raises(SettingsError) as refused:
        check(settings(objectives={"rto_s": 60, "rpo_s": 300}))
    takeover, events = str(refused.value).splitlines()
    assert events.startswith("budget: rto_events is infeasible: at least 360 s declared")
    assert takeover == (
        "budget: rto_takeover is infeasible: at least 22 s configured + 60 s declared; allowed are 60 s; "
        'change the settings, or accept it with a reason: [budget.accepted] rto_takeover = "..."'
    )


def test_B04_what_is_accepted_by_name_may_be_infeasible():
    budget = compute(settings())
    assert budget.refused == ()
    events, copies = [one for one in budget.objectives if one.verdict is Verdict.INFEASIBLE]
    assert copies.accepted.startswith("a daily copy")
    refused = compute(settings(budget={"accepted": {}})).refused
    assert [one.name for one in refused] == [events.name, copies.name]


@pytest.mark.parametrize("name", ["rpo_jurnal", "rpo_journal"])
def test_B04_nothing_else_can_be_accepted(name):
    with pytest.raises(SettingsError, match=rf"budget\.accepted\.{name}: is not an infeasible objective"):
        compute(settings(budget={"accepted": {name: "because somebody said so"}}))


def test_B04_an_acceptance_without_a_reason_is_a_mistake():
    with pytest.raises(ValueError, match="at least 20 characters"):
        BudgetSettings(accepted={"rpo_journal": "because"})


def summary(tmp_path, **changes):
    path = tmp_path / "summary.json"
    figures = {"first_ack_s": 41.9, "dns_moved_s": 29.2, "rpo_s": 0.0}
    document = {"valid": True, "cloud": "local", "scenario": "S1", "run": "r1", "measured": figures}
    path.write_text(json.dumps(document | changes))
    return path


def test_B04_what_a_drill_measured_stands_beside_the_sum_and_not_in_it(tmp_path):
    drilled = compute(settings(), measured(summary(tmp_path))).objectives
    (with_drill,) = [one for one in drilled if one.name == "rto_takeover"]
    without = objectives(settings())["rto_takeover"]
    assert with_drill.measured == Measured(seconds=41.9, run="local S1 r1")
    assert with_drill.reason == without.reason


def test_B04_a_drill_that_is_missing_or_invalid_or_saw_nothing_measures_nothing(tmp_path):
    assert measured(tmp_path / "none.json") == {}
    assert measured(summary(tmp_path, valid=False)) == {}
    seen = measured(summary(tmp_path, measured={"first_ack_s": None, "dns_moved_s": None, "rpo_s": 0.0}))
    assert list(seen) == ["rpo_ledger"]


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_what_is_no_summary_is_named(tmp_path, text):
    path = tmp_path / "summary.json"
    path.write_text(text)
    with pytest.raises(UnreadableDrill, match=r"summary\.json is no summary"):
        measured(path)

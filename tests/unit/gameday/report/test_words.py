"""The outcome in sentences: actions, lead and headline."""

from dataclasses import replace

from gameday.observe.history import Mark
from gameday.report.page import words
from tests.unit.gameday.builders import EAST, FAULT
from tests.unit.gameday.reports import judged, record


def test_actions_are_told_second_by_second():
    marks = tuple(
        Mark(at=at, done_at=at + 0.1, what=what)
        for at, what in ((1000.0, "a cut"), (1000.2, "b cut"), (1120.0, "a returns"))
    )
    assert words.actions(replace(FAULT, marks=marks)) == "Second 0: a cut, b cut; second 120: a returns."


def test_the_lead_says_how_far_the_recovery_came():
    summary = judged(record()).summary
    whole = words.lead(summary, "Second 0: x.")
    assert whole.startswith("Second 0: x. After 36 s us-west-2 took the lease that had run out")
    for moment, told in (
        ("restored_s", "The service was never restored."),
        ("ready_s", "but was never ready."),
        ("detected_s", "us-west-2 never took the lease."),
    ):
        cut = summary.measured.model_copy(update={moment: None})
        assert words.lead(summary.model_copy(update={"measured": cut}), "x").endswith(told)


def test_the_headline_is_the_worst_that_is_true():
    met = judged(record()).summary.model_copy(update={"verdict": "met"})
    assert words.headline(met) == "us-west-2 took over, and no acknowledged payment was lost."
    stayed = met.model_copy(update={"holder_after": EAST})
    assert words.headline(stayed) == "us-east-1 kept serving, nobody moved, and no payment was lost."
    one = met.requests.model_copy(update={"lost": 1})
    assert "1 payment that a client saw acknowledged is gone." in words.headline(
        met.model_copy(update={"requests": one})
    )
    assert "proves nothing" in words.headline(met.model_copy(update={"verdict": "invalid"}))

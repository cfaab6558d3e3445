import pytest

from budget.model import Basis, Leg, Objective, Verdict


def leg(least, most, basis=Basis.CONFIGURED, name="a leg"):
    return Leg(name=name, basis=basis, least_s=least, most_s=most, source="here")


def objective(*legs, limit=100):
    return Objective(name="rto", limit_s=limit, legs=legs)


@pytest.mark.parametrize(
    ("legs", "verdict", "reason"),
    [
        ([leg(10, 40), leg(20, 60)], Verdict.MET, "at most 100 s configured; allowed are 100 s"),
        (
            [leg(10, 40), leg(20, 61)],
            Verdict.UNPROVEN,
            "at least 30 s configured; all that is bounded may take 101 s; allowed are 100 s",
        ),
        (
            [leg(10, 40), leg(20, None, Basis.DECLARED, "AWS")],
            Verdict.UNPROVEN,
            "at least 10 s configured + 20 s declared; no bound for: AWS; allowed are 100 s",
        ),
        ([leg(100, 100)], Verdict.MET, "at most 100 s configured; allowed are 100 s"),
        ([leg(101, None)], Verdict.INFEASIBLE, "at least 101 s configured; allowed are 100 s"),
    ],
)
def test_B04_a_verdict_rests_on_what_the_legs_take_at_least_and_at_most(legs, verdict, reason):
    assert (objective(*legs).verdict, objective(*legs).reason) == (verdict, reason)


def test_B04_configured_and_declared_are_never_one_figure():
    mixed = objective(leg(1, 2), leg(3, 4), leg(5, None, Basis.DECLARED), leg(6, 7, Basis.DECLARED))
    assert mixed.sums() == {Basis.CONFIGURED: (4, 6), Basis.DECLARED: (11, None)}

from datetime import date

import pytest

from gates.findings import LISTS, Allowance, Finding, ListError, allowances, unexplained

TODAY = date(2026, 11, 21)
FOUND = Finding("R1", "stack:aws_thing.a", "is bad")
REASON = "there is a good reason for this"


def open_(*allowed, found=(FOUND,)):
    return unexplained(found, allowed, today=TODAY)


def test_a_finding_without_an_allowance_is_unexplained():
    assert open_() == [FOUND]
    assert str(FOUND) == "R1 stack:aws_thing.a: is bad"


@pytest.mark.parametrize("until", [None, TODAY])
def test_an_allowance_covers_its_rule_where_it_says(until):
    assert open_(Allowance(rule="R1", where="*.a", reason=REASON, until=until)) == []


def test_B08_an_expired_allowance_fails_and_covers_nothing():
    found = open_(Allowance(rule="R1", reason=REASON, until=date(2026, 11, 20)))
    assert found == [FOUND, Finding("R1", "*", f"the allowance expired on 2026-11-20: {REASON}")]


@pytest.mark.parametrize("facts", [{"rule": "R2"}, {"rule": "R1", "where": "*.b"}])
def test_an_allowance_that_nothing_needs_fails(facts):
    finding, idle = open_(Allowance(reason=REASON, **facts))
    assert (finding, idle.text) == (FOUND, "nothing needs this allowance any more; remove it from its list")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[allow", "cannot be read"),
        ('[[allow]]\nrule = "R1"', "needs rule and reason"),
        ('[[allow]]\nrule = "R1"\nreason = "because"', "'because' is no reason"),
        (f'[[allow]]\nrule = "R1"\nreason = "{REASON}"', "needs until"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(tmp_path, text, message):
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(ListError, match=message):
        allowances("mine", must_end=True, folder=tmp_path)


def test_a_missing_list_is_refused(tmp_path):
    with pytest.raises(ListError, match="cannot be read"):
        allowances("none", folder=tmp_path)


@pytest.mark.parametrize("path", sorted(LISTS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_list_of_ours_can_be_used(path):
    assert all(one.reason for one in allowances(path.stem, must_end=path.stem == "parity"))

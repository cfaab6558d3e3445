"""Whoever reads a code in a log or on a screen finds what it means, and some test shows that it is so."""

import re
from pathlib import Path

import pytest

from dr.rules import RULES
from failover.decision import Rule
from failover.loss import Loss

ROOT = Path(__file__).resolve().parents[3]
PAGES = ROOT / "docs" / "runbooks" / "rules"
HEADING = re.compile(r"^## ([RPL]\d\d) (.+)\n\n?((?:(?!## ).*\n)+)", re.MULTILINE)
CODES = {
    "keeper": [rule.value.partition("_")[0] for rule in Rule],
    "dr": [rule.code for rule in RULES],
    "loss": [rule.value.partition("_")[0] for rule in Loss],
}
TESTED_AS = {
    **{rule.value.partition("_")[0]: f"Rule.{rule.name}" for rule in Rule},
    **{rule.code: f'"{rule.code}"' for rule in RULES},
    **{rule.value.partition("_")[0]: rule.value for rule in Loss},
}
TESTS = "\n".join(
    path.read_text()
    for folder in ("failover", "dr")
    for path in sorted((ROOT / "tests" / "unit" / folder).glob("test_*.py"))
)


@pytest.mark.parametrize("page", CODES)
def test_every_rule_has_its_words_in_the_order_of_the_code(page):
    found = HEADING.findall((PAGES / f"{page}.md").read_text())
    assert [code for code, _, _ in found] == CODES[page]
    assert all(title and text.strip() for _, title, text in found)


@pytest.mark.parametrize("code", TESTED_AS)
def test_every_rule_is_met_by_a_test(code):
    assert TESTED_AS[code] in TESTS


def test_every_link_of_the_pages_leads_somewhere():
    for path in PAGES.glob("*.md"):
        for target in re.findall(r"\]\(([^)]+)\)", path.read_text()):
            assert (path.parent / target).exists(), target

"""What systems share names none of them: it would serve one that nobody here has thought of."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SHARED = (
    *("lambda/runtime", "lambda/failover", "lambda/durable", "lambda/intake"),
    *("lib/data", "lib/failover", "lib/messaging", "lib/network", "lib/observability", "lib/security"),
    *("budget", "evidence", "dr"),
)
OWN = {
    *("dr/doctor/fleet.py", "dr/doctor/issuer.py", "dr/doctor/secrets.py"),
    *("dr/rights/deployer.py", "dr/rights/doctor.py", "dr/rights/services.py"),
    *("dr/aws.py", "dr/halt.py", "dr/schemas.py", "dr/trail.py", "dr/drill/synthetic.py"),
}
"""Where a command, a check or a right is one system's own, and says whose."""
OF_A_SYSTEM = re.compile(r"\bpay(s|er|ers|ment|ments)?\b|\bpaid\b|_?pay(er|ment)_|\b(trad(e|es|ing))\b", re.I)


def said(folder: str) -> list[str]:
    """The lines that say a word of one system's."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        if str(path.relative_to(ROOT)) not in OWN
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if OF_A_SYSTEM.search(line)
    ]


@pytest.mark.parametrize("folder", SHARED)
def test_no_word_of_one_systems_is_in_what_all_share(folder):
    assert said(folder) == []


@pytest.mark.parametrize("path", sorted(OWN))
def test_what_is_left_out_is_one_systems_own(path):
    assert OF_A_SYSTEM.search((ROOT / path).read_text())

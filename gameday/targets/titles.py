"""What the scenarios of all systems are called."""

from collections.abc import Mapping

from gameday.targets.payments.scenarios import SCENARIOS as PAYMENTS
from gameday.targets.trading.scenarios import SCENARIOS as TRADING
from gameday.targets.webapp.scenarios import SCENARIOS as WEBAPP

TITLES: Mapping[str, str] = {
    **{code: one.title for code, one in PAYMENTS.items()},
    **{code: one.title for code, one in TRADING.items()},
    **{code: one.title for code, one in WEBAPP.items()},
}
"""By code."""

"""The section of a system's settings that says what is accepted while a lost database is being promoted."""

from pydantic import Field

from lib.settings.approvals import Amount, Money
from lib.settings.section import Section


class EarlyAcceptance(Section):
    """What a region that has taken over may accept before its database takes writes; nothing by default."""

    requests: Amount = 0
    money: Money = Field(default_factory=dict)
    """Minor units; a currency that is not named waits for the writer."""

    def limits(self) -> str:
        """As functions and instances are told it, in one plain word: `100:EUR=1000000`."""
        return ":".join(
            [str(self.requests), *(f"{name}={most}" for name, most in sorted(self.money.items()))]
        )

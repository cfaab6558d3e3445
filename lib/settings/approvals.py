"""The section of a system's settings that says what a forced failover may lose, and who may allow more."""

from typing import Annotated, Literal

from pydantic import Field

from lib.settings.section import Section

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Amount = Annotated[int, Field(ge=0)]
Money = dict[Currency, Amount]


class Approvals(Section):
    """The data-loss budget, and the approvals that replace it."""

    journal: Literal["trusted", "untrusted"]
    """``trusted``: its table is strongly consistent, so what it has is not lost."""
    requests: Amount
    """So many, whatever the system takes."""
    lag_s: Amount
    money: Money
    """Minor units; a currency that is not named may lose nothing."""
    valid_s: Annotated[int, Field(ge=60, le=3600)]
    sessions_are_people: bool
    """Whether two sessions of one role are two people: only where an identity provider names the sessions."""
    roles: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_+=,.@-]{1,64}$")], ...] = ()
    """Existing roles of this account that may approve."""

    def policy(self) -> dict[str, object]:
        """As the takeover's function reads it, in milliseconds."""
        return {
            "journal_trusted": self.journal == "trusted",
            "requests": self.requests,
            "lag_ms": self.lag_s * 1000,
            "money": self.money,
            "valid_ms": self.valid_s * 1000,
            "sessions_are_people": self.sessions_are_people,
        }

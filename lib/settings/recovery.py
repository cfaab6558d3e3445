"""The sections that say how fast a system must recover, and how its lease is kept."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from lib.settings.section import Seconds, Section

KEEPER_EVERY_S = 60
"""The schedule of the keeper."""
LOST_STARTS = 2
"""So many starts of the keeper in a row may be missed: the one before outlives them."""
KEEPER_END_S = 20
"""What its function has left when a keeper's life is over; `failover.keeper.LAST_TICK_S` is the same."""


class Objectives(Section):
    """What the business asked for, in seconds."""

    rto_s: Seconds
    rpo_s: Seconds
    bia: str = ""
    """Where the business impact analysis is kept that they come from; evidence of drills names it."""


class Protocol(Section):
    """The time constants of the lease, in seconds."""

    lease_ttl_s: Seconds
    tick_s: Seconds
    clock_skew_s: Seconds
    keeper_lifetime_s: Annotated[int, Field(le=600)]
    """So long a keeper ticks: although two of its starts are missed, the next one is there before."""
    failback_soak_s: Seconds
    """How long the other region must have served before a failback may be asked for."""

    @model_validator(mode="after")
    def _a_lost_tick_costs_no_lease(self) -> Self:
        needed = 2 * self.tick_s + self.clock_skew_s
        if self.lease_ttl_s <= needed:
            raise ValueError(
                f"protocol.lease_ttl_s = {self.lease_ttl_s}: does not outlive one lost tick; "
                f"set it above {needed} (2 x tick_s + clock_skew_s)"
            )
        return self

    @model_validator(mode="after")
    def _a_lost_start_costs_no_lease(self) -> Self:
        needed = (1 + LOST_STARTS) * KEEPER_EVERY_S + self.tick_s
        if self.keeper_lifetime_s < needed:
            raise ValueError(
                f"protocol.keeper_lifetime_s = {self.keeper_lifetime_s}: does not outlive {LOST_STARTS} "
                f"missed starts; set it to {needed} or more ({1 + LOST_STARTS} x {KEEPER_EVERY_S} + tick_s)"
            )
        return self

    @property
    def keeper_timeout_s(self) -> int:
        """The timeout of the keeper's function."""
        return self.keeper_lifetime_s + KEEPER_END_S


class BudgetSettings(Section):
    """Objectives that cannot be met and that the business lives with, each with its reason."""

    accepted: dict[str, Annotated[str, Field(min_length=20)]] = Field(default_factory=dict)

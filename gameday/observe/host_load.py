"""How busy the machine of a drill was."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLoad:
    """How busy the machine was from the steady phase until the last request arrived."""

    per_core: float
    """The highest one-minute load average, divided by the number of cores."""
    steal: float
    """Share of processor time that the hypervisor gave to others, 0 to 1; 0 where not known."""
    pressure: float = 0.0
    """Share of its busiest half minute in which some process waited for a processor, 0 to 1; 0 where not
    known (https://docs.kernel.org/accounting/psi.html)."""

"""What a drill of the web application writes down: a look a second, and all visits."""

from collections.abc import Sequence
from dataclasses import dataclass

from gameday.load.visits import Entry, Visit
from gameday.observe.history import Fault
from gameday.observe.host_load import HostLoad


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLook:
    """The system at one moment; an empty or a None field was not to be learnt."""

    at: float
    desired: int
    in_service: tuple[str, ...]
    """Instances of the group that are in service."""
    healthy: tuple[str, ...]
    """Those that their balancer calls healthy."""
    template: str
    """Version of the launch template that the group launches."""
    refresh: str
    """Status of the newest refresh; empty without one."""
    ringing: tuple[str, ...]
    """Alarms in ALARM."""
    version: str
    """What /version answers; empty without an answer."""
    leads_to: str
    """The AWS name that the public name leads to."""

    balanced: bool = True
    """Whether no zone has two instances more than another: Auto Scaling replaces some where one has."""
    copied: bool | None = None
    """Whether the other region has the object that the drill wrote; None: it wrote none."""

    @property
    def whole(self) -> bool:
        """Whether as many instances serve as should."""
        serving = {*self.in_service} & {*self.healthy}
        return len(serving) == self.desired == len(self.in_service)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebRecord:
    """All that a drill wrote down."""

    run: str
    fault: Fault
    visits: Sequence[Visit]
    looks: Sequence[WebLook]
    missed: int
    """Looks that failed."""
    entries: frozenset[Entry]
    """The entries that there were in the end."""
    actions: tuple[str, ...]
    """What remediation did since the fault, and to what."""
    host: HostLoad
    steady_since: float
    until: float
    ended: bool
    """Whether what was to come came in time."""

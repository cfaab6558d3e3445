"""How Aurora takes managed failovers in each region: whether at all, and how long they last."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class ManagedFailovers:
    """Refused while clusters run unequal versions, say; an operator detaches and promotes instead."""

    refused: set[str] = field(default_factory=set)
    rebuilds: list[Callable[[], None]] = field(default_factory=list)
    """Each puts a cluster that was detached meanwhile back into its global database, as the writer."""
    _lasts_s: dict[str, float] = field(default_factory=dict)
    """By region the seconds that a failover to it lasts."""
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def set(self, region: str, *, refused: bool) -> None:
        """Refuse them in *region* from now on, or take them again."""
        if refused:
            self.refused.add(region)
            return
        self.refused.discard(region)
        while self.rebuilds:
            self.rebuilds.pop()()

    def set_duration(self, region: str, seconds: float) -> None:
        """Let failovers to *region* last so long from now on; 0 ends those that wait, too."""
        with self._changed:
            self._lasts_s[region] = seconds
            self._changed.notify_all()

    def slow(self, region: str) -> bool:
        """Whether a failover to *region* lasts longer than the promotion of the local server."""
        return self._lasts_s.get(region, 0.0) > 0

    def wait(self, region: str) -> None:
        """Wait as long as a failover to *region* lasts. Blocks."""
        with self._changed:
            self._changed.wait_for(lambda: not self.slow(region), timeout=self._lasts_s.get(region, 0.0))

"""Regions in which Aurora takes no managed failover, and what is put back when it does again."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class ManagedFailovers:
    """Refused while clusters run unequal versions, say; an operator detaches and promotes instead."""

    refused: set[str] = field(default_factory=set)
    rebuilds: list[Callable[[], None]] = field(default_factory=list)
    """Each puts a cluster that was detached meanwhile back into its global database, as the writer."""

    def set(self, region: str, *, refused: bool) -> None:
        """Refuse them in *region* from now on, or take them again."""
        if refused:
            self.refused.add(region)
            return
        self.refused.discard(region)
        while self.rebuilds:
            self.rebuilds.pop()()

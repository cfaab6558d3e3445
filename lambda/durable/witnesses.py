"""Settled requests that must be among the arrivals: while one is missing, the watermark tells nothing."""

from collections.abc import Mapping

from durable.comparison import did_not_come, newest_few, settled_in
from durable.journal import Journal
from durable.ledger import Ledger, Row


class Witnesses:
    """What a holder's ledger knows of the arrivals.

    A watermark promises that whatever is owed is found among what arrived since. Arrivals that were emptied,
    or restored to an earlier time, break that promise, and they lack settled requests too. What was settled
    in a minute tells it of this minute; the newest requests tell it where nobody asks any more.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._missed: set[str] = set()
        self._known: set[str] = set()
        """Those that were missing when the whole journal was compared: they come no more."""

    def doubt(self, ledger: Ledger) -> bool:
        """Whether the arrivals lack some of the newest requests."""
        return self._miss(newest_few(ledger))

    def doubt_minute(self, minute: int, ledger: Ledger) -> bool:
        """Whether they lack some of the first or the last requests that were settled in this minute."""
        return self._miss(settled_in(minute, ledger))

    def compared(self) -> None:
        """The whole journal was compared: what was missing has told all that it can."""
        self._known |= self._missed
        self._missed.clear()

    def _miss(self, rows: Mapping[str, Row]) -> bool:
        missing = did_not_come(rows, self._journal) - self._known
        self._missed |= missing
        return bool(missing)

"""What visitors of the web application did and saw. Times are epoch seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

APPLICATION, PAGE = "application", "page of the other region"
WHOLE_S = 15
"""What a balancer may need to notice that a target is gone; W-1 counts failures until then apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request: nobody asks a second time, because hiding a fault is the load balancer's work."""

    due: float
    """When the schedule wanted it to start."""
    started: float
    ended: float
    write: bool = False
    status: int | None = None
    """None when there was no answer, then `error` says why."""
    error: str | None = None
    by: str = APPLICATION
    """Who answered: the application, or the page that is shown while all of it is away."""
    entry: int | None = None
    """The entry that a write was told to have made."""
    text: str = ""
    """What was written."""

    @property
    def good(self) -> bool:
        """Whether the application did what it was asked."""
        wanted = HTTPStatus.SEE_OTHER if self.write else HTTPStatus.OK
        return self.status == wanted and self.by == APPLICATION

    @property
    def answered(self) -> bool:
        """Whether there was an answer that a person can use: also the page of the other region."""
        return self.good or (self.by == PAGE and self.status == HTTPStatus.OK)


def lateness_p99_s(visits: Sequence[Visit]) -> float:
    """99th percentile of how late visits started against their schedule, in seconds."""
    late = sorted(visit.started - visit.due for visit in visits)
    return late[min(len(late) - 1, int(len(late) * 0.99))] if late else 0.0


Entry = tuple[int, str]
"""Id and text: a promoted replica may give the id of an entry that it never had to another one."""


def written_by(visits: Sequence[Visit]) -> dict[Entry, float]:
    """The entries that somebody was told to have written, and when."""
    return {
        (visit.entry, visit.text): visit.ended for visit in visits if visit.good and visit.entry is not None
    }

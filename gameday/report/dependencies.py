"""Which AWS service in which region a recovery used, and which it did without: from the calls of a drill."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from rich.table import Table

from gameday.observe.calls import OPERATOR, Call
from gameday.report.data import lines, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """A service in a region, as the functions of the regions that live called it during the recovery."""

    service: str
    region: str
    answered: int
    """Calls that were answered, with success or with a refusal of the request."""
    in_vain: int
    """Calls that were cut, or answered by an error of the service."""

    @property
    def needed(self) -> str:
        """What this recovery shows. A call that was answered does not show that it had to be."""
        if self.answered:
            return "used"
        return "did without: its calls failed" if self.in_vain else "not needed: never called"


def dependencies(run: Path) -> list[Dependency]:
    """Every service that the drill in *run* called, in each region. Raises EvidenceUnread."""
    told = read(run)
    lost = {told.fault.region} if told.fault.moved else set()
    restored_s = told.summary.measured.restored_s
    until = told.until if restored_s is None else told.fault.at + restored_s
    calls = [Call(**line) for line in lines(run / "calls.jsonl")]
    recovery = [call for call in calls if call.at <= until and call.caller not in {OPERATOR, *lost}]
    services, regions = {call.service for call in calls}, {call.to_region for call in calls}
    return counted(recovery, sorted(services), sorted(regions))


def counted(recovery: Sequence[Call], services: Sequence[str], regions: Sequence[str]) -> list[Dependency]:
    """Each of *services* in each of *regions*, with what *recovery* called there. Pure."""
    made = defaultdict[tuple[str, str], list[bool]](list)
    for call in recovery:
        lives = call.status is not None and call.status < HTTPStatus.INTERNAL_SERVER_ERROR
        made[call.service, call.to_region].append(lives)
    return [
        Dependency(
            service=service,
            region=region,
            answered=sum(made[service, region]),
            in_vain=len(made[service, region]) - sum(made[service, region]),
        )
        for service in services
        for region in regions
    ]


def table(found: Sequence[Dependency]) -> Table:
    """The same for people."""
    shown = Table("service", "region", "answered", "in vain", "in this recovery")
    for one in found:
        shown.add_row(one.service, one.region, str(one.answered), str(one.in_vain), one.needed)
    return shown

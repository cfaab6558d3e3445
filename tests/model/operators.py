"""What operators type."""

from dataclasses import replace

from failover.lease import Handover, Kind, Lease, LeaseState
from failover.loss import Approval
from failover.observation import TakeoverFact
from failover.takeover import Takeover
from tests.model import terms
from tests.model.site import Site
from tests.model.subject import SYSTEM
from tests.model.surroundings import Parameters


def _elsewhere(lease: Lease | None, site: Site) -> bool:
    """Whether another region may acknowledge by this lease."""
    if lease is None or lease.held_by(site.region):
        return False
    if lease.accepts:
        return not lease.expired(now_ms=site.clock(), skew_ms=terms.BELIEVED_SKEW_MS)
    return lease.state is not LeaseState.TAKING


class Operator:
    """A person at the commands of one region."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def move(self) -> None:
        """`dr switchover` to this region."""
        lease = self._site.leases.read()
        if lease and lease.state is LeaseState.ACTIVE and not lease.held_by(self._site.region):
            handover = Handover(to=self._site.region, kind=Kind.SWITCHOVER, attempt=1)
            self._site.takeovers.start(self._site.takeovers.untried(Takeover.planned(lease, handover)))

    def abort(self) -> None:
        """`dr abort` of a drain in this region."""
        lease = self._site.leases.read()
        if lease and lease.handover and lease.held_by(self._site.region) and not self._moves(lease.handover):
            self._site.leases.stay(lease, now_ms=self._site.clock())

    def retry(self) -> None:
        """`dr retry` of what this region's execution did not end."""
        lease = self._site.leases.read()
        if lease is None or lease.state is LeaseState.ACTIVE:
            return
        held = Takeover.of(lease)
        if held.region == self._site.region:
            again = self._site.takeovers.untried(held)
            if again.attempt != held.attempt:
                lease = self._site.leases.retry(lease, attempt=again.attempt, now_ms=self._site.clock())
            self._site.takeovers.start(Takeover.of(lease))

    def approve(self) -> None:
        """`dr approve` of what a takeover asks for, by two people."""
        approvals = self._site.context.approvals
        if request := approvals.request():
            for person in ("A1:one", "A2:two"):
                now_ms = self._site.clock()
                approvals.approve(Approval(approver=person, digest=request.digest, approved_at_ms=now_ms))

    def reset(self) -> None:
        """`dr reset-lease` where the writer is, unless this region serves or another one holds the lease."""
        site = self._site
        lease = site.leases.read()
        if site.region != site.writer_in() or site.ready() or _elsewhere(lease, site):
            return
        fence = site.system.database.fence_epoch() or 0
        again = Lease.again(
            SYSTEM,
            lease,
            holder=site.region,
            epoch=max(lease.epoch if lease else 0, fence) + 1,
            now_ms=site.clock(),
            ttl_ms=site.ttl_ms,
        )
        while site.takeovers.status(Takeover.of(again)) is not TakeoverFact.ABSENT:
            again = replace(again, epoch=again.epoch + 1)
        site.takeovers.start(Takeover.of(site.leases.begin_anew(lease, again)))

    def _moves(self, handover: Handover) -> bool:
        """Whether this region's control plane moves the writer to the cluster that the handover is for."""
        return replace(self._site.context.writer, parameters=Parameters(handover.to)).is_coming()

"""Which AWS calls the recovery made, and whether any depended on something that may be down."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gameday.observe.history import Fault

# Homed in one region (us-east-1 for the commercial partition):
# https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
_GLOBAL_CONTROL_PLANES = frozenset(
    {
        "account",
        "cloudfront",
        "globalaccelerator",
        "iam",
        "organizations",
        "route53",
        "route53-recovery-control-config",
        "route53domains",
        "shield",
        "waf",
    }
)
OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One line of the region gate's log."""

    at: float
    caller: str
    """Region the call came from, or `operator`."""
    to_region: str
    service: str
    action: str
    principal: str | None
    status: int | None
    """None: the gate cut the call."""

    @classmethod
    def parse(cls, line: str) -> "Call":
        """A call from its JSON line. Raises KeyError or ValueError when the line is not one."""
        entry = json.loads(line)
        return cls(
            at=float(entry["at"]),
            caller=entry["from"],
            to_region=entry["to_region"],
            service=entry["service"],
            action=entry["action"],
            principal=entry["principal"],
            status=entry["status"],
        )

    @property
    def foreign(self) -> bool:
        """Whether the call needs a control plane that is not the caller's own region's."""
        return self.service in _GLOBAL_CONTROL_PLANES or self.to_region != self.caller


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCount:
    """How often one principal used one action during the recovery."""

    principal: str
    service: str
    action: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReport:
    """The calls of the recovery: those that functions made between the fault and the end of it."""

    calls: Sequence[Call]
    to_dead_region: Sequence[Call]
    to_foreign_control_plane: Sequence[Call]
    table: Sequence[CallCount]


def recovery_calls(calls: Iterable[Call], fault: Fault, until: float, *, planned: bool = False) -> CallReport:
    """What functions called from *fault* to *until*.

    The operator (this harness reads along) is left out, and so is the region that was lost: its
    processes are not part of the recovery. Where nobody may move, no region was. A *planned* move may
    call the other region, where the writer still is; it needs both.
    """
    lost = {fault.region} if fault.moved else set()
    seen = [call for call in calls if fault.at <= call.at <= until and call.caller not in {OPERATOR, *lost}]
    counts = Counter((call.principal or "unknown", call.service, call.action) for call in seen)
    return CallReport(
        calls=seen,
        to_dead_region=[call for call in seen if call.to_region in lost],
        to_foreign_control_plane=[
            call for call in seen if (call.service in _GLOBAL_CONTROL_PLANES if planned else call.foreign)
        ],
        table=[
            CallCount(principal=principal, service=service, action=action, count=count)
            for (principal, service, action), count in sorted(counts.items())
        ],
    )

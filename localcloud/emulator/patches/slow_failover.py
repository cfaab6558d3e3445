"""A managed failover that lasts minutes, as Aurora's own does; the local server is promoted in a second."""
# ruff: noqa: SLF001 - a patch uses what upstream keeps to itself

import contextvars
import threading
from typing import Any

from ministack.core.responses import get_region
from ministack.services import rds

from localcloud.emulator.managed_failover import ManagedFailovers
from localcloud.emulator.patches.aurora import OK, Answer
from localcloud.emulator.patches.wrapping import Wrapper, wrap_entry

REFUSED = 400


def let_failovers_last(managed: ManagedFailovers) -> None:
    """Answer a managed failover at once and carry it out when its time is over.

    Meanwhile the global database says `failing-over` and where to, and refuses another one.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_FailoverState.html
    """

    def move(original: Wrapper, request: dict[str, Any]) -> Answer:
        resolved, refused = rds._resolve_global_writer_switch(request)
        if refused or not managed.slow(get_region()):
            answer: Answer = original(request)
            return answer
        group, _, target, writer = resolved
        if "FailoverState" in group:
            said = f"Global cluster {group['GlobalClusterIdentifier']} is failing over."
            busy: Answer = rds._error("InvalidGlobalClusterStateFault", said, REFUSED)
            return busy
        begun = rds._global_cluster_writer_switch_response(group, writer, target, allow_data_loss=True)
        group["FailoverState"] = begun["FailoverState"] | {"Status": "failing-over"}
        in_this_region = contextvars.copy_context()
        threading.Thread(
            target=in_this_region.run, args=(_end, original, request, group, managed), daemon=True
        ).start()
        told: Answer = rds._xml(
            OK,
            "FailoverGlobalClusterResponse",
            "<FailoverGlobalClusterResult><GlobalCluster>"
            f"{rds._global_cluster_xml(begun)}</GlobalCluster></FailoverGlobalClusterResult>",
        )
        return told

    wrap_entry(rds._ACTION_MAP, "FailoverGlobalCluster", move)


def _end(
    original: Wrapper, request: dict[str, Any], group: dict[str, Any], managed: ManagedFailovers
) -> None:
    """Carry the failover out. One that fails leaves the writer where it was, as Aurora's does."""
    managed.wait(get_region())
    original(request)
    del group["FailoverState"]

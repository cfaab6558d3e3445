"""Aurora global clusters whose databases are the supervisor's servers."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import threading
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import get_region
from ministack.services import rds

from localcloud.emulator.hooks import HookFailedError, Hooks
from localcloud.emulator.patches.wrapping import Wrapper, wrap, wrap_entry

OK = 200
Answer = tuple[int, dict[str, str], bytes]


def place_endpoints(ports: Mapping[str, int]) -> None:
    """Put a cluster's endpoint where the region's database server listens, from creation on.

    Upstream invents a host name first and changes host and port with the first instance, so that
    everything derived from the cluster's attributes differs in the second plan.
    """

    def create(original: Wrapper, request: dict[str, Any]) -> Answer:
        answer: Answer = original(request)
        cluster = rds._clusters.get(rds._p(request, "DBClusterIdentifier"))
        if answer[0] != OK or cluster is None or get_region() not in ports:
            return answer
        cluster["Port"] = ports[get_region()]
        rds._start_cluster_shared_container(cluster["DBClusterIdentifier"], cluster)
        rds._sync_cluster_endpoints(cluster)
        shown = f"<DBCluster>{rds._cluster_xml(cluster)}</DBCluster>"
        placed: Answer = rds._xml(
            OK, "CreateDBClusterResponse", f"<CreateDBClusterResult>{shown}</CreateDBClusterResult>"
        )
        return placed

    wrap(rds, "_create_db_cluster_impl", create)


def replicate_nothing_itself() -> None:
    """Let a planned move of Aurora MySQL 8 change the roles, as one of PostgreSQL does.

    Upstream replicates between containers of its own, and refuses the move where there are none.
    """
    wrap(rds, "_aurora_mysql_8_replication_enabled", lambda _original, _cluster: False)


def create_databases(hooks: Hooks) -> None:
    """Create the master user and the database of a new cluster.

    A secondary cluster names no master user and gets all by replication.
    """

    def create(original: Wrapper, request: dict[str, Any]) -> Answer:
        answer: Answer = original(request)
        username = rds._p(request, "MasterUsername")
        if answer[0] != OK or not username:
            return answer
        order = {
            "region": get_region(),
            "username": username,
            "password": rds._p(request, "MasterUserPassword"),
            "database": rds._p(request, "DatabaseName") or "postgres",
        }
        return ask(hooks, "database", order) or answer

    wrap_entry(rds._ACTION_MAP, "CreateDBCluster", create)


def promote(hooks: Hooks) -> None:
    """Promote the database server of the target region before the roles change.

    Upstream only swaps the roles. One promotion at a time: a caller that lost patience and asks again
    finds either the same promotion running or its target the writer.
    """
    one_at_a_time = threading.Lock()

    def move(original: Wrapper, request: dict[str, Any]) -> Answer:
        with one_at_a_time:
            resolved, refused = rds._resolve_global_writer_switch(request)
            failed = None if refused else ask(hooks, "promote", _promotion(request, resolved))
            answer: Answer = failed or original(request)
            return answer

    wrap_entry(rds._ACTION_MAP, "FailoverGlobalCluster", move)
    wrap_entry(rds._ACTION_MAP, "SwitchoverGlobalCluster", move)


def _promotion(request: dict[str, Any], resolved: tuple[Any, ...]) -> dict[str, str]:
    group, _, target, writer = resolved
    lossy = str(rds._p(request, "AllowDataLoss")).lower() == "true"
    return {
        "action": "failover" if lossy else "switchover",
        "global_cluster": group["GlobalClusterIdentifier"],
        "from_region": writer["DBClusterArn"].split(":")[3],
        "to_region": target["DBClusterArn"].split(":")[3],
    }


def ask(hooks: Hooks, name: str, order: dict[str, Any]) -> Answer | None:
    """Call a hook; None when it did its work, else the error to answer."""
    try:
        hooks.call(name, order)
    except HookFailedError as error:
        failure: Answer = rds._error("InternalFailure", str(error), 500)
        return failure
    return None

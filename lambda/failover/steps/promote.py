"""promote: ask Aurora to make this region's cluster the writer. `wait_writer` sees it done."""

from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from failover.lease import Kind
from failover.observation import DatabaseFact
from failover.observe import database_fact
from failover.steps.errors import Held, NotYet
from failover.steps.tools import Facts, Tools
from failover.takeover import Takeover

_ALREADY = frozenset({"InvalidGlobalClusterStateFault", "InvalidDBClusterStateFault"})


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Request the writer, unless it is here already.

    A database that takes writes proves nothing alone: an old writer that has not rejoined does so too.
    """
    if is_writer(tools):
        return {"requested": False}
    if takeover.kind is Kind.BOOTSTRAP:
        if (database := database_fact(tools.database)) is DatabaseFact.UNREACHABLE:
            raise NotYet(f"the database is {database}")
        raise Held("a bootstrap promotes nothing, and the writer is not here")
    try:
        _request(takeover, tools)
    except (BotoCoreError, ClientError) as error:
        refused = isinstance(error, ClientError) and error.response["Error"]["Code"] in _ALREADY
        if not (refused and under_way(tools)):
            raise NotYet(f"promotion not accepted: {error}") from error
        return {"requested": False}
    return {"requested": True}


def _request(takeover: Takeover, tools: Tools) -> None:
    """Ask the control plane that can do it, and no other.

    A failover is asked for in this region, and AllowDataLoss is what makes it one: without it the call is
    a switchover, which needs the lost region. A switchover is asked for where the writer is.
    """
    global_cluster = tools.parameters.get("db/global-cluster")
    cluster = tools.parameters.get("db/cluster")
    if takeover.kind.planned and takeover.previous:
        tools.rds_in(takeover.previous).switchover_global_cluster(
            GlobalClusterIdentifier=global_cluster, TargetDbClusterIdentifier=cluster
        )
    else:
        tools.rds.failover_global_cluster(
            GlobalClusterIdentifier=global_cluster,
            TargetDbClusterIdentifier=cluster,
            AllowDataLoss=True,
        )


def is_writer(tools: Tools) -> bool:
    """Whether this region's database takes writes, and Aurora calls it the writer of all regions.

    A cluster that was detached from the global database (RemoveFromGlobalCluster) is a writer of its own: an
    operator promoted it that way because the managed failover did not work.

    Raises:
        NotYet: Aurora does not say.
    """
    if database_fact(tools.database) is not DatabaseFact.WRITER:
        return False
    place = _place(tools)
    return place.detached or (place.writer and not place.leaving)


def under_way(tools: Tools) -> bool:
    """Whether Aurora is moving, or has moved, the writer here: an earlier run of this step asked.

    Raises:
        NotYet: Aurora does not say.
    """
    place = _place(tools)
    return place.writer or place.coming or place.detached


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where this region's cluster stands in the global database."""

    writer: bool
    coming: bool
    """The writer is being moved here."""
    leaving: bool
    """It is being moved to another cluster."""
    detached: bool
    """It is not a member."""


def _place(tools: Tools) -> _Place:
    name = tools.parameters.get("db/global-cluster")
    cluster = tools.parameters.get("db/cluster")
    try:
        answer = tools.rds.describe_global_clusters(GlobalClusterIdentifier=name)
    except (BotoCoreError, ClientError) as error:
        raise NotYet(f"state of {name} unknown: {error}") from error
    found = answer["GlobalClusters"][0]
    members = {member["DBClusterArn"]: member["IsWriter"] for member in found["GlobalClusterMembers"]}
    target = found.get("FailoverState", {}).get("ToDbClusterArn")
    return _Place(
        writer=[member for member, writes in members.items() if writes] == [cluster],
        coming=target == cluster,
        leaving=target not in {None, cluster},
        detached=cluster not in members,
    )

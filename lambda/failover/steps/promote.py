"""promote: ask Aurora to make this region's cluster the writer. `wait_writer` sees it done."""

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

    Raises:
        NotYet: Aurora does not say.
    """
    return database_fact(tools.database) is DatabaseFact.WRITER and _place(tools)[0]


def under_way(tools: Tools) -> bool:
    """Whether Aurora is moving, or has moved, the writer here: an earlier run of this step asked.

    Raises:
        NotYet: Aurora does not say.
    """
    return any(_place(tools))


def _place(tools: Tools) -> tuple[bool, bool]:
    """Whether Aurora has the writer here, and whether it is moving it here."""
    global_cluster = tools.parameters.get("db/global-cluster")
    cluster = tools.parameters.get("db/cluster")
    try:
        answer = tools.rds.describe_global_clusters(GlobalClusterIdentifier=global_cluster)
    except (BotoCoreError, ClientError) as error:
        raise NotYet(f"state of {global_cluster} unknown: {error}") from error
    found = answer["GlobalClusters"][0]
    writers = [member["DBClusterArn"] for member in found["GlobalClusterMembers"] if member["IsWriter"]]
    return writers == [cluster], found.get("FailoverState", {}).get("ToDbClusterArn") == cluster

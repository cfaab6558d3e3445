"""promote: ask Aurora to make this region's cluster the writer. `wait_writer` sees it done."""

from botocore.exceptions import BotoCoreError, ClientError

from failover.decision import DatabaseFact
from failover.lease import Kind
from failover.observe import database_fact
from failover.steps.errors import Held, NotYet
from failover.steps.tools import Facts, Tools
from failover.takeover import Takeover

_ALREADY = frozenset({"InvalidGlobalClusterStateFault", "InvalidDBClusterStateFault"})


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Request the writer, unless it is here already."""
    database = database_fact(tools.database)
    if database is DatabaseFact.WRITER:
        return {"requested": False}
    if takeover.kind is Kind.BOOTSTRAP:
        if database is DatabaseFact.REPLICA:
            raise Held("a bootstrap promotes nothing, and the writer is not here")
        raise NotYet(f"the database is {database}")
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


def under_way(tools: Tools) -> bool:
    """Whether Aurora is moving, or has moved, the writer here: an earlier run of this step asked.

    Raises:
        NotYet: Aurora does not say.
    """
    global_cluster = tools.parameters.get("db/global-cluster")
    cluster = tools.parameters.get("db/cluster")
    try:
        answer = tools.rds.describe_global_clusters(GlobalClusterIdentifier=global_cluster)
    except (BotoCoreError, ClientError) as error:
        raise NotYet(f"state of {global_cluster} unknown: {error}") from error
    found = answer["GlobalClusters"][0]
    writers = [member["DBClusterArn"] for member in found["GlobalClusterMembers"] if member["IsWriter"]]
    return writers == [cluster] or found.get("FailoverState", {}).get("ToDbClusterArn") == cluster

"""promote: ask Aurora to make this region's cluster the writer. `wait_writer` sees it done."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from failover.decision import DatabaseFact
from failover.observe import database_fact
from failover.steps.errors import Held, NotYet
from failover.steps.tools import Facts, Tools
from failover.takeover import Kind, Takeover

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient

_ALREADY = frozenset({"InvalidGlobalClusterStateFault", "InvalidDBClusterStateFault"})


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Request the failover in this region's own control plane, unless the writer is here already.

    AllowDataLoss is what makes it a failover: without it the call is a switchover, which needs the lost
    region.
    """
    database = database_fact(tools.database)
    if database is DatabaseFact.WRITER:
        return {"requested": False}
    if takeover.kind is Kind.BOOTSTRAP:
        if database is DatabaseFact.REPLICA:
            raise Held("a bootstrap promotes nothing, and the writer is not here")
        raise NotYet(f"the database is {database}")
    cluster = tools.parameters.get("db/cluster")
    global_cluster = tools.parameters.get("db/global-cluster")
    try:
        tools.rds.failover_global_cluster(
            GlobalClusterIdentifier=global_cluster,
            TargetDbClusterIdentifier=cluster,
            AllowDataLoss=True,
        )
    except (BotoCoreError, ClientError) as error:
        refused = isinstance(error, ClientError) and error.response["Error"]["Code"] in _ALREADY
        if not (refused and _under_way(tools.rds, global_cluster, cluster)):
            raise NotYet(f"promotion not accepted: {error}") from error
        return {"requested": False}
    return {"requested": True}


def _under_way(rds: "RDSClient", global_cluster: str, cluster: str) -> bool:
    """Whether Aurora is moving, or has moved, the writer here: an earlier run of this step asked."""
    try:
        answer = rds.describe_global_clusters(GlobalClusterIdentifier=global_cluster)
    except (BotoCoreError, ClientError) as error:
        raise NotYet(f"state of {global_cluster} unknown: {error}") from error
    found = answer["GlobalClusters"][0]
    writers = [member["DBClusterArn"] for member in found["GlobalClusterMembers"] if member["IsWriter"]]
    return writers == [cluster] or found.get("FailoverState", {}).get("ToDbClusterArn") == cluster

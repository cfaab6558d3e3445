"""The writer of an Aurora global database, whatever its engine: the port `Writer`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from failover.ports import WriterBusy, WriterUnavailable
from runtime.clients import assumed, client
from runtime.parameters import Parameters

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient

PROMOTE_TIMEOUT_S = 30.0
_ALREADY = frozenset({"InvalidGlobalClusterStateFault", "InvalidDBClusterStateFault"})
_GONE = "GlobalClusterNotFoundFault"
"""The global database was deleted, which AWS allows only when it has no members any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aurora:
    """The cluster `{prefix}/db/cluster` in the global database `db/global-cluster`.

    Every method raises `runtime.parameters.ParameterUnavailable` too.
    """

    parameters: Parameters
    rds: "RDSClient"
    rds_in: Callable[[str], "RDSClient"]
    """The control plane of the region that gives its writer away: for planned takeovers only."""

    @classmethod
    def of(cls, parameters: Parameters) -> "Aurora":
        """The cluster of the region this function runs in.

        One attempt: a step is retried as a whole, after asking the database again.
        """
        return cls(
            parameters=parameters,
            rds=client("rds", read_timeout=PROMOTE_TIMEOUT_S, attempts=1),
            rds_in=lambda region: rds_in(region, parameters),
        )

    def request(self, *, planned_from: str | None) -> None:
        """Ask the control plane that can do it, and no other.

        A failover is asked for in this region, and AllowDataLoss is what makes it one: without it the call is
        a switchover, which needs the lost region. A switchover is asked for where the writer is.
        """
        global_cluster = self.parameters.get("db/global-cluster")
        cluster = self.parameters.get("db/cluster")
        try:
            if planned_from:
                self.rds_in(planned_from).switchover_global_cluster(
                    GlobalClusterIdentifier=global_cluster, TargetDbClusterIdentifier=cluster
                )
            else:
                self.rds.failover_global_cluster(
                    GlobalClusterIdentifier=global_cluster,
                    TargetDbClusterIdentifier=cluster,
                    AllowDataLoss=True,
                )
        except (BotoCoreError, ClientError) as error:
            raise (WriterBusy if _code(error) in _ALREADY else WriterUnavailable)(str(error)) from error

    def is_here(self) -> bool:
        """Whether Aurora calls this cluster the writer of all regions.

        A cluster that was detached from the global database (RemoveFromGlobalCluster) is a writer of its own:
        an operator promoted it that way because the managed failover did not work.
        """
        place = self._place()
        return place.detached or (place.writer and not place.leaving)

    def is_coming(self) -> bool:
        """Whether Aurora is moving, or has moved, the writer here: somebody has asked."""
        place = self._place()
        return place.writer or place.coming or place.detached

    def _place(self) -> "_Place":
        name = self.parameters.get("db/global-cluster")
        cluster = self.parameters.get("db/cluster")
        try:
            [found] = self.rds.describe_global_clusters(GlobalClusterIdentifier=name)["GlobalClusters"]
        except (BotoCoreError, ClientError) as error:
            if _code(error) != _GONE:
                raise WriterUnavailable(f"state of {name} unknown: {error}") from error
            found = {}
        members = {each["DBClusterArn"]: each["IsWriter"] for each in found.get("GlobalClusterMembers", [])}
        target = found.get("FailoverState", {}).get("ToDbClusterArn")
        return _Place(
            writer=[member for member, writes in members.items() if writes] == [cluster],
            coming=target == cluster,
            leaving=target not in {None, cluster},
            detached=cluster not in members,
        )


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


def _code(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else ""


def rds_in(region: str, parameters: Parameters) -> "RDSClient":
    """Aurora's control plane in another region, by the one role that may act there."""
    role = parameters.get("automation/role")
    rds: RDSClient = assumed("rds", role, region=region, read_timeout=PROMOTE_TIMEOUT_S)
    return rds

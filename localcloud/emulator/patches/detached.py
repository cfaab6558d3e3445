"""Aurora's way without a managed failover: a secondary leaves its global database and takes writes."""
# ruff: noqa: SLF001 - a patch uses what upstream keeps to itself

from typing import Any

from ministack.core.responses import get_region
from ministack.services import rds

from localcloud.emulator.hooks import Hooks
from localcloud.emulator.managed_failover import ManagedFailovers
from localcloud.emulator.patches.aurora import OK, Answer, ask
from localcloud.emulator.patches.wrapping import Wrapper, wrap_entry
from localcloud.emulator.regions import RegionStates

REFUSED = 400


def refuse_managed_failovers(managed: ManagedFailovers) -> None:
    """Answer a managed failover in these regions as AWS does when it cannot make one."""

    def move(original: Wrapper, request: dict[str, Any]) -> Answer:
        if get_region() in managed.refused:
            said = "the DB clusters of the global cluster run incompatible engine versions"
            refused: Answer = rds._error("InvalidGlobalClusterStateFault", said, REFUSED)
            return refused
        answer: Answer = original(request)
        return answer

    wrap_entry(rds._ACTION_MAP, "FailoverGlobalCluster", move)


def promote_what_leaves(hooks: Hooks, managed: ManagedFailovers, regions: RegionStates) -> None:
    """Promote the PostgreSQL server of a secondary cluster that leaves its global database.

    AWS makes it a standalone cluster with full read and write capabilities; upstream only forgets it.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RemoveFromGlobalCluster.html
    While the writer's region lives only a destroy does so, and its two servers stay a pair.
    """

    def remove(original: Wrapper, request: dict[str, Any]) -> Answer:
        group = rds._resolve_global_cluster(rds._p(request, "GlobalClusterIdentifier"))
        cluster = rds._resolve_cluster(rds._p(request, "DbClusterIdentifier"))
        promoted = bool(group and cluster) and _lost_its_writer(group, cluster, regions)
        answer: Answer = original(request)
        if answer[0] != OK or not promoted:
            return answer
        managed.rebuilds.append(lambda: _come_back(group, cluster))
        order = {"action": "failover", "to_region": get_region()}
        return ask(hooks, "promote", order) or answer

    wrap_entry(rds._ACTION_MAP, "RemoveFromGlobalCluster", remove)


def _come_back(group: dict[str, Any], cluster: dict[str, Any]) -> None:
    """Make the promoted cluster the writer of its global database, and what was the writer its secondary."""
    for member in group.get("GlobalClusterMembers", []):
        member["IsWriter"] = False
    rds._attach_cluster_to_global(group, cluster, is_writer=True)


def _lost_its_writer(group: dict[str, Any], cluster: dict[str, Any], regions: RegionStates) -> bool:
    """Whether *cluster* is a secondary of a writer whose region is dead."""
    members = {one["DBClusterArn"]: one["IsWriter"] for one in group.get("GlobalClusterMembers", [])}
    writers = [arn.split(":")[3] for arn, writes in members.items() if writes]
    return members.get(cluster["DBClusterArn"]) is False and not any(map(regions.alive, writers))

"""Aurora clusters of one region, whose instances are the supervisor's PostgreSQL servers."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import re
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from ministack.core.responses import get_region, new_uuid
from ministack.services import rds

from localcloud.emulator.database_names import PORT, cluster_address, reader_address
from localcloud.emulator.hooks import Hooks
from localcloud.emulator.patches.aurora import Answer, ask
from localcloud.emulator.patches.wrapping import Wrapper, wrap, wrap_entry

_VERSION = re.compile(r"(\d+)\.(\d+)")


def name_clusters(ports: Mapping[str, int]) -> None:
    """Give a cluster the endpoints of AWS's form, which lead to whoever writes and whoever reads.

    Upstream says where the one server is that it started, so that no endpoint could ever follow. Regions
    of *ports* have one server for the whole cluster (`aurora.place_endpoints`).
    """

    def start(original: Wrapper, name: str, cluster: dict[str, Any], **options: Any) -> Any:
        started = original(name, cluster, **options)
        if get_region() not in ports:
            cluster["_shared_endpoint"] |= {"Address": cluster_address(name, get_region()), "Port": PORT}
            cluster["_shared_reader_alias"] = reader_address(name, get_region())
        return started

    def create(original: Wrapper, request: dict[str, Any]) -> Answer:
        answer: Answer = original(request)
        cluster = rds._clusters.get(rds._p(request, "DBClusterIdentifier"))
        if cluster is None or get_region() in ports or cluster.get("_shared_endpoint"):
            return answer
        rds._start_cluster_shared_container(cluster["DBClusterIdentifier"], cluster)
        rds._sync_cluster_endpoints(cluster)
        shown = f"<DBCluster>{rds._cluster_xml(cluster)}</DBCluster>"
        result = f"<CreateDBClusterResult>{shown}</CreateDBClusterResult>"
        named: Answer = rds._xml(answer[0], "CreateDBClusterResponse", result)
        return named

    wrap(rds, "_start_cluster_shared_container", start)
    wrap(rds, "_create_db_cluster_impl", create)


def take_later_versions() -> None:
    """Take minor versions of Aurora PostgreSQL that are newer than upstream's list of a major version."""

    def refuse(original: Wrapper, engine: str, version: str, *rest: Any, **options: Any) -> Any:
        asked = _VERSION.fullmatch(version or "")
        known = map(_VERSION.fullmatch, rds.AURORA_POSTGRESQL_ENGINE_VERSION_SET)
        minors = [int(one[2]) for one in known if one and asked and one[1] == asked[1]]
        if engine == "aurora-postgresql" and asked and minors and int(asked[2]) > max(minors):
            return None
        return original(engine, version, *rest, **options)

    wrap(rds, "_unsupported_aurora_engine_version_error", refuse)


def fail_over(hooks: Hooks) -> None:
    """Let the server of the instance that is to write take over before the roles change, and say that it did.

    Upstream only swaps the roles. AWS answers at once and is done some time later; here it is done.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_FailoverDBCluster.html
    """

    def move(original: Wrapper, request: dict[str, Any]) -> Answer:
        cluster = rds._clusters.get(rds._p(request, "DBClusterIdentifier"))
        members = cluster["DBClusterMembers"] if cluster else []
        readers = [one["DBInstanceIdentifier"] for one in members if not one["IsClusterWriter"]]
        asked = rds._p(request, "TargetDBInstanceIdentifier")
        target = asked or next(iter(readers), "")
        if target in readers:
            order = {"action": "switchover", "to_region": target}
            if failed := ask(hooks, "promote", order):
                return failed
        answer: Answer = original(request)
        if answer[0] == HTTPStatus.OK:
            _tell_of_failover(cluster, target)
        return answer

    wrap_entry(rds._ACTION_MAP, "FailoverDBCluster", move)


def _tell_of_failover(cluster: dict[str, Any], writer: str) -> None:
    """The event RDS-EVENT-0071, by which one learns that a cluster has failed over lately.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html
    """
    rds._events[new_uuid()] = {
        "SourceIdentifier": cluster["DBClusterIdentifier"],
        "SourceType": "db-cluster",
        "SourceArn": cluster["DBClusterArn"],
        "Message": f"Completed failover to DB instance: {writer}",
        "Date": time.time(),
        "EventCategories": ["failover"],
    }

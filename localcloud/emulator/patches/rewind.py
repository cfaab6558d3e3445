"""Point-in-time copies of a cluster. Upstream knows no such action."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import copy
import time
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import rds

from localcloud.emulator.patches.wrapping import Wrapper, wrap

OK, BAD_REQUEST, NOT_FOUND = 200, 400, 404
SECOND = len("2026-11-21T09:15:00")
NOWHERE = 1
"""The port of a copy: nothing listens there."""
Answer = tuple[int, dict[str, str], bytes]


def restore_clusters() -> None:
    """Restore a cluster to a moment: the control plane only.

    AWS makes a cluster with the data of that moment. Here no data is behind the copy, so its endpoint
    leads nowhere, lest somebody takes the serving database for it.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBClusterToPointInTime.html
    """

    def place(original: Wrapper, cluster: dict[str, Any]) -> str:
        cluster["LatestRestorableTime"] = rds._format_time(time.time())
        if cluster.get("_restored_from"):
            name = f"{cluster['DBClusterIdentifier']}.restored.invalid"
            cluster.update(Endpoint=name, ReaderEndpoint=name, Port=NOWHERE)
        shown: str = original(cluster)
        return shown

    wrap(rds, "_cluster_xml", place)
    rds._ACTION_MAP["RestoreDBClusterToPointInTime"] = _restore


def _restore(request: dict[str, Any]) -> Answer:
    name = rds._p(request, "DBClusterIdentifier")
    source = rds._resolve_cluster_in_request_region(rds._p(request, "SourceDBClusterIdentifier"))
    if source is None:
        return _refused("DBClusterNotFoundFault", "no such source cluster", NOT_FOUND)
    if name in rds._clusters:
        return _refused("DBClusterAlreadyExistsFault", f"{name} exists", BAD_REQUEST)
    moment = rds._p(request, "RestoreToTime")
    if moment and rds._p(request, "RestoreType") == "copy-on-write":
        return _refused("InvalidParameterCombination", "a clone has no RestoreToTime", BAD_REQUEST)
    earliest, latest = source["EarliestRestorableTime"], rds._format_time(time.time())
    if moment and not earliest[:SECOND] <= moment[:SECOND] <= latest[:SECOND]:
        return _refused("InvalidRestoreFault", f"{moment} is outside the window", BAD_REQUEST)
    made = _copy(request, name, source)
    rds._clusters[name] = made
    shown = f"<DBCluster>{rds._cluster_xml(made)}</DBCluster>"
    answer: Answer = rds._xml(
        OK,
        "RestoreDBClusterToPointInTimeResponse",
        f"<RestoreDBClusterToPointInTimeResult>{shown}</RestoreDBClusterToPointInTimeResult>",
    )
    return answer


def _copy(request: dict[str, Any], name: str, source: dict[str, Any]) -> dict[str, Any]:
    """The source's record under another name, alone, with what the request says of network, key and tags."""
    made: dict[str, Any] = copy.deepcopy(source)
    for membership in [key for key in made if key.startswith("Global")]:
        del made[membership]
    groups = rds._parse_member_list(request, "VpcSecurityGroupIds")
    tags = rds._parse_tags(request)
    made |= {
        "DBClusterIdentifier": name,
        "DBClusterArn": f"arn:aws:rds:{get_region()}:{get_account_id()}:cluster:{name}",
        "DBClusterMembers": [],
        "VpcSecurityGroups": [{"VpcSecurityGroupId": group, "Status": "active"} for group in groups],
        "DBSubnetGroup": rds._p(request, "DBSubnetGroupName") or "default",
        "DBClusterParameterGroup": rds._p(request, "DBClusterParameterGroupName") or "default",
        "KmsKeyId": rds._p(request, "KmsKeyId") or source["KmsKeyId"],
        "DeletionProtection": False,
        "TagList": tags,
        "_restored_from": source["DBClusterArn"],
    }
    rds._tags[made["DBClusterArn"]] = tags
    return made


def _refused(code: str, message: str, status: int) -> Answer:
    answer: Answer = rds._error(code, message, status)
    return answer

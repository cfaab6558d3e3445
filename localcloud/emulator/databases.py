"""What the supervisor tells of single databases, whose servers it owns.

POST /_gate/databases/status  {"region", "id", "status"}      -> the same; what RDS says of it from now on
POST /_gate/databases/follow  {"region", "writer", "replica"} -> the same; both are available, and one follows
POST /_gate/databases/writer  {"region", "id"}                -> the same; it is the writer of its cluster now
"""
# ruff: noqa: SLF001 - reads what upstream keeps to itself

from collections.abc import Mapping
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import rds


def answer(path: list[str], account: str, order: Mapping[str, Any]) -> Mapping[str, Any]:
    """Carry the order out. Raises ValueError for an unknown one, KeyError for an unknown database."""
    with request_scope(account, order["region"]):
        match path:
            case ["status"]:
                _known(order["id"])["DBInstanceStatus"] = order["status"]
            case ["follow"]:
                _follow(_known(order["writer"]), _known(order["replica"]))
            case ["writer"]:
                _write(_known(order["id"]))
            case _:
                raise ValueError(f"{path} is none of status, follow, writer")
    return order


def _follow(writer: dict[str, Any], replica: dict[str, Any]) -> None:
    """As after a lost pair was built anew: on AWS under new names, here under the old ones."""
    name = replica["DBInstanceIdentifier"]
    replica["ReadReplicaSourceDBInstanceIdentifier"] = writer["DBInstanceIdentifier"]
    replica["BackupRetentionPeriod"] = 0
    followers = writer.setdefault("ReadReplicaDBInstanceIdentifiers", [])
    if name not in followers:
        followers.append(name)
    for instance in (writer, replica):
        instance["DBInstanceStatus"] = "available"


def _write(instance: dict[str, Any]) -> None:
    for member in rds._clusters[instance["DBClusterIdentifier"]]["DBClusterMembers"]:
        member["IsClusterWriter"] = member["DBInstanceIdentifier"] == instance["DBInstanceIdentifier"]


def _known(name: str) -> dict[str, Any]:
    instance: dict[str, Any] | None = rds._instances.get(name)
    if instance is None:
        raise KeyError(name)
    return instance

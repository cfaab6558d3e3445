"""Single databases of RDS, and their read replicas, that are the supervisor's PostgreSQL servers."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

from typing import Any

from ministack.core.responses import get_region
from ministack.services import rds

from localcloud.emulator.database_names import PORT, address
from localcloud.emulator.hooks import Hooks
from localcloud.emulator.patches.aurora import OK, Answer, ask
from localcloud.emulator.patches.wrapping import Wrapper, substitute, wrap, wrap_entry

Instance = dict[str, Any]
_NO_EXPORTS = "<EnabledCloudwatchLogsExports/>"


def create_databases(hooks: Hooks) -> None:
    """Create owner and database of a new instance in PostgreSQL, and give it a name of its own.

    Upstream calls every instance localhost. Members of a cluster stay as they are.
    """

    def create(original: Wrapper, request: Instance) -> Answer:
        answer: Answer = original(request)
        instance = rds._instances.get(rds._p(request, "DBInstanceIdentifier"))
        if answer[0] != OK or instance is None or rds._p(request, "DBClusterIdentifier"):
            return answer
        _place(instance)
        instance["EnabledCloudwatchLogsExports"] = _listed(request, "EnableCloudwatchLogsExports")
        order = {
            "server": instance["DBInstanceIdentifier"],
            "username": rds._p(request, "MasterUsername"),
            "password": rds._p(request, "MasterUserPassword"),
            "database": rds._p(request, "DBName") or "postgres",
        }
        return ask(hooks, "database", order) or answer

    wrap_entry(rds._ACTION_MAP, "CreateDBInstance", create)


def create_replicas() -> None:
    """Give a replica what the request says; upstream copies the source with its second zone and backups."""

    def create(original: Wrapper, request: Instance) -> Answer:
        answer: Answer = original(request)
        replica = rds._instances.get(rds._p(request, "DBInstanceIdentifier"))
        if answer[0] != OK or replica is None:
            return answer
        _place(replica)
        replica |= {
            "MultiAZ": _flag(request, "MultiAZ"),
            "DeletionProtection": _flag(request, "DeletionProtection"),
            "PubliclyAccessible": _flag(request, "PubliclyAccessible"),
            "CopyTagsToSnapshot": _flag(request, "CopyTagsToSnapshot"),
            "AutoMinorVersionUpgrade": rds._p(request, "AutoMinorVersionUpgrade") != "false",
            "PerformanceInsightsEnabled": _flag(request, "EnablePerformanceInsights"),
            "PerformanceInsightsKMSKeyId": rds._p(request, "PerformanceInsightsKMSKeyId") or "",
            "BackupRetentionPeriod": 0,
            "EnabledCloudwatchLogsExports": _listed(request, "EnableCloudwatchLogsExports"),
        }
        if asked := rds._p(request, "DBInstanceClass"):
            replica["DBInstanceClass"] = asked
        if groups := _listed(request, "VpcSecurityGroupIds"):
            replica["VpcSecurityGroups"] = [{"VpcSecurityGroupId": one, "Status": "active"} for one in groups]
        return answer

    wrap_entry(rds._ACTION_MAP, "CreateDBInstanceReadReplica", create)


def tell_log_exports() -> None:
    """Report which logs an instance exports to CloudWatch; upstream always reports none."""

    def modify(original: Wrapper, request: Instance) -> Answer:
        answer: Answer = original(request)
        instance = rds._instances.get(rds._p(request, "DBInstanceIdentifier"))
        if instance is not None:
            change = "CloudwatchLogsExportConfiguration"
            kept = {*instance["EnabledCloudwatchLogsExports"], *_listed(request, f"{change}.EnableLogTypes")}
            kept -= set(_listed(request, f"{change}.DisableLogTypes"))
            instance["EnabledCloudwatchLogsExports"] = sorted(kept)
        return answer

    def render(original: Wrapper, instance: Instance) -> str:
        logs = "".join(f"<member>{log}</member>" for log in instance["EnabledCloudwatchLogsExports"])
        told = f"<EnabledCloudwatchLogsExports>{logs}</EnabledCloudwatchLogsExports>"
        return substitute(original(instance), _NO_EXPORTS, told)

    wrap_entry(rds._ACTION_MAP, "ModifyDBInstance", modify)
    wrap(rds, "_instance_xml", render)


def find_by_resource_id() -> None:
    """Find an instance by the id that RDS gave it, as the provider does; upstream finds all of them.

    So the provider waited for ever for a replica to be gone. A replica that goes leaves its source, too.
    """

    def chosen(original: Wrapper, instances: list[Instance], filters: dict[str, list[str]]) -> list[Instance]:
        found: list[Instance] = original(instances, filters)
        asked = filters.get("dbi-resource-id")
        return [one for one in found if asked is None or one["DbiResourceId"] in asked]

    def delete(original: Wrapper, request: Instance) -> Answer:
        answer: Answer = original(request)
        name = rds._p(request, "DBInstanceIdentifier")
        for source in rds._instances.values() if answer[0] == OK else ():
            if name in source.get("ReadReplicaDBInstanceIdentifiers", ()):
                source["ReadReplicaDBInstanceIdentifiers"].remove(name)
        return answer

    wrap(rds, "_apply_instance_filters", chosen)
    wrap_entry(rds._ACTION_MAP, "DeleteDBInstance", delete)


def promote_replicas(hooks: Hooks) -> None:
    """Promote a replica's server and make it a database of its own; upstream has no such operation."""

    def promote(request: Instance) -> Answer:
        name = rds._p(request, "DBInstanceIdentifier")
        replica = rds._instances.get(name)
        if replica is None:
            missing: Answer = rds._error("DBInstanceNotFound", f"DBInstance {name} not found.", 404)
            return missing
        if not replica["ReadReplicaSourceDBInstanceIdentifier"]:
            refused: Answer = rds._error("InvalidDBInstanceState", f"{name} is not a read replica.", 400)
            return refused
        if failed := ask(hooks, "promote", {"action": "failover", "to_region": name}):
            return failed
        source = rds._instances.get(replica["ReadReplicaSourceDBInstanceIdentifier"])
        if source:
            source["ReadReplicaDBInstanceIdentifiers"].remove(name)
        replica["ReadReplicaSourceDBInstanceIdentifier"] = ""
        replica["BackupRetentionPeriod"] = int(rds._p(request, "BackupRetentionPeriod") or 1)
        promoted: Answer = rds._single_instance_response(
            "PromoteReadReplicaResponse", "PromoteReadReplicaResult", replica
        )
        return promoted

    rds._ACTION_MAP["PromoteReadReplica"] = promote


def _place(instance: Instance) -> None:
    host = address(instance["DBInstanceIdentifier"], get_region())
    instance["Endpoint"] = {**instance["Endpoint"], "Address": host, "Port": PORT}


def _flag(request: Instance, name: str) -> bool:
    return bool(rds._p(request, name) == "true")


def _listed(request: Instance, name: str) -> list[str]:
    listed: list[str] = rds._parse_member_list(request, name)
    return listed

"""Attributes that upstream accepts and forgets, so that a second plan wants to set them again."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import json
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import dynamodb, rds, stepfunctions

from localcloud.emulator.patches.wrapping import Wrapper, wrap, wrap_entry

Parameters = dict[str, Any]


def remember_replica_keys() -> None:
    """Encrypt a global table's replica with its own key; upstream copies the first table's key."""

    def update(original: Wrapper, name: str, table: Parameters, updates: list[Parameters]) -> Any:
        refused = original(name, table, updates)
        for creation in (update["Create"] for update in updates if "Create" in update):
            key = creation.get("KMSMasterKeyId")
            if key and not refused:
                region = creation["RegionName"]
                replica = dynamodb._tables.get_scoped(get_account_id(), region, name)
                replica["SSEDescription"] = {
                    "Status": "ENABLED",
                    "SSEType": "KMS",
                    "KMSMasterKeyArn": key,
                }
        return refused

    wrap(dynamodb, "_apply_replica_updates", update)


def remember_log_exports() -> None:
    """Report which logs a cluster exports to CloudWatch; upstream always reports none."""

    def create(original: Wrapper, request: Parameters) -> Any:
        answer = original(request)
        cluster = rds._clusters.get(rds._p(request, "DBClusterIdentifier"))
        if cluster is not None:
            cluster["EnabledCloudwatchLogsExports"] = _listed(request, "EnableCloudwatchLogsExports")
        return answer

    def modify(original: Wrapper, request: Parameters) -> Any:
        cluster = rds._clusters.get(rds._p(request, "DBClusterIdentifier"))
        if cluster is not None:
            change = "CloudwatchLogsExportConfiguration"
            kept = set(cluster["EnabledCloudwatchLogsExports"])
            kept |= set(_listed(request, f"{change}.EnableLogTypes"))
            kept -= set(_listed(request, f"{change}.DisableLogTypes"))
            cluster["EnabledCloudwatchLogsExports"] = sorted(kept)
        return original(request)

    def render(original: Wrapper, cluster: Parameters) -> str:
        logs = "".join(f"<member>{log}</member>" for log in cluster["EnabledCloudwatchLogsExports"])
        return f"{original(cluster)}<EnabledCloudwatchLogsExports>{logs}</EnabledCloudwatchLogsExports>"

    wrap(rds, "_create_db_cluster_impl", create)
    wrap(rds, "_modify_db_cluster_impl", modify)
    wrap(rds, "_cluster_xml", render)


def remember_insights_key() -> None:
    """Report the key that Performance Insights of an instance encrypts with."""

    def create(original: Wrapper, request: Parameters) -> Any:
        answer = original(request)
        instance = rds._instances.get(rds._p(request, "DBInstanceIdentifier"))
        if instance is not None:
            instance["PerformanceInsightsKMSKeyId"] = rds._p(request, "PerformanceInsightsKMSKeyId") or ""
        return answer

    def render(original: Wrapper, instance: Parameters) -> str:
        key = instance.get("PerformanceInsightsKMSKeyId", "")
        return f"{original(instance)}<PerformanceInsightsKMSKeyId>{key}</PerformanceInsightsKMSKeyId>"

    wrap_entry(rds._ACTION_MAP, "CreateDBInstance", create)
    wrap(rds, "_instance_xml", render)


def remember_tracing() -> None:
    """Report whether executions of a state machine are traced."""

    def store(original: Wrapper, request: Parameters) -> Any:
        answer = original(request)
        arn = request.get("stateMachineArn") or json.loads(answer[2]).get("stateMachineArn")
        machine = stepfunctions._state_machines.get(arn)
        if machine is not None and "tracingConfiguration" in request:
            machine["tracingConfiguration"] = request["tracingConfiguration"]
        return answer

    wrap(stepfunctions, "_create_state_machine", store)
    wrap(stepfunctions, "_update_state_machine", store)


def _listed(request: Parameters, name: str) -> list[str]:
    listed: list[str] = rds._parse_member_list(request, name)
    return listed

"""What is remembered of peerings and flow logs."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import re
from typing import Any

from ministack.services import ec2

from localcloud.emulator.patches.wrapping import Wrapper, substitute, wrap_entry

Parameters = dict[str, Any]
DNS = "AllowDnsResolutionFromRemoteVpc"
OPTIONS = {"Requester": "RequesterPeeringConnectionOptions", "Accepter": "AccepterPeeringConnectionOptions"}


def set_peering_options() -> None:
    """Keep whether a VPC's names resolve to private addresses in the other; upstream knows no options."""

    def modify(params: Parameters) -> Any:
        peering_id = ec2._p(params, "VpcPeeringConnectionId")
        peering = ec2._vpc_peering.get(peering_id)
        if peering is None or peering["Status"]["Code"] != "active":
            return ec2._error("OperationNotPermitted", f"{peering_id} is not an active peering", 400)
        for side, options in OPTIONS.items():
            if value := ec2._p(params, f"{options}.{DNS}"):
                peering[f"{side}VpcInfo"]["PeeringOptions"] = value
        ec2._put_vpc_peering_record(peering)
        return ec2._xml(200, "ModifyVpcPeeringConnectionOptionsResponse", "")

    def describe(original: Wrapper, params: Parameters) -> Any:
        status, headers, body = original(params)
        text = body.decode()
        for peering_id, peering in ec2._vpc_peering.items():
            text = _with_options(text, peering_id, peering)
        return status, headers, text.encode()

    ec2._ACTION_MAP["ModifyVpcPeeringConnectionOptions"] = modify
    wrap_entry(ec2._ACTION_MAP, "DescribeVpcPeeringConnections", describe)


def _with_options(text: str, peering_id: str, peering: Parameters) -> str:
    shown = re.search(rf"<vpcPeeringConnectionId>{peering_id}<.*?</accepterVpcInfo>", text, re.DOTALL)
    if shown is None:
        return text
    item = shown[0]
    for side in OPTIONS:
        value = peering[f"{side}VpcInfo"].get("PeeringOptions", "false")
        options = f"<allowDnsResolutionFromRemoteVpc>{value}</allowDnsResolutionFromRemoteVpc>"
        end = f"</{side.lower()}VpcInfo>"
        item = substitute(item, end, f"<peeringOptions>{options}</peeringOptions>{end}")
    return text.replace(shown[0], item)


def remember_flow_log_delivery() -> None:
    """Report role, interval, log group and tags of a flow log; upstream keeps none of them."""

    def create(original: Wrapper, params: Parameters) -> Any:
        before = set(ec2._flow_logs)
        answer = original(params)
        for log_id in set(ec2._flow_logs) - before:
            ec2._parse_tag_specs(params, "vpc-flow-log", log_id)
            ec2._flow_logs[log_id] |= {
                "deliverLogsPermissionArn": ec2._p(params, "DeliverLogsPermissionArn"),
                "maxAggregationInterval": ec2._p(params, "MaxAggregationInterval") or "600",
                "logFormat": ec2._p(params, "LogFormat") or DEFAULT_FORMAT,
                "logGroupName": ec2._p(params, "LogDestination").partition(":log-group:")[2],
            }
        return answer

    def describe(original: Wrapper, params: Parameters) -> Any:
        status, headers, body = original(params)
        text = body.decode()
        for log_id, log in ec2._flow_logs.items():
            start = f"<flowLogId>{log_id}</flowLogId>"
            more = "".join(f"<{name}>{log[name]}</{name}>" for name in REMEMBERED if log.get(name))
            text = text.replace(start, start + more)
        return status, headers, text.encode()

    wrap_entry(ec2._ACTION_MAP, "CreateFlowLogs", create)
    wrap_entry(ec2._ACTION_MAP, "DescribeFlowLogs", describe)


REMEMBERED = ("deliverLogsPermissionArn", "maxAggregationInterval", "logFormat", "logGroupName")
DEFAULT_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} "
    "${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)

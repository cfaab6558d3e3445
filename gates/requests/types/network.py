"""Requests for networks and names."""

from collections.abc import Mapping
from typing import Any

from gates.requests.filling import TAGS, Body, Call
from gates.requests.terraform import UNKNOWN


def _permission(body: Body) -> Body:
    """One rule of a security group, as EC2 wraps it."""
    said = {"description": body["description"]} if "description" in body else {}
    range_ = {"cidr_ip": body["cidr_ipv4"], **said} if "cidr_ipv4" in body else None
    group = (
        {"group_id": body["referenced_security_group_id"], **said}
        if "referenced_security_group_id" in body
        else None
    )
    known = {"description", "cidr_ipv4", "referenced_security_group_id", "security_group_id", "tags"}
    rest = {key: value for key, value in body.items() if key not in known}
    permission = {
        **rest,
        "ip_ranges": [range_] if range_ else None,
        "user_id_group_pairs": [group] if group else None,
    }
    return {"group_id": body["security_group_id"], "ip_permissions": [permission]}


def _flow_log(body: Body) -> Body:
    rest = {key: value for key, value in body.items() if key not in ("vpc_id", "iam_role_arn")}
    return {
        **rest,
        "resource_ids": [body["vpc_id"]],
        "resource_type": "VPC",
        "deliver_logs_permission_arn": body["iam_role_arn"],
    }


def _peering_options(body: Body) -> Body:
    sides = {
        "accepter": "accepter_peering_connection_options",
        "requester": "requester_peering_connection_options",
    }
    given: dict[str, Any] = {"vpc_peering_connection_id": body["vpc_peering_connection_id"]}
    for side, member in sides.items():
        if side in body:
            remote = body[side]["allow_remote_vpc_dns_resolution"]
            given[member] = {"allow_dns_resolution_from_remote_vpc": remote}
    return given


def _record(body: Body) -> Body:
    routing = (body.get("failover_routing_policy") or {}).get("type")
    known = {"allow_overwrite", "failover_routing_policy", "records", "alias", "zone_id"}
    alias = body.get("alias")
    return {
        **{key: value for key, value in body.items() if key not in known},
        "failover": routing,
        "resource_records": [{"value": one} for one in body["records"]] if "records" in body else None,
        "alias_target": {
            "dns_name": alias["name"],
            "hosted_zone_id": alias["zone_id"],
            "evaluate_target_health": alias["evaluate_target_health"],
        }
        if alias
        else None,
    }


CALLS: Mapping[str, tuple[Call, ...]] = {
    "aws_vpc": (
        Call("ec2", "CreateVpc", apart=TAGS | {"enable_dns_hostnames", "enable_dns_support"}),
        Call(
            "ec2",
            "ModifyVpcAttribute",
            apart=TAGS | {"cidr_block"},
            more={"VpcId": UNKNOWN},
            prepare=lambda body: {
                key: {"value": value} for key, value in body.items() if key.startswith("enable_dns_")
            },
        ),
    ),
    "aws_subnet": (Call("ec2", "CreateSubnet", apart=TAGS),),
    "aws_internet_gateway": (
        Call("ec2", "AttachInternetGateway", apart=TAGS, more={"InternetGatewayId": UNKNOWN}),
    ),
    "aws_eip": (Call("ec2", "AllocateAddress", apart=TAGS),),
    "aws_nat_gateway": (Call("ec2", "CreateNatGateway", apart=TAGS),),
    "aws_route_table": (Call("ec2", "CreateRouteTable", apart=TAGS),),
    "aws_route_table_association": (Call("ec2", "AssociateRouteTable"),),
    "aws_route": (Call("ec2", "CreateRoute"),),
    "aws_security_group": (Call("ec2", "CreateSecurityGroup", {"name": "GroupName"}, apart=TAGS),),
    "aws_vpc_security_group_ingress_rule": (
        Call("ec2", "AuthorizeSecurityGroupIngress", prepare=_permission),
    ),
    "aws_vpc_security_group_egress_rule": (Call("ec2", "AuthorizeSecurityGroupEgress", prepare=_permission),),
    "aws_vpc_endpoint": (Call("ec2", "CreateVpcEndpoint", {"policy": "PolicyDocument"}, apart=TAGS),),
    "aws_vpc_peering_connection": (Call("ec2", "CreateVpcPeeringConnection", apart=TAGS | {"auto_accept"}),),
    "aws_vpc_peering_connection_accepter": (
        Call("ec2", "AcceptVpcPeeringConnection", apart=TAGS | {"auto_accept"}),
    ),
    "aws_vpc_peering_connection_options": (
        Call("ec2", "ModifyVpcPeeringConnectionOptions", prepare=_peering_options),
    ),
    "aws_flow_log": (Call("ec2", "CreateFlowLogs", apart=TAGS, prepare=_flow_log),),
    "aws_route53_zone": (
        Call(
            "route53",
            "CreateHostedZone",
            more={"CallerReference": UNKNOWN},
            prepare=lambda body: {
                "name": body["name"],
                "hosted_zone_config": {"comment": body["comment"]},
                "vpc": body["vpc"][0] if "vpc" in body else None,
            },
        ),
    ),
    "aws_route53_health_check": (
        Call(
            "route53",
            "CreateHealthCheck",
            {"fqdn": "FullyQualifiedDomainName"},
            apart=TAGS,
            under="HealthCheckConfig",
            more={"CallerReference": UNKNOWN},
        ),
    ),
    "aws_route53_record": (
        Call(
            "route53",
            "ChangeResourceRecordSets",
            prepare=lambda body: {
                "hosted_zone_id": body["zone_id"],
                "change_batch": {"changes": [{"action": "CREATE", "resource_record_set": _record(body)}]},
            },
        ),
    ),
    "aws_acm_certificate": (Call("acm", "RequestCertificate", apart=TAGS),),
}

"""Requests for load balancers, and for the instances and groups behind them."""

from collections.abc import Mapping
from typing import Any

from gates.requests.filling import TAGS, Body, Call
from gates.requests.terraform import UNKNOWN

BALANCER = {
    "client_keep_alive": "client_keep_alive.seconds",
    "desync_mitigation_mode": "routing.http.desync_mitigation_mode",
    "drop_invalid_header_fields": "routing.http.drop_invalid_header_fields.enabled",
    "enable_deletion_protection": "deletion_protection.enabled",
    "idle_timeout": "idle_timeout.timeout_seconds",
}
TARGETS = {
    "deregistration_delay": "deregistration_delay.timeout_seconds",
    "load_balancing_algorithm_type": "load_balancing.algorithm.type",
}
"""Arguments that are attributes for AWS, by the key that it gives them."""


def _attributes(body: Body, keys: Mapping[str, str], **more: Any) -> Body:
    """Every attribute as text, as AWS takes them."""
    told = {keys[name]: value for name, value in body.items() if name in keys} | more
    texts = {key: str(value).lower() if isinstance(value, bool) else value for key, value in told.items()}
    return {"attributes": [{"key": key, "value": value} for key, value in texts.items()]}


def _logged(body: Body) -> Body:
    logs = body["access_logs"]
    where = {"access_logs.s3.enabled": logs["enabled"], "access_logs.s3.bucket": logs["bucket"]}
    return _attributes(body, BALANCER, **where)


def _balancer(body: Body) -> Body:
    rest = {key: value for key, value in body.items() if key not in ("internal", "load_balancer_type")}
    scheme = "internal" if body["internal"] else "internet-facing"
    return {**rest, "scheme": scheme, "type": body["load_balancer_type"]}


def _targets(body: Body) -> Body:
    check = dict(body["health_check"])
    matcher = {"http_code": check.pop("matcher")}
    counts = {f"{name}_count": check.pop(name) for name in ("healthy_threshold", "unhealthy_threshold")}
    seconds = {f"health_check_{name}_seconds": check.pop(name) for name in ("interval", "timeout")}
    rest = {f"health_check_{name}": value for name, value in check.items()}
    told = {key: value for key, value in body.items() if key != "health_check"}
    return {**told, **counts, **seconds, **rest, "matcher": matcher}


def _listener(body: Body) -> Body:
    rest = {key: value for key, value in body.items() if key != "certificate_arn"}
    certificate = body.get("certificate_arn")
    return {**rest, "certificates": [{"certificate_arn": certificate}] if certificate else None}


def _template(body: Body) -> Body:
    data = {
        key: value for key, value in body.items() if key not in ("name", "tags", "update_default_version")
    }
    data["ebs_optimized"] = data["ebs_optimized"] == "true"
    data["security_group_ids"] = data.pop("vpc_security_group_ids")
    data["block_device_mappings"] = [_disk(one) for one in data["block_device_mappings"]]
    data["tag_specifications"] = [
        {"resource_type": one["resource_type"], "tags": _pairs(one["tags"])}
        for one in data["tag_specifications"]
    ]
    return {"launch_template_name": body["name"], "launch_template_data": data}


def _disk(body: Body) -> Body:
    ebs = {
        key: value == "true" if value in ("true", "false") else value for key, value in body["ebs"].items()
    }
    return {**body, "ebs": ebs}


def _pairs(tags: Mapping[str, Any]) -> list[Body]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def _metrics(body: Body) -> Body:
    return {
        "auto_scaling_group_name": body["name"],
        "granularity": "1Minute",
        "metrics": body["enabled_metrics"],
    }


CALLS: Mapping[str, tuple[Call, ...]] = {
    "aws_lb": (
        Call(
            "elbv2", "CreateLoadBalancer", apart=TAGS | BALANCER.keys() | {"access_logs"}, prepare=_balancer
        ),
        Call("elbv2", "ModifyLoadBalancerAttributes", more={"LoadBalancerArn": UNKNOWN}, prepare=_logged),
    ),
    "aws_lb_target_group": (
        Call("elbv2", "CreateTargetGroup", apart=TAGS | TARGETS.keys(), prepare=_targets),
        Call(
            "elbv2",
            "ModifyTargetGroupAttributes",
            more={"TargetGroupArn": UNKNOWN},
            prepare=lambda body: _attributes(body, TARGETS),
        ),
    ),
    "aws_lb_listener": (
        Call(
            "elbv2",
            "CreateListener",
            {"default_action": "DefaultActions", "default_action.redirect": "RedirectConfig"},
            apart=TAGS,
            prepare=_listener,
        ),
    ),
    "aws_wafv2_web_acl": (
        Call(
            "wafv2",
            "CreateWebACL",
            {
                "rule": "Rules",
                "rule.statement.managed_rule_group_statement.rule_action_override": "RuleActionOverrides",
            },
            apart=TAGS,
        ),
    ),
    "aws_wafv2_web_acl_association": (Call("wafv2", "AssociateWebACL"),),
    "aws_launch_template": (Call("ec2", "CreateLaunchTemplate", prepare=_template),),
    "aws_iam_instance_profile": (
        Call(
            "iam",
            "AddRoleToInstanceProfile",
            {"name": "InstanceProfileName", "role": "RoleName"},
            apart=TAGS,
        ),
    ),
    "aws_autoscaling_group": (
        Call(
            "autoscaling",
            "CreateAutoScalingGroup",
            {
                "name": "AutoScalingGroupName",
                "initial_lifecycle_hook": "LifecycleHookSpecificationList",
                "initial_lifecycle_hook.name": "LifecycleHookName",
                "launch_template.id": "LaunchTemplateId",
                "mixed_instances_policy.launch_template.override": "Overrides",
                "tag": "Tags",
            },
            apart=frozenset({"enabled_metrics", "wait_for_capacity_timeout"}),
            prepare=lambda body: {**body, "vpc_zone_identifier": UNKNOWN},
        ),
        Call("autoscaling", "EnableMetricsCollection", prepare=_metrics),
    ),
    "aws_autoscaling_policy": (
        Call(
            "autoscaling",
            "PutScalingPolicy",
            {
                "name": "PolicyName",
                "autoscaling_group_name": "AutoScalingGroupName",
                "target_tracking_configuration.predefined_metric_specification": (
                    "PredefinedMetricSpecification"
                ),
            },
        ),
    ),
}

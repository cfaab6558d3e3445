"""Load balancers and target groups of ELBv2."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

from collections.abc import Callable, Iterable
from typing import Any

from ministack.services import alb, ec2

from localcloud.emulator.patches.wrapping import Wrapper, wrap, wrap_entry

Parameters = dict[str, Any]
Shape = dict[str, Any]
_APPLICATION = {
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "client_keep_alive.seconds": "3600",
    "connection_logs.s3.bucket": "",
    "connection_logs.s3.enabled": "false",
    "connection_logs.s3.prefix": "",
    "ipv6.deny_all_igw_traffic": "false",
    "load_balancing.cross_zone.enabled": "true",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true",
    "waf.fail_open.enabled": "false",
    "zonal_shift.config.enabled": "false",
}
_GROUP = {
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "slow_start.duration_seconds": "0",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}


def tell_all_attributes() -> None:
    """Describe every attribute with its default; upstream knows the three or so that were set.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
    """

    def create(store: Any, told: Any, defaults: Shape) -> Wrapper:
        def created(original: Wrapper, params: Parameters) -> Any:
            before = set(store)
            answer = original(params)
            for arn in set(store) - before:
                if store[arn].get("Type", "application") == "application":
                    known = {attribute["Key"] for attribute in told[arn]}
                    told[arn] += [{"Key": k, "Value": v} for k, v in defaults.items() if k not in known]
            return answer

        return created

    wrap_entry(alb._ACTION_MAP, "CreateLoadBalancer", create(alb._lbs, alb._lb_attrs, _APPLICATION))
    wrap_entry(alb._ACTION_MAP, "CreateTargetGroup", create(alb._tgs, alb._tg_attrs, _GROUP))


def stand_in_the_zones_of_subnets() -> None:
    """Tell each subnet's own zone and their VPC; upstream says the first zone and a VPC of its own making."""

    def xml(original: Wrapper, balancer: Shape) -> str:
        known = [ec2._subnets.get(subnet) for subnet in balancer.get("Subnets", [])]
        subnets = [subnet for subnet in known if subnet]
        if subnets:
            balancer["VpcId"] = subnets[0]["VpcId"]
        text: str = original(balancer)
        for subnet in subnets:
            end = f"</ZoneName><SubnetId>{subnet['SubnetId']}<"
            head, _, tail = text.partition(end)
            start = head.rpartition("<ZoneName>")[0]
            text = f"{start}<ZoneName>{subnet['AvailabilityZone']}{end}{tail}"
        return text

    wrap(alb, "_lb_xml", xml)


def refuse_and_cascade_deletes() -> None:
    """A protected balancer stays, its listeners go with it, and a group that is in use stays.

    Upstream deletes whatever it is asked to and leaves listeners behind. Which balancers use a group is what
    their rules say now, not what the first of them said.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html
    """

    def delete_balancer(original: Wrapper, params: Parameters) -> Any:
        arn = alb._p(params, "LoadBalancerArn")
        if attributes_of(alb._lb_attrs.get(arn, [])).get("deletion_protection.enabled") == "true":
            said = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
            return alb._error("OperationNotPermitted", said)
        for listener in [one for one in alb._listeners.values() if one["LoadBalancerArn"] == arn]:
            alb._delete_listener({"ListenerArn": listener["ListenerArn"]})
        return original(params)

    def delete_group(original: Wrapper, params: Parameters) -> Any:
        arn = alb._p(params, "TargetGroupArn")
        if users(arn):
            said = f"Target group '{arn}' is currently in use by a listener or a rule"
            return alb._error("ResourceInUse", said)
        return original(params)

    def xml(original: Wrapper, group: Shape) -> Any:
        group["LoadBalancerArns"] = users(group["TargetGroupArn"])
        return original(group)

    wrap_entry(alb._ACTION_MAP, "DeleteLoadBalancer", delete_balancer)
    wrap_entry(alb._ACTION_MAP, "DeleteTargetGroup", delete_group)
    wrap(alb, "_tg_xml", xml)


def users(group: str) -> list[str]:
    """ARNs of the balancers with a rule that forwards to *group*."""
    listeners = {
        rule["ListenerArn"] for rule in alb._rules.values() if group in _forwarded_to(rule["Actions"])
    }
    return sorted({alb._listeners[arn]["LoadBalancerArn"] for arn in listeners if arn in alb._listeners})


def _forwarded_to(actions: Iterable[Shape]) -> set[str]:
    named = [one for action in actions for one in (action.get("ForwardConfig") or {}).get("TargetGroups", [])]
    return {one["TargetGroupArn"] for one in [*named, *actions] if one.get("TargetGroupArn")}


def wake_at_changes(wake: Callable[[], None]) -> None:
    """Call *wake* after every call that changes what the local balancer serves."""

    def waking(original: Wrapper, params: Parameters) -> Any:
        answer = original(params)
        wake()
        return answer

    for action in alb._ACTION_MAP:
        if not action.startswith("Describe"):
            wrap_entry(alb._ACTION_MAP, action, waking)


def attributes_of(listed: Iterable[Shape]) -> Shape:
    """The attributes of a balancer, listener or group by their keys."""
    return {one["Key"]: one["Value"] for one in listed}

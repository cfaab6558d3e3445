"""The firewall of web requests in front of a load balancer."""

from collections.abc import Mapping

from cdktf_cdktf_provider_aws.wafv2_web_acl import (
    Wafv2WebAcl,
    Wafv2WebAclDefaultAction,
    Wafv2WebAclDefaultActionAllow,
    Wafv2WebAclRule,
    Wafv2WebAclRuleAction,
    Wafv2WebAclRuleActionBlock,
    Wafv2WebAclRuleOverrideAction,
    Wafv2WebAclRuleOverrideActionNone,
    Wafv2WebAclRuleVisibilityConfig,
    Wafv2WebAclVisibilityConfig,
)
from cdktf_cdktf_provider_aws.wafv2_web_acl_association import Wafv2WebAclAssociation
from constructs import Construct

from lib.settings.web import WebAcl
from lib.site import Site

GROUPS: Mapping[str, tuple[str, ...]] = {
    "AWSManagedRulesAmazonIpReputationList": (),
    "AWSManagedRulesKnownBadInputsRuleSet": (),
    "AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",),
}
"""AWS's own rules, and those of them that only count: a file that is attached is larger than 8 KB.
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html"""


def guard(scope: Construct, *, site: Site, settings: WebAcl, balancer_arn: str) -> None:
    """Put the firewall before a balancer, where the settings want one."""
    if settings.enabled:
        BalancerAcl(scope, "acl", site=site, settings=settings, balancer_arn=balancer_arn)


class BalancerAcl(Construct):
    """AWS's rules against known attacks, and a limit for each address. A balancer takes one."""

    def __init__(
        self, scope: Construct, id_: str, *, site: Site, settings: WebAcl, balancer_arn: str
    ) -> None:
        super().__init__(scope, id_)
        name = site.name("web")
        acl = Wafv2WebAcl(
            self,
            "acl",
            name=name,
            scope="REGIONAL",
            default_action=Wafv2WebAclDefaultAction(allow=Wafv2WebAclDefaultActionAllow()),
            rule=[
                *(_managed(group, number) for number, group in enumerate(GROUPS)),
                _limited(settings.requests_in_five_minutes, len(GROUPS)),
            ],
            visibility_config=Wafv2WebAclVisibilityConfig(
                cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
            ),
            tags={"Name": name},
        )
        Wafv2WebAclAssociation(self, "association", resource_arn=balancer_arn, web_acl_arn=acl.arn)


def _managed(group: str, priority: int) -> Wafv2WebAclRule:
    counted = [{"name": rule, "action_to_use": {"count": {}}} for rule in GROUPS[group]]
    said = {"name": group, "vendor_name": "AWS", "rule_action_override": counted}
    return Wafv2WebAclRule(
        name=group,
        priority=priority,
        override_action=Wafv2WebAclRuleOverrideAction(none=Wafv2WebAclRuleOverrideActionNone()),
        statement={"managed_rule_group_statement": said},
        visibility_config=_seen(group),
    )


def _limited(requests: int, priority: int) -> Wafv2WebAclRule:
    limit = {"limit": requests, "aggregate_key_type": "IP", "evaluation_window_sec": 300}
    return Wafv2WebAclRule(
        name="rate",
        priority=priority,
        action=Wafv2WebAclRuleAction(block=Wafv2WebAclRuleActionBlock()),
        statement={"rate_based_statement": limit},
        visibility_config=_seen("rate"),
    )


def _seen(name: str) -> Wafv2WebAclRuleVisibilityConfig:
    return Wafv2WebAclRuleVisibilityConfig(
        cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )

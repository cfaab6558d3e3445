"""Which requests X-Ray follows, and how they are found again.

Functions and the state machine are traced; an HTTP API of API Gateway cannot be, and offers no setting for
it, so a trace begins at the function. https://docs.aws.amazon.com/xray/latest/devguide/xray-services-apigateway.html
"""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.xray_group import XrayGroup, XrayGroupInsightsConfiguration
from cdktf_cdktf_provider_aws.xray_sampling_rule import XraySamplingRule
from constructs import Construct

from lib.naming import shortened
from lib.site import Site

ANY = "*"
NAME_LIMIT = 32
BEFORE_THE_DEFAULT = 1000
"""The account's own rule has 10000; the lowest number that fits wins."""


class Tracing(Construct):
    """A sampling rule for what is named like this environment, and a group of the traces of *services*."""

    def __init__(self, scope: Construct, id_: str, *, site: Site, services: Sequence[str]) -> None:
        super().__init__(scope, id_)
        settings = site.settings
        name = shortened(site.name("traces"), keep=settings.environment_suffix, limit=NAME_LIMIT)
        XraySamplingRule(
            self,
            "rule",
            rule_name=name,
            version=1,
            priority=BEFORE_THE_DEFAULT,
            fixed_rate=settings.tracing.fixed_rate,
            reservoir_size=settings.tracing.reservoir,
            service_name=settings.name(ANY),
            service_type=ANY,
            host=ANY,
            http_method=ANY,
            url_path=ANY,
            resource_arn=ANY,
        )
        XrayGroup(
            self,
            "group",
            group_name=name,
            filter_expression=" OR ".join(f'service("{site.name(one)}")' for one in services),
            insights_configuration=XrayGroupInsightsConfiguration(
                insights_enabled=False, notifications_enabled=False
            ),
        )

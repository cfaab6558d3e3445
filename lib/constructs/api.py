"""The HTTP API of one region."""

import json
from collections.abc import Iterable

from cdktf_cdktf_provider_aws.apigatewayv2_api import Apigatewayv2Api
from cdktf_cdktf_provider_aws.apigatewayv2_integration import Apigatewayv2Integration
from cdktf_cdktf_provider_aws.apigatewayv2_route import Apigatewayv2Route
from cdktf_cdktf_provider_aws.apigatewayv2_stage import (
    Apigatewayv2Stage,
    Apigatewayv2StageAccessLogSettings,
    Apigatewayv2StageDefaultRouteSettings,
)
from constructs import Construct

from lib.constructs.function import Function, FunctionPlatform
from lib.constructs.logs import LogGroup

ACCESS_LOG = json.dumps(
    {
        "at": "$context.requestTimeEpoch",
        "request": "$context.requestId",
        "from": "$context.identity.sourceIp",
        "route": "$context.routeKey",
        "status": "$context.status",
        "ms": "$context.responseLatency",
        "cause": "$context.integrationErrorMessage",
    }
)


class HttpApi(Construct):
    """One function behind explicit routes; anything else is 404 before it costs an invocation."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        platform: FunctionPlatform,
        function: Function,
        routes: Iterable[str],
    ) -> None:
        super().__init__(scope, id_)
        site = platform.site
        name = site.name(id_)
        api = Apigatewayv2Api(self, "api", name=name, protocol_type="HTTP")
        self._route(api, function, routes)
        logs = LogGroup(self, "logs", site=site, key=platform.key, name=f"/aws/apigateway/{name}", audit=True)
        Apigatewayv2Stage(
            self,
            "stage",
            api_id=api.id,
            name="$default",
            auto_deploy=True,
            access_log_settings=Apigatewayv2StageAccessLogSettings(
                destination_arn=logs.arn, format=ACCESS_LOG
            ),
            default_route_settings=Apigatewayv2StageDefaultRouteSettings(
                detailed_metrics_enabled=True,  # metrics a route: health checks are no errors of payments
                throttling_rate_limit=site.settings.api.rate_limit,
                throttling_burst_limit=site.settings.api.burst_limit,
            ),
        )
        function.invoked_by("apigateway", f"{api.execution_arn}/*/*")
        self.id = api.id
        self.endpoint = api.api_endpoint
        self.host = f"{api.id}.execute-api.{site.region.name}.amazonaws.com"

    def _route(self, api: Apigatewayv2Api, function: Function, routes: Iterable[str]) -> None:
        integration = Apigatewayv2Integration(
            self,
            "integration",
            api_id=api.id,
            integration_type="AWS_PROXY",
            integration_uri=function.invoke_arn,
            payload_format_version="2.0",
        )
        for route in routes:
            Apigatewayv2Route(
                self,
                route.translate(str.maketrans(" /", "--", "{}")).lower(),
                api_id=api.id,
                route_key=route,
                target=f"integrations/{integration.id}",
            )

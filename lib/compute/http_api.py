"""The HTTP API of one region."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from cdktf_cdktf_provider_aws.apigatewayv2_api import Apigatewayv2Api
from cdktf_cdktf_provider_aws.apigatewayv2_authorizer import (
    Apigatewayv2Authorizer,
    Apigatewayv2AuthorizerJwtConfiguration,
)
from cdktf_cdktf_provider_aws.apigatewayv2_integration import Apigatewayv2Integration
from cdktf_cdktf_provider_aws.apigatewayv2_route import Apigatewayv2Route
from cdktf_cdktf_provider_aws.apigatewayv2_stage import (
    Apigatewayv2Stage,
    Apigatewayv2StageAccessLogSettings,
    Apigatewayv2StageDefaultRouteSettings,
)
from constructs import Construct

from lib.compute.function import Function, FunctionPlatform
from lib.iam import Allow
from lib.observability.logs import LogGroup
from lib.settings.api import Api
from lib.settings.authorization import Authorization, Mode

ACCESS_LOG = json.dumps(
    {
        "at": "$context.requestTimeEpoch",
        "request": "$context.requestId",
        "from": "$context.identity.sourceIp",
        "route": "$context.routeKey",
        "status": "$context.status",
        "ms": "$context.responseLatency",
        "cause": "$context.integrationErrorMessage",
        "refused": "$context.authorizer.error",
    }
)


class Right(StrEnum):
    """What a route asks of its caller."""

    NONE = "none"
    """Nothing: health checks can send no credentials."""
    READ = "read"
    PAY = "pay"
    SYSTEM = "system"
    """A SigV4 signature by a role that may invoke this very route, in every mode."""


class HttpApi(Construct):
    """One function behind explicit routes; anything else is 404 before it costs an invocation.

    Who lacks a route's right gets 401 or 403 from the gateway, and costs no invocation either.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        platform: FunctionPlatform,
        function: Function,
        routes: Mapping[str, Right],
        settings: Api,
    ) -> None:
        super().__init__(scope, id_)
        self._site = site = platform.site
        self._settings = settings
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
                detailed_metrics_enabled=True,  # metrics a route: health checks are no errors of clients
                throttling_rate_limit=settings.rate_limit,
                throttling_burst_limit=settings.burst_limit,
            ),
        )
        function.invoked_by("apigateway", f"{api.execution_arn}/*/*")
        self._execution_arn = api.execution_arn
        self.id = api.id
        self.endpoint = api.api_endpoint
        self.host = f"{api.id}.execute-api.{site.region.name}.amazonaws.com"

    def invoke(self, route: str) -> Allow:
        """Call a route with the right `SYSTEM`."""
        method, path = route.split()
        return Allow(("execute-api:Invoke",), (f"{self._execution_arn}/$default/{method}{path}",))

    def _route(self, api: Apigatewayv2Api, function: Function, routes: Mapping[str, Right]) -> None:
        integration = Apigatewayv2Integration(
            self,
            "integration",
            api_id=api.id,
            integration_type="AWS_PROXY",
            integration_uri=function.invoke_arn,
            payload_format_version="2.0",
        )
        guards = self._guards(api)
        for route, right in routes.items():
            Apigatewayv2Route(
                self,
                route.translate(str.maketrans(" /", "--", "{}")).lower(),
                api_id=api.id,
                route_key=route,
                target=f"integrations/{integration.id}",
                **guards[right],
            )

    def _guards(self, api: Apigatewayv2Api) -> Mapping[Right, dict[str, Any]]:
        """What makes the gateway ask for each right."""
        settings = self._settings.authorization
        always = {Right.NONE: {}, Right.SYSTEM: {"authorization_type": "AWS_IAM"}}
        if settings.mode is Mode.NONE:
            return always | {Right.READ: {}, Right.PAY: {}}
        authorizer = self._authorizer(api, settings)

        def scoped(scope: str | None) -> dict[str, Any]:
            return {
                "authorization_type": "JWT",
                "authorizer_id": authorizer.id,
                "authorization_scopes": [scope],
            }

        return always | {Right.READ: scoped(settings.read_scope), Right.PAY: scoped(settings.pay_scope)}

    def _authorizer(self, api: Apigatewayv2Api, settings: Authorization) -> Apigatewayv2Authorizer:
        """The gateway itself checks signature, issuer, audience, times and scopes of an access token.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
        """
        return Apigatewayv2Authorizer(
            self,
            "authorizer",
            api_id=api.id,
            name=self._site.name("payers"),
            authorizer_type="JWT",
            identity_sources=["$request.header.Authorization"],
            jwt_configuration=Apigatewayv2AuthorizerJwtConfiguration(
                issuer=settings.issuer, audience=list(settings.audience)
            ),
        )

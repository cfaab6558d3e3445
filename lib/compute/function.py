"""Functions: one zip, one runtime and one environment for all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cdktf_cdktf_provider_aws.lambda_function import (
    LambdaFunction,
    LambdaFunctionEnvironment,
    LambdaFunctionTracingConfig,
    LambdaFunctionVpcConfig,
)
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from constructs import Construct

from lib.bundle import Bundle
from lib.iam import Allow, outside
from lib.network.vpc import FunctionNetwork
from lib.observability.logs import LogGroup
from lib.security.key import EncryptionKey
from lib.security.role import ServiceRole
from lib.site import Site

IN_VPC = Allow(
    (
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
    ),
    ("*",),
    why_any="Lambda makes a function's interfaces in the VPC; they have no ARN before that",
)
TRACING = Allow(
    ("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
    ("*",),
    why_any="X-Ray has no resource for segments",
)
SAMPLING = Allow(
    ("xray:GetSamplingRules", "xray:GetSamplingTargets"),
    ("*",),
    why_any="X-Ray answers for all rules of the account at once",
)
"""What a service needs besides that decides itself which requests it traces: a state machine."""


@dataclass(frozen=True, slots=True)
class FunctionPlatform:
    """What all functions of a region share."""

    site: Site
    network: FunctionNetwork | None
    """None where functions need nothing of a VPC: then they do not hang on its way out."""
    key: EncryptionKey
    bundle: Bundle
    environment: Mapping[str, str]
    allow: tuple[Allow, ...]
    """What every function may do: read its region's parameters and the database's secret."""


class Function(Construct):
    """A function with its own role, which may do what *allow* and the platform say, and nothing else.

    *reserved* executions are kept for it, and it gets no more (`lib.failover.reservations`).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        platform: FunctionPlatform,
        handler: str,
        memory_mb: int,
        timeout_s: int,
        allow: Iterable[Allow],
        reserved: int | None = None,
    ) -> None:
        super().__init__(scope, id_)
        site = platform.site
        name = site.name(id_)
        self.logs = LogGroup(self, "logs", site=site, key=platform.key, name=f"/aws/lambda/{name}")
        within = [IN_VPC] if platform.network else []
        statements = [self.logs.write(), *within, TRACING, *platform.allow, *allow]
        role = ServiceRole(
            self,
            "role",
            site=site,
            what=id_,
            service="lambda",
            allow=[*statements, outside(site.region.name)],
        )
        function = LambdaFunction(
            self,
            "function",
            function_name=name,
            role=role.arn,
            runtime=site.settings.functions.runtime,
            architectures=["x86_64"],
            handler=handler,
            filename=platform.bundle.from_stack,
            source_code_hash=platform.bundle.sha256,
            memory_size=memory_mb,
            timeout=timeout_s,
            reserved_concurrent_executions=reserved,
            environment=LambdaFunctionEnvironment(variables=dict(platform.environment)),
            tracing_config=LambdaFunctionTracingConfig(mode="Active"),
            vpc_config=_place(platform.network) if platform.network else None,
            depends_on=[role.policy],
        )
        self.timeout_s = timeout_s
        self.name = function.function_name
        self.arn = function.arn
        self.invoke_arn = function.invoke_arn

    def invoke(self) -> Allow:
        """Call this function."""
        return Allow(("lambda:InvokeFunction",), (self.arn,))

    def invoked_by(self, service: str, source_arn: str, *, what: str = "") -> None:
        """Let a service call this function on behalf of one resource; *what* tells two of them apart."""
        id_ = f"from-{what or service}"
        LambdaPermission(
            self,
            id_,
            statement_id=id_,
            action="lambda:InvokeFunction",
            function_name=self.name,
            principal=f"{service}.amazonaws.com",
            source_arn=source_arn,
        )


def _place(network: FunctionNetwork) -> LambdaFunctionVpcConfig:
    return LambdaFunctionVpcConfig(
        subnet_ids=network.private_subnet_ids, security_group_ids=[network.firewall.functions.id]
    )

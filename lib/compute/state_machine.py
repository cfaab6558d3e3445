"""State machines of Step Functions: traced, and logged for auditors."""

import json
from collections.abc import Mapping
from typing import Any

from cdktf_cdktf_provider_aws.sfn_state_machine import (
    SfnStateMachine,
    SfnStateMachineLoggingConfiguration,
    SfnStateMachineTracingConfiguration,
)
from constructs import Construct

from lib.compute.function import SAMPLING, TRACING, Function, FunctionPlatform
from lib.iam import Allow
from lib.observability.logs import LogGroup
from lib.security.role import ServiceRole

LOG_DELIVERY = Allow(
    (
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
    ),
    ("*",),
    why_any="log deliveries of Step Functions have no ARN",
)


class StateMachine(Construct):
    """The machine *id_*, whose tasks are all done by one function."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        platform: FunctionPlatform,
        steps: Function,
        definition: Mapping[str, Any],
    ) -> None:
        super().__init__(scope, id_)
        site = platform.site
        self.name = site.name(id_)
        logs = LogGroup(
            self, "logs", site=site, key=platform.key, name=f"/aws/states/{self.name}", audit=True
        )
        statements = [steps.invoke(), LOG_DELIVERY, TRACING, SAMPLING]
        role = ServiceRole(self, "role", site=site, what=id_, service="states", allow=statements)
        self.arn = SfnStateMachine(
            self,
            "machine",
            name=self.name,
            role_arn=role.arn,
            definition=json.dumps(definition),
            tracing_configuration=SfnStateMachineTracingConfiguration(enabled=True),
            logging_configuration=SfnStateMachineLoggingConfiguration(
                level="ALL", include_execution_data=True, log_destination=f"{logs.arn}:*"
            ),
            depends_on=[role.policy],
        ).arn

"""What heals the system: a function, the machine that calls it, and what starts the machine."""

import json
from collections.abc import Iterable

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from constructs import Construct

from lib.bundle import Bundle
from lib.compute.function import Function, FunctionPlatform
from lib.compute.state_machine import StateMachine
from lib.data.zonal_database import ZonalDatabase
from lib.iam import Allow
from lib.security.key import EncryptionKey
from lib.security.role import ServiceRole
from lib.site import Site
from lib.systems.single_region.healing_machine import healing
from lib.systems.single_region.metrics import CLUSTER, HEALING, SERVICES
from lib.systems.single_region.settings import SingleRegionSettings

WHAT = "healing-steps"
TIMEOUT_S = 60
DATABASE_ALARM = "database-impaired"
VISITS_ALARMS = ("services-impaired", "canary-failing")
STARTED_BY = (DATABASE_ALARM, *VISITS_ALARMS)
"""The alarms that start it."""
ALARMS = Allow(
    ("cloudwatch:DescribeAlarms",),
    ("*",),
    why_any="a composite alarm is listed with all others",
)
EVENTS = Allow(("rds:DescribeEvents",), ("*",), why_any="events of a cluster are listed with all others")


class Healing(Construct):
    """Runs in no VPC: it must work while a network does not."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site[SingleRegionSettings],
        functions: Bundle,
        key: EncryptionKey,
        database: ZonalDatabase,
        topic: str,
    ) -> None:
        super().__init__(scope, id_)
        self._site = site
        platform = FunctionPlatform(
            site=site,
            network=None,
            key=key,
            bundle=functions,
            environment=self._told(database, topic),
            allow=(),
        )
        steps = Function(
            self,
            WHAT,
            platform=platform,
            handler="healing.handler.handler",
            memory_mb=512,
            timeout_s=TIMEOUT_S,
            allow=[
                *database.fail_over(),
                EVENTS,
                ALARMS,
                self._see_services(),
                Allow(("sns:Publish",), (topic,)),
                Allow(("kms:Decrypt", "kms:GenerateDataKey"), (key.arn,)),
            ],
        )
        definition = healing(steps.arn, approval_s=site.settings.healing.approval_s)
        self.machine = StateMachine(self, HEALING, platform=platform, steps=steps, definition=definition)
        self._start_on(STARTED_BY)

    def _told(self, database: ZonalDatabase, topic: str) -> dict[str, str]:
        """What the function is told (lambda/healing/handler.py)."""
        settings = self._site.settings
        return {
            "POWERTOOLS_SERVICE_NAME": WHAT,
            "LOG_LEVEL": settings.functions.log_level,
            "SYSTEM": settings.system,
            "DATABASE": database.identifier,
            "DATABASE_ALARM": self._site.name(DATABASE_ALARM),
            "VISITS_ALARMS": ",".join(self._site.name(one) for one in VISITS_ALARMS),
            "CONTAINERS": self._site.name(CLUSTER),
            "SERVICES": ",".join(self._site.name(one) for one in SERVICES),
            "TOPIC": topic,
        }

    def _see_services(self) -> Allow:
        services = [f"service/{self._site.name(CLUSTER)}/{self._site.name(one)}" for one in SERVICES]
        return Allow(("ecs:DescribeServices",), tuple(self._site.arn("ecs", one) for one in services))

    def _start_on(self, alarms: Iterable[str]) -> None:
        pattern = {
            "source": ["aws.cloudwatch"],
            "detail-type": ["CloudWatch Alarm State Change"],
            "detail": {
                "alarmName": [self._site.name(one) for one in alarms],
                "state": {"value": ["ALARM"]},
            },
        }
        start = Allow(("states:StartExecution",), (self.machine.arn,))
        role = ServiceRole(
            self, "starter", site=self._site, what="healing-starter", service="events", allow=[start]
        )
        rule = CloudwatchEventRule(
            self, "rule", name=self._site.name(HEALING), event_pattern=json.dumps(pattern)
        )
        CloudwatchEventTarget(
            self,
            "target",
            rule=rule.name,
            arn=self.machine.arn,
            role_arn=role.arn,
            input=json.dumps({"failover": False}),
            depends_on=[role.policy],
        )

"""What the single-region system notices about itself, and whom it tells."""

from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from constructs import Construct

from lib.observability.alarm_board import AlarmBoard
from lib.observability.topic import AlarmTopic
from lib.observability.tracing import Tracing
from lib.security.key import EncryptionKey
from lib.systems.single_region.alarms import (
    RELEASE,
    SERVICES_RUNBOOK,
    balancer_alarms,
    database_alarms,
    service_alarms,
)
from lib.systems.single_region.dashboard import body
from lib.systems.single_region.healing import WHAT
from lib.systems.single_region.metrics import SingleRegionMetrics
from lib.systems.single_region.upkeep_alarms import canary_alarms, event_alarms, healing_alarms


class SingleRegionObservability(Construct):
    """Topic, alarms, dashboard and traces."""

    def __init__(
        self, scope: Construct, id_: str, *, metrics: SingleRegionMetrics, key: EncryptionKey
    ) -> None:
        super().__init__(scope, id_)
        site = metrics.site
        self.topic = AlarmTopic(self, "topic", site=site, what="alarms", key=key)
        database = list(database_alarms(metrics))
        services = [*balancer_alarms(metrics), *service_alarms(metrics)]
        others = [*event_alarms(metrics), *healing_alarms(metrics), *canary_alarms(metrics)]
        board = AlarmBoard(
            self,
            "alarms",
            site=site,
            topic_arn=self.topic.arn,
            alarms=[*database, *services, *others],
        )
        self.of_release = [board.names[one] for one in RELEASE]
        board.any_of(
            "services-impaired",
            services,
            says="The services do not answer as they should",
            runbook=SERVICES_RUNBOOK,
        )
        board.any_of(
            "database-impaired",
            database,
            says="The database is short of something",
            runbook="single-region-database",
        )
        CloudwatchDashboard(
            self,
            "dashboard",
            dashboard_name=site.name("overview"),
            dashboard_body=body(metrics),
        )
        Tracing(self, "tracing", site=site, services=[WHAT])

"""What the web application notices about itself, and whom it tells."""

from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from constructs import Construct

from lib.observability.alarm_board import AlarmBoard
from lib.observability.topic import AlarmTopic
from lib.observability.tracing import Tracing
from lib.security.key import EncryptionKey
from lib.systems.webapp.alarms import webapp_alarms
from lib.systems.webapp.dashboard import body
from lib.systems.webapp.metrics import WebappMetrics
from lib.systems.webapp.remediation import WHAT


class Observability(Construct):
    """Topic, alarms, dashboard and traces."""

    def __init__(self, scope: Construct, id_: str, *, metrics: WebappMetrics, key: EncryptionKey) -> None:
        super().__init__(scope, id_)
        site = metrics.site
        self.topic = AlarmTopic(self, "topic", site=site, what="alarms", key=key)
        alarms = webapp_alarms(metrics)
        AlarmBoard(self, "alarms", site=site, topic_arn=self.topic.arn, alarms=alarms)
        CloudwatchDashboard(
            self,
            "dashboard",
            dashboard_name=site.name("overview"),
            dashboard_body=body(metrics),
        )
        Tracing(self, "tracing", site=site, services=[WHAT])

"""What one region notices about itself, and whom it tells."""

from collections.abc import Mapping

from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)
from constructs import Construct

from lib.compute.function import Function
from lib.observability.alarm_board import AlarmBoard
from lib.observability.log_metrics import ONE, LogMetric
from lib.observability.metrics import own_namespace
from lib.observability.topic import AlarmTopic
from lib.observability.tracing import Tracing
from lib.security.key import EncryptionKey
from lib.systems.payments.alarms import regional_alarms
from lib.systems.payments.log_metrics import LOG_METRICS
from lib.systems.payments.metrics import RegionMetrics


class RegionalObservability(Construct):
    """Topic, alarms, metrics from logs and traces. The recovery itself needs none of them."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        metrics: RegionMetrics,
        key: EncryptionKey,
        functions: Mapping[str, Function],
    ) -> None:
        super().__init__(scope, id_)
        self._site = metrics.site
        self._functions = functions
        self.topic = AlarmTopic(self, "topic", site=self._site, what="alarms", key=key)
        for metric in LOG_METRICS:
            self._count(metric)
        self._alarms(metrics)
        Tracing(self, "tracing", site=self._site, services=("service", "steps"))

    def _alarms(self, metrics: RegionMetrics) -> None:
        timeouts = {what: function.timeout_s for what, function in self._functions.items()}
        alarms = regional_alarms(metrics, timeouts)
        board = AlarmBoard(self, "alarms", site=self._site, topic_arn=self.topic.arn, alarms=alarms)
        board.any_of(
            "region-impaired",
            [alarm for alarm in alarms if alarm.impairs],
            says="This region cannot do its work",
            runbook="region-impaired",
        )

    def _count(self, metric: LogMetric) -> None:
        CloudwatchLogMetricFilter(
            self,
            metric.name,
            name=self._site.name(metric.name),
            log_group_name=self._functions[metric.function].logs.name,
            pattern=metric.pattern,
            metric_transformation=CloudwatchLogMetricFilterMetricTransformation(
                name=metric.name,
                namespace=own_namespace(self._site.settings),
                value=metric.value,
                # so that an alarm ends when other lines go on
                default_value="0" if metric.value == ONE else None,
            ),
        )

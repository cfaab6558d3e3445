"""What one region notices about itself, and whom it tells."""

from collections.abc import Iterable, Mapping, Sequence

from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)
from constructs import Construct

from lib.compute.function import Function
from lib.observability.alarm import Alarm
from lib.observability.alarm_board import AlarmBoard
from lib.observability.log_metrics import ONE, LogMetric
from lib.observability.metrics import own_namespace
from lib.observability.topic import AlarmTopic
from lib.observability.tracing import Tracing
from lib.security.key import EncryptionKey
from lib.settings.two_regions import TwoRegionSettings
from lib.site import Site


class RegionalObservability(Construct):
    """Topic, alarms, metrics from logs and traces. The recovery itself needs none of them.

    *functions* are those whose logs are counted, by what they are called; *traced* some of them.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site[TwoRegionSettings],
        key: EncryptionKey,
        functions: Mapping[str, Function],
        alarms: Sequence[Alarm],
        counted: Iterable[LogMetric],
        traced: Sequence[str],
    ) -> None:
        super().__init__(scope, id_)
        self._site = site
        self._functions = functions
        self.topic = AlarmTopic(self, "topic", site=self._site, what="alarms", key=key)
        for metric in counted:
            self._count(metric)
        self._alarms(alarms)
        Tracing(self, "tracing", site=self._site, services=traced)

    def _alarms(self, alarms: Sequence[Alarm]) -> None:
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

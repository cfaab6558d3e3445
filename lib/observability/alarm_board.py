"""Alarms that write to one topic."""

from collections.abc import Iterable

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.cloudwatch_composite_alarm import CloudwatchCompositeAlarm
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct

from lib.observability.alarm import MINUTE_S, Alarm
from lib.site import Site


class AlarmBoard(Construct):
    """Alarms of one region. Recovery is told as well as trouble."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        topic_arn: str,
        alarms: Iterable[Alarm],
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id_)
        self._site = site
        self._tell = [topic_arn]
        self._provider = provider
        self.names = {alarm.id: self._alarm(alarm) for alarm in alarms}

    def any_of(self, id_: str, alarms: Iterable[Alarm], *, says: str, runbook: str) -> None:
        """One alarm more, which rings while any of *alarms* does. They must be on this board."""
        CloudwatchCompositeAlarm(
            self,
            id_,
            alarm_name=self._site.name(id_),
            alarm_description=f"{says}. Runbook: docs/runbooks/{runbook}.md",
            alarm_rule=" OR ".join(f'ALARM("{self.names[alarm.id]}")' for alarm in alarms),
            alarm_actions=self._tell,
            ok_actions=self._tell,
            provider=self._provider,
        )

    def _alarm(self, alarm: Alarm) -> str:
        metric = alarm.metric
        return CloudwatchMetricAlarm(
            self,
            alarm.id,
            alarm_name=self._site.name(alarm.id),
            alarm_description=alarm.description,
            namespace=metric.namespace,
            metric_name=metric.name,
            dimensions=dict(metric.dimensions) or None,
            statistic=None if metric.percentile else metric.statistic,
            extended_statistic=metric.statistic if metric.percentile else None,
            comparison_operator=alarm.side.value,
            threshold=alarm.threshold,
            period=MINUTE_S,
            evaluation_periods=alarm.minutes,
            datapoints_to_alarm=alarm.bad_minutes,
            treat_missing_data=alarm.missing.value,
            alarm_actions=self._tell,
            ok_actions=self._tell,
            provider=self._provider,
        ).alarm_name

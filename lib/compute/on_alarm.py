"""Functions that alarms call."""

import json
from collections.abc import Iterable

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from constructs import Construct

from lib.compute.function import Function
from lib.site import Site


class OnAlarm(Construct):
    """Calls a function when one of *alarms* begins to ring.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
    """

    def __init__(
        self, scope: Construct, id_: str, *, site: Site, what: str, alarms: Iterable[str], function: Function
    ) -> None:
        super().__init__(scope, id_)
        pattern = {
            "source": ["aws.cloudwatch"],
            "detail-type": ["CloudWatch Alarm State Change"],
            "detail": {"alarmName": list(alarms), "state": {"value": ["ALARM"]}},
        }
        rule = CloudwatchEventRule(self, "rule", name=site.name(what), event_pattern=json.dumps(pattern))
        CloudwatchEventTarget(self, "target", rule=rule.name, arn=function.arn)
        function.invoked_by("events", rule.arn, what="alarms")

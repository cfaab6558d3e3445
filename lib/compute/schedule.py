"""Functions that run by the clock."""

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from constructs import Construct

from lib.compute.function import Function
from lib.site import Site


class EveryMinute(Construct):
    """Starts a function every minute, whether the run before has ended or not."""

    def __init__(self, scope: Construct, id_: str, *, site: Site, what: str, function: Function) -> None:
        super().__init__(scope, id_)
        rule = CloudwatchEventRule(self, "rule", name=site.name(what), schedule_expression="rate(1 minute)")
        CloudwatchEventTarget(self, "target", rule=rule.name, arn=function.arn)
        function.invoked_by("events", rule.arn)

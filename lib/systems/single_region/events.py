"""The events of the application: who hears of which, and what becomes of those that nobody took."""

import json

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetDeadLetterConfig,
    CloudwatchEventTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from constructs import Construct

from lib.iam import Allow, policy, tls_only
from lib.messaging.event_bus import ATTEMPTS, RETRY_S, RegionalBus, operations
from lib.security.key import EncryptionKey
from lib.site import Site
from lib.systems.single_region.settings import SingleRegionSettings

RULES = ("application", "operations")
"""By what an event is about: the application's business, or how it is run. Each has a queue of its name."""


class ApplicationEvents(Construct):
    """A bus and a queue for each rule. Whatever was on the bus can be replayed from its archive.

    Rules hand out an event once more when it is replayed: whoever takes it looks at its id.
    """

    def __init__(
        self, scope: Construct, id_: str, *, site: Site[SingleRegionSettings], key: EncryptionKey
    ) -> None:
        super().__init__(scope, id_)
        self._site = site
        self.bus = RegionalBus(
            self, "bus", site=site, key=key, archive_days=site.settings.events.archive_days
        )
        sources = {"application": site.settings.system, "operations": operations(site)}
        for what, source in sources.items():
            self._deliver(what, source, key)

    def _deliver(self, what: str, source: str, key: EncryptionKey) -> None:
        rule = CloudwatchEventRule(
            self,
            f"{what}-rule",
            name=self._site.name(what),
            event_bus_name=self.bus.name,
            event_pattern=json.dumps({"source": [source]}),
        )
        CloudwatchEventTarget(
            self,
            f"{what}-target",
            rule=rule.name,
            event_bus_name=self.bus.name,
            target_id="queue",
            arn=self._queue(what, rule.arn, key).arn,
            dead_letter_config=CloudwatchEventTargetDeadLetterConfig(arn=self.bus.dead_letters.arn),
            retry_policy=CloudwatchEventTargetRetryPolicy(
                maximum_event_age_in_seconds=RETRY_S, maximum_retry_attempts=ATTEMPTS
            ),
        )

    def _queue(self, what: str, rule_arn: str, key: EncryptionKey) -> SqsQueue:
        name = self._site.name(what)
        arn = self._site.arn("sqs", name)
        send = Allow(
            ("sqs:SendMessage",),
            (arn,),
            principal={"Service": "events.amazonaws.com"},
            when={"ArnEquals": {"aws:SourceArn": rule_arn}},
        )
        return SqsQueue(
            self,
            f"{what}-queue",
            name=name,
            kms_master_key_id=key.arn,
            policy=policy([send, tls_only(("sqs:*",), (arn,))]),
        )

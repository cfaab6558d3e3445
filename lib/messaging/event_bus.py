"""The event bus of one region, and how critical events reach the other region's (docs/events.md)."""

import json
from dataclasses import dataclass

from cdktf_cdktf_provider_aws.cloudwatch_event_archive import CloudwatchEventArchive
from cdktf_cdktf_provider_aws.cloudwatch_event_bus import (
    CloudwatchEventBus,
    CloudwatchEventBusDeadLetterConfig,
)
from cdktf_cdktf_provider_aws.cloudwatch_event_permission import CloudwatchEventPermission
from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetDeadLetterConfig,
    CloudwatchEventTargetRetryPolicy,
)
from constructs import Construct

from lib.iam import Allow
from lib.messaging.dead_letter_queues import DeadLetters
from lib.provider import since_6
from lib.security.key import EncryptionKey
from lib.security.role import ServiceRole
from lib.settings.two_regions import TwoRegionSettings
from lib.site import Site

COMPLETED = ("FailoverCompleted", "SwitchoverCompleted", "FailbackCompleted")
"""Both regions must know of them, whoever says so. What the global endpoint copies too comes twice."""
RETRY_S = 3600
ATTEMPTS = 185
"""What EventBridge would do by itself within a day; after an hour the news is old and goes to the queue."""


def operations(site: Site) -> str:
    """The source of operational events. Domain events have the system's name alone."""
    return f"{site.settings.system}.operations"


@dataclass(frozen=True, slots=True)
class BusAccess:
    """Grants on one region's bus, which is known by name: both regions' have the same."""

    arn: str

    @classmethod
    def to(cls, site: Site) -> "BusAccess":
        """Access to the bus of *site*."""
        return cls(site.arn("events", f"event-bus/{site.name('events')}"))

    def put(self) -> Allow:
        """Put events."""
        return Allow(("events:PutEvents",), (self.arn,))


class RegionalBus(Construct):
    """A bus that keeps what it could not deliver, and can replay what it saw."""

    def __init__(
        self, scope: Construct, id_: str, *, site: Site, key: EncryptionKey, archive_days: int
    ) -> None:
        super().__init__(scope, id_)
        self.dead_letters = DeadLetters(self, "dead-letters", site=site, key=key)
        bus = CloudwatchEventBus(
            self,
            "bus",
            name=site.name("events"),
            kms_key_identifier=key.arn,
            dead_letter_config=CloudwatchEventBusDeadLetterConfig(arn=self.dead_letters.arn),
            depends_on=[self.dead_letters.queue],
        )
        self.name = bus.name
        CloudwatchEventPermission(
            self,
            "permission",
            event_bus_name=bus.name,
            statement_id="own-account",
            principal=site.account,
        )
        archive = CloudwatchEventArchive(
            self,
            "archive",
            name=site.name("events"),
            event_source_arn=bus.arn,
            retention_days=archive_days,
            kms_key_identifier=since_6(
                site.settings, "aws_cloudwatch_event_archive.kms_key_identifier", key.arn
            ),
        )
        self.archive_arn = archive.arn


class EventBus(RegionalBus):
    """A regional bus that tells the other region.

    *settled* is the system's own event that both must know of.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site[TwoRegionSettings],
        key: EncryptionKey,
        settled: str,
    ) -> None:
        super().__init__(scope, id_, site=site, key=key, archive_days=site.settings.events.archive_days)
        self._site = site
        self._critical = [*COMPLETED, settled]
        self._tell_the_other_region()

    def _tell_the_other_region(self) -> None:
        """Send on what was published here, and only that.

        ``detail.published_in`` is the publisher's own word and survives every copy, so an event that came
        from the other region, by whatever way, never goes back: no loop.
        """
        site, there = self._site, BusAccess.to(self._site.other)
        role = ServiceRole(self, "role", site=site, what="replication", service="events", allow=[there.put()])
        rule = CloudwatchEventRule(
            self,
            "rule",
            name=site.name("replication"),
            event_bus_name=self.name,
            event_pattern=json.dumps(
                {
                    "source": [site.settings.system, operations(site)],
                    "detail-type": self._critical,
                    "detail": {"published_in": [site.region.name]},
                }
            ),
        )
        CloudwatchEventTarget(
            self,
            "target",
            rule=rule.name,
            event_bus_name=self.name,
            target_id="other-region",
            arn=there.arn,
            role_arn=role.arn,
            dead_letter_config=CloudwatchEventTargetDeadLetterConfig(arn=self.dead_letters.arn),
            retry_policy=CloudwatchEventTargetRetryPolicy(
                maximum_event_age_in_seconds=RETRY_S, maximum_retry_attempts=ATTEMPTS
            ),
            depends_on=[role.policy],
        )

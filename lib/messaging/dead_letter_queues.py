"""Queues for what could not be delivered."""

import json

from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from constructs import Construct

from lib.iam import Allow, policy, tls_only
from lib.security.key import EncryptionKey
from lib.site import Site

LONGEST_S = 14 * 24 * 3600
"""The longest that SQS keeps a message."""
ATTEMPTS = 5


class DeadLetters(Construct):
    """What EventBridge could not deliver, and what could not be sent again either.

    Whoever redrives takes messages from ``undelivered``; one that failed there *ATTEMPTS* times moves to
    ``parked``, from where SQS itself can move it back (StartMessageMoveTask).
    """

    def __init__(self, scope: Construct, id_: str, *, site: Site, key: EncryptionKey) -> None:
        super().__init__(scope, id_)
        undelivered = site.arn("sqs", site.name("undelivered"))
        last = self._queue(
            "parked",
            site=site,
            key=key,
            allow=[],
            redrive_allow_policy=_as_read_back(redrivePermission="byQueue", sourceQueueArns=[undelivered]),
        )
        first = self._queue(
            "undelivered",
            site=site,
            key=key,
            allow=[_send_from_events(site, undelivered)],
            redrive_policy=_as_read_back(deadLetterTargetArn=last.arn, maxReceiveCount=ATTEMPTS),
        )
        self.arn = undelivered
        self.queue = first

    def _queue(
        self,
        what: str,
        *,
        site: Site,
        key: EncryptionKey,
        allow: list[Allow],
        redrive_policy: str | None = None,
        redrive_allow_policy: str | None = None,
    ) -> SqsQueue:
        """Policies stand inside the queue: as resources of their own each would be waited for in turn."""
        name = site.name(what)
        return SqsQueue(
            self,
            what,
            name=name,
            kms_master_key_id=key.arn,
            message_retention_seconds=LONGEST_S,
            policy=policy([*allow, tls_only(("sqs:*",), (site.arn("sqs", name),))]),
            redrive_policy=redrive_policy,
            redrive_allow_policy=redrive_allow_policy,
        )


def _as_read_back(**values: str | int | list[str]) -> str:
    """JSON as the provider writes it: any other spacing or order would be a change in every plan."""
    return json.dumps(values, separators=(",", ":"), sort_keys=True)


def _send_from_events(site: Site, queue: str) -> Allow:
    """EventBridge may send what the buses and rules of this environment could not deliver."""
    bus = site.name("events")
    return Allow(
        ("sqs:SendMessage",),
        (queue,),
        principal={"Service": "events.amazonaws.com"},
        when={
            "StringEquals": {"aws:SourceAccount": site.account},
            "ArnLike": {
                "aws:SourceArn": [
                    site.arn("events", f"event-bus/{bus}"),
                    site.arn("events", f"rule/{bus}/*"),
                ]
            },
        },
    )

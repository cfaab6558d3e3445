"""Who is told how backups, copies and restores end."""

import json
from collections.abc import Sequence

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from constructs import Construct

from lib.iam import Allow, policy, tls_only
from lib.security.key import EncryptionKey
from lib.site import Site

JOBS = ("Backup Job State Change", "Copy Job State Change", "Restore Job State Change")
FAILURES = ("ABORTED", "EXPIRED", "FAILED", "PARTIAL")
COMPLETED = "COMPLETED"


class BackupAlerts(Construct):
    """A topic that hears of every job which our role ran and that ended in one of *states*.

    Not by notifications of the vault: those know no failure of a backup job, only its completion.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        key: EncryptionKey,
        role_arn: str,
        what: str = "backup-failed",
        states: Sequence[str] = FAILURES,
    ) -> None:
        super().__init__(scope, id_)
        name, ended = site.name(what), list(states)
        topic = SnsTopic(self, "topic", name=name, kms_master_key_id=key.arn)
        rule = CloudwatchEventRule(
            self,
            "rule",
            name=name,
            event_pattern=json.dumps(
                {
                    "source": ["aws.backup"],
                    "detail-type": list(JOBS),
                    "detail": {
                        "iamRoleArn": [role_arn],
                        "$or": [{"state": ended}, {"status": ended}],  # restores say "status"
                    },
                }
            ),
        )
        publish = Allow(
            ("sns:Publish",),
            (topic.arn,),
            principal={"Service": "events.amazonaws.com"},
            when={"ArnEquals": {"aws:SourceArn": rule.arn}},
        )
        guard = SnsTopicPolicy(
            self,
            "policy",
            arn=topic.arn,
            policy=policy([publish, tls_only(("sns:Publish",), (topic.arn,))]),
        )
        CloudwatchEventTarget(self, "target", rule=rule.name, arn=topic.arn, depends_on=[guard])
        self.topic_arn = topic.arn

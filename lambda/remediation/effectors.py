"""The actions, as calls of AWS. Each sets a desired state; whether it helped, the alarm says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remediation.rules import Action, Decision

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_sns import SNSClient

TTL_S = 5
SUBJECT = 99
"""The most characters that SNS takes in a subject: fewer than a hundred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effectors:
    """Carries decisions out. Raises what boto3 raises."""

    autoscaling: "AutoScalingClient"
    ec2: "EC2Client"
    rds: "RDSClient"
    route53: "Route53Client"
    zone: str
    backup_days: int
    """How long a promoted replica keeps its backups: without a word RDS would keep them for a day."""

    def apply(self, decision: Decision) -> None:
        """Do it; the call was accepted when this returns."""
        self._call(decision.action)(decision)

    def _call(self, action: Action) -> Callable[[Decision], object]:
        return {
            Action.REBOOT_INSTANCE: self._reboot_instance,
            Action.REPLACE_INSTANCE: self._replace_instance,
            Action.SCALE_OUT: self._scale_out,
            Action.FAIL_OVER: self._fail_over,
            Action.PROMOTE_REPLICA: self._promote_replica,
            Action.REBOOT_REPLICA: self._reboot_replica,
            Action.POINT_NAME: self._point_name,
        }[action]

    def _reboot_instance(self, decision: Decision) -> None:
        self.ec2.reboot_instances(InstanceIds=[decision.resource])

    def _replace_instance(self, decision: Decision) -> None:
        self.autoscaling.set_instance_health(
            InstanceId=decision.resource, HealthStatus="Unhealthy", ShouldRespectGracePeriod=False
        )

    def _scale_out(self, decision: Decision) -> None:
        self.autoscaling.set_desired_capacity(
            AutoScalingGroupName=decision.resource, DesiredCapacity=int(decision.value), HonorCooldown=False
        )

    def _fail_over(self, decision: Decision) -> None:
        self.rds.reboot_db_instance(DBInstanceIdentifier=decision.resource, ForceFailover=True)

    def _promote_replica(self, decision: Decision) -> None:
        self.rds.promote_read_replica(
            DBInstanceIdentifier=decision.resource, BackupRetentionPeriod=self.backup_days
        )

    def _reboot_replica(self, decision: Decision) -> None:
        self.rds.reboot_db_instance(DBInstanceIdentifier=decision.resource)

    def _point_name(self, decision: Decision) -> None:
        self.route53.change_resource_record_sets(
            HostedZoneId=self.zone,
            ChangeBatch={
                "Changes": [
                    {
                        "Action": "UPSERT",
                        "ResourceRecordSet": {
                            "Name": decision.resource,
                            "Type": "CNAME",
                            "TTL": TTL_S,
                            "ResourceRecords": [{"Value": decision.value}],
                        },
                    }
                ]
            },
        )


class Pager:
    """Calls people, through a topic."""

    def __init__(self, client: "SNSClient", topic: str) -> None:
        self._client = client
        self._topic = topic

    def call(self, decision: Decision, *, alarm: str) -> None:
        """Say what is wrong, and which page says what to do."""
        runbook = f"docs/runbooks/webapp/{decision.rule.value.partition('_')[0]}.md"
        self._client.publish(
            TopicArn=self._topic,
            # An event may name an alarm that nobody has: of a line break SNS would make no page at all.
            Subject=ascii(f"{decision.rule}: {alarm}")[1:-1][:SUBJECT],
            Message=f"{decision.reason}\nAlarm: {alarm}\nRule: {decision.rule}\nRunbook: {runbook}\n",
        )

"""Copies of a bucket's objects in another region."""

from dataclasses import dataclass

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.s3_bucket_replication_configuration import (
    S3BucketReplicationConfigurationA,
    S3BucketReplicationConfigurationRule,
    S3BucketReplicationConfigurationRuleDeleteMarkerReplication,
    S3BucketReplicationConfigurationRuleDestination,
    S3BucketReplicationConfigurationRuleDestinationEncryptionConfiguration,
    S3BucketReplicationConfigurationRuleDestinationMetrics,
    S3BucketReplicationConfigurationRuleDestinationMetricsEventThreshold,
    S3BucketReplicationConfigurationRuleDestinationReplicationTime,
    S3BucketReplicationConfigurationRuleDestinationReplicationTimeTime,
    S3BucketReplicationConfigurationRuleFilter,
    S3BucketReplicationConfigurationRuleSourceSelectionCriteria,
    S3BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjects,
)
from constructs import Construct

from lib.data.copies import RULE
from lib.iam import Allow
from lib.security.encrypted_bucket import EncryptedBucket
from lib.security.role import ServiceRole
from lib.site import Site

WITHIN_MIN = 15
"""What replication time control promises, and the only value that S3 takes."""


@dataclass(frozen=True, slots=True)
class Target:
    """A bucket of another region's stack, known by its name: its ARN can be read before it is there."""

    name: str
    key_arn: str
    region: str

    @property
    def arn(self) -> str:
        """As a policy names it."""
        return f"arn:aws:s3:::{self.name}"


class Replication(Construct):
    """Every new object, new version and delete marker of *source* goes to *target*, with its metrics.

    With *provider* the source is another stack's, and has been there since that was deployed.

    Not copied: what was there before, and the deletion of single versions, so one call never empties both.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnt-replicated.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        source: EncryptedBucket,
        target: Target,
        time_control: bool,
        what: str = "copies",
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id_)
        role = ServiceRole(
            self, "role", site=site, what=what, service="s3", allow=_allow(site, source, target)
        )
        S3BucketReplicationConfigurationA(
            self,
            "replication",
            bucket=source.name,
            role=role.arn,
            rule=[
                S3BucketReplicationConfigurationRule(
                    id=RULE,
                    status="Enabled",
                    priority=1,
                    filter=S3BucketReplicationConfigurationRuleFilter(prefix=""),
                    delete_marker_replication=S3BucketReplicationConfigurationRuleDeleteMarkerReplication(
                        status="Enabled"
                    ),
                    source_selection_criteria=_encrypted_too(),
                    destination=_destination(target, time_control=time_control),
                )
            ],
            depends_on=[role.policy] if provider else [source.versions, role.policy],
            provider=provider,
        )


def _encrypted_too() -> S3BucketReplicationConfigurationRuleSourceSelectionCriteria:
    """Without it S3 leaves out whatever lies under a customer key."""
    return S3BucketReplicationConfigurationRuleSourceSelectionCriteria(
        sse_kms_encrypted_objects=(
            S3BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjects(
                status="Enabled"
            )
        )
    )


def _destination(target: Target, *, time_control: bool) -> S3BucketReplicationConfigurationRuleDestination:
    """Metrics in any case; S3 wants their threshold only with time control."""
    late = S3BucketReplicationConfigurationRuleDestinationMetricsEventThreshold(minutes=WITHIN_MIN)
    promised = S3BucketReplicationConfigurationRuleDestinationReplicationTime(
        status="Enabled",
        time=S3BucketReplicationConfigurationRuleDestinationReplicationTimeTime(minutes=WITHIN_MIN),
    )
    return S3BucketReplicationConfigurationRuleDestination(
        bucket=target.arn,
        storage_class="STANDARD",
        encryption_configuration=S3BucketReplicationConfigurationRuleDestinationEncryptionConfiguration(
            replica_kms_key_id=target.key_arn
        ),
        metrics=S3BucketReplicationConfigurationRuleDestinationMetrics(
            status="Enabled", event_threshold=late if time_control else None
        ),
        replication_time=promised if time_control else None,
    )


def _allow(site: Site, source: EncryptedBucket, target: Target) -> list[Allow]:
    """What AWS documents for replication of encrypted objects, to these two buckets and keys only.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
    """
    locks = ("s3:GetObjectLegalHold", "s3:GetObjectRetention") if source.locked else ()
    through = f"s3.{site.region.name}.amazonaws.com", f"s3.{target.region}.amazonaws.com"
    return [
        Allow(("s3:GetReplicationConfiguration", "s3:ListBucket"), (source.arn,)),
        Allow(
            (
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionTagging",
                *locks,
            ),
            (f"{source.arn}/*",),
        ),
        Allow(("s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"), (f"{target.arn}/*",)),
        Allow(("kms:Decrypt",), (source.key.arn,), when={"StringEquals": {"kms:ViaService": through[0]}}),
        Allow(
            ("kms:Encrypt", "kms:GenerateDataKey"),
            (target.key_arn,),
            when={"StringEquals": {"kms:ViaService": through[1]}},
        ),
    ]

"""Private buckets under a customer key."""

from typing import Any

from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
    S3BucketLifecycleConfigurationRuleTransition,
)
from cdktf_cdktf_provider_aws.s3_bucket_object_lock_configuration import (
    S3BucketObjectLockConfigurationA,
    S3BucketObjectLockConfigurationRuleA,
    S3BucketObjectLockConfigurationRuleDefaultRetentionA,
)
from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
)
from constructs import Construct

from lib.iam import Allow
from lib.security.bucket import PrivateBucket
from lib.security.key import EncryptionKey
from lib.site import Site

UNFINISHED_DAYS = 7
"""An upload that is not finished by then is given up."""
ARCHIVE = "GLACIER"
"""S3 Glacier Flexible Retrieval: had back within hours."""


class EncryptedBucket(PrivateBucket):
    """A private bucket whose objects lie under *key*, and which keeps old versions for a while.

    With *archive_days* objects go to the archive when they are so old, and stay there. With *locked_days*
    nobody changes or deletes a version of an object before it is so old, whoever they are.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        what: str,
        key: EncryptionKey,
        old_versions_days: int,
        archive_days: int | None = None,
        locked_days: int | None = None,
    ) -> None:
        super().__init__(scope, id_, site=site, what=what, lockable=locked_days is not None)
        self.key = key
        self.locked = locked_days is not None
        if locked_days is not None:
            self._lock(locked_days)
        S3BucketServerSideEncryptionConfigurationA(
            self,
            "encryption",
            bucket=self.name,
            rule=[
                S3BucketServerSideEncryptionConfigurationRuleA(
                    apply_server_side_encryption_by_default=(
                        S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
                            sse_algorithm="aws:kms", kms_master_key_id=key.arn
                        )
                    ),
                    bucket_key_enabled=True,
                )
            ],
        )
        rules = [_forget(old_versions_days), *([_archive(archive_days)] if archive_days else [])]
        self._age(rules)
        self.open_to([], objects=f"{self.arn}/*")

    def _age(self, rules: list[S3BucketLifecycleConfigurationRule]) -> None:
        S3BucketLifecycleConfiguration(
            self, "lifecycle", bucket=self.name, rule=rules, depends_on=[self.versions]
        )

    def _lock(self, days: int) -> None:
        """In compliance mode, which no right lifts."""
        S3BucketObjectLockConfigurationA(
            self,
            "lock",
            bucket=self.name,
            rule=S3BucketObjectLockConfigurationRuleA(
                default_retention=S3BucketObjectLockConfigurationRuleDefaultRetentionA(
                    mode="COMPLIANCE", days=days
                )
            ),
            depends_on=[self.versions],
        )

    def list_names(self, prefix: str) -> Allow:
        """List the names of objects below *prefix*."""
        return Allow(("s3:ListBucket",), (self.arn,), when={"StringLike": {"s3:prefix": [prefix]}})

    def read(self, *objects: str) -> list[Allow]:
        """Read *objects*, as an instance does."""
        return [self._allow("s3:GetObject", objects), Allow(("kms:Decrypt",), (self.key.arn,))]

    def read_version(self, *objects: str) -> list[Allow]:
        """Read old versions of *objects*, too."""
        return [self._allow("s3:GetObjectVersion", objects), Allow(("kms:Decrypt",), (self.key.arn,))]

    def write(self, *objects: str) -> list[Allow]:
        """Write *objects*."""
        return [self._allow("s3:PutObject", objects), Allow(("kms:GenerateDataKey",), (self.key.arn,))]

    def _allow(self, action: str, objects: tuple[str, ...]) -> Allow:
        return Allow((action,), tuple(f"{self.arn}/{one}" for one in objects))


def _rule(id_: str, **what: Any) -> S3BucketLifecycleConfigurationRule:
    everything = [S3BucketLifecycleConfigurationRuleFilter(prefix="")]
    return S3BucketLifecycleConfigurationRule(id=id_, status="Enabled", filter=everything, **what)


def _forget(days: int) -> S3BucketLifecycleConfigurationRule:
    return _rule(
        "old-versions",
        noncurrent_version_expiration=[
            S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=days)
        ],
        abort_incomplete_multipart_upload=[
            S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(
                days_after_initiation=UNFINISHED_DAYS
            )
        ],
    )


def _archive(days: int) -> S3BucketLifecycleConfigurationRule:
    return _rule(
        "archive",
        transition=[S3BucketLifecycleConfigurationRuleTransition(days=days, storage_class=ARCHIVE)],
    )

"""Private buckets under the keys of S3, whose objects become cheaper with age."""

from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
    S3BucketLifecycleConfigurationRuleTransition,
)
from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
)
from constructs import Construct

from lib.iam import Allow
from lib.security.bucket import PrivateBucket
from lib.security.encrypted_bucket import UNFINISHED_DAYS
from lib.settings.data import TieredFiles
from lib.site import Site


class TieredBucket(PrivateBucket):
    """A private bucket for what must be kept, as cheaply as it is read."""

    def __init__(self, scope: Construct, id_: str, *, site: Site, what: str, settings: TieredFiles) -> None:
        super().__init__(scope, id_, site=site, what=what)
        by_default = S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
            sse_algorithm="AES256"
        )
        S3BucketServerSideEncryptionConfigurationA(
            self,
            "encryption",
            bucket=self.name,
            rule=[
                S3BucketServerSideEncryptionConfigurationRuleA(
                    apply_server_side_encryption_by_default=by_default
                )
            ],
        )
        S3BucketLifecycleConfiguration(
            self,
            "lifecycle",
            bucket=self.name,
            rule=[self._tiers(settings)],
            depends_on=[self.versions],
        )
        self.open_to([], objects=f"{self.arn}/*")

    def _tiers(self, settings: TieredFiles) -> S3BucketLifecycleConfigurationRule:
        return S3BucketLifecycleConfigurationRule(
            id="tiers",
            status="Enabled",
            filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
            transition=[
                S3BucketLifecycleConfigurationRuleTransition(
                    days=settings.infrequent_days, storage_class="STANDARD_IA"
                )
            ],
            noncurrent_version_expiration=[
                S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(
                    noncurrent_days=settings.old_versions_days
                )
            ],
            abort_incomplete_multipart_upload=[
                S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(
                    days_after_initiation=UNFINISHED_DAYS
                )
            ],
        )

    def read_write(self, objects: str) -> Allow:
        """Read and write *objects*."""
        return Allow(("s3:GetObject", "s3:PutObject"), (f"{self.arn}/{objects}",))

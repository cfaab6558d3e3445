"""How long buckets keep the records that services write into them."""

from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
)

from lib.security.bucket import PrivateBucket

UNFINISHED_DAYS = 7


def forget_records(bucket: PrivateBucket, *, days: int) -> None:
    """Remove what is older than so many *days*, and old versions a day after that."""
    S3BucketLifecycleConfiguration(
        bucket,
        "lifecycle",
        bucket=bucket.name,
        rule=[
            S3BucketLifecycleConfigurationRule(
                id="expire",
                status="Enabled",
                filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
                expiration=[S3BucketLifecycleConfigurationRuleExpiration(days=days)],
                noncurrent_version_expiration=[
                    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=1)
                ],
                abort_incomplete_multipart_upload=[
                    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(
                        days_after_initiation=UNFINISHED_DAYS
                    )
                ],
            )
        ],
        depends_on=[bucket.versions],
    )

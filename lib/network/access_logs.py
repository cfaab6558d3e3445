"""Where a load balancer writes down every request."""

from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
)
from constructs import Construct

from lib.facts import aws_facts
from lib.iam import Allow
from lib.security.bucket import PrivateBucket
from lib.site import Site

SERVICE = "logdelivery.elasticloadbalancing.amazonaws.com"
UNFINISHED_DAYS = 7


class AccessLogBucket(PrivateBucket):
    """A bucket for the access logs of this account's balancers, which are kept as long as audit logs.

    Elastic Load Balancing writes into buckets without a customer key only.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """

    def __init__(self, scope: Construct, id_: str, *, site: Site, what: str) -> None:
        super().__init__(scope, id_, site=site, what=what)
        days = site.settings.logs.audit_retention_days
        S3BucketLifecycleConfiguration(
            self,
            "lifecycle",
            bucket=self.name,
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
            depends_on=[self.versions],
        )
        self.guard = self.open_to(
            writers(site, f"{self.arn}/AWSLogs/{site.account}/*"), objects=f"{self.arn}/*"
        )


def writers(site: Site, records: str) -> list[Allow]:
    """Who may write the *records* of this region's balancers."""
    balancers = {"ArnLike": {"aws:SourceArn": site.arn("elasticloadbalancing", "loadbalancer/*")}}
    service = Allow(("s3:PutObject",), (records,), principal={"Service": SERVICE}, when=balancers)
    account = aws_facts().balancer_log_accounts.get(site.region.name)
    if account is None:
        return [service]
    return [service, Allow(("s3:PutObject",), (records,), principal={"AWS": f"arn:aws:iam::{account}:root"})]

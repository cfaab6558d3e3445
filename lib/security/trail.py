"""Who called AWS in this account and region, kept for auditors (CloudTrail)."""

from cdktf_cdktf_provider_aws.cloudtrail import Cloudtrail
from constructs import Construct

from lib.iam import Allow
from lib.security.bucket import PrivateBucket
from lib.security.key import EncryptionKey
from lib.security.record_lifecycle import forget_records
from lib.site import Site

TRAIL = "trail"


class AuditTrail(Construct):
    """A trail of all management calls, each file of which can be proven to be as it was written.

    A region has five trails at most. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
    """

    def __init__(self, scope: Construct, id_: str, *, site: Site, key: EncryptionKey) -> None:
        super().__init__(scope, id_)
        bucket = PrivateBucket(self, "records", site=site, what=TRAIL)
        forget_records(bucket, days=site.settings.logs.audit_retention_days)
        guard = bucket.open_to(_writers(site, bucket), objects=f"{bucket.arn}/*")
        Cloudtrail(
            self,
            "trail",
            name=site.name(TRAIL),
            s3_bucket_name=bucket.name,
            kms_key_id=key.arn,
            enable_log_file_validation=True,
            include_global_service_events=True,
            is_multi_region_trail=False,
            tags={"Name": site.name(TRAIL)},
            depends_on=[guard],
        )


def for_trail(site: Site) -> Allow:
    """CloudTrail may encrypt the files of this trail with a key.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    trail = _arn(site)
    return Allow(
        ("kms:GenerateDataKey*",),
        ("*",),
        why_any="in the policy of a key, * is the key itself",
        principal={"Service": "cloudtrail.amazonaws.com"},
        when={"StringEquals": {"aws:SourceArn": trail, "kms:EncryptionContext:aws:cloudtrail:arn": trail}},
    )


def _arn(site: Site) -> str:
    return site.arn("cloudtrail", f"trail/{site.name(TRAIL)}")


def _writers(site: Site, bucket: PrivateBucket) -> list[Allow]:
    """https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html."""
    itself, ours = {"Service": "cloudtrail.amazonaws.com"}, {"aws:SourceArn": _arn(site)}
    whole = {"s3:x-amz-acl": "bucket-owner-full-control"}
    records = f"{bucket.arn}/AWSLogs/{site.account}/*"
    return [
        Allow(("s3:GetBucketAcl",), (bucket.arn,), principal=itself, when={"StringEquals": ours}),
        Allow(("s3:PutObject",), (records,), principal=itself, when={"StringEquals": ours | whole}),
    ]

"""Buckets that a service of AWS writes its records into."""

from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktf_cdktf_provider_aws.s3_bucket_versioning import (
    S3BucketVersioningA,
    S3BucketVersioningVersioningConfiguration,
)
from constructs import Construct

from lib.iam import Allow, policy, tls_only
from lib.site import Site


class AuditBucket(Construct):
    """A private, versioned bucket that is reached by TLS only, encrypted by S3 as every new bucket is."""

    def __init__(self, scope: Construct, id_: str, *, site: Site, what: str, service: str) -> None:
        super().__init__(scope, id_)
        self._site = site
        # the account makes it unique: names of buckets are shared by all of AWS
        bucket = S3Bucket(
            self,
            "bucket",
            bucket=f"{site.own_name(what)}-{site.account}",
            force_destroy=site.settings.lifecycle.force_destroy,
        )
        self.name = bucket.bucket
        self._arn = bucket.arn
        closed = S3BucketPublicAccessBlock(
            self,
            "closed",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        S3BucketVersioningA(
            self,
            "versions",
            bucket=bucket.id,
            versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
        )
        all_of_it = (self._arn, self._records)
        self.guard = S3BucketPolicy(
            self,
            "guard",
            bucket=bucket.id,
            policy=policy([*self._of(service), tls_only(("s3:*",), all_of_it)]),
            depends_on=[closed],
        )

    @property
    def _records(self) -> str:
        return f"{self._arn}/AWSLogs/{self._site.account}/*"

    def deliver(self) -> list[Allow]:
        """Write records, as the role of the service."""
        return [
            Allow(("s3:GetBucketAcl", "s3:ListBucket"), (self._arn,)),
            Allow(("s3:PutObject",), (self._records,)),
        ]

    def _of(self, service: str) -> list[Allow]:
        """The service itself may look whether it can write, and write, for this account only."""
        itself = {"Service": f"{service}.amazonaws.com"}
        for_us = {"StringEquals": {"aws:SourceAccount": self._site.account}}
        return [Allow(one.actions, one.resources, principal=itself, when=for_us) for one in self.deliver()]

"""Buckets that nobody reaches from outside."""

from collections.abc import Iterable

from cdktf import TerraformProvider
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


class PrivateBucket(Construct):
    """A private, versioned bucket, encrypted by S3 as every new bucket is.

    *lockable*: its objects can be locked, which S3 decides when a bucket is made.
    Whoever makes one says by `open_to` who may use it beside this account's roles: over TLS only.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        what: str,
        provider: TerraformProvider | None = None,
        lockable: bool = False,
    ) -> None:
        super().__init__(scope, id_)
        self._provider = provider
        bucket = S3Bucket(
            self,
            "bucket",
            bucket=bucket_name(site, what),
            force_destroy=site.settings.lifecycle.force_destroy,
            object_lock_enabled=True if lockable else None,
            provider=provider,
        )
        self.name = bucket.bucket
        self.arn = bucket.arn
        self._closed = S3BucketPublicAccessBlock(
            self,
            "closed",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            provider=provider,
        )
        self.versions = S3BucketVersioningA(
            self,
            "versions",
            bucket=bucket.id,
            versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
            provider=provider,
        )
        self._id = bucket.id

    def open_to(self, others: Iterable[Allow], *, objects: str) -> S3BucketPolicy:
        """The policy of the bucket; *objects* are those that need TLS like the bucket itself."""
        return S3BucketPolicy(
            self,
            "guard",
            bucket=self._id,
            policy=policy([*others, tls_only(("s3:*",), (self.arn, objects))]),
            depends_on=[self._closed],
            provider=self._provider,
        )


def bucket_name(site: Site, what: str) -> str:
    """The name of a bucket. The account makes it unique: all of AWS shares one set of names."""
    return f"{site.own_name(what)}-{site.account}"

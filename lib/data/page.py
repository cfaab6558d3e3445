"""A static page in a bucket that the world reads, for the time when nothing else answers."""

from pathlib import Path

from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktf_cdktf_provider_aws.s3_bucket_website_configuration import (
    S3BucketWebsiteConfiguration,
    S3BucketWebsiteConfigurationErrorDocument,
    S3BucketWebsiteConfigurationIndexDocument,
)
from cdktf_cdktf_provider_aws.s3_object import S3Object
from constructs import Construct

from lib.iam import Allow, policy
from lib.site import Site

FILE = "index.html"


class PublicPage(Construct):
    """One page under every path of a site, by HTTP only: a website of S3 has no certificate.

    The bucket is named like the site, as Route 53 wants it of an alias.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/website-hosting-custom-domain-walkthrough.html
    """

    def __init__(self, scope: Construct, id_: str, *, site: Site, page: Path) -> None:
        super().__init__(scope, id_)
        bucket = S3Bucket(
            self,
            "bucket",
            bucket=site.settings.public_name,
            force_destroy=site.settings.lifecycle.force_destroy,
        )
        opened = S3BucketPublicAccessBlock(
            self,
            "opened",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=False,
            ignore_public_acls=True,
            restrict_public_buckets=False,
        )
        everybody = Allow(("s3:GetObject",), (f"{bucket.arn}/{FILE}",), principal={"AWS": "*"})
        S3BucketPolicy(self, "readable", bucket=bucket.id, policy=policy([everybody]), depends_on=[opened])
        S3Object(
            self,
            "page",
            bucket=bucket.id,
            key=FILE,
            content=page.read_text(),
            content_type="text/html; charset=utf-8",
            cache_control="no-store",
        )
        website = S3BucketWebsiteConfiguration(
            self,
            "website",
            bucket=bucket.id,
            index_document=S3BucketWebsiteConfigurationIndexDocument(suffix=FILE),
            error_document=S3BucketWebsiteConfigurationErrorDocument(key=FILE),
        )
        self.domain = website.website_domain
        self.zone_id = bucket.hosted_zone_id

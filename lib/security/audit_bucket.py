"""Buckets that a service of AWS writes its records into."""

from constructs import Construct

from lib.iam import Allow
from lib.security.bucket import PrivateBucket
from lib.site import Site


class AuditBucket(PrivateBucket):
    """A private bucket for the records of one *service*."""

    def __init__(self, scope: Construct, id_: str, *, site: Site, what: str, service: str) -> None:
        super().__init__(scope, id_, site=site, what=what)
        self._site = site
        self.guard = self.open_to(self._of(service), objects=self._records)

    @property
    def _records(self) -> str:
        return f"{self.arn}/AWSLogs/{self._site.account}/*"

    def deliver(self) -> list[Allow]:
        """Write records, as the role of the service."""
        return [
            Allow(("s3:GetBucketAcl", "s3:ListBucket"), (self.arn,)),
            Allow(("s3:PutObject",), (self._records,)),
        ]

    def _of(self, service: str) -> list[Allow]:
        """The service itself may look whether it can write, and write, for this account only."""
        itself = {"Service": f"{service}.amazonaws.com"}
        for_us = {"StringEquals": {"aws:SourceAccount": self._site.account}}
        return [Allow(one.actions, one.resources, principal=itself, when=for_us) for one in self.deliver()]

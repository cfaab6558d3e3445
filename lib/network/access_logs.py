"""Where a load balancer writes down every request."""

from constructs import Construct

from lib.facts import aws_facts
from lib.iam import Allow
from lib.security.bucket import PrivateBucket
from lib.security.record_lifecycle import forget_records
from lib.site import Site

SERVICE = "logdelivery.elasticloadbalancing.amazonaws.com"


class AccessLogBucket(PrivateBucket):
    """A bucket for the access logs of this account's balancers, which are kept as long as audit logs.

    Elastic Load Balancing writes into buckets without a customer key only.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """

    def __init__(self, scope: Construct, id_: str, *, site: Site, what: str) -> None:
        super().__init__(scope, id_, site=site, what=what)
        forget_records(self, days=site.settings.logs.audit_retention_days)
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

"""Log groups that end, early or late."""

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from constructs import Construct

from lib.iam import Allow
from lib.security.key import EncryptionKey
from lib.site import Site


class LogGroup(Construct):
    """A log group with a retention, encrypted with the region's key.

    An *audit* log says who did what; it is kept longer than what programs say, and in a protected environment
    it outlives what wrote it.
    """

    def __init__(
        self, scope: Construct, id_: str, *, site: Site, key: EncryptionKey, name: str, audit: bool = False
    ) -> None:
        super().__init__(scope, id_)
        days = site.settings.logs
        self.group = CloudwatchLogGroup(
            self,
            "group",
            name=name,
            retention_in_days=days.audit_retention_days if audit else days.retention_days,
            kms_key_id=key.arn,
            skip_destroy=(audit and site.settings.lifecycle.protected) or None,
        )
        self.arn = self.group.arn
        self.name = self.group.name

    def write(self) -> Allow:
        """Write events into streams of one's own."""
        return Allow(("logs:CreateLogStream", "logs:PutLogEvents"), (f"{self.arn}:*",))

"""Log groups that end."""

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from constructs import Construct

from lib.constructs.key import EncryptionKey
from lib.iam import Allow
from lib.site import Site


class LogGroup(Construct):
    """A log group with a retention, encrypted with the region's key."""

    def __init__(self, scope: Construct, id_: str, *, site: Site, key: EncryptionKey, name: str) -> None:
        super().__init__(scope, id_)
        self.group = CloudwatchLogGroup(
            self,
            "group",
            name=name,
            retention_in_days=site.settings.functions.log_retention_days,
            kms_key_id=key.arn,
        )
        self.arn = self.group.arn

    def write(self) -> Allow:
        """Write events into streams of one's own."""
        return Allow(("logs:CreateLogStream", "logs:PutLogEvents"), (f"{self.arn}:*",))

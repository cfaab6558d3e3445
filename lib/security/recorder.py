"""The recorder of AWS Config, for accounts that have none."""

from cdktf_cdktf_provider_aws.config_configuration_recorder import (
    ConfigConfigurationRecorder,
    ConfigConfigurationRecorderRecordingGroup,
)
from cdktf_cdktf_provider_aws.config_configuration_recorder_status import (
    ConfigConfigurationRecorderStatus,
)
from cdktf_cdktf_provider_aws.config_delivery_channel import ConfigDeliveryChannel
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from lib.security.audit_bucket import AuditBucket
from lib.security.role import ServiceRole
from lib.site import Site

AWS_CONFIG_ROLE = "arn:aws:iam::aws:policy/service-role/AWS_ConfigRole"


class ConfigRecorder(Construct):
    """Records every resource of the account in this region, and delivers what it saw to a bucket."""

    def __init__(self, scope: Construct, id_: str, *, site: Site) -> None:
        super().__init__(scope, id_)
        bucket = AuditBucket(self, "bucket", site=site, what="config", service="config")
        role = ServiceRole(self, "role", site=site, what="config", service="config", allow=bucket.deliver())
        attached = IamRolePolicyAttachment(self, "reads", role=role.name, policy_arn=AWS_CONFIG_ROLE)
        name = site.name("config")
        recorder = ConfigConfigurationRecorder(
            self,
            "recorder",
            name=name,
            role_arn=role.arn,
            recording_group=ConfigConfigurationRecorderRecordingGroup(
                all_supported=True, include_global_resource_types=True
            ),
            depends_on=[attached, role.policy],
        )
        channel = ConfigDeliveryChannel(
            self,
            "channel",
            name=name,
            s3_bucket_name=bucket.name,
            depends_on=[recorder, bucket.guard],
        )
        self.running = ConfigConfigurationRecorderStatus(
            self, "status", name=recorder.name, is_enabled=True, depends_on=[channel]
        )
        """Rules depend on this: AWS refuses them where nothing records."""

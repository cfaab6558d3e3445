"""What an instance is made of, and what it may do."""

from dataclasses import dataclass

from cdktf import Fn, TerraformLocal, Token
from cdktf_cdktf_provider_aws.data_aws_ssm_parameter import DataAwsSsmParameter
from cdktf_cdktf_provider_aws.iam_instance_profile import IamInstanceProfile
from cdktf_cdktf_provider_aws.launch_template import (
    LaunchTemplate,
    LaunchTemplateBlockDeviceMappings,
    LaunchTemplateBlockDeviceMappingsEbs,
    LaunchTemplateIamInstanceProfile,
    LaunchTemplateMetadataOptions,
    LaunchTemplateMonitoring,
    LaunchTemplateTagSpecifications,
)
from constructs import Construct

from lib.iam import Allow, outside
from lib.provider import common_tags
from lib.security.role import ServiceRole
from lib.settings.compute import Instances
from lib.site import Site

SESSIONS = Allow(
    (
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ),
    ("*",),
    why_any="Session Manager's channels have no ARN",
)
"""Sessions in place of SSH. AWS's managed policy also lets an instance read every parameter of the account.
https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html"""
ROOT_DISK = "/dev/xvda"
TAGGED = ("instance", "volume", "network-interface")


@dataclass(frozen=True, slots=True)
class Template:
    """One version of a launch template. A number, never `$Latest`: a rollback needs to know where to."""

    id: str
    version: str


class InstanceTemplate(Construct):
    """How instances are launched: no SSH, no metadata without a token, an encrypted disk, one script.

    The disk lies under AWS's key for EBS: it holds the operating system and the application's zip, and a key
    of ours would have to be opened to a role that an account has only after its first group.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        settings: Instances,
        group_id: str,
        user_data: str,
        allow: list[Allow],
    ) -> None:
        super().__init__(scope, id_)
        name = site.name(id_)
        self.role = ServiceRole(
            self,
            "role",
            site=site,
            what=id_,
            service="ec2",
            allow=[SESSIONS, *allow, outside(site.region.name)],
        )
        profile = IamInstanceProfile(self, "profile", name=site.own_name(id_), role=self.role.name)
        image = DataAwsSsmParameter(self, "image", name=settings.image)
        # by a local value: inside a function CDKTF would write references as text
        script = TerraformLocal(self, "user-data", user_data)
        tags = {"Name": name, **common_tags(site.settings, site.region)}
        template = LaunchTemplate(
            self,
            "template",
            name=name,
            image_id=image.insecure_value,
            instance_type=settings.type,
            ebs_optimized="true",
            update_default_version=True,
            vpc_security_group_ids=[group_id],
            iam_instance_profile=LaunchTemplateIamInstanceProfile(arn=profile.arn),
            metadata_options=LaunchTemplateMetadataOptions(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
            ),
            monitoring=LaunchTemplateMonitoring(enabled=True),
            block_device_mappings=[_disk(settings.disk_gb)],
            user_data=Fn.base64encode(script.as_string),
            tag_specifications=[
                LaunchTemplateTagSpecifications(resource_type=kind, tags=tags) for kind in TAGGED
            ],
            tags={"Name": name},
        )
        self.current = Template(template.id, Token.as_string(template.latest_version))


def _disk(gigabytes: int) -> LaunchTemplateBlockDeviceMappings:
    return LaunchTemplateBlockDeviceMappings(
        device_name=ROOT_DISK,
        ebs=LaunchTemplateBlockDeviceMappingsEbs(
            volume_size=gigabytes, volume_type="gp3", encrypted="true", delete_on_termination="true"
        ),
    )

import base64

import pytest
from botocore.exceptions import ClientError


def test_a_version_can_be_taken_back_and_the_default_one_cannot(emulator):
    ec2 = emulator.client("ec2")
    made = ec2.create_launch_template(
        LaunchTemplateName="taken-back", LaunchTemplateData={"InstanceType": "t3.small"}
    )["LaunchTemplate"]
    name = made["LaunchTemplateId"]
    script = base64.b64encode(b"#!/bin/sh").decode()
    ec2.create_launch_template_version(
        LaunchTemplateId=name, SourceVersion="1", LaunchTemplateData={"UserData": script}
    )
    told = ec2.delete_launch_template_versions(LaunchTemplateId=name, Versions=["1", "2"])
    done, kept = (
        [one["VersionNumber"] for one in told[f"{which}DeletedLaunchTemplateVersions"]]
        for which in ("Successfully", "Unsuccessfully")
    )
    assert (done, kept) == ([2], [1])
    (template,) = ec2.describe_launch_templates(LaunchTemplateIds=[name])["LaunchTemplates"]
    assert (template["DefaultVersionNumber"], template["LatestVersionNumber"]) == (1, 1)


def test_a_template_that_never_was_has_no_versions_to_delete(emulator):
    with pytest.raises(ClientError, match="NotFound"):
        emulator.client("ec2").delete_launch_template_versions(LaunchTemplateId="lt-0", Versions=["1"])

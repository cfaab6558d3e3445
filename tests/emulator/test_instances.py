"""EC2 instances as the fleet and Terraform need them."""

import base64

import pytest
from botocore.exceptions import ClientError

from tests.emulator.deployed import statement
from tests.emulator.emulator_process import eventually

SCRIPT = base64.b64encode(b"#!/bin/sh\necho hello\n").decode()


@pytest.fixture(scope="module")
def ec2(emulator):
    return emulator.client("ec2")


@pytest.fixture(scope="module")
def subnet(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24", AvailabilityZone="us-east-1b")
    return made["Subnet"]


@pytest.fixture(scope="module")
def profile(emulator):
    iam = emulator.client("iam")
    trusted = statement(Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole")
    iam.create_role(RoleName="server", AssumeRolePolicyDocument=trusted, Path="/service/")
    allowed = statement(Action="s3:ListBucket", Resource="*")
    iam.put_role_policy(RoleName="server", PolicyName="own", PolicyDocument=allowed)
    made = iam.create_instance_profile(InstanceProfileName="server")["InstanceProfile"]
    iam.add_role_to_instance_profile(InstanceProfileName="server", RoleName="server")
    return made["Arn"]


@pytest.fixture(scope="module")
def group(ec2, subnet):
    made = ec2.create_security_group(GroupName="web", Description="web", VpcId=subnet["VpcId"])["GroupId"]
    for low, high in ((8080, 8080), (9000, 9100)):
        ec2.authorize_security_group_ingress(
            GroupId=made,
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": low,
                    "ToPort": high,
                    "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
                }
            ],
        )
    return made


@pytest.fixture(scope="module")
def template(ec2, profile, group):
    data = {
        "ImageId": "ami-0abcdef1234567890",
        "InstanceType": "t3.small",
        "UserData": SCRIPT,
        "IamInstanceProfile": {"Arn": profile},
        "SecurityGroupIds": [group],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
        "BlockDeviceMappings": [
            {
                "DeviceName": "/dev/xvda",
                "Ebs": {"Encrypted": True, "VolumeSize": 12, "VolumeType": "gp3"},
            }
        ],
        "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "from", "Value": "template"}]}],
    }
    made = ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData=data)
    name = made["LaunchTemplate"]["LaunchTemplateId"]
    ec2.create_launch_template_version(
        LaunchTemplateId=name, SourceVersion="1", LaunchTemplateData={"InstanceType": "t3.large"}
    )
    return name


def launch(ec2, template, subnet, version="2", **more):
    asked = {"LaunchTemplateId": template, "Version": version}
    made = ec2.run_instances(
        LaunchTemplate=asked, SubnetId=subnet["SubnetId"], MinCount=1, MaxCount=1, **more
    )
    return made["Instances"][0]


def desk(emulator, order, **told):
    return emulator.gate(f"fleet/{order}", told)


def seen(emulator, instance):
    headers = {"X-Localcloud-Token": emulator.config["token"]}
    status, snapshot = emulator.get(emulator.operator, "/_gate/fleet", headers)
    assert status == 200
    return next(each for each in snapshot["instances"] if each["id"] == instance)


def test_an_instance_is_what_the_version_of_its_template_says(ec2, template, subnet, emulator, profile):
    made = launch(ec2, template, subnet)
    assert (made["InstanceType"], made["Placement"]["AvailabilityZone"]) == ("t3.large", "us-east-1b")
    assert made["MetadataOptions"]["HttpTokens"] == "required"
    assert {tag["Key"]: tag["Value"] for tag in made["Tags"]} == {
        "from": "template",
        "aws:ec2launchtemplate:id": template,
        "aws:ec2launchtemplate:version": "2",
    }
    volume = made["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    (disk,) = ec2.describe_volumes(VolumeIds=[volume])["Volumes"]
    assert (disk["Encrypted"], disk["Size"], disk["AvailabilityZone"]) == (True, 12, "us-east-1b")
    found = seen(emulator, made["InstanceId"])
    assert (found["user_data"], found["profile"], found["ports"]) == (SCRIPT, profile, [8080])


def test_a_number_and_default_and_latest_name_versions(ec2, template, subnet):
    types = {
        version: launch(ec2, template, subnet, version)["InstanceType"]
        for version in ("1", "$Default", "$Latest")
    }
    assert types == {"1": "t3.small", "$Default": "t3.small", "$Latest": "t3.large"}
    with pytest.raises(ClientError, match="VersionNotFound"):
        launch(ec2, template, subnet, "7")


def test_what_the_call_says_comes_before_the_template(ec2, template, subnet):
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "from", "Value": "call"}]}]
    made = launch(ec2, template, subnet, InstanceType="m5.large", TagSpecifications=tags)
    assert made["InstanceType"] == "m5.large"
    assert {"Key": "from", "Value": "call"} in made["Tags"]


def test_a_launch_wakes_the_fleet(ec2, template, subnet, emulator):
    before = len(emulator.hooks.orders)
    launch(ec2, template, subnet)
    eventually(lambda: ("/hooks/fleet", "run-token", {}) in emulator.hooks.orders[before:])


def test_launches_are_refused_where_there_is_no_capacity(ec2, template, subnet, emulator):
    for zones in (["us-east-1b"], ["*"]):
        desk(emulator, "full", zones=zones)
        with pytest.raises(ClientError, match="InsufficientInstanceCapacity"):
            launch(ec2, template, subnet)
    desk(emulator, "full", zones=["us-east-1a"])
    launch(ec2, template, subnet)
    desk(emulator, "full", zones=[])


def test_a_failed_status_check_is_told(ec2, template, subnet, emulator):
    name = launch(ec2, template, subnet)["InstanceId"]
    desk(emulator, "instance", region="us-east-1", id=name, impaired=True)
    (found,) = ec2.describe_instance_status(InstanceIds=[name])["InstanceStatuses"]
    assert found["InstanceStatus"]["Status"] == "impaired"
    assert found["SystemStatus"]["Status"] == "ok"
    assert seen(emulator, name)["impaired"]


def test_user_data_and_metadata_options_are_told_and_changed(ec2, template, subnet):
    name = launch(ec2, template, subnet)["InstanceId"]
    told = ec2.describe_instance_attribute(InstanceId=name, Attribute="userData")
    assert told["UserData"]["Value"] == SCRIPT
    ec2.modify_instance_metadata_options(InstanceId=name, HttpPutResponseHopLimit=2)
    (held,) = ec2.describe_instances(InstanceIds=[name])["Reservations"][0]["Instances"]
    assert held["MetadataOptions"]["HttpPutResponseHopLimit"] == 2
    assert held["MetadataOptions"]["HttpTokens"] == "required"


def test_a_reboot_and_a_start_are_boots(ec2, template, subnet, emulator):
    name = launch(ec2, template, subnet)["InstanceId"]
    ec2.reboot_instances(InstanceIds=[name])
    ec2.stop_instances(InstanceIds=[name])
    assert seen(emulator, name)["state"] == "stopped"
    ec2.start_instances(InstanceIds=[name])
    assert (seen(emulator, name)["state"], seen(emulator, name)["boots"]) == ("running", 3)


def test_what_lost_its_power_is_told_as_terminated(ec2, template, subnet, emulator):
    name = launch(ec2, template, subnet)["InstanceId"]
    desk(emulator, "instance", region="us-east-1", id=name, state="terminated")
    (held,) = ec2.describe_instances(InstanceIds=[name])["Reservations"][0]["Instances"]
    assert held["State"]["Name"] == "terminated"


def test_the_session_of_a_profile_may_do_what_its_role_may(emulator, profile):
    import boto3  # noqa: PLC0415 - this test only

    asked = {"region": "us-east-1", "profile": profile, "instance": "i-1"}
    session = desk(emulator, "session", **asked)
    assert session["role"] == "server"

    def client(service):
        return boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=f"http://127.0.0.1:{emulator.config['region_ports']['us-east-1']}",
            aws_access_key_id=session["AccessKeyId"],
            aws_secret_access_key=session["SecretAccessKey"],
            aws_session_token=session["SessionToken"],
        )

    emulator.client("s3").create_bucket(Bucket="of-the-instance")
    client("s3").list_objects_v2(Bucket="of-the-instance")
    with pytest.raises(ClientError, match="AccessDenied"):
        client("dynamodb").list_tables()
    assert client("sts").get_caller_identity()["Arn"].endswith(":assumed-role/server/i-1")

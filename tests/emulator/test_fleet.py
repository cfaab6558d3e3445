"""Instances and groups run, end to end: the emulator as a process, the fleet in this one, real processes."""

import base64
import http.client
import os
import time

import pytest

from tests.emulator.deployed import statement
from tests.emulator.emulator_process import HOME, eventually
from tests.emulator.fleet_process import fleet_of

APP = """
import http.server, os, pathlib, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{os.environ['VERSION']} {time.time()}".encode()
        pathlib.Path("note").write_bytes(body) if self.path == "/write" else None
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
UNIT = """
[Service]
WorkingDirectory=/opt/app
EnvironmentFile=/opt/app/environment
ExecStart=/usr/bin/env python3 /opt/app/app.py
Restart=always
RestartSec=0.2
"""
USER_DATA = """#!/bin/bash
set -euo pipefail
app="${INSTANCE_ROOT:-}/opt/app"; mkdir -p "$app"; cd "$app"
aws s3 cp s3://bundles/app.py app.py
aws s3 cp s3://bundles/app.service app.service
printf 'PORT=%s\\nVERSION=VERSION_HERE\\n' "${PORT_8080:-8080}" > environment
dnf install -y python3.11
systemctl enable --now "$app/app.service"
echo "the user data is done"
"""


@pytest.fixture(scope="module")
def cloud(emulator, tmp_path_factory):
    with fleet_of(emulator, tmp_path_factory.mktemp("fleet")) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def template(cloud):
    iam, s3, ec2 = (cloud.client(name) for name in ("iam", "s3", "ec2"))
    s3.create_bucket(Bucket="bundles")
    s3.put_object(Bucket="bundles", Key="app.py", Body=APP)
    s3.put_object(Bucket="bundles", Key="app.service", Body=UNIT)
    trusted = statement(Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole")
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=trusted)
    allowed = statement(Action="s3:GetObject", Resource="arn:aws:s3:::bundles/*")
    iam.put_role_policy(RoleName="web", PolicyName="own", PolicyDocument=allowed)
    profile = iam.create_instance_profile(InstanceProfileName="web")["InstanceProfile"]["Arn"]
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
    vpc = ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
    opened = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[opened])
    zones = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.3.{n}.0/24", AvailabilityZone=f"{HOME}{zone}")["Subnet"]
        for n, zone in enumerate("abc")
    ]
    data = {
        "ImageId": "ami-1",
        "InstanceType": "t3.small",
        "IamInstanceProfile": {"Arn": profile},
        "SecurityGroupIds": [group],
        "UserData": script("1"),
    }
    name = ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData=data)
    name = name["LaunchTemplate"]["LaunchTemplateId"]
    ec2.create_launch_template_version(
        LaunchTemplateId=name, SourceVersion="1", LaunchTemplateData={"UserData": script("2")}
    )
    return name, ",".join(zone["SubnetId"] for zone in zones)


def script(version):
    return base64.b64encode(USER_DATA.replace("VERSION_HERE", version).encode()).decode()


@pytest.fixture(scope="module")
def group(cloud, template):
    name, zones = template
    cloud.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName="web",
        MinSize=1,
        MaxSize=4,
        DesiredCapacity=3,
        VPCZoneIdentifier=zones,
        LaunchTemplate={"LaunchTemplateId": name, "Version": "1"},
    )
    eventually(lambda: cloud.serving() == ["1"] * 3, within=60)


@pytest.fixture
def single(cloud, template):
    name, zones = template
    made = cloud.client("ec2").run_instances(
        LaunchTemplate={"LaunchTemplateId": name, "Version": "1"},
        SubnetId=zones.partition(",")[0],
        MinCount=1,
        MaxCount=1,
    )
    instance = made["Instances"][0]["InstanceId"]
    eventually(lambda: cloud.version(instance) == "1", within=30)
    yield instance
    cloud.client("ec2").terminate_instances(InstanceIds=[instance])


def test_a_group_runs_its_user_data_in_every_zone(cloud, group):
    assert {each["AvailabilityZone"] for each in cloud.members()} == {f"{HOME}{zone}" for zone in "abc"}
    console = next(cloud.fleet.logs.glob("i-*.log")).read_text()
    assert "the user data is done" in console
    assert "not installed: install -y python3.11" in console


def test_a_killed_instance_is_replaced(cloud, group):
    lost = cloud.members()[0]["InstanceId"]
    cloud.do(cloud.fleet.faults.kill(lost))
    assert cloud.fleet.book.endpoint(lost, 8080).dark
    eventually(lambda: lost not in {each["InstanceId"] for each in cloud.members()}, within=30)
    eventually(lambda: cloud.serving() == ["1"] * 3, within=30)


def test_an_application_that_dies_is_started_again_by_its_unit(cloud, single):
    assert cloud.do(cloud.fleet.faults.kill_application(single, for_good=False)) >= 1
    eventually(lambda: cloud.version(single) is None)
    eventually(lambda: cloud.version(single) == "1")


def test_an_application_that_is_killed_for_good_leaves_a_port_that_refuses(cloud, single):
    cloud.do(cloud.fleet.faults.kill_application(single, for_good=True))
    time.sleep(0.5)
    with pytest.raises(ConnectionRefusedError):
        cloud.get(single)


def test_a_frozen_instance_answers_nothing_until_it_is_healed(cloud, single):
    cloud.do(cloud.fleet.faults.freeze(single))
    with pytest.raises(TimeoutError):
        cloud.get(single)
    cloud.do(cloud.fleet.faults.heal())
    assert cloud.version(single) == "1"


def test_the_clock_of_an_instance_is_its_own(cloud, single):
    cloud.fleet.faults.set_clock(single, 1000)
    assert float(cloud.get(single).split()[1]) > time.time() + 900
    cloud.do(cloud.fleet.faults.heal())
    assert float(cloud.get(single).split()[1]) < time.time() + 10


def test_a_full_disk_lets_writes_fail_and_reads_pass(cloud, single):
    assert cloud.get(single, "/write")
    cloud.do(cloud.fleet.faults.fill_disk(single))
    with pytest.raises((OSError, http.client.HTTPException)):
        cloud.get(single, "/write")
    assert cloud.version(single) == "1"


def test_a_rebooted_instance_starts_its_enabled_units_and_runs_no_user_data(cloud, single):
    cloud.client("ec2").reboot_instances(InstanceIds=[single])
    eventually(lambda: cloud.version(single) is None, within=20)
    eventually(lambda: cloud.version(single) == "1", within=20)
    console = (cloud.fleet.logs / f"{single}.log").read_text()
    assert console.count("the user data is done") == 1


def test_a_stopped_instance_is_dark_and_comes_back(cloud, single):
    cloud.client("ec2").stop_instances(InstanceIds=[single])
    eventually(lambda: cloud.fleet.book.endpoint(single, 8080).dark, within=20)
    cloud.client("ec2").start_instances(InstanceIds=[single])
    eventually(lambda: cloud.version(single) == "1", within=20)


def test_an_instance_may_only_what_its_role_may(cloud, template, emulator):
    emulator.client("s3").create_bucket(Bucket="of-others")
    emulator.client("s3").put_object(Bucket="of-others", Key="k", Body=b"secret")
    data = "#!/bin/sh\naws s3 cp s3://of-others/k - || echo refused\n"
    name, zones = template
    made = cloud.client("ec2").run_instances(
        LaunchTemplate={"LaunchTemplateId": name, "Version": "1"},
        UserData=data,
        SubnetId=zones.partition(",")[0],
        MinCount=1,
        MaxCount=1,
    )["Instances"][0]["InstanceId"]
    console = cloud.fleet.logs / f"{made}.log"
    eventually(lambda: console.exists() and "refused" in console.read_text(), within=30)
    assert "secret" not in console.read_text()
    cloud.client("ec2").terminate_instances(InstanceIds=[made])


def test_a_zone_without_power_is_dark_and_its_instances_are_impaired_after_the_status_checks(cloud, single):
    cloud.fleet.host.status_check_s = 1.0
    assert cloud.do(cloud.fleet.faults.kill_zone(f"{HOME}a")) >= 1

    def impaired():
        (found,) = cloud.client("ec2").describe_instance_status(InstanceIds=[single])["InstanceStatuses"]
        return found["InstanceStatus"]["Status"] == "impaired"

    eventually(impaired, within=20)
    assert cloud.fleet.book.endpoint(single, 8080).dark
    cloud.do(cloud.fleet.faults.heal())
    eventually(lambda: cloud.version(single) == "1", within=20)
    cloud.fleet.host.status_check_s = 120.0


def test_a_refresh_replaces_all_by_the_new_version(cloud, group, template):
    scaling = cloud.client("autoscaling")
    scaling.start_instance_refresh(
        AutoScalingGroupName="web",
        Preferences={"MinHealthyPercentage": 100, "MaxHealthyPercentage": 200, "InstanceWarmup": 0},
        DesiredConfiguration={"LaunchTemplate": {"LaunchTemplateId": template[0], "Version": "2"}},
    )

    def status():
        return scaling.describe_instance_refreshes(AutoScalingGroupName="web")["InstanceRefreshes"][0][
            "Status"
        ]

    eventually(lambda: status() == "Successful", within=90)
    eventually(lambda: cloud.serving() == ["2"] * 3, within=20)
    (found,) = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=["web"])["AutoScalingGroups"]
    assert found["LaunchTemplate"]["Version"] == "2"


def test_a_group_deleted_by_force_takes_its_instances_with_it(cloud, group):
    serving = [each["InstanceId"] for each in cloud.members() if each["LifecycleState"] == "InService"]
    processes = [cloud.fleet.host.running[name].machine.pid for name in serving]
    assert len(processes) == 3
    cloud.client("autoscaling").delete_auto_scaling_group(AutoScalingGroupName="web", ForceDelete=True)
    eventually(lambda: not any(map(alive, processes)), within=30)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True

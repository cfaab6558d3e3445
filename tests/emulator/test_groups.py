"""Auto Scaling groups as the fleet and Terraform need them."""

import json
import time

import pytest
from botocore.exceptions import ClientError

from tests.emulator.deployed import queue
from tests.emulator.emulator_process import HOME, eventually

ARNS = [f"arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/{name}/1" for name in "ab"]


@pytest.fixture(scope="module")
def subnets(emulator):
    ec2 = emulator.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    return [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.2.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")[
            "Subnet"
        ]["SubnetId"]
        for n, zone in enumerate("ac")
    ]


@pytest.fixture(scope="module")
def template(emulator):
    ec2 = emulator.client("ec2")
    data = {"ImageId": "ami-1", "InstanceType": "t3.small"}
    made = ec2.create_launch_template(LaunchTemplateName="groups", LaunchTemplateData=data)
    name = made["LaunchTemplate"]["LaunchTemplateId"]
    ec2.create_launch_template_version(LaunchTemplateId=name, SourceVersion="1", LaunchTemplateData={})
    return name


@pytest.fixture(scope="module")
def scaling(emulator):
    return emulator.client("autoscaling")


@pytest.fixture
def group(scaling, subnets, template):
    name = f"web-{time.monotonic_ns()}"
    scaling.create_auto_scaling_group(
        AutoScalingGroupName=name,
        MinSize=1,
        MaxSize=3,
        DesiredCapacity=2,
        VPCZoneIdentifier=",".join(subnets),
        LaunchTemplate={"LaunchTemplateId": template, "Version": "1"},
        TargetGroupARNs=ARNS[:1],
        HealthCheckType="ELB",
        DefaultInstanceWarmup=45,
        CapacityRebalance=True,
        TerminationPolicies=["OldestInstance"],
        LifecycleHookSpecificationList=[
            {
                "LifecycleHookName": "first",
                "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
                "HeartbeatTimeout": 60,
            }
        ],
        Tags=[{"Key": "team", "Value": "a<b", "PropagateAtLaunch": True}],
    )
    yield name
    scaling.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)


def described(scaling, name):
    return scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]


def told(emulator, name):
    headers = {"X-Localcloud-Token": emulator.config["token"]}
    _, snapshot = emulator.get(emulator.operator, "/_gate/fleet", headers)
    return next(each for each in snapshot["groups"] if each["group"]["AutoScalingGroupName"] == name)


def tell(emulator, name, *members, **more):
    listed = [
        {
            "InstanceId": each,
            "AvailabilityZone": "us-east-1a",
            "LifecycleState": state,
            "HealthStatus": "Healthy",
            "ProtectedFromScaleIn": False,
        }
        for each, state in members
    ]
    order = {"region": "us-east-1", "name": name, "members": listed, **more}
    return emulator.gate("fleet/group", order)


def test_a_group_is_described_as_it_was_made(scaling, group, template):
    found = described(scaling, group)
    assert found["LaunchTemplate"] == {
        "LaunchTemplateId": template,
        "LaunchTemplateName": "groups",
        "Version": "1",
    }
    assert (found["AvailabilityZones"], found["TargetGroupARNs"]) == (["us-east-1a", "us-east-1c"], ARNS[:1])
    assert (found["DefaultInstanceWarmup"], found["CapacityRebalance"]) == (45, True)
    assert (found["TerminationPolicies"], found["HealthCheckGracePeriod"]) == (["OldestInstance"], 0)
    assert found["Tags"][0]["Value"] == "a<b"
    (hook,) = scaling.describe_lifecycle_hooks(AutoScalingGroupName=group)["LifecycleHooks"]
    assert (hook["HeartbeatTimeout"], hook["DefaultResult"]) == (60, "ABANDON")


def test_two_hooks_are_told_apart(scaling, group):
    scaling.put_lifecycle_hook(
        AutoScalingGroupName=group,
        LifecycleHookName="leave",
        LifecycleTransition="autoscaling:EC2_INSTANCE_TERMINATING",
    )
    asked = {"AutoScalingGroupName": group, "LifecycleHookNames": ["leave"]}
    (found,) = scaling.describe_lifecycle_hooks(**asked)["LifecycleHooks"]
    assert found["LifecycleHookName"] == "leave"


def test_an_update_changes_the_template_and_the_rest(scaling, group, template, subnets):
    scaling.update_auto_scaling_group(
        AutoScalingGroupName=group,
        LaunchTemplate={"LaunchTemplateId": template, "Version": "2"},
        VPCZoneIdentifier=subnets[1],
        MinSize=0,
        HealthCheckGracePeriod=90,
    )
    found = described(scaling, group)
    assert (found["LaunchTemplate"]["Version"], found["AvailabilityZones"]) == ("2", ["us-east-1c"])
    assert (found["MinSize"], found["HealthCheckGracePeriod"]) == (0, 90)


def test_nobody_invents_instances_and_the_fleet_is_woken(scaling, group, emulator):
    assert described(scaling, group)["Instances"] == []
    eventually(lambda: ("/hooks/fleet", "run-token", {}) in emulator.hooks.orders)


def test_a_mixed_instances_policy_is_kept(scaling, subnets, template):
    policy = {
        "LaunchTemplate": {
            "LaunchTemplateSpecification": {"LaunchTemplateId": template, "Version": "2"},
            "Overrides": [{"InstanceType": "m5.large"}, {"InstanceType": "m4.large"}],
        },
        "InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": 50},
    }
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="mixed",
        MinSize=0,
        MaxSize=1,
        VPCZoneIdentifier=subnets[0],
        MixedInstancesPolicy=policy,
    )
    found = described(scaling, "mixed")
    kept = found["MixedInstancesPolicy"]
    assert "LaunchTemplate" not in found
    assert [each["InstanceType"] for each in kept["LaunchTemplate"]["Overrides"]] == ["m5.large", "m4.large"]
    assert kept["LaunchTemplate"]["LaunchTemplateSpecification"]["LaunchTemplateName"] == "groups"
    assert kept["InstancesDistribution"]["OnDemandPercentageAboveBaseCapacity"] == 50
    assert kept["InstancesDistribution"]["OnDemandBaseCapacity"] == 0
    scaling.delete_auto_scaling_group(AutoScalingGroupName="mixed")


def test_metrics_processes_and_target_groups_are_switched(scaling, group):
    scaling.enable_metrics_collection(AutoScalingGroupName=group, Granularity="1Minute")
    scaling.disable_metrics_collection(AutoScalingGroupName=group, Metrics=["GroupStandbyInstances"])
    scaling.suspend_processes(AutoScalingGroupName=group, ScalingProcesses=["Launch", "Terminate"])
    scaling.resume_processes(AutoScalingGroupName=group, ScalingProcesses=["Launch"])
    scaling.attach_load_balancer_target_groups(AutoScalingGroupName=group, TargetGroupARNs=ARNS[1:])
    scaling.detach_traffic_sources(
        AutoScalingGroupName=group, TrafficSources=[{"Identifier": ARNS[0], "Type": "elbv2"}]
    )
    found = described(scaling, group)
    assert len(found["EnabledMetrics"]) == 7
    assert [each["ProcessName"] for each in found["SuspendedProcesses"]] == ["Terminate"]
    assert found["TargetGroupARNs"] == ARNS[1:]


def test_what_the_fleet_made_of_a_group_is_told(scaling, group, emulator):
    event = {"Source": "aws.autoscaling", "DetailType": "EC2 Instance Launch Successful", "Detail": "{}"}
    activity = {"ActivityId": "1", "AutoScalingGroupName": group, "StatusCode": "Failed"}
    more = {"desired": 3, "activities": [activity], "events": [event], "template": {"version": "2"}}
    assert tell(emulator, group, ("i-1", "InService"), **more) == {"known": True}
    found = described(scaling, group)
    assert [each["InstanceId"] for each in found["Instances"]] == ["i-1"]
    assert (found["DesiredCapacity"], found["LaunchTemplate"]["Version"]) == (3, "2")
    listed = scaling.describe_scaling_activities(AutoScalingGroupName=group)["Activities"]
    assert [each["StatusCode"] for each in listed] == ["Failed"]
    (member,) = scaling.describe_auto_scaling_instances(InstanceIds=["i-1"])["AutoScalingInstances"]
    assert member["AutoScalingGroupName"] == group


def test_a_group_with_instances_is_deleted_only_by_force(scaling, group, emulator):
    tell(emulator, group, ("i-1", "InService"))
    with pytest.raises(ClientError, match="ResourceInUse"):
        scaling.delete_auto_scaling_group(AutoScalingGroupName=group)


def test_hooks_are_answered_only_while_they_wait(scaling, group, emulator):
    asked = {"AutoScalingGroupName": group, "LifecycleHookName": "first", "InstanceId": "i-1"}
    tell(emulator, group, ("i-1", "InService"))
    with pytest.raises(ClientError, match="No active Lifecycle Action"):
        scaling.complete_lifecycle_action(LifecycleActionResult="CONTINUE", **asked)
    tell(emulator, group, ("i-1", "Pending:Wait"))
    scaling.record_lifecycle_action_heartbeat(**asked)
    scaling.complete_lifecycle_action(LifecycleActionResult="CONTINUE", **asked)
    found = told(emulator, group)["group"]
    assert found["_hook_results"] == {"i-1/first": "CONTINUE"}
    assert abs(found["_heartbeats"]["i-1/first"] - time.time()) < 60


def test_health_terminations_and_protection_are_heard(scaling, group, emulator):
    tell(emulator, group, ("i-1", "InService"), ("i-2", "InService"), ("i-3", "InService"))
    scaling.set_instance_health(InstanceId="i-1", HealthStatus="Unhealthy")
    scaling.set_instance_health(InstanceId="i-2", HealthStatus="Unhealthy", ShouldRespectGracePeriod=False)
    scaling.terminate_instance_in_auto_scaling_group(InstanceId="i-3", ShouldDecrementDesiredCapacity=True)
    scaling.set_instance_protection(
        InstanceIds=["i-1"], AutoScalingGroupName=group, ProtectedFromScaleIn=True
    )
    found = told(emulator, group)["group"]
    assert (found["_told_unhealthy"], found["_condemned"]) == (["i-1"], ["i-2", "i-3"])
    assert (found["DesiredCapacity"], found["_protected"]) == (1, {"i-1": True})


def test_two_policies_are_told_apart_and_tracked(scaling, group, emulator):
    label = "app/web/50dc6c495c0c9188/targetgroup/web/943f017f100becff"
    kinds = {"cpu": {"PredefinedMetricType": "ASGAverageCPUUtilization"}}
    kinds["requests"] = {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": label}
    for name, kind in kinds.items():
        scaling.put_scaling_policy(
            AutoScalingGroupName=group,
            PolicyName=name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingConfiguration={"PredefinedMetricSpecification": kind, "TargetValue": 50},
        )
    (found,) = scaling.describe_policies(AutoScalingGroupName=group, PolicyNames=["requests"])[
        "ScalingPolicies"
    ]
    assert found["PolicyName"] == "requests"
    (high,) = [each["AlarmName"] for each in found["Alarms"] if "AlarmHigh" in each["AlarmName"]]
    watch = emulator.client("cloudwatch")
    (alarm,) = watch.describe_alarms(AlarmNames=[high])["MetricAlarms"]
    assert {each["Name"]: each["Value"] for each in alarm["Dimensions"]} == {
        "LoadBalancer": "app/web/50dc6c495c0c9188",
        "TargetGroup": "targetgroup/web/943f017f100becff",
    }
    watch.set_alarm_state(AlarmName=high, StateValue="ALARM", StateReason="test")
    (tracking,) = [each for each in told(emulator, group)["trackings"] if each["name"] == "requests"]
    assert (tracking["high"], tracking["low"], tracking["value"], tracking["target"]) == (
        True,
        False,
        None,
        50,
    )


def rollback(version="2"):
    return {
        "Preferences": {"AutoRollback": True, "AlarmSpecification": {"Alarms": ["errors"]}},
        "DesiredConfiguration": {"LaunchTemplate": {"LaunchTemplateName": "groups", "Version": version}},
    }


def test_a_refresh_waits_for_the_fleet_and_remembers_what_the_group_had_when_it_started(
    scaling, group, emulator, template
):
    made = scaling.start_instance_refresh(AutoScalingGroupName=group, **rollback())["InstanceRefreshId"]
    with pytest.raises(ClientError, match="InstanceRefreshInProgress"):
        scaling.start_instance_refresh(AutoScalingGroupName=group)
    refresh = told(emulator, group)["refresh"]
    assert refresh["_target"] == {"id": template, "version": "2"}
    assert refresh["_previous"] == {"id": template, "version": "1"}
    shown = {"InstanceRefreshId": made, "Status": "InProgress", "PercentageComplete": 40}
    tell(emulator, group, refresh=shown)
    (found,) = scaling.describe_instance_refreshes(AutoScalingGroupName=group)["InstanceRefreshes"]
    assert (found["Status"], found["PercentageComplete"]) == ("InProgress", 40)
    assert found["Preferences"]["AlarmSpecification"]["Alarms"] == ["errors"]
    scaling.rollback_instance_refresh(AutoScalingGroupName=group)
    assert told(emulator, group)["refresh"]["_rolled_back"]
    scaling.cancel_instance_refresh(AutoScalingGroupName=group)
    assert told(emulator, group)["refresh"]["_cancelled"]
    tell(emulator, group, refresh={**shown, "Status": "Cancelled"})
    assert told(emulator, group)["refresh"] is None
    with pytest.raises(ClientError, match="ActiveInstanceRefreshNotFound"):
        scaling.cancel_instance_refresh(AutoScalingGroupName=group)


@pytest.mark.parametrize("version", ["$Latest", "$Default"])
def test_rollback_needs_a_numbered_version(scaling, group, version):
    with pytest.raises(ClientError, match="numbered version"):
        scaling.start_instance_refresh(AutoScalingGroupName=group, **rollback(version))


def test_rollback_needs_a_desired_configuration(scaling, group):
    with pytest.raises(ClientError, match="desired configuration"):
        scaling.start_instance_refresh(AutoScalingGroupName=group, Preferences={"AutoRollback": True})


def test_the_default_bus_gets_the_events_of_a_group(group, emulator):
    queues, events = emulator.client("sqs"), emulator.client("events")
    url, arn = queue(emulator, HOME, "scaling")
    events.put_rule(Name="scaling", EventPattern=json.dumps({"source": ["aws.autoscaling"]}))
    events.put_targets(Rule="scaling", Targets=[{"Id": "1", "Arn": arn}])
    detail = json.dumps({"AutoScalingGroupName": group})
    event = {"Source": "aws.autoscaling", "DetailType": "EC2 Instance Launch Successful", "Detail": detail}
    tell(emulator, group, events=[event])
    (found,) = queues.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    assert json.loads(found["Body"])["detail"] == {"AutoScalingGroupName": group}

"""What drills do to the web application. Each action returns what was done, in words."""

import base64
import hashlib
import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gameday.errors import FaultRefused
from gameday.targets.operators import Typed
from gameday.targets.webapp.bundle import Fetched
from gameday.targets.webapp.scaling import keep_size
from gameday.targets.webapp.world import WebWorld, Written
from remediation.observation import Symptom

Action = Callable[[WebWorld], str]
PROMOTION = Typed(("promote-replica", "--yes"))
STANDBY_S = 30.0
"""After how many seconds the writer's second copy serves. AWS needs one to two minutes."""


def kill_instance(world: WebWorld) -> str:
    """An instance loses its power, and EC2 says so."""
    name = world.victim()
    world.trouble("instance-kill", instance=name)
    return f"instance {name} killed"


def kill_application(world: WebWorld) -> str:
    """All processes of an instance but the first die, and its service does not come back."""
    name = world.victim()
    world.trouble("application-kill", instance=name, for_good=True)
    return f"application of {name} killed for good"


def kill_everything(world: WebWorld) -> str:
    """Every instance loses its power but those that the group ends by itself, and none can be launched."""
    world.trouble("launches-refused", zones=["*"])
    kept = [one for one in world.group()["Instances"] if not one["LifecycleState"].startswith("Terminat")]
    names = [one["InstanceId"] for one in kept]
    for name in names:
        world.trouble("instance-kill", instance=name)
    return f"{len(names)} instances killed, launches refused"


def allow_launches(world: WebWorld) -> str:
    """Instances can be launched again."""
    world.trouble("launches-refused", zones=[])
    return "launches possible again"


def kill_instance_for_good(world: WebWorld) -> str:
    """An instance loses its power, and no zone has room for another one."""
    world.trouble("launches-refused", zones=["*"])
    return f"{kill_instance(world)}, launches refused"


def lose_writers_machine(world: WebWorld) -> str:
    """The machine of the database's writer is lost; its copy in another zone takes its place."""
    world.trouble("database-away", standby_s=STANDBY_S)
    return f"machine of {world.outputs['writer_database']} lost"


def lose_writer(world: WebWorld) -> str:
    """Both copies of the database's writer are lost, for good."""
    world.trouble("database-lost")
    return f"{world.outputs['writer_database']} lost with its second copy"


def promote_replica(world: WebWorld) -> str:
    """An operator promotes the replica."""
    return f"operator: dr promote-replica; {PROMOTION.type(world.state, {})}"


def lose_zone(world: WebWorld) -> str:
    """All instances of a zone lose their power, unsaid, and so does the database's writer, which is there."""
    writer = world.outputs["writer_database"]
    found = world.client("rds").describe_db_instances(DBInstanceIdentifier=writer)["DBInstances"]
    zone = found[0]["AvailabilityZone"]
    world.trouble("zone-kill", zone=zone)
    return f"zone {zone} lost, {lose_writers_machine(world)}"


def cut_copies(world: WebWorld) -> str:
    """The way of copies to the other region is cut, and then a file is written."""
    world.trouble("copies", cut=True)
    content = os.urandom(1024)
    bucket, key = world.outputs["files_bucket"], f"files/{hashlib.sha256(content).hexdigest()}"
    try:
        world.client("s3").put_object(Bucket=bucket, Key=key, Body=content)
    except (BotoCoreError, ClientError) as error:
        raise FaultRefused(f"no file can be written: {error}") from error
    world.written = Written(world.outputs["copies_bucket"], key, content)
    return f"the way of copies is cut, and {key} written"


def mend_copies(world: WebWorld) -> str:
    """Copies go on."""
    world.trouble("copies", cut=False)
    return "the way of copies is mended"


def ring_again_and_again(world: WebWorld) -> str:
    """One alarm rings three times, then all of the system ring at once, and nothing is wrong."""
    keep_size(world)
    names = _alarms(world)
    repeated = next(name for name in names if f"-{Symptom.SATURATED}-" in name)
    for state in ("ALARM", "OK") * 2:
        _set(world, [repeated], state)
    _set(world, [repeated], "ALARM")
    _set(world, names, "ALARM")
    return f"{repeated} rings three times, and all {len(names)} alarms at once"


def silence(world: WebWorld) -> str:
    """No alarm rings any more, until CloudWatch finds out otherwise."""
    _set(world, _alarms(world), "OK")
    return "all alarms are silent"


def _alarms(world: WebWorld) -> list[str]:
    system = world.outputs["system"]
    pages = world.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{system}-")
    return sorted(alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"])


def _set(world: WebWorld, names: Iterable[str], state: str) -> None:
    cloudwatch = world.client("cloudwatch")
    for name in names:
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a drill")


def release_again(world: WebWorld) -> str:
    """Every instance is replaced by one of the same template, as `release_request` says."""
    request = json.loads(world.outputs["release_request"])
    request["Preferences"]["SkipMatching"] = False
    _start(world, request)
    return "every instance is to be replaced by one of the same template"


def release_badly(world: WebWorld) -> str:
    """A version that is well when its own machine asks it, and that refuses its balancer."""
    request = json.loads(world.outputs["release_request"])
    template = request["DesiredConfiguration"]["LaunchTemplate"]
    try:
        template["Version"] = _new_version(world, template["LaunchTemplateId"])
    except (BotoCoreError, ClientError) as error:
        raise FaultRefused(f"the release cannot be made: {error}") from error
    _start(world, request)
    return f"template version {template['Version']} released, which is bad"


def _start(world: WebWorld, request: dict[str, Any]) -> None:
    try:
        world.client("autoscaling").start_instance_refresh(**request)
    except (BotoCoreError, ClientError) as error:
        raise FaultRefused(f"the release was refused: {error}") from error


def _new_version(world: WebWorld, template: str) -> str:
    """A version like the one that runs, but for its bundle and what that is called."""
    ec2, running = world.client("ec2"), str(world.group()["LaunchTemplate"]["Version"])
    found = ec2.describe_launch_template_versions(LaunchTemplateId=template, Versions=[running])
    script = base64.b64decode(found["LaunchTemplateVersions"][0]["LaunchTemplateData"]["UserData"]).decode()
    bundle = Fetched.of(script)
    new = bundle.published_anew(world.client("s3"))
    made = ec2.create_launch_template_version(
        LaunchTemplateId=template,
        SourceVersion=running,
        LaunchTemplateData={"UserData": base64.b64encode(bundle.exchanged(script, new).encode()).decode()},
    )
    version = str(made["LaunchTemplateVersion"]["VersionNumber"])

    def withdraw() -> None:
        ec2.delete_launch_template_versions(LaunchTemplateId=template, Versions=[version])
        world.client("s3").delete_object(Bucket=new.bucket, Key=new.key, VersionId=new.version)

    world.undo.append(withdraw)
    return version

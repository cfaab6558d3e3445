"""What instances, containers and load balancers take: images, types, and room within the quotas."""

from collections.abc import Iterable
from typing import Any

from dr.doctor.aws import must
from dr.doctor.checks import Check, Patient
from dr.doctor.quotas import RAISE, Use, is_ours, judge, quota
from lib.settings.common import CommonSettings
from lib.systems.single_region.settings import SingleRegionSettings
from lib.systems.trading.settings import TradingSettings
from lib.systems.webapp.settings import WebappSettings

Groups = TradingSettings | WebappSettings
GROUPS = (TradingSettings, WebappSettings)
WITH_BALANCERS = (SingleRegionSettings, TradingSettings, WebappSettings)
RUNNING = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
PROCESSOR = 1024
"""Units of ECS that are one processor."""
TRAILS = 5
"""Of one region; AWS raises it for nobody
(https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html)."""


def read_image(patient: Patient[Groups]) -> str | None:
    """The id of the machine image that a new instance starts from."""
    name = patient.settings.instances.image
    found = patient.aws("ssm", patient.region, "get_parameter", Name=name)
    return str(found["Parameter"]["Value"]) if found else None


def judge_image(settings: Groups, image: str | None) -> Iterable[str]:
    """There is one, and it is an image."""
    if image is None:
        yield f"there is no parameter {settings.instances.image}"
    elif not image.startswith("ami-"):
        yield f"{settings.instances.image} says {image}, which is no id of an image"


def read_offers(patient: Patient[Groups]) -> dict[str, int]:
    """In how many zones each type of instance can be had."""
    types = [patient.settings.instances.type, *patient.settings.instances.other_types]
    found = must(
        patient.aws(
            "ec2",
            patient.region,
            "describe_instance_type_offerings",
            LocationType="availability-zone",
            Filters=[{"Name": "instance-type", "Values": types}],
        )
    )["InstanceTypeOfferings"]
    return {one: len({each["Location"] for each in found if each["InstanceType"] == one}) for one in types}


def judge_offers(settings: Groups, zones: dict[str, int]) -> Iterable[str]:
    """The first type everywhere, and the others somewhere."""
    first = settings.instances.type
    if zones[first] < settings.network.zones:
        yield f"{first} can be had in {zones[first]} zones, and network.zones = {settings.network.zones}"
    for one, count in zones.items():
        if one != first and not count:
            yield f"{one} can be had in no zone"


def read_processors(patient: Patient[Groups]) -> Use:
    """Virtual processors of instances: as many as the group may grow to, of its largest type."""
    instances, region = patient.settings.instances, patient.region
    types = [instances.type, *instances.other_types]
    told = must(patient.aws("ec2", region, "describe_instance_types", InstanceTypes=types))["InstanceTypes"]
    each = max(one["VCpuInfo"]["DefaultVCpus"] for one in told)
    running = must(patient.aws("ec2", region, "describe_instances", Filters=RUNNING))["Reservations"]
    others = [
        one["CpuOptions"]["CoreCount"] * one["CpuOptions"]["ThreadsPerCore"]
        for group in running
        for one in group["Instances"]
        if not is_ours(patient.settings, one.get("Tags", ()))
    ]
    allowed = quota(patient, "ec2", "L-1216C47A")
    return Use("processors of standard instances", sum(others), each * instances.maximum, allowed)


def read_balancers(patient: Patient[CommonSettings]) -> Use:
    """Load balancers: one a region."""
    found = must(patient.aws("elbv2", patient.region, "describe_load_balancers"))["LoadBalancers"]
    start, end = f"{patient.settings.system}-", f"-{patient.settings.environment_suffix}"
    others = [
        one
        for one in found
        if one["Type"] == "application"
        and not (one["LoadBalancerName"].startswith(start) and one["LoadBalancerName"].endswith(end))
    ]
    allowed = quota(patient, "elasticloadbalancing", "L-53DA6B97")
    return Use("application load balancers", len(others), 1, allowed)


def read_containers(patient: Patient[SingleRegionSettings]) -> Use:
    """Processors of Fargate: all services at their most, which Spot may leave to Fargate itself.

    What others run is not counted, because no call of AWS tells it.
    """
    services = (patient.settings.containers.web, patient.settings.containers.sessions)
    needed = -(-sum(one.cpu * one.maximum for one in services) // PROCESSOR)
    return Use("processors of Fargate", 0, needed, quota(patient, "fargate", "L-3032A538"))


def read_trails(patient: Patient[SingleRegionSettings]) -> Use:
    """Trails of CloudTrail, those of other regions too that look here."""
    settings = patient.settings
    found = must(patient.aws("cloudtrail", patient.region, "describe_trails"))["trailList"]
    others = [one for one in found if one["Name"] != settings.name("trail")]
    return Use("trails of CloudTrail", len(others), int(settings.audit.trail), TRAILS)


CHECKS: tuple[Check[Any, Any], ...] = (
    Check(
        code="D34",
        asks="the parameter with the machine image is there",
        settings=("instances.image",),
        fix="choose one of aws ssm get-parameters-by-path --path /aws/service/ami-amazon-linux-latest",
        read=read_image,
        judge=judge_image,
        of=GROUPS,
    ),
    Check(
        code="D36",
        asks="the types of instances can be had, the first one in every zone",
        settings=("instances.type", "instances.other_types", "network.zones"),
        fix="choose one of aws ec2 describe-instance-type-offerings --location-type availability-zone",
        read=read_offers,
        judge=judge_offers,
        of=GROUPS,
    ),
    Check(
        code="D41",
        asks="the quota of load balancers leaves one more",
        settings=("web_acl.enabled",),
        fix=f"{RAISE}elasticloadbalancing --quota-code L-53DA6B97 --desired-value N",
        read=read_balancers,
        judge=judge,
        of=WITH_BALANCERS,
    ),
    Check(
        code="D43",
        asks="the quota of processors leaves what instances.maximum takes",
        settings=("instances.maximum", "instances.type", "instances.other_types"),
        fix=f"{RAISE}ec2 --quota-code L-1216C47A --desired-value N",
        read=read_processors,
        judge=judge,
        of=GROUPS,
    ),
    Check(
        code="D45",
        asks="the quota of Fargate takes all services at their maximum; what others run is not counted",
        settings=("containers.web.maximum", "containers.sessions.maximum"),
        fix=f"{RAISE}fargate --quota-code L-3032A538 --desired-value N",
        read=read_containers,
        judge=judge,
        of=(SingleRegionSettings,),
    ),
    Check(
        code="D48",
        asks="the region has room for one more trail, of five",
        settings=("audit.trail",),
        fix="audit.trail = false where another trail writes what is done here",
        read=read_trails,
        judge=judge,
        of=(SingleRegionSettings,),
    ),
)

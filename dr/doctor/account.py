"""What the account has switched on: regions, AWS Config, AWS Backup and what can be ordered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dr.doctor.aws import must
from dr.doctor.checks import Check, Patient, Scope
from lib.settings.common import CommonSettings
from lib.settings.two_regions import TwoRegionSettings


@dataclass(frozen=True, slots=True)
class Recorder:
    """A recorder of AWS Config."""

    name: str
    records: bool


def read_closed_regions(patient: Patient[CommonSettings]) -> list[str]:
    """Regions of the settings that the account has not opened."""
    names = sorted(patient.settings.places)
    answer = must(patient.aws("ec2", patient.region, "describe_regions", RegionNames=names, AllRegions=True))
    opened = {one["RegionName"] for one in answer["Regions"] if one["OptInStatus"] != "not-opted-in"}
    return [name for name in names if name not in opened]


def judge_regions(_: CommonSettings, closed: list[str]) -> Iterable[str]:
    """All must be open."""
    return [f"the account has not enabled {name}" for name in closed]


def read_recorders(patient: Patient[TwoRegionSettings]) -> list[Recorder]:
    """The recorders of AWS Config in a region."""
    answer = must(patient.aws("config", patient.region, "describe_configuration_recorder_status"))
    return [
        Recorder(one["name"], bool(one.get("recording"))) for one in answer["ConfigurationRecordersStatus"]
    ]


def judge_recorders(settings: TwoRegionSettings, recorders: list[Recorder]) -> Iterable[str]:
    """A region has one recorder: somebody else's, or ours."""
    foreign = [one for one in recorders if one.name != settings.name("config")]
    if settings.compliance.recorder and foreign:
        yield f"compliance.recorder = true, and {foreign[0].name} is there already: a region takes one"
    if settings.compliance.rules and not settings.compliance.recorder:
        if not foreign:
            yield "no recorder is there, and AWS Config refuses rules without one"
        elif not any(one.records for one in foreign):
            yield f"the recorder {foreign[0].name} is stopped"


def read_backup(patient: Patient[TwoRegionSettings]) -> Mapping[str, Any]:
    """What AWS Backup is allowed to do in a region."""
    return must(patient.aws("backup", patient.region, "describe_region_settings"))


def judge_backup(_: TwoRegionSettings, told: Mapping[str, Any]) -> Iterable[str]:
    """It must look after both kinds of state, and copy tables into another region."""
    for kind in ("Aurora", "DynamoDB"):
        if not told.get("ResourceTypeOptInPreference", {}).get(kind):
            yield f"AWS Backup does not look after {kind}"
    if not told.get("ResourceTypeManagementPreference", {}).get("DynamoDB"):
        yield "AWS Backup cannot copy tables into another region: its advanced features are off"


def read_orders(patient: Patient[CommonSettings]) -> tuple[int, int]:
    """How many offers of the database there are in a region, and how many zones."""
    database = patient.settings.database
    offers = patient.aws(
        "rds",
        patient.region,
        "describe_orderable_db_instance_options",
        Engine=database.engine,
        EngineVersion=database.engine_version,
        DBInstanceClass=database.instance_class,
    )
    open_ = [{"Name": "opt-in-status", "Values": ["opt-in-not-required"]}]
    zones = must(patient.aws("ec2", patient.region, "describe_availability_zones", Filters=open_))
    return len(must(offers)["OrderableDBInstanceOptions"]), len(zones["AvailabilityZones"])


def judge_orders(settings: CommonSettings, found: tuple[int, int]) -> Iterable[str]:
    """What the settings order can be had."""
    offers, zones = found
    database = settings.database
    if not offers:
        yield f"RDS offers no {database.instance_class} for {database.engine} {database.engine_version}"
    if zones < settings.network.zones:
        yield f"network.zones = {settings.network.zones}, and there are {zones}"


CHECKS: tuple[Check[Any, Any], ...] = (
    Check(
        code="D10",
        asks="every region of the settings is enabled",
        settings=("primary.name", "standby.name", "witness", "region.name", "second_region"),
        fix="enable it in the account's settings, or name another region",
        read=read_closed_regions,
        judge=judge_regions,
        scope=Scope.ACCOUNT,
    ),
    Check(
        code="D30",
        asks="AWS Config has the one recorder that the settings expect",
        settings=("compliance.rules", "compliance.recorder"),
        fix="compliance.recorder = true makes one, compliance.rules = false needs none",
        read=read_recorders,
        judge=judge_recorders,
        of=(TwoRegionSettings,),
    ),
    Check(
        code="D32",
        asks="AWS Backup looks after Aurora and DynamoDB, with the advanced features that copy tables",
        settings=("backup.retention_days",),
        fix="aws backup update-region-settings --region {region} --resource-type-opt-in-preference "
        "Aurora=true,DynamoDB=true --resource-type-management-preference DynamoDB=true",
        read=read_backup,
        judge=judge_backup,
        of=(TwoRegionSettings,),
    ),
    Check(
        code="D46",
        asks="the database and the zones of the settings can be had",
        settings=("database.engine_version", "database.instance_class", "network.zones"),
        fix="choose what {region} offers: aws rds describe-orderable-db-instance-options",
        read=read_orders,
        judge=judge_orders,
    ),
)

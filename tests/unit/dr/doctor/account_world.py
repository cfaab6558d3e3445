"""An account in memory that has all a deployment needs; AWS's models check what is asked and told."""

import json
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.validate import ParamValidator

from dr.doctor.aws import Unanswered
from dr.rights.services import OWN_ROLES
from tests.unit import emulated

ACCOUNT = "123456789012"
EAST, OHIO, WEST = "us-east-1", "us-east-2", "us-west-2"
REGIONS = (EAST, WEST)
OWNERS = {"payments": "payments", "single-region": "app", "trading": "trading", "webapp": "board"}
"""The user of each system's database."""
SITE = {"session_keys": ["k" * 32], "users": {"ada": "scrypt:00:00"}}
"""Who may sign in."""
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deployer"
ABSENT = object()


@cache
def model(service: str) -> tuple[Any, dict[str, Any]]:
    loaded = emulated.model(service)
    return loaded, {xform_name(name): loaded.operation_model(name) for name in loaded.operation_names}


def unknown_keys(answer: Any, shape: Any, path: str = "") -> list[str]:
    """What *answer* has and AWS would not send."""
    if shape.type_name == "structure":
        strange = [f"{path}.{key}" for key in answer if key not in shape.members]
        known = [key for key in answer if key in shape.members]
        return strange + [
            one for key in known for one in unknown_keys(answer[key], shape.members[key], f"{path}.{key}")
        ]
    if shape.type_name == "list":
        return [one for item in answer for one in unknown_keys(item, shape.member, path)]
    return []


def _secrets(ca: str) -> dict[str, str]:
    databases = {
        f"{system}/database": json.dumps({"username": owner, "password": "Gu7!test", "ca": ca})
        for system, owner in OWNERS.items()
    }
    sites = {f"{system}/web": json.dumps(SITE) for system in ("single-region", "webapp")}
    users = json.dumps({"users": SITE["users"]})
    return {**databases, **sites, "payments/api-key": "a-key", "trading/users": users}


def _fleet() -> dict[tuple[str, str], Any]:
    """What instances, containers, balancers and trails are asked about."""
    offered = [{"InstanceType": type_, "Location": f"us-east-1{zone}"} for type_ in TYPES for zone in "abc"]
    return {
        ("cloudtrail", "describe_trails"): {"trailList": []},
        ("ec2", "describe_instance_type_offerings"): {"InstanceTypeOfferings": offered},
        ("ec2", "describe_instance_types"): {
            "InstanceTypes": [{"InstanceType": type_, "VCpuInfo": {"DefaultVCpus": 2}} for type_ in TYPES]
        },
        ("ec2", "describe_instances"): {"Reservations": []},
        ("ecr", "describe_images"): {"imageDetails": [{}]},
        ("elbv2", "describe_load_balancers"): {"LoadBalancers": []},
        ("rds", "describe_db_instances"): {"DBInstances": []},
        ("ssm", "get_parameter"): {"Parameter": {"Value": "ami-0123456789abcdef0"}},
    }


TYPES = ("t3.small", "t3.large", "t3a.large", "m5.large", "m5a.large")


class FakeAws:
    """Answers by service and operation, and by region where they differ."""

    def __init__(self, ca: str) -> None:
        self.asked: list[tuple[str, str, str, dict[str, Any]]] = []
        self.silent: set[tuple[str, str]] = set()
        self.secrets = {region: _secrets(ca) for region in (EAST, OHIO, WEST)}
        self.key: str | None = None
        self.roles = {
            *OWN_ROLES.values(),
            "deployer",
        }
        self.policies: set[str] = set()
        self.may = "allowed"
        self.forbidden: set[str] = set()
        self.caller = f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/me"
        self.answers: dict[tuple[str, str], Any] = {
            ("ec2", "describe_regions"): {
                "Regions": [
                    {"RegionName": name, "OptInStatus": "opt-in-not-required"}
                    for name in (EAST, WEST, "us-east-2")
                ]
            },
            ("config", "describe_configuration_recorder_status"): {
                "ConfigurationRecordersStatus": [{"name": "default", "recording": True}]
            },
            ("backup", "describe_region_settings"): {
                "ResourceTypeOptInPreference": {"Aurora": True, "DynamoDB": True},
                "ResourceTypeManagementPreference": {"DynamoDB": True},
            },
            ("rds", "describe_orderable_db_instance_options"): {
                "OrderableDBInstanceOptions": [{"Engine": "aurora-postgresql"}]
            },
            ("ec2", "describe_availability_zones"): {"AvailabilityZones": [{"ZoneName": z} for z in "abc"]},
            ("ec2", "describe_vpcs"): {"Vpcs": [{"VpcId": "vpc-default"}]},
            ("ec2", "describe_addresses"): {"Addresses": []},
            ("lambda", "get_account_settings"): {
                "AccountLimit": {"ConcurrentExecutions": 6000, "UnreservedConcurrentExecutions": 5900}
            },
            ("service-quotas", "get_service_quota"): {"Quota": {"Value": 5.0}},
            ("service-quotas", "get_aws_default_service_quota"): {"Quota": {"Value": 5.0}},
            ("route53", "list_hosted_zones_by_name"): {"HostedZones": []},
            ("route53", "get_hosted_zone"): {
                "DelegationSet": {"NameServers": ["ns-1.awsdns.test", "ns-2.awsdns.test"]}
            },
            ("s3", "get_bucket_location"): ABSENT,
            ("s3", "get_bucket_versioning"): {"Status": "Enabled"},
            ("s3", "get_public_access_block"): {
                "PublicAccessBlockConfiguration": {
                    "BlockPublicAcls": True,
                    "IgnorePublicAcls": True,
                    "BlockPublicPolicy": True,
                    "RestrictPublicBuckets": True,
                }
            },
            ("s3", "head_object"): ABSENT,
            ("dynamodb", "list_tables"): {"TableNames": []},
            ("iam", "list_roles"): {"Roles": []},
            ("kms", "list_aliases"): {"Aliases": []},
            ("lambda", "list_functions"): {"Functions": []},
            ("logs", "describe_log_groups"): {"logGroups": []},
            ("rds", "describe_db_clusters"): {"DBClusters": []},
            ("rds", "describe_global_clusters"): {"GlobalClusters": []},
            ("backup", "list_backup_vaults"): {"BackupVaultList": []},
            **_fleet(),
        }

    def __call__(self, service: str, region: str, operation: str, **asked: Any) -> Any:
        _, operations = model(service)
        report = ParamValidator().validate(asked, operations[operation].input_shape)
        assert not report.has_errors(), report.generate_report()
        self.asked.append((service, region, operation, asked))
        if (service, operation) in self.silent or (service, region) in self.silent:
            raise Unanswered(f"{service} {operation} in {region}: AccessDenied")
        answer = self._answer(service, region, operation, asked)
        if answer is ABSENT:
            return None
        assert unknown_keys(answer, operations[operation].output_shape) == []
        return answer

    def _answer(  # noqa: PLR0911 - one line a kind of answer
        self, service: str, region: str, operation: str, asked: dict[str, Any]
    ) -> Any:
        match service, operation:
            case "sts", "get_caller_identity":
                return {"Account": ACCOUNT, "Arn": self.caller}
            case "secretsmanager", _ if asked["SecretId"] not in self.secrets[region]:
                return ABSENT
            case "secretsmanager", "describe_secret":
                return {"KmsKeyId": self.key} if self.key else {}
            case "secretsmanager", "get_secret_value":
                return {"SecretString": self.secrets[region][asked["SecretId"]]}
            case "iam", "get_role":
                known = asked["RoleName"] in self.roles
                return {"Role": {"Arn": ROLE}} if known else ABSENT
            case "iam", "get_policy":
                return {"Policy": {}} if asked["PolicyArn"] in self.policies else ABSENT
            case "iam", "simulate_principal_policy":
                return self._simulated(asked["ActionNames"])
        return self.answers[service, operation]

    def _simulated(self, actions: list[str]) -> dict[str, Any]:
        return {
            "EvaluationResults": [
                {
                    "EvalActionName": action,
                    "EvalDecision": "implicitDeny" if action in self.forbidden else self.may,
                }
                for action in actions
            ]
        }

"""What `make deploy`, `make deploy-region` and `make destroy` need beside the doctor's rights.

docs/deployment.md shows the documents; each stays below what IAM takes of a managed policy.
"""

from collections.abc import Iterable, Mapping

from dr.rights import actions
from dr.rights.services import FOR_A_DOMAIN, SERVICE_LINKED
from lib.iam import Allow, Statement, outside
from lib.settings.two_regions import TwoRegionSettings

LONGEST = 6144
"""Characters of a managed policy without white space
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""
NO_ARN = "a listing, or a thing whose id AWS chooses; the regions are bounded"
PASSED_TO = (
    "apigateway",
    "backup",
    "config",
    "events",
    "fis",
    "lambda",
    "ssm",
    "states",
    "vpc-flow-logs",
)
"""Services that our roles are for."""
UNDER_THE_BOUNDARY = "AttachRolePolicy CreateRole PutRolePolicy"


def rights(settings: TwoRegionSettings, account: str) -> Mapping[str, tuple[Statement, ...]]:
    """The statements of each document for *settings* in *account*, by the document's name."""
    return {
        "deploy-data": (*_data(settings, account), _nowhere_else(settings)),
        "deploy-network": (*_network(settings, account), *_roles(settings, account)),
        "deploy-operations": tuple(_operations(settings, account)),
    }


def _nowhere_else(settings: TwoRegionSettings) -> Statement:
    regions = {one.name for one in settings.regions} | {settings.witness, "us-east-1"}
    if settings.state:
        regions.add(settings.state.region)
    return outside(*sorted(regions))


def _do(service: str, names: str, resources: Iterable[str] = ("*",), **more: object) -> Allow:
    named = tuple(f"{service}:{name}" for name in names.split())
    places = tuple(resources)
    return Allow(named, places, why_any=NO_ARN if "*" in places else "", **more)  # type: ignore[arg-type]


def _tagged(settings: TwoRegionSettings) -> dict[str, dict[str, str]]:
    return {"StringEquals": {"aws:ResourceTag/System": settings.system}}


def _data(settings: TwoRegionSettings, account: str) -> Iterable[Statement]:
    ours = f"{settings.system}-*"
    kinds = ("cluster", "cluster-pg", "cluster-snapshot", "db", "subgrp")
    clusters = [f"arn:aws:rds:*:{account}:{kind}:{ours}" for kind in kinds]
    keys = f"arn:aws:kms:*:{account}:key/*"
    secrets = (settings.database.secret, *((settings.api.key_secret,) if settings.api else ()))
    asked = {"StringEquals": {"aws:RequestTag/System": settings.system}}
    yield _do("dynamodb", actions.TABLES, [f"arn:aws:dynamodb:*:{account}:table/{ours}"])
    yield _do(
        "rds",
        actions.AURORA,
        [*clusters, f"arn:aws:rds:*:{account}:og:default:*", f"arn:aws:rds::{account}:global-cluster:{ours}"],
    )
    yield _do("backup", actions.VAULTS, [f"arn:aws:backup:*:{account}:backup-vault:{ours}"])
    yield _do("backup", actions.PLANS)
    yield _do("backup-storage", "MountCapsule")
    yield _do("kms", "CreateKey TagResource", when=asked)
    yield _do("kms", actions.KEYS, [keys], when=_tagged(settings))
    yield _do("kms", "CreateAlias DeleteAlias UpdateAlias", [f"arn:aws:kms:*:{account}:alias/{ours}"])
    yield _do("kms", "ListAliases")
    yield _do("s3", actions.BUCKET, [f"arn:aws:s3:::{ours}"])
    yield _do(
        "secretsmanager",
        "DescribeSecret GetResourcePolicy GetSecretValue",
        [f"arn:aws:secretsmanager:*:{account}:secret:{name}-??????" for name in secrets],
    )
    if settings.state:
        bucket = f"arn:aws:s3:::{settings.state.bucket}"
        yield _do("s3", "ListBucket", [bucket])
        yield _do("s3", "DeleteObject GetObject PutObject", [f"{bucket}/{settings.system}/*"])


def _network(settings: TwoRegionSettings, account: str) -> Iterable[Statement]:
    yield _do("ec2", actions.NETWORK)
    yield _do("ec2", actions.UNDONE, when=_tagged(settings))
    yield _do("route53", actions.ZONES)
    yield _do("acm", actions.CERTIFICATES, [f"arn:aws:acm:*:{account}:certificate/*"])
    yield _do("acm", "RequestCertificate")
    yield _do("sts", "GetCallerIdentity")


def _roles(settings: TwoRegionSettings, account: str) -> Iterable[Statement]:
    """Roles of this system's names only; behind the boundary of the settings when they name one."""
    roles = [f"arn:aws:iam::{account}:role/{settings.system}-*"]
    boundary = settings.access.permissions_boundary
    bounded = UNDER_THE_BOUNDARY if boundary else ""
    yield _do("iam", " ".join(name for name in actions.ROLES.split() if name not in bounded.split()), roles)
    if boundary:
        behind = {"StringEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{account}:policy/{boundary}"}}
        yield _do("iam", bounded, roles, when=behind)
    yield _do("iam", actions.POLICIES, [f"arn:aws:iam::{account}:policy/{settings.system}-*"])
    services = [f"{name}.amazonaws.com" for name in PASSED_TO]
    yield _do("iam", "PassRole", roles, when={"StringEquals": {"iam:PassedToService": services}})
    made = sorted({*SERVICE_LINKED.values(), *FOR_A_DOMAIN.values()})
    yield _do(
        "iam",
        "CreateServiceLinkedRole",
        [f"arn:aws:iam::{account}:role/aws-service-role/*"],
        when={"StringEquals": {"iam:AWSServiceName": made}},
    )


def _operations(settings: TwoRegionSettings, account: str) -> Iterable[Statement]:
    ours = f"{settings.system}-*"
    here = f"*:{account}"
    places = ("apis", "apis/*", "domainnames", "domainnames/*", "tags/*")
    yield _do("apigateway", "DELETE GET PATCH POST PUT", [f"arn:aws:apigateway:*::/{one}" for one in places])
    yield _do("lambda", actions.FUNCTIONS, [f"arn:aws:lambda:{here}:function:{ours}"])
    buses = ("archive", "endpoint", "event-bus", "rule")
    yield _do("events", actions.EVENTS, [f"arn:aws:events:{here}:{kind}/{ours}" for kind in buses])
    yield _do("events", "PutPermission RemovePermission")
    yield _do("logs", actions.LOG_GROUPS, [f"arn:aws:logs:{here}:log-group:*{ours}"])
    yield _do("logs", actions.LOG_DELIVERY)
    yield _do("cloudwatch", actions.ALARMS, [f"arn:aws:cloudwatch:{here}:alarm:{ours}"])
    yield _do("cloudwatch", "DescribeAlarms")
    board = f"arn:aws:cloudwatch::{account}:dashboard/{ours}"
    yield _do("cloudwatch", "DeleteDashboards GetDashboard PutDashboard", [board])
    yield _do("sns", actions.TOPICS, [f"arn:aws:sns:{here}:{ours}"])
    yield _do("sns", "GetSubscriptionAttributes Unsubscribe")
    yield _do("sqs", actions.QUEUES, [f"arn:aws:sqs:{here}:{ours}"])
    yield _do("ssm", actions.PARAMETERS, [f"arn:aws:ssm:{here}:parameter/{ours}"])
    yield _do("ssm", actions.DOCUMENTS, [f"arn:aws:ssm:{here}:document/{ours}"])
    yield _do("ssm", "DescribeParameters")
    yield _do("states", actions.MACHINES, [f"arn:aws:states:{here}:stateMachine:{ours}"])
    yield _do("states", "ValidateStateMachineDefinition")
    yield _do("config", actions.CONFIG)
    yield _do("xray", actions.TRACING)
    yield _do("fis", actions.EXPERIMENTS)

"""What `make deploy`, `make deploy-region` and `make destroy` need beside the doctor's rights.

docs/deployment.md shows the documents; each stays below what IAM takes of a managed policy. What containers,
a canary and a trail need is apart (dr/rights/containers.py): nobody is asked for rights without a use.
"""

from collections.abc import Iterable, Mapping

from dr.rights import actions
from dr.rights.services import FOR_A_DOMAIN, SERVICE_LINKED
from dr.rights.statements import asked, do, nowhere_else, tagged
from lib.iam import Statement
from lib.settings.two_regions import TwoRegionSettings

LONGEST = 6144
"""Characters of a managed policy without white space
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""
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
        "deploy-data": (*_data(settings, account), nowhere_else(settings, settings.witness)),
        "deploy-network": (*_network(settings, account), *_roles(settings, account)),
        "deploy-operations": tuple(_operations(settings, account)),
    }


def _data(settings: TwoRegionSettings, account: str) -> Iterable[Statement]:
    ours = f"{settings.system}-*"
    kinds = ("cluster", "cluster-pg", "cluster-snapshot", "db", "subgrp")
    clusters = [f"arn:aws:rds:*:{account}:{kind}:{ours}" for kind in kinds]
    keys = f"arn:aws:kms:*:{account}:key/*"
    secrets = (settings.database.secret, *((settings.api.key_secret,) if settings.api else ()))
    yield do("dynamodb", actions.TABLES, [f"arn:aws:dynamodb:*:{account}:table/{ours}"])
    yield do(
        "rds",
        actions.AURORA,
        [*clusters, f"arn:aws:rds:*:{account}:og:default:*", f"arn:aws:rds::{account}:global-cluster:{ours}"],
    )
    yield do("backup", actions.VAULTS, [f"arn:aws:backup:*:{account}:backup-vault:{ours}"])
    yield do("backup", actions.PLANS)
    yield do("backup-storage", "MountCapsule")
    yield do("kms", "CreateKey TagResource", when=asked(settings))
    yield do("kms", actions.KEYS, [keys], when=tagged(settings))
    yield do("kms", "CreateAlias DeleteAlias UpdateAlias", [f"arn:aws:kms:*:{account}:alias/{ours}"])
    yield do("kms", "ListAliases")
    yield do("s3", actions.BUCKET, [f"arn:aws:s3:::{ours}"])
    yield do(
        "secretsmanager",
        "DescribeSecret GetResourcePolicy GetSecretValue",
        [f"arn:aws:secretsmanager:*:{account}:secret:{name}-??????" for name in secrets],
    )
    if settings.state:
        bucket = f"arn:aws:s3:::{settings.state.bucket}"
        yield do("s3", "ListBucket", [bucket])
        yield do("s3", "DeleteObject GetObject PutObject", [f"{bucket}/{settings.system}/*"])


def _network(settings: TwoRegionSettings, account: str) -> Iterable[Statement]:
    yield do("ec2", actions.NETWORK)
    yield do("ec2", actions.UNDONE, when=tagged(settings))
    yield do("route53", actions.ZONES)
    yield do("acm", actions.CERTIFICATES, [f"arn:aws:acm:*:{account}:certificate/*"])
    yield do("acm", "RequestCertificate")
    yield do("sts", "GetCallerIdentity")


def _roles(settings: TwoRegionSettings, account: str) -> Iterable[Statement]:
    """Roles of this system's names only; behind the boundary of the settings when they name one."""
    roles = [f"arn:aws:iam::{account}:role/{settings.system}-*"]
    boundary = settings.access.permissions_boundary
    bounded = UNDER_THE_BOUNDARY if boundary else ""
    yield do("iam", " ".join(name for name in actions.ROLES.split() if name not in bounded.split()), roles)
    if boundary:
        behind = {"StringEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{account}:policy/{boundary}"}}
        yield do("iam", bounded, roles, when=behind)
    yield do("iam", actions.POLICIES, [f"arn:aws:iam::{account}:policy/{settings.system}-*"])
    services = [f"{name}.amazonaws.com" for name in PASSED_TO]
    yield do("iam", "PassRole", roles, when={"StringEquals": {"iam:PassedToService": services}})
    made = sorted({*SERVICE_LINKED.values(), *FOR_A_DOMAIN.values()})
    yield do(
        "iam",
        "CreateServiceLinkedRole",
        [f"arn:aws:iam::{account}:role/aws-service-role/*"],
        when={"StringEquals": {"iam:AWSServiceName": made}},
    )


def _operations(settings: TwoRegionSettings, account: str) -> Iterable[Statement]:
    ours = f"{settings.system}-*"
    here = f"*:{account}"
    places = ("apis", "apis/*", "domainnames", "domainnames/*", "tags/*")
    yield do("apigateway", "DELETE GET PATCH POST PUT", [f"arn:aws:apigateway:*::/{one}" for one in places])
    yield do("lambda", actions.FUNCTIONS, [f"arn:aws:lambda:{here}:function:{ours}"])
    buses = ("archive", "endpoint", "event-bus", "rule")
    yield do("events", actions.EVENTS, [f"arn:aws:events:{here}:{kind}/{ours}" for kind in buses])
    yield do("events", "PutPermission RemovePermission")
    yield do("logs", actions.LOG_GROUPS, [f"arn:aws:logs:{here}:log-group:*{ours}"])
    yield do("logs", actions.LOG_DELIVERY)
    yield do("cloudwatch", actions.ALARMS, [f"arn:aws:cloudwatch:{here}:alarm:{ours}"])
    yield do("cloudwatch", "DescribeAlarms")
    board = f"arn:aws:cloudwatch::{account}:dashboard/{ours}"
    yield do("cloudwatch", "DeleteDashboards GetDashboard PutDashboard", [board])
    yield do("sns", actions.TOPICS, [f"arn:aws:sns:{here}:{ours}"])
    yield do("sns", "GetSubscriptionAttributes Unsubscribe")
    yield do("sqs", actions.QUEUES, [f"arn:aws:sqs:{here}:{ours}"])
    yield do("ssm", actions.PARAMETERS, [f"arn:aws:ssm:{here}:parameter/{ours}"])
    yield do("ssm", actions.DOCUMENTS, [f"arn:aws:ssm:{here}:document/{ours}"])
    yield do("ssm", "DescribeParameters")
    yield do("states", actions.MACHINES, [f"arn:aws:states:{here}:stateMachine:{ours}"])
    yield do("states", "ValidateStateMachineDefinition")
    yield do("config", actions.CONFIG)
    yield do("xray", actions.TRACING)
    yield do("fis", actions.EXPERIMENTS)

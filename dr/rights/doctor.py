"""The least that the doctor needs: reading rights, and the secrets. docs/policies has the documents."""

from collections.abc import Iterable

from lib.iam import Allow
from lib.settings.common import CommonSettings
from lib.settings.two_regions import TwoRegionSettings
from lib.systems.single_region.settings import SingleRegionSettings
from lib.systems.trading.settings import TradingSettings
from lib.systems.webapp.settings import WebappSettings

LISTS = "a listing and the account's own settings have no ARN"
EVERYWHERE = """
dynamodb:ListTables ec2:DescribeAddresses ec2:DescribeAvailabilityZones ec2:DescribeRegions ec2:DescribeVpcs
iam:ListRoles kms:ListAliases lambda:GetAccountSettings lambda:ListFunctions logs:DescribeLogGroups
rds:DescribeOrderableDBInstanceOptions route53:ListHostedZonesByName servicequotas:GetAWSDefaultServiceQuota
servicequotas:GetServiceQuota sts:GetCallerIdentity
"""
BACKUPS = "backup:ListBackupVaults"
TWO_REGIONS = "backup:DescribeRegionSettings config:DescribeConfigurationRecorderStatus"
BALANCERS = "elasticloadbalancing:DescribeLoadBalancers"
GROUPS = "ec2:DescribeInstanceTypeOfferings ec2:DescribeInstanceTypes ec2:DescribeInstances"
TRAILS = "cloudtrail:DescribeTrails"


def rights(settings: CommonSettings, account: str) -> tuple[Allow, ...]:
    """The statements of the policy for *settings* in *account*."""
    roles, policies = f"arn:aws:iam::{account}:role/*", f"arn:aws:iam::{account}:policy/*"
    who = (roles, f"arn:aws:iam::{account}:user/*")
    return (
        Allow(
            ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"), _secrets(settings, account)
        ),
        Allow(("iam:GetRole",), (roles,)),
        Allow(("iam:GetPolicy",), (policies,)),
        Allow(("iam:SimulatePrincipalPolicy",), who),
        Allow(tuple(sorted(_listings(settings))), ("*",), why_any=LISTS),
        *_databases(settings, account),
        Allow(("route53:GetHostedZone",), ("arn:aws:route53:::hostedzone/*",)),
        *_images(settings),
        *_state(settings),
        *_buckets(settings),
    )


def _secrets(settings: CommonSettings, account: str) -> tuple[str, ...]:
    return tuple(
        f"arn:aws:secretsmanager:{region.name}:{account}:secret:{name}-??????"
        for region in settings.regions
        for name in settings.secrets
    )


def _listings(settings: CommonSettings) -> Iterable[str]:
    yield from EVERYWHERE.split()
    if isinstance(settings, TwoRegionSettings):
        yield from f"{BACKUPS} {TWO_REGIONS}".split()
    if isinstance(settings, SingleRegionSettings):
        yield from f"{BACKUPS} {TRAILS}".split()
    if isinstance(settings, (SingleRegionSettings, TradingSettings, WebappSettings)):
        yield from BALANCERS.split()
    if isinstance(settings, (TradingSettings, WebappSettings)):
        yield from GROUPS.split()


def _databases(settings: CommonSettings, account: str) -> Iterable[Allow]:
    regions = [region.name for region in settings.regions]
    if isinstance(settings, WebappSettings):
        yield Allow(
            ("rds:DescribeDBInstances",), tuple(f"arn:aws:rds:{one}:{account}:db:*" for one in regions)
        )
        return
    clusters = [f"arn:aws:rds:{one}:{account}:cluster:*" for one in regions]
    if isinstance(settings, TwoRegionSettings):
        whole = f"arn:aws:rds::{account}:global-cluster:*"
        yield Allow(("rds:DescribeDBClusters", "rds:DescribeGlobalClusters"), (*clusters, whole))
    else:
        yield Allow(("rds:DescribeDBClusters",), tuple(clusters))


def _images(settings: CommonSettings) -> Iterable[Allow]:
    """What instances and containers start from."""
    if isinstance(settings, (TradingSettings, WebappSettings)):
        public = tuple(
            f"arn:aws:ssm:{region.name}::parameter{settings.instances.image}" for region in settings.regions
        )
        yield Allow(("ssm:GetParameter",), public)
    if isinstance(settings, SingleRegionSettings):
        yield Allow(("ecr:DescribeImages",), ("arn:aws:ecr:*:*:repository/*",))


def _buckets(settings: CommonSettings) -> Iterable[Allow]:
    """Whether the names of our buckets are free."""
    places = [f"arn:aws:s3:::{settings.system}-*"]
    if isinstance(settings, WebappSettings):
        places.append(f"arn:aws:s3:::{settings.HOST}.*.{settings.dns.domain}")
    yield Allow(("s3:GetBucketLocation",), tuple(places))


def _state(settings: CommonSettings) -> Iterable[Allow]:
    """Look at the state bucket, and see which states there are; none of them is read by the doctor."""
    if settings.state is None:
        return
    bucket = f"arn:aws:s3:::{settings.state.bucket}"
    names = ("GetBucketLocation", "GetBucketPublicAccessBlock", "GetBucketVersioning", "ListBucket")
    yield Allow(tuple(f"s3:{name}" for name in names), (bucket,))
    yield Allow(("s3:GetObject",), (f"{bucket}/{settings.system}/*",))

"""The least that the doctor needs: reading rights, and both secrets. docs/deployment.md has the document."""

from lib.iam import Allow
from lib.settings.two_regions import TwoRegionSettings

LISTS = "a listing and the account's own settings have no ARN"


def rights(settings: TwoRegionSettings, account: str) -> tuple[Allow, ...]:
    """The statements of the policy for *settings* in *account*."""
    secrets = tuple(
        f"arn:aws:secretsmanager:{region.name}:{account}:secret:{name}-??????"
        for region in settings.regions
        for name in (settings.database.secret, settings.api.key_secret if settings.api else None)
        if name
    )
    roles, policies = f"arn:aws:iam::{account}:role/*", f"arn:aws:iam::{account}:policy/*"
    members = tuple(f"arn:aws:rds:{region.name}:{account}:cluster:*" for region in settings.regions)
    clusters = (*members, f"arn:aws:rds::{account}:global-cluster:*")
    who = (roles, f"arn:aws:iam::{account}:user/*")
    return (
        Allow(("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"), secrets),
        Allow(("iam:GetRole",), (roles,)),
        Allow(("iam:GetPolicy",), (policies,)),
        Allow(("iam:SimulatePrincipalPolicy",), who),
        Allow(
            (
                "backup:DescribeRegionSettings",
                "backup:ListBackupVaults",
                "config:DescribeConfigurationRecorderStatus",
                "dynamodb:ListTables",
                "ec2:DescribeAddresses",
                "ec2:DescribeAvailabilityZones",
                "ec2:DescribeRegions",
                "ec2:DescribeVpcs",
                "iam:ListRoles",
                "kms:ListAliases",
                "lambda:GetAccountSettings",
                "lambda:ListFunctions",
                "logs:DescribeLogGroups",
                "rds:DescribeOrderableDBInstanceOptions",
                "route53:ListHostedZonesByName",
                "servicequotas:GetAWSDefaultServiceQuota",
                "servicequotas:GetServiceQuota",
                "sts:GetCallerIdentity",
            ),
            ("*",),
            why_any=LISTS,
        ),
        Allow(("rds:DescribeDBClusters", "rds:DescribeGlobalClusters"), clusters),
        Allow(("route53:GetHostedZone",), ("arn:aws:route53:::hostedzone/*",)),
        *_state(settings),
        Allow(
            ("s3:GetBucketLocation",),
            (f"arn:aws:s3:::{settings.system}-config-*",),
        ),
    )


def _state(settings: TwoRegionSettings) -> tuple[Allow, ...]:
    """Look at the state bucket, and see which states there are; none of them is read by the doctor."""
    if settings.state is None:
        return ()
    bucket = f"arn:aws:s3:::{settings.state.bucket}"
    return (
        Allow(
            (
                "s3:GetBucketLocation",
                "s3:GetBucketPublicAccessBlock",
                "s3:GetBucketVersioning",
                "s3:ListBucket",
            ),
            (bucket,),
        ),
        Allow(("s3:GetObject",), (f"{bucket}/{settings.system}/*",)),
    )

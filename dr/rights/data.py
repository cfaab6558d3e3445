"""Rights on what keeps data: tables, databases, their backups, keys, secrets and Terraform's state."""

from collections.abc import Iterable

from dr.rights import actions
from dr.rights.statements import asked, do, ours, tagged
from lib.iam import Statement
from lib.settings.common import CommonSettings


def tables(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Tables, and their replicas where there are any."""
    yield do("dynamodb", actions.TABLES, [f"arn:aws:dynamodb:*:{account}:table/{ours(settings)}"])


def clusters(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Clusters of Aurora with their instances; the provider asks whether one belongs to a global database."""
    yield do("rds", actions.AURORA, _places(settings, account))
    yield do("rds", "DescribeGlobalClusters", [f"arn:aws:rds::{account}:global-cluster:*"])


def global_databases(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """The same, in a global database."""
    whole = f"arn:aws:rds::{account}:global-cluster:{ours(settings)}"
    told = f"{actions.AURORA} {actions.GLOBAL} DescribeGlobalClusters"
    yield do("rds", told, [*_places(settings, account), whole])


def _places(settings: CommonSettings, account: str) -> list[str]:
    kinds = ("cluster", "cluster-pg", "cluster-snapshot", "db", "subgrp")
    places = [f"arn:aws:rds:*:{account}:{kind}:{ours(settings)}" for kind in kinds]
    return [*places, f"arn:aws:rds:*:{account}:og:default:*"]


def instances(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Databases that are single instances, and their replicas."""
    kinds = ("db", "pg", "snapshot", "subgrp")
    places = [f"arn:aws:rds:*:{account}:{kind}:{ours(settings)}" for kind in kinds]
    yield do("rds", actions.INSTANCES, [*places, f"arn:aws:rds:*:{account}:og:default:*"])


def instance_parameters(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Parameter groups of instances."""
    yield do("rds", actions.INSTANCE_PARAMETERS, [f"arn:aws:rds:*:{account}:pg:{ours(settings)}"])


def backups(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Vaults by their names; plans have ids of AWS."""
    yield do("backup", actions.VAULTS, [f"arn:aws:backup:*:{account}:backup-vault:{ours(settings)}"])
    yield do("backup", actions.PLANS)
    yield do("backup-storage", "MountCapsule")


def restore_tests(_: CommonSettings, __: str) -> Iterable[Statement]:
    """Backups that are restored to see whether they can be."""
    yield do("backup", actions.RESTORE_TESTS)


def keys(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """Keys by their tags, because AWS chooses their ids."""
    yield do("kms", "CreateKey TagResource", when=asked(settings))
    yield do("kms", actions.KEYS, [f"arn:aws:kms:*:{account}:key/*"], when=tagged(settings))
    yield do(
        "kms", "CreateAlias DeleteAlias UpdateAlias", [f"arn:aws:kms:*:{account}:alias/{ours(settings)}"]
    )
    yield do("kms", "ListAliases")


def secrets(settings: CommonSettings, account: str) -> Iterable[Statement]:
    """The existing secrets, to read."""
    yield do(
        "secretsmanager",
        "DescribeSecret GetResourcePolicy GetSecretValue",
        [f"arn:aws:secretsmanager:*:{account}:secret:{name}-??????" for name in settings.secrets],
    )


def state(settings: CommonSettings, _: str) -> Iterable[Statement]:
    """This system's states in the state bucket, if there is one."""
    if settings.state:
        bucket = f"arn:aws:s3:::{settings.state.bucket}"
        yield do("s3", "ListBucket", [bucket])
        yield do("s3", "DeleteObject GetObject PutObject", [f"{bucket}/{settings.system}/*"])

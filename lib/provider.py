"""Terraform's AWS provider: one constraint, one set of tags, and what only its newer version knows."""

from typing import TypeVar

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags

from lib.regions import Region
from lib.settings.common import CommonSettings

T = TypeVar("T")

SINCE_6 = frozenset(
    {
        "aws_cloudwatch_event_archive.kms_key_identifier",
        "aws_dynamodb_table.global_table_witness",
        "aws_dynamodb_table.replica.consistency_mode",
        "aws_dynamodb_table.replica.deletion_protection_enabled",
    }
)
"""Every argument we use that version 5 of the provider does not have."""


def since_6(settings: CommonSettings, argument: str, value: T) -> T | None:
    """*value*, or None when the provider is too old to know *argument*, which must be listed in SINCE_6."""
    if argument not in SINCE_6:
        raise KeyError(f"{argument} is not listed in SINCE_6")
    return value if settings.provider.major >= 6 else None  # noqa: PLR2004 - the version in the name


def provider_in(
    stack: TerraformStack, id_: str, *, settings: CommonSettings, region: Region, alias: str | None = None
) -> AwsProvider:
    """The provider for one region, which tags whatever it creates."""
    tags = AwsProviderDefaultTags(tags=common_tags(settings, region))
    return AwsProvider(stack, id_, region=region.name, alias=alias, default_tags=[tags])


def common_tags(settings: CommonSettings, region: Region) -> dict[str, str]:
    """The tags of everything. The provider's do not reach what Auto Scaling creates."""
    return {
        "System": settings.system,
        "EnvironmentSuffix": settings.environment_suffix,
        "RegionRole": region.role.value,
        "ManagedBy": "cdktf",
    }

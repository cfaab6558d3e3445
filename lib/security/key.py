"""Customer keys of KMS."""

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from constructs import Construct

from lib.iam import Allow, policy
from lib.site import Site

ITSELF = ("*",)
WHY = "in the policy of a key, * is the key itself"
USE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")


def _account(site: Site) -> Allow:
    root = {"AWS": f"arn:aws:iam::{site.account}:root"}
    return Allow(("kms:*",), ITSELF, why_any=WHY, principal=root)


def for_logs(site: Site) -> Allow:
    """CloudWatch Logs may use the key for the log groups of this account and region."""
    return Allow(
        USE,
        ITSELF,
        why_any=WHY,
        principal={"Service": f"logs.{site.region.name}.amazonaws.com"},
        when={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": site.arn("logs", "log-group:*")}},
    )


def for_alarms(site: Site) -> Allow:
    """Alarms of this account and region may use the key for the topic that they write to."""
    return Allow(
        ("kms:Decrypt", "kms:GenerateDataKey*"),
        ITSELF,
        why_any=WHY,
        principal={"Service": "cloudwatch.amazonaws.com"},
        when={
            "StringEquals": {"aws:SourceAccount": site.account},
            "ArnLike": {"aws:SourceArn": site.arn("cloudwatch", "alarm:*")},
        },
    )


def for_service(site: Site, service: str) -> Allow:
    """A service, such as ``events``, may use the key for what it keeps or sends in this account.

    ReEncrypt is for archives of events, whose events come from an encrypted bus.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-archives.html
    """
    return Allow(
        ("kms:Decrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:DescribeKey"),
        ITSELF,
        why_any=WHY,
        principal={"Service": f"{service}.amazonaws.com"},
        when={"StringEquals": {"aws:SourceAccount": site.account}},
    )


def through_dynamodb(site: Site) -> Allow:
    """Whoever may use a table may use its key, but only through DynamoDB."""
    return Allow(
        (*USE, "kms:CreateGrant"),
        ITSELF,
        why_any=WHY,
        principal={"AWS": "*"},
        when={
            "StringEquals": {
                "kms:CallerAccount": site.account,
                "kms:ViaService": f"dynamodb.{site.region.name}.amazonaws.com",
            }
        },
    )


class EncryptionKey(Construct):
    """A rotated customer key with an alias; deleted, it waits as long as the lifecycle says."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        what: str,
        users: tuple[Allow, ...] = (),
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id_)
        name = site.name(what)
        key = KmsKey(
            self,
            "key",
            description=name,
            enable_key_rotation=True,
            deletion_window_in_days=site.settings.lifecycle.key_window_days,
            policy=policy([_account(site), *users]),
            tags={"Name": name},
            provider=provider,
        )
        KmsAlias(self, "alias", name=f"alias/{name}", target_key_id=key.key_id, provider=provider)
        self.arn = key.arn

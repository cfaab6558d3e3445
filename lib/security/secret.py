"""Existing secrets: who may read them, and how their text gets into write-only arguments."""

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.data_aws_secretsmanager_secret import DataAwsSecretsmanagerSecret
from constructs import Construct

from lib.iam import Allow


def read_secrets(scope: Construct, **names: str) -> Allow:
    """The right to read these existing secrets. A plan fails where one is missing, before anything is made.

    Args:
        scope: the stack, or what needs them there.
        names: of the secrets, by what they are for: `database`, `web`.
    """
    arns = [
        DataAwsSecretsmanagerSecret(scope, f"{what}-secret", name=name).arn for what, name in names.items()
    ]
    return Allow(("secretsmanager:GetSecretValue",), tuple(arns))


def ephemeral_secret(scope: Construct, what: str, *, name: str) -> str:
    """The expression that is the text of the existing secret *name*; *what* is unique in the stack.

    It comes from an ephemeral block, so neither plan nor state holds it, and only write-only arguments
    take it. A plan fails where the entry is missing. CDKTF knows no ephemeral blocks, hence the override.
    """
    block = f"ephemeral.aws_secretsmanager_secret_version.{what}"
    TerraformStack.of(scope).add_override(block, {"secret_id": name})
    return f"{block}.secret_string"

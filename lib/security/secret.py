"""Existing secrets, on their way into write-only arguments."""

from cdktf import TerraformStack
from constructs import Construct


def ephemeral_secret(scope: Construct, what: str, *, name: str) -> str:
    """The expression that is the text of the existing secret *name*; *what* is unique in the stack.

    It comes from an ephemeral block, so neither plan nor state holds it, and only write-only arguments
    take it. A plan fails where the entry is missing. CDKTF knows no ephemeral blocks, hence the override.
    """
    block = f"ephemeral.aws_secretsmanager_secret_version.{what}"
    TerraformStack.of(scope).add_override(block, {"secret_id": name})
    return f"{block}.secret_string"

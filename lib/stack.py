"""What every stack has: a provider, a place for its state, and the account it is deployed to."""

from collections.abc import Mapping
from typing import Generic

from cdktf import S3Backend, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from constructs import Construct
from typing_extensions import TypeVar

from lib.provider import provider_in
from lib.regions import Region
from lib.settings.common import CommonSettings
from lib.settings.provider import RemoteState
from lib.site import Site

S = TypeVar("S", bound=CommonSettings, default=CommonSettings)

TERRAFORM = ">= 1.11"
"""The first version with write-only arguments: passwords stay out of the state."""


class AwsStack(TerraformStack, Generic[S]):
    """A stack whose resources are in *region* unless they name another provider."""

    def __init__(self, scope: Construct, *, settings: S, what: str, region: Region) -> None:
        super().__init__(scope, name := settings.name(what))
        provider_in(self, "aws", settings=settings, region=region)
        self.add_override("terraform.required_version", TERRAFORM)
        self.add_override(
            "terraform.required_providers.aws",
            {"source": "hashicorp/aws", "version": settings.provider.aws},
        )
        if settings.state:
            self._keep_state(settings.state, key=f"{settings.system}/{name}.tfstate")
        account = DataAwsCallerIdentity(self, "account")
        self.site = Site(settings, region, account.account_id)

    def output(self, values: Mapping[str, str]) -> None:
        """Publish *values*. The outputs of all stacks are merged into one flat file: names are unique."""
        for name, value in values.items():
            TerraformOutput(self, name, value=value)

    def _keep_state(self, state: RemoteState, *, key: str) -> None:
        backend = S3Backend(self, bucket=state.bucket, key=key, region=state.region, encrypt=True)
        backend.add_override("use_lockfile", value=True)  # newer than the bindings

"""Parameters that both regions keep under the same names, each with its own values."""

from collections.abc import Mapping

from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from lib.iam import Allow
from lib.security.key import EncryptionKey
from lib.security.secret import ephemeral_secret
from lib.site import Site

API_KEY = "api/key"
"""The existing secret under the name that both regions know; neither plan nor state ever has its value."""


class Parameters(Construct):
    """The region's addresses in Parameter Store, below one prefix."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        values: Mapping[str, str],
        api_key_secret: str,
        key: EncryptionKey,
    ) -> None:
        super().__init__(scope, id_)
        prefix = site.settings.parameter_prefix
        for path, value in values.items():
            SsmParameter(self, path.replace("/", "-"), name=f"{prefix}/{path}", type="String", value=value)
        SsmParameter(
            self,
            "api-key",
            name=f"{prefix}/{API_KEY}",
            type="SecureString",
            key_id=key.arn,
            value_wo=ephemeral_secret(self, "api-key", name=api_key_secret).join(("${", "}")),
            value_wo_version=1,  # raise it in both regions when the key was changed
        )


def read_parameters(site: Site) -> Allow:
    """Read whatever this region keeps below the prefix."""
    below = f"parameter{site.settings.parameter_prefix}/*"
    return Allow(("ssm:GetParameter",), (site.arn("ssm", below),))

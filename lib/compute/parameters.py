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
    ) -> None:
        super().__init__(scope, id_)
        self._prefix = prefix = site.settings.parameter_prefix
        self.all = [
            SsmParameter(self, path.replace("/", "-"), name=f"{prefix}/{path}", type="String", value=value)
            for path, value in values.items()
        ]

    def keep_secret(self, path: str, *, secret: str, key: EncryptionKey, version: int = 1) -> None:
        """The text of the existing *secret*, 4 KB at most, as one parameter more, under *key*.

        It is written anew when *version* grows: nobody else would notice that the secret was changed.
        """
        name = path.replace("/", "-")
        SsmParameter(
            self,
            name,
            name=f"{self._prefix}/{path}",
            type="SecureString",
            key_id=key.arn,
            value_wo=ephemeral_secret(self, name, name=secret).join(("${", "}")),
            value_wo_version=version,
        )


def read_parameters(site: Site) -> Allow:
    """Read whatever this region keeps below the prefix."""
    below = f"parameter{site.settings.parameter_prefix}/*"
    return Allow(("ssm:GetParameter",), (site.arn("ssm", below),))

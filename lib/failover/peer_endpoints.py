"""What a region must know of the other one, kept where it lives on when the other one does not."""

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from lib.pair import Pair
from lib.regions import Region
from lib.settings.two_regions import TwoRegionSettings


class Peers(Construct):
    """In each region the address of the other's API, so that a request can be passed on to the holder.

    *providers* are those of the two regions. Only what takes requests reads these parameters; nothing of
    a takeover does.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: TwoRegionSettings,
        endpoints: Pair[str],
        providers: Pair[TerraformProvider | None],
    ) -> None:
        super().__init__(scope, id_)
        first, second = settings.regions
        self._settings = settings
        self._publish(first, endpoints.first, provider=providers.second)
        self._publish(second, endpoints.second, provider=providers.first)

    def _publish(self, peer: Region, endpoint: str, *, provider: TerraformProvider | None) -> None:
        SsmParameter(
            self,
            peer.code,
            name=f"{self._settings.parameter_prefix}/peers/{peer.name}/endpoint",
            type="String",
            value=endpoint,
            provider=provider,
        )

"""What needs both regions."""

from constructs import Construct

from lib.data.replication import Replication, Target
from lib.pair import Pair
from lib.systems.foundation import FoundationStack
from lib.systems.trading.dashboards import body
from lib.systems.trading.regional import COPIED, TradingRegion
from lib.systems.trading.settings import TradingSettings
from lib.systems.world import WorldStack


class TradingWorld(WorldStack[TradingSettings, TradingRegion]):
    """The same as every system's, and the copies of logs and audit trail both ways."""

    def __init__(
        self,
        scope: Construct,
        *,
        settings: TradingSettings,
        foundation: FoundationStack,
        regions: Pair[TradingRegion],
    ) -> None:
        secure = settings.dns.delegated
        super().__init__(scope, settings=settings, foundation=foundation, regions=regions, secure=secure)
        first, second = self._ends
        for what in COPIED:
            for here, there in ((first, second), (second, first)):
                bucket = there.stack.buckets[what]
                Replication(
                    self,
                    f"{what}-{here.site.region.code}",
                    site=here.site,
                    source=here.stack.buckets[what],
                    target=Target(bucket.name, bucket.key.arn, there.site.region.name),
                    time_control=True,
                    what=f"{what}-copies",
                    provider=here.provider,
                )

    def _body(self) -> str:
        return body(end.stack.measured() for end in self._ends)

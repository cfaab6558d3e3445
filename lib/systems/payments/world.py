"""What needs both regions of payments."""

from cdktf_cdktf_provider_aws.route53_record import Route53RecordAlias

from lib.network.api_domain import ApiDomain, DomainEnd
from lib.pair import Pair
from lib.systems.payments.dashboards import body
from lib.systems.payments.metrics import RegionMetrics
from lib.systems.payments.regional import RegionalStack
from lib.systems.payments.settings import PaymentsSettings
from lib.systems.world import WorldStack


class PaymentsWorld(WorldStack[PaymentsSettings, RegionalStack]):
    """The same as every system's, with the API under a name of our own where it can have one."""

    def _body(self) -> str:
        return body(
            RegionMetrics(end.site, end.stack.metrics.api_id, self._settings.alarms) for end in self._ends
        )

    def _aliases(self, zone_id: str) -> Pair[Route53RecordAlias | None]:
        if not self._settings.dns.delegated:
            return Pair(None, None)
        ends = self._ends.map(
            lambda end: DomainEnd(end.site.region.code, end.stack.metrics.api_id, end.provider)
        )
        return ApiDomain(self, "domain", settings=self._settings, zone_id=zone_id, ends=ends).aliases

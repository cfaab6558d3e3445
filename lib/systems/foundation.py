"""What must be there before any region: the global database's container, the zone and the global tables."""

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.rds_global_cluster import RdsGlobalCluster
from constructs import Construct

from lib.data.table import GlobalTable
from lib.network.public_zone import public_zone
from lib.pair import Pair
from lib.provider import provider_in
from lib.security.key import EncryptionKey, through_dynamodb
from lib.settings.two_regions import TwoRegionSettings
from lib.site import Site
from lib.stack import AwsStack


class FoundationStack(AwsStack[TwoRegionSettings]):
    """The state that neither region owns. Nothing in it is touched in a disaster."""

    def __init__(self, scope: Construct, *, settings: TwoRegionSettings) -> None:
        super().__init__(scope, settings=settings, what="foundation", region=settings.regions.first)
        self.zone_id = public_zone(self, settings)
        keys = self._keys(settings)
        GlobalTable(self, "lease", settings=settings, keys=keys, hash_key="system", strong=True)
        GlobalTable(self, "journal", settings=settings, keys=keys, hash_key="idempotency_key", strong=True)
        GlobalTable(
            self,
            "arrivals",
            settings=settings,
            keys=keys,
            hash_key="window",
            range_key="idempotency_key",
            strong=True,
        )
        GlobalTable(self, "approvals", settings=settings, keys=keys, hash_key="approver", strong=True)
        GlobalTable(self, "sessions", settings=settings, keys=keys, hash_key="session_id", ttl="expires_at")
        self.output(
            {
                "system": settings.system,
                "global_cluster_id": self._container(settings),
                "lease_table": settings.name("lease"),
                "journal_table": settings.name("journal"),
                "arrivals_table": settings.name("arrivals"),
                "approvals_table": settings.name("approvals"),
                "sessions_table": settings.name("sessions"),
                "zone_id": self.zone_id,
                "zone_name": settings.zone_name,
                "home_region": settings.primary.name,
                "lease_ttl_s": str(settings.protocol.lease_ttl_s),
                "clock_skew_s": str(settings.protocol.clock_skew_s),
                "transition_s": str(settings.limits.transition_s),
                "failback_soak_s": str(settings.protocol.failback_soak_s),
                "profile": settings.profile.value,
            }
        )

    def _container(self, settings: TwoRegionSettings) -> str:
        """The global database without members: each region's cluster joins it by its name."""
        return RdsGlobalCluster(
            self,
            "database",
            global_cluster_identifier=settings.name("ledger"),
            engine=settings.database.engine,
            engine_version=settings.database.engine_version,
            storage_encrypted=True,
            deletion_protection=settings.lifecycle.protected,
            force_destroy=settings.lifecycle.force_destroy,
        ).global_cluster_identifier

    def _keys(self, settings: TwoRegionSettings) -> Pair[EncryptionKey]:
        """One key of the tables in each region: a replica takes only a key of its own."""
        region = settings.regions.second
        second = provider_in(self, f"aws-{region.code}", settings=settings, region=region, alias=region.code)
        sites = Pair(self.site, Site(settings, region, self.site.account))
        return sites.zip(Pair(None, second)).map(lambda both: self._key(*both))

    def _key(self, site: Site, provider: TerraformProvider | None) -> EncryptionKey:
        return EncryptionKey(
            self,
            f"key-{site.region.code}",
            site=site,
            what="tables",
            users=(through_dynamodb(site),),
            provider=provider,
        )

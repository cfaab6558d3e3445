"""Everything that serves: network, database, sessions and files, and who watches them."""

from constructs import Construct

from lib.compute.parameters import Parameters
from lib.data.table import RegionalTable
from lib.data.zonal_database import ZonalDatabase
from lib.network.flow_logs import FlowLogs
from lib.network.vpc import TieredNetwork
from lib.security.key import EncryptionKey, for_alarms, for_logs
from lib.security.tiered_bucket import TieredBucket
from lib.stack import AwsStack
from lib.systems.single_region.metrics import DATABASE, SingleRegionMetrics
from lib.systems.single_region.observability import SingleRegionObservability
from lib.systems.single_region.settings import SingleRegionSettings

SESSIONS = "sessions"


class RegionStack(AwsStack[SingleRegionSettings]):
    """The one region."""

    def __init__(self, scope: Construct, *, settings: SingleRegionSettings) -> None:
        super().__init__(scope, settings=settings, what=settings.here.code, region=settings.here)
        self._settings = settings
        users = (for_alarms(self.site), for_logs(self.site))
        self._key = EncryptionKey(self, "key", site=self.site, what="region", users=users)
        self._network = TieredNetwork(self, "network", site=self.site)
        FlowLogs(self, "flow-logs", site=self.site, vpc_id=self._network.vpc_id, key=self._key)
        self._database = ZonalDatabase(
            self,
            DATABASE,
            site=self.site,
            settings=settings.database,
            network=self._network,
            key=self._key,
        )
        self._files = TieredBucket(self, "files", site=self.site, what="files", settings=settings.files)
        RegionalTable(
            self, SESSIONS, site=self.site, key=None, hash_key="session", ttl="expires_at", kept=True
        )
        Parameters(self, "parameters", site=self.site, values=self._addresses())
        metrics = SingleRegionMetrics(site=self.site)
        SingleRegionObservability(self, "observability", metrics=metrics, key=self._key)
        self._output()

    def _addresses(self) -> dict[str, str]:
        """Where the application finds everything, by the path below the prefix."""
        return {
            "database/writer": self._database.writer_address,
            "database/reader": self._database.reader_address,
            "database/name": self._settings.database.name,
            "database/secret": self._settings.database.secret,
            "files/bucket": self._files.name,
            "sessions/table": self.site.name(SESSIONS),
        }

    def _output(self) -> None:
        self.output(
            {
                "system": self._settings.system,
                "database_cluster": self._database.identifier,
                "writer_address": self._database.writer_address,
                "reader_address": self._database.reader_address,
                "files_bucket": self._files.name,
                "sessions_table": self.site.name(SESSIONS),
                "parameter_prefix": self._settings.parameter_prefix,
            }
        )

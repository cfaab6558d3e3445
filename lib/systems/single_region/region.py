"""Everything that serves: network, database, sessions and files, and who watches them."""

from constructs import Construct

from lib.bundle import Bundle
from lib.compute.parameters import Parameters
from lib.data.table import RegionalTable
from lib.data.zonal_backup import ZonalBackup
from lib.data.zonal_database import ZonalDatabase
from lib.network import web_acl
from lib.network.balancer import LoadBalancer
from lib.network.balancer_record import BalancerRecord
from lib.network.certificate import site_certificate
from lib.network.flow_logs import FlowLogs
from lib.network.public_zone import public_zone
from lib.network.vpc import TieredNetwork
from lib.observability.canary import Canary, canary_name
from lib.security.key import EncryptionKey, for_alarms, for_logs, for_service
from lib.security.tiered_bucket import TieredBucket
from lib.security.trail import AuditTrail, for_trail
from lib.stack import AwsStack
from lib.systems.single_region.events import ApplicationEvents
from lib.systems.single_region.healing import Healing
from lib.systems.single_region.metrics import (
    CANARY,
    CLUSTER,
    DATABASE,
    HEALING,
    SESSIONS,
    WEB,
    SingleRegionMetrics,
)
from lib.systems.single_region.observability import SingleRegionObservability
from lib.systems.single_region.services import USERS, Services
from lib.systems.single_region.settings import SingleRegionSettings


class RegionStack(AwsStack[SingleRegionSettings]):
    """The one region."""

    def __init__(
        self, scope: Construct, *, settings: SingleRegionSettings, functions: Bundle, canary: Bundle
    ) -> None:
        super().__init__(scope, settings=settings, what=settings.here.code, region=settings.here)
        self._settings = settings
        self._key = self._encryption_key()
        self._network = TieredNetwork(self, "network", site=self.site)
        FlowLogs(self, "flow-logs", site=self.site, vpc_id=self._network.vpc_id, key=self._key)
        if settings.audit.trail:
            AuditTrail(self, "audit", site=self.site, key=self._key)
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
        self._events = ApplicationEvents(self, "events", site=self.site, key=self._key)
        ZonalBackup(self, "backup", site=self.site, settings=settings.backup, key=self._key)
        parameters = Parameters(self, "parameters", site=self.site, values=self._addresses())
        parameters.keep_secret(USERS, secret=settings.secret, key=self._key, version=settings.secret_version)
        self._serve(functions)
        self._visit(canary)

    def _encryption_key(self) -> EncryptionKey:
        site = self.site
        users = [for_alarms(site), for_logs(site), for_service(site, "events")]
        if self._settings.audit.trail:
            users.append(for_trail(site))
        return EncryptionKey(self, "key", site=site, what="region", users=tuple(users))

    def _serve(self, functions: Bundle) -> None:
        """From the public name to the containers. Alarms come first: they take a release back."""
        zone_id = public_zone(self, self._settings)
        balancer = self._front(zone_id)
        record = BalancerRecord(self, "site", site=self.site, zone_id=zone_id, balancer=balancer)
        metrics = SingleRegionMetrics(
            site=self.site,
            balancer=balancer.dimension,
            targets=balancer.target_dimension,
            health_check=record.check.id,
        )
        watched = SingleRegionObservability(self, "observability", metrics=metrics, key=self._key)
        Services(
            self,
            "services",
            site=self.site,
            key=self._key,
            network=self._network,
            balancer=balancer,
            files=self._files,
            alarms=watched.of_release,
        )
        Healing(
            self,
            "heal",
            site=self.site,
            functions=functions,
            key=self._key,
            database=self._database,
            topic=watched.topic.arn,
        )
        self._output(balancer, zone_id, watched.topic.arn)

    def _visit(self, canary: Bundle) -> None:
        Canary(
            self,
            CANARY,
            site=self.site,
            settings=self._settings.canary,
            bundle=canary,
            handler="site.handler",
            environment={
                "SITE": f"{self._settings.scheme}://{self._settings.public_name}/",
                "SLOW_MS": str(self._settings.canary.slow_ms),
            },
        )

    def _front(self, zone_id: str) -> LoadBalancer:
        balancer = LoadBalancer(
            self,
            WEB,
            site=self.site,
            network=self._network,
            certificate_arn=site_certificate(self, self._settings, zone_id),
            target_type="ip",
        )
        web_acl.guard(self, site=self.site, settings=self._settings.web_acl, balancer_arn=balancer.arn)
        return balancer

    def _addresses(self) -> dict[str, str]:
        """Where the application finds everything, by the path below the prefix."""
        return {
            "db/writer": self._database.writer_address,
            "db/replica": self._database.reader_address,
            "db/hosts": ",".join(self._database.hosts),
            "db/name": self._settings.database.name,
            "db/secret": self._settings.database.secret,
            "files/bucket": self._files.name,
            "sessions/table": self.site.name(SESSIONS),
            "events/bus": self._events.bus.name,
        }

    def _output(self, balancer: LoadBalancer, zone_id: str, topic: str) -> None:
        self.output(
            {
                "system": self._settings.system,
                "site_name": self._settings.public_name,
                "zone_id": zone_id,
                "zone_name": self._settings.zone_name,
                "balancer_host": balancer.dns_name,
                "target_group": balancer.target_group_arn,
                "cluster_name": self.site.name(CLUSTER),
                "database_cluster": self._database.identifier,
                "writer_address": self._database.writer_address,
                "reader_address": self._database.reader_address,
                "files_bucket": self._files.name,
                "alarm_topic": topic,
                "healing_machine": self.site.arn("states", f"stateMachine:{self.site.name(HEALING)}"),
                "canary_name": canary_name(self.site, CANARY),
                "event_bus": self._events.bus.name,
                "event_archive": self._events.bus.archive_arn,
                "sessions_table": self.site.name(SESSIONS),
                "parameter_prefix": self._settings.parameter_prefix,
            }
        )

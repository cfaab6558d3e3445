"""Everything that lives and dies with one region, in its own state."""

import json

from constructs import Construct

from lib.bundle import Bundle
from lib.compute.fleet import FleetMetrics
from lib.compute.function import FunctionPlatform
from lib.compute.parameters import Parameters, read_parameters
from lib.data.backup import RegionalBackup
from lib.data.copies import CopyMetrics
from lib.data.database import DatabaseOrigin, RegionalDatabase
from lib.data.table import TableAccess
from lib.failover.control import FailoverControl
from lib.failover.environment import environment
from lib.failover.log_metrics import RECOVERY_LOG_METRICS
from lib.failover.observability import RegionalObservability
from lib.failover.reconciler import Reconciler
from lib.iam import Allow
from lib.messaging.event_bus import EventBus
from lib.network.flow_logs import FlowLogs
from lib.network.interface_endpoints import InterfaceEndpoints
from lib.network.vpc import FunctionTierNetwork
from lib.regions import Region
from lib.security.bucket import bucket_name
from lib.security.compliance import Compliance
from lib.security.key import EncryptionKey, for_alarms, for_logs, for_service
from lib.security.secret import read_secrets
from lib.stack import AwsStack
from lib.systems.trading import serving
from lib.systems.trading.alarms import regional_alarms
from lib.systems.trading.metrics import TradingMetrics
from lib.systems.trading.settings import TradingSettings

FUNCTIONS = "trading.functions"
"""The module that puts keeper, steps and reconciler together."""
TRAIL = "audit/*"
"""Where the audit trail lies in its bucket."""
COPIED = ("audit", "logs")
"""The buckets whose objects go to the other region's bucket of the same name."""


class TradingRegion(AwsStack[TradingSettings]):
    """One region, complete. It takes no attribute of the other: what both know comes from the settings.

    *origin* is given to the one region whose database is created first; the other's joins as its replica.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        settings: TradingSettings,
        region: Region,
        functions: Bundle,
        release: Bundle,
        origin: DatabaseOrigin | None,
        zone_id: str,
    ) -> None:
        super().__init__(scope, settings=settings, what=region.code, region=region)
        self._settings = settings
        users = (for_alarms(self.site), for_logs(self.site), for_service(self.site, "events"))
        self.key = EncryptionKey(self, "key", site=self.site, what="region", users=users)
        self.network = self._network()
        self._balancer = serving.front(self, site=self.site, network=self.network, zone_id=zone_id)
        self._database = RegionalDatabase(
            self,
            "ledger",
            site=self.site,
            subnet_ids=self.network.isolated_subnet_ids,
            group_id=self.network.firewall.database.id,
            key=self.key,
            origin=origin,
        )
        locked_days = {"audit": settings.trail.locked_days} if settings.lifecycle.protected else {}
        self.buckets = {
            what: serving.bucket(
                self,
                what,
                site=self.site,
                key=self.key,
                archive_days=settings.trail.archive_days,
                locked_days=locked_days.get(what),
            )
            for what in COPIED
        }
        secret = read_secrets(self, database=settings.database.secret)
        platform = self._platform(functions, secret)
        self._failover = FailoverControl(
            self,
            "failover",
            settings=settings,
            platform=platform,
            functions=FUNCTIONS,
            database=self._database,
            serve=[TableAccess.to(self.site, "lease").put_under(f"{settings.system}#halt")],
        )
        trail = self.buckets["audit"]
        self._reconciler = Reconciler(
            self,
            "reconciliation",
            platform=platform,
            functions=FUNCTIONS,
            also=[*trail.read(TRAIL), *trail.write(TRAIL), trail.list_names(TRAIL)],
        )
        self._bus = EventBus(self, "events", site=self.site, key=self.key, settled="OrderSettled")
        self.api_host = self._balancer.dns_name
        self.api_endpoint = f"{'https' if settings.dns.delegated else 'http'}://{self.api_host}"
        self._group = serving.fleet(
            self,
            site=self.site,
            key=self.key,
            network=self.network,
            balancer=self._balancer,
            bundle=release,
            database=secret,
            logs=self.buckets["logs"],
            after=self._publish().all,
        )
        self.metrics = self.measured()
        self.alarm_topic = self._observe().topic
        self._backup = self._back_up()
        Compliance(self, "compliance", site=self.site)
        self._output()

    def measured(self) -> TradingMetrics:
        """What this region measures; in another stack's scope its references are that stack's."""
        fleet = FleetMetrics(
            balancer=self._balancer.dimension, targets=self._balancer.target_dimension, group=self._group.name
        )
        copies = {
            what: CopyMetrics(bucket_name(self.site, what), bucket_name(self.site.other, what))
            for what in COPIED
        }
        return TradingMetrics(self.site, fleet, copies)

    def _network(self) -> FunctionTierNetwork:
        network = FunctionTierNetwork(self, "network", site=self.site)
        FlowLogs(self, "flow-logs", site=self.site, vpc_id=network.vpc_id, key=self.key)
        if self._settings.network.interface_endpoints:
            InterfaceEndpoints(self, "endpoints", site=self.site, network=network)
        return network

    def _platform(self, bundle: Bundle, secret: Allow) -> FunctionPlatform:
        return FunctionPlatform(
            site=self.site,
            network=self.network,
            key=self.key,
            bundle=bundle,
            environment=environment(self._settings),
            allow=(read_parameters(self.site), secret),
        )

    def _observe(self) -> RegionalObservability:
        functions = {
            "keeper": self._failover.keeper,
            "steps": self._failover.steps,
            "reconciler": self._reconciler.function,
        }
        timeouts = {what: function.timeout_s for what, function in functions.items()}
        return RegionalObservability(
            self,
            "observability",
            site=self.site,
            key=self.key,
            functions=functions,
            alarms=regional_alarms(self._settings, self.metrics, timeouts),
            counted=RECOVERY_LOG_METRICS,
            traced=("steps",),
        )

    def _back_up(self) -> RegionalBackup:
        return RegionalBackup(
            self,
            "backup",
            site=self.site,
            key=self.key,
            network=self.network,
            subnet_group=self._database.subnet_group,
            after=self._database.instance,
        )

    def _publish(self) -> Parameters:
        """Where this region's functions and instances find this region's things: same names there as here."""
        values = {
            "db/writer": self._database.address,
            "db/name": self._settings.database.name,
            "db/secret": self._settings.database.secret,
            "users/secret": self._settings.users_secret,
            "db/cluster": self._database.arn,
            "db/global-cluster": self._database.global_id,
            "api/endpoint": self.api_endpoint,
            **{f"{what}/bucket": bucket.name for what, bucket in self.buckets.items()},
            "events/bus": self._bus.name,
            "failover/state-machine": self._failover.machine.arn,
            "approvals/table": self.site.name("approvals"),
            "approvals/policy": json.dumps(self._settings.approvals.policy(), sort_keys=True),
            "automation/role": self.site.automation_role_arn,
        }
        return Parameters(self, "parameters", site=self.site, values=values)

    def _output(self) -> None:
        """Names end with the region, which makes them unique over all stacks."""
        values = {
            "api_endpoint": self.api_endpoint,
            "api_host": self.api_host,
            "group_name": self._group.name,
            "release_request": self._group.release_request(),
            "keeper_function": self._failover.keeper.name,
            "steps_function": self._failover.steps.name,
            "state_machine": self._failover.machine.arn,
            "event_bus": self._bus.name,
            "event_archive": self._bus.archive_arn,
            "backup_alerts": self._backup.alerts.topic_arn,
            "cluster_arn": self._database.arn,
            "audit_bucket": self.buckets["audit"].name,
            "logs_bucket": self.buckets["logs"].name,
            "parameter_prefix": self.site.settings.parameter_prefix,
        }
        self.output({f"{name}_{self.site.region.snake}": value for name, value in values.items()})

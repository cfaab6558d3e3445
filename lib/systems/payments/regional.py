"""Everything that lives and dies with one region, in its own state."""

import json

from constructs import Construct

from lib.bundle import Bundle
from lib.compute.function import FunctionPlatform
from lib.compute.parameters import API_KEY, Parameters, read_parameters
from lib.data.backup import RegionalBackup
from lib.data.database import DatabaseOrigin, RegionalDatabase
from lib.failover.control import FailoverControl
from lib.failover.environment import environment
from lib.failover.observability import RegionalObservability
from lib.failover.reconciler import Reconciler
from lib.iam import Allow
from lib.messaging.event_bus import EventBus
from lib.network.flow_logs import FlowLogs
from lib.network.interface_endpoints import InterfaceEndpoints
from lib.network.vpc import RegionalNetwork
from lib.regions import Region
from lib.security.compliance import Compliance
from lib.security.key import EncryptionKey, for_alarms, for_logs, for_service
from lib.security.secret import read_secrets
from lib.stack import AwsStack
from lib.systems.payments.alarms import regional_alarms
from lib.systems.payments.api import PaymentApi
from lib.systems.payments.log_metrics import LOG_METRICS
from lib.systems.payments.metrics import RegionMetrics
from lib.systems.payments.settings import PaymentsSettings


class RegionalStack(AwsStack[PaymentsSettings]):
    """One region, complete. It takes no attribute of the other: what both know comes from the settings.

    *origin* is given to the one region whose database is created first; the other's joins as its replica.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        settings: PaymentsSettings,
        region: Region,
        bundle: Bundle,
        origin: DatabaseOrigin | None,
    ) -> None:
        super().__init__(scope, settings=settings, what=region.code, region=region)
        self._settings = settings
        key = EncryptionKey(self, "key", site=self.site, what="region", users=self._key_users())
        self.network = network = RegionalNetwork(self, "network", site=self.site)
        FlowLogs(self, "flow-logs", site=self.site, vpc_id=network.vpc_id, key=key)
        if settings.network.interface_endpoints:
            InterfaceEndpoints(self, "endpoints", site=self.site, network=network)
        self._database = RegionalDatabase(
            self,
            "ledger",
            site=self.site,
            subnet_ids=network.private_subnet_ids,
            group_id=network.firewall.database.id,
            key=key,
            origin=origin,
        )
        platform = FunctionPlatform(
            site=self.site,
            network=network,
            key=key,
            bundle=bundle,
            environment=environment(settings),
            allow=(read_parameters(self.site), read_secrets(self, database=settings.database.secret)),
        )
        self._payments = PaymentApi(self, "payments", platform=platform, settings=settings.api)
        self._failover = FailoverControl(
            self,
            "failover",
            settings=settings,
            platform=platform,
            functions="payments.functions",
            database=self._database,
            serve=[self._payments.function.invoke(), self._payments.prove()],
        )
        self._reconciler = Reconciler(
            self, "reconciliation", platform=platform, functions="payments.functions"
        )
        self.api_host = self._payments.http.host
        self.api_endpoint = self._payments.http.endpoint
        self.metrics = RegionMetrics(self.site, self._payments.http.id, settings.alarms)
        self.alarm_topic = self._observe(key).topic
        self._bus = EventBus(self, "events", site=self.site, key=key, settled="PaymentSettled")
        self._backup = RegionalBackup(
            self,
            "backup",
            site=self.site,
            key=key,
            network=network,
            subnet_group=self._database.subnet_group,
            after=self._database.instance,
        )
        Compliance(self, "compliance", site=self.site)
        self._publish(key)
        self._output()

    def _key_users(self) -> tuple[Allow, ...]:
        return (for_alarms(self.site), for_logs(self.site), for_service(self.site, "events"))

    def _observe(self, key: EncryptionKey) -> RegionalObservability:
        functions = {
            "service": self._payments.function,
            "keeper": self._failover.keeper,
            "steps": self._failover.steps,
            "reconciler": self._reconciler.function,
        }
        timeouts = {what: function.timeout_s for what, function in functions.items()}
        return RegionalObservability(
            self,
            "observability",
            site=self.site,
            key=key,
            functions=functions,
            alarms=regional_alarms(self.metrics, timeouts),
            counted=LOG_METRICS,
            traced=("service", "steps"),
        )

    def _publish(self, key: EncryptionKey) -> None:
        """Where this region's functions find this region's things: same names there as here."""
        values = {
            "db/writer": self._database.address,
            "db/name": self.site.settings.database.name,
            "db/secret": self.site.settings.database.secret,
            "db/cluster": self._database.arn,
            "db/global-cluster": self._database.global_id,
            "api/endpoint": self._payments.http.endpoint,
            "api/function": self._payments.function.name,
            "events/bus": self._bus.name,
            "failover/state-machine": self._failover.machine.arn,
            "approvals/table": self.site.name("approvals"),
            "approvals/policy": json.dumps(self.site.settings.approvals.policy(), sort_keys=True),
            "automation/role": self.site.automation_role_arn,
        }
        parameters = Parameters(self, "parameters", site=self.site, values=values)
        parameters.keep_secret(API_KEY, secret=self._settings.api.key_secret, key=key)

    def _output(self) -> None:
        """Names end with the region, which makes them unique over all stacks."""
        values = {
            "api_endpoint": self._payments.http.endpoint,
            "api_host": self.api_host,
            "payments_function": self._payments.function.name,
            "keeper_function": self._failover.keeper.name,
            "steps_function": self._failover.steps.name,
            "state_machine": self._failover.machine.arn,
            "event_bus": self._bus.name,
            "event_archive": self._bus.archive_arn,
            "backup_alerts": self._backup.alerts.topic_arn,
            "cluster_arn": self._database.arn,
            "parameter_prefix": self.site.settings.parameter_prefix,
        }
        self.output({f"{name}_{self.site.region.snake}": value for name, value in values.items()})

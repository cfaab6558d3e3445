"""Everything that serves: network, balancer, instances, databases, files, and who watches them."""

from constructs import Construct

from lib.bundle import Bundle
from lib.compute.function import FunctionPlatform
from lib.compute.group import ScaledGroup
from lib.compute.instances import InstanceTemplate
from lib.compute.parameters import Parameters
from lib.compute.release import publish
from lib.data.copies import CopyMetrics
from lib.data.postgres import PostgresPair
from lib.data.replication import Replication, Target
from lib.iam import Allow
from lib.network import web_acl
from lib.network.balancer import LoadBalancer
from lib.network.certificate import site_certificate
from lib.network.flow_logs import FlowLogs
from lib.network.private_name import PrivateName
from lib.network.public_zone import public_zone
from lib.network.site_failover import SiteFailover
from lib.network.vpc import TieredNetwork
from lib.security.bucket import bucket_name
from lib.security.encrypted_bucket import EncryptedBucket
from lib.security.key import EncryptionKey, for_alarms, for_logs, through_dynamodb
from lib.site import Site
from lib.stack import AwsStack
from lib.systems.webapp import application, remediation
from lib.systems.webapp.metrics import WebappMetrics
from lib.systems.webapp.observability import Observability
from lib.systems.webapp.remediation import Remediation
from lib.systems.webapp.second_region import SecondRegionStack
from lib.systems.webapp.settings import WebappSettings


class FirstRegionStack(AwsStack[WebappSettings]):
    """The region where the web application runs."""

    def __init__(
        self,
        scope: Construct,
        *,
        settings: WebappSettings,
        functions: Bundle,
        application: Bundle,
        there: SecondRegionStack,
    ) -> None:
        super().__init__(scope, settings=settings, what=settings.here.code, region=settings.here)
        self._settings = settings
        away = Site(settings, settings.there, self.site.account)
        self._copies = Target(bucket_name(away, "files"), there.copies_key_arn, away.region.name)
        self._key = EncryptionKey(self, "key", site=self.site, what="region", users=self._key_users())
        self._network = TieredNetwork(self, "network", site=self.site)
        FlowLogs(self, "flow-logs", site=self.site, vpc_id=self._network.vpc_id, key=self._key)
        zone_id = public_zone(self, settings)
        self._balancer = self._front(zone_id)
        self._databases, self._name = self._data()
        self._files = self._bucket("files")
        Replication(
            self,
            "copies",
            site=self.site,
            source=self._files,
            target=self._copies,
            time_control=settings.files.replication_time_control,
        )
        group = self._fleet(application)
        record = SiteFailover(
            self, "site", site=self.site, zone_id=zone_id, balancer=self._balancer, page=there.page
        )
        topic = self._watch(group, record)
        self._mend(functions, group, topic)
        self._output(group, zone_id)

    def _key_users(self) -> tuple[Allow, ...]:
        return (for_alarms(self.site), for_logs(self.site), through_dynamodb(self.site))

    def _bucket(self, what: str) -> EncryptedBucket:
        days = self._settings.files.old_versions_days
        return EncryptedBucket(self, what, site=self.site, what=what, key=self._key, old_versions_days=days)

    def _front(self, zone_id: str) -> LoadBalancer:
        certificate = site_certificate(self, self._settings, zone_id)
        balancer = LoadBalancer(
            self, "web", site=self.site, network=self._network, certificate_arn=certificate
        )
        web_acl.guard(self, site=self.site, settings=self._settings.web_acl, balancer_arn=balancer.arn)
        return balancer

    def _data(self) -> tuple[PostgresPair, PrivateName]:
        databases = PostgresPair(
            self,
            "databases",
            site=self.site,
            settings=self._settings.database,
            network=self._network,
            key=self._key,
        )
        name = PrivateName(
            self,
            "writer",
            site=self.site,
            zone=self._settings.internal_zone,
            name=self._settings.writer_name,
            vpc_id=self._network.vpc_id,
            host=databases.writer.address,
        )
        return databases, name

    def _fleet(self, bundle: Bundle) -> ScaledGroup:
        bundles = self._bucket("bundles")
        release = publish(self, "release", bucket=bundles, bundle=bundle)
        values = application.parameters(self._settings, self._databases, self._files)
        parameters = Parameters(self, "parameters", site=self.site, values=values)
        template = InstanceTemplate(
            self,
            "instances",
            site=self.site,
            settings=self._settings.instances,
            group_id=self._network.firewall.instances.id,
            user_data=application.user_data(self.site, release),
            allow=application.rights(self, self.site, bundles=bundles, files=self._files),
        )
        return ScaledGroup(
            self,
            "group",
            site=self.site,
            settings=self._settings.instances,
            subnet_ids=self._network.private_subnet_ids,
            template=template.current,
            balancer=self._balancer,
            after=[*parameters.all, template.role.policy],
        )

    def _watch(self, group: ScaledGroup, record: SiteFailover) -> str:
        metrics = WebappMetrics(
            site=self.site,
            balancer=self._balancer.dimension,
            targets=self._balancer.target_dimension,
            group=group.name,
            health_check=record.check.id,
            copies=CopyMetrics(self._files.name, self._copies.name),
        )
        return Observability(self, "observability", metrics=metrics, key=self._key).topic.arn

    def _mend(self, functions: Bundle, group: ScaledGroup, topic: str) -> None:
        platform = FunctionPlatform(
            site=self.site,
            network=None,
            key=self._key,
            bundle=functions,
            environment=remediation.environment(
                self.site,
                databases=self._databases,
                target_group=self._balancer.target_group_arn,
                zone_id=self._name.zone_id,
                topic=topic,
            ),
            allow=(),
        )
        Remediation(
            self,
            "mend",
            platform=platform,
            settings=self._settings,
            group=group,
            databases=self._databases,
            name=self._name,
            topic=topic,
        )

    def _output(self, group: ScaledGroup, zone_id: str) -> None:
        self.output(
            {
                "system": self._settings.system,
                "site_name": self._settings.public_name,
                "zone_id": zone_id,
                "zone_name": self._settings.zone_name,
                "balancer_host": self._balancer.dns_name,
                "target_group": self._balancer.target_group_arn,
                "group_name": group.name,
                "release_request": group.release_request(),
                "writer_database": self._databases.writer.identifier,
                "replica_database": self._databases.replica.identifier,
                "backup_retention_days": str(self._settings.database.backup_retention_days),
                "writer_name": self._settings.writer_name,
                "internal_zone_id": self._name.zone_id,
                "files_bucket": self._files.name,
                "remediation_function": self.site.name(remediation.WHAT),
                "parameter_prefix": self._settings.parameter_prefix,
            }
        )

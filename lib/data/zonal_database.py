"""An Aurora cluster of one region: two instances in different zones, either of which may write."""

from cdktf import Fn
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
from cdktf_cdktf_provider_aws.rds_cluster_instance import RdsClusterInstance
from cdktf_cdktf_provider_aws.rds_cluster_parameter_group import (
    RdsClusterParameterGroup,
    RdsClusterParameterGroupParameter,
)
from constructs import Construct

from lib.data.backup import backed_up
from lib.data.database import DatabaseOrigin
from lib.iam import Allow
from lib.network.vpc import TieredNetwork
from lib.observability.logs import LogGroup
from lib.security.key import EncryptionKey
from lib.security.role import ServiceRole
from lib.settings.data import AuroraCluster, Engine
from lib.site import Site

ENGINE, LOG = Engine.POSTGRESQL, "postgresql"
INSTANCES = 2
OS_METRICS = "RDSOSMetrics"


class ZonalDatabase(Construct):
    """The cluster *id_*; Aurora moves the writer to the other zone by itself, or when it is asked to.

    Both instances are alike, and are called by numbers: no plan knows which of them writes.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        settings: AuroraCluster,
        network: TieredNetwork,
        key: EncryptionKey,
    ) -> None:
        super().__init__(scope, id_)
        self._site = site
        self._settings = settings
        self.identifier = site.own_name(id_)
        self._name = site.name(id_)
        cluster = self._cluster(network, key)
        DatabaseOrigin.of(settings).give_to(cluster)
        role = self._monitoring_role()
        for number in range(INSTANCES):
            self._instance(number, cluster, role, zone=Fn.element(network.zone_names, number), key=key)
        self.arn = cluster.arn
        self.hosts = (cluster.endpoint, cluster.reader_endpoint)
        """What the certificates of its instances are for, besides their own names."""
        self.writer_address = f"{cluster.endpoint}:{cluster.port}"
        self.reader_address = f"{cluster.reader_endpoint}:{cluster.port}"

    def _cluster(self, network: TieredNetwork, key: EncryptionKey) -> RdsCluster:
        # Aurora would make the log group itself, without retention, and leave it behind
        logs = LogGroup(
            self,
            "logs",
            site=self._site,
            key=key,
            name=f"/aws/rds/cluster/{self.identifier}/{LOG}",
            audit=True,
        )
        subnets = DbSubnetGroup(self, "subnets", name=self._name, subnet_ids=network.isolated_subnet_ids)
        lifecycle = self._site.settings.lifecycle
        return RdsCluster(
            self,
            "cluster",
            cluster_identifier=self.identifier,
            engine=ENGINE,
            engine_version=self._settings.engine_version,
            db_subnet_group_name=subnets.name,
            db_cluster_parameter_group_name=self._parameters().name,
            vpc_security_group_ids=[network.firewall.database.id],
            storage_encrypted=True,
            kms_key_id=key.arn,
            backup_retention_period=self._settings.backup_retention_days,
            copy_tags_to_snapshot=True,
            enabled_cloudwatch_logs_exports=[LOG],
            deletion_protection=lifecycle.protected,
            skip_final_snapshot=not lifecycle.protected,
            final_snapshot_identifier=lifecycle.final_snapshot(self.identifier),
            delete_automated_backups=not lifecycle.protected,
            tags=backed_up(self._site.settings),
            depends_on=[logs.group],
        )

    def _parameters(self) -> RdsClusterParameterGroup:
        """Whoever comes without TLS is refused: before PostgreSQL 15 Aurora lets them in."""
        return RdsClusterParameterGroup(
            self,
            "parameters",
            name=self._name,
            family=f"{ENGINE}{self._settings.engine_version.partition('.')[0]}",
            parameter=[RdsClusterParameterGroupParameter(name="rds.force_ssl", value="1")],
        )

    def _monitoring_role(self) -> ServiceRole:
        """What AWS's own policy for Enhanced Monitoring allows, in this account and region only.

        RDS writes all that it sees into one log group of the account, which no environment may remove.
        https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonRDSEnhancedMonitoringRole.html
        """
        group = self._site.arn("logs", f"log-group:{OS_METRICS}")
        write = ("CreateLogStream", "DescribeLogStreams", "GetLogEvents", "PutLogEvents")
        allow = [
            Allow(("logs:CreateLogGroup", "logs:PutRetentionPolicy"), (f"{group}*",)),
            Allow(tuple(f"logs:{name}" for name in write), (f"{group}:log-stream:*",)),
        ]
        return ServiceRole(
            self, "monitoring", site=self._site, what="monitoring", service="monitoring.rds", allow=allow
        )

    def _instance(
        self, number: int, cluster: RdsCluster, role: ServiceRole, *, zone: str, key: EncryptionKey
    ) -> None:
        RdsClusterInstance(
            self,
            f"instance-{number}",
            identifier=self._site.own_name(f"{self.node.id}-{number}"),
            cluster_identifier=cluster.id,
            engine=ENGINE,
            engine_version=cluster.engine_version,
            instance_class=self._settings.instance_class,
            availability_zone=zone,
            promotion_tier=0,
            auto_minor_version_upgrade=False,  # the settings name the version
            performance_insights_enabled=True,
            performance_insights_kms_key_id=key.arn,
            monitoring_interval=self._settings.monitoring_interval_s,
            monitoring_role_arn=role.arn,
            depends_on=[role.policy],
        )

    def fail_over(self) -> list[Allow]:
        """Make the reader the writer, and see which one is."""
        names = [self._site.own_name(f"{self.node.id}-{number}") for number in range(INSTANCES)]
        instances = tuple(self._site.arn("rds", f"db:{name}") for name in names)
        return [
            Allow(("rds:DescribeDBClusters", "rds:FailoverDBCluster"), (self.arn,)),
            Allow(("rds:DescribeDBInstances",), instances),
        ]

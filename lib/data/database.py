"""One region's member of the Aurora global database."""

from dataclasses import dataclass
from typing import Self

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_parameter_group import DbParameterGroup, DbParameterGroupParameter
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
from cdktf_cdktf_provider_aws.rds_cluster_instance import RdsClusterInstance
from cdktf_cdktf_provider_aws.rds_cluster_parameter_group import (
    RdsClusterParameterGroup,
    RdsClusterParameterGroupParameter,
)
from constructs import Construct

from lib.data.backup import backed_up
from lib.data.engine import PROFILES
from lib.iam import Allow
from lib.observability.logs import LogGroup
from lib.security.key import EncryptionKey
from lib.security.secret import ephemeral_secret
from lib.settings.data import Aurora
from lib.settings.two_regions import TwoRegionSettings
from lib.site import Site

SWAPPED_WITH_ROLES = [
    "database_name",
    "engine_version",  # the global container upgrades its members
    "global_cluster_identifier",
    "master_password_wo_version",
    "master_username",
    "replication_source_identifier",
]
"""What a failover or switchover changes: a plan that reacted would detach, recreate or promote."""


@dataclass(frozen=True, slots=True)
class DatabaseOrigin:
    """What the first writer is created with. All later members get it by replication."""

    database: str
    username: str
    secret: str
    """Name of the existing entry of Secrets Manager that holds ``password``."""

    @classmethod
    def of(cls, settings: Aurora) -> Self:
        """The origin that the settings ask for."""
        return cls(database=settings.name, username=settings.username, secret=settings.secret)

    def give_to(self, cluster: RdsCluster) -> None:
        """Make *cluster* the origin; its password passes through Terraform without being kept."""
        secret = ephemeral_secret(cluster, "database", name=self.secret)
        cluster.database_name = self.database
        cluster.master_username = self.username
        cluster.master_password_wo = f'${{jsondecode({secret})["password"]}}'
        cluster.master_password_wo_version = 1


class RegionalDatabase(Construct):
    """An Aurora cluster and its instances, in *subnet_ids*; it joins the global database by name."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site[TwoRegionSettings],
        subnet_ids: list[str],
        group_id: str,
        key: EncryptionKey,
        origin: DatabaseOrigin | None,
    ) -> None:
        super().__init__(scope, id_)
        self._site = site
        self._settings = site.settings.database
        self._profile = PROFILES[self._settings.engine]
        self._key = key
        self.global_id = site.name(id_)
        cluster = self._cluster(site.own_name(id_), subnet_ids, group_id)
        own = self._own_parameters()
        self.instance, *_ = [
            self._instance(cluster, number, own) for number in range(self._settings.instances)
        ]
        if origin:
            origin.give_to(cluster)
        self.arn = cluster.arn
        self.identifier = site.own_name(id_)
        self.address = f"{cluster.endpoint}:{cluster.port}"

    def fail_over(self) -> list[Allow]:
        """Make this region's cluster the writer in a disaster, and see which one is.

        The planned way is a call in the other region: it goes with the role of automation. AWS's own policy
        names both clusters for either call, the one that is promoted and the one that is demoted.
        https://docs.aws.amazon.com/r53recovery/latest/dg/security_iam_region_switch_aurora.html
        """
        container = f"arn:aws:rds::{self._site.account}:global-cluster:{self.global_id}"
        there = self._site.other
        other = there.arn("rds", f"cluster:{there.own_name('ledger')}")
        return [
            Allow(("rds:FailoverGlobalCluster",), (container, self.arn, other)),
            Allow(("rds:DescribeGlobalClusters",), (container,)),
        ]

    def _cluster(self, name: str, subnet_ids: list[str], group_id: str) -> RdsCluster:
        # Aurora would make the log groups itself, without retention, and leave them behind
        logs = [
            LogGroup(
                self, id_, site=self._site, key=self._key, name=f"/aws/rds/cluster/{name}/{log}", audit=True
            )
            for id_, log in self._profile.logs.items()
        ]
        lifecycle = self._site.settings.lifecycle
        subnets = DbSubnetGroup(self, "subnets", name=self.global_id, subnet_ids=subnet_ids)
        self.subnet_group = subnets.name
        return RdsCluster(
            self,
            "cluster",
            cluster_identifier=name,
            engine=self._settings.engine,
            engine_version=self._settings.engine_version,
            global_cluster_identifier=self.global_id,
            db_subnet_group_name=subnets.name,
            db_cluster_parameter_group_name=self._parameters().name,
            vpc_security_group_ids=[group_id],
            storage_encrypted=True,
            kms_key_id=self._key.arn,
            backup_retention_period=self._settings.backup_retention_days,
            copy_tags_to_snapshot=True,
            enabled_cloudwatch_logs_exports=list(self._profile.logs.values()),
            deletion_protection=lifecycle.protected,
            skip_final_snapshot=not lifecycle.protected,
            final_snapshot_identifier=lifecycle.final_snapshot(name),
            delete_automated_backups=not lifecycle.protected,
            lifecycle=TerraformResourceLifecycle(ignore_changes=SWAPPED_WITH_ROLES),
            tags=backed_up(self._site.settings),
            depends_on=[one.group for one in logs],
        )

    def _parameters(self) -> RdsClusterParameterGroup:
        """The same in both regions: a promoted cluster does not inherit the group of the old writer."""
        return RdsClusterParameterGroup(
            self,
            "parameters",
            name=self.global_id,
            family=self._family,
            parameter=[
                RdsClusterParameterGroupParameter(name=name, value=value)
                for name, value in self._profile.cluster.items()
            ],
        )

    @property
    def _family(self) -> str:
        return self._profile.family(self._settings.engine, self._settings.engine_version)

    def _own_parameters(self) -> str | None:
        """The group of what is set for single instances, the same for all, where the engine has such."""
        if not self._profile.instance:
            return None
        return DbParameterGroup(
            self,
            "instance-parameters",
            name=self.global_id,
            family=self._family,
            parameter=[
                DbParameterGroupParameter(name=name, value=value, apply_method="immediate")
                for name, value in self._profile.instance.items()
            ],
        ).name

    def _instance(self, cluster: RdsCluster, number: int, parameters: str | None) -> RdsClusterInstance:
        """Without an instance a region replicates but cannot be promoted."""
        return RdsClusterInstance(
            self,
            f"instance-{number}" if number else "instance",
            identifier=self._site.own_name(f"ledger-{number}"),
            cluster_identifier=cluster.id,
            db_parameter_group_name=parameters,
            engine=self._settings.engine,
            engine_version=cluster.engine_version,
            instance_class=self._settings.instance_class,
            auto_minor_version_upgrade=False,  # roles can switch only between equal versions
            performance_insights_enabled=True,
            performance_insights_kms_key_id=self._key.arn,
        )

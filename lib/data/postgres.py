"""RDS for PostgreSQL: a writer with a copy in another zone, and a read replica."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_instance import DbInstance
from cdktf_cdktf_provider_aws.db_parameter_group import DbParameterGroup, DbParameterGroupParameter
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from constructs import Construct

from lib.network.vpc import TieredNetwork
from lib.observability.logs import LogGroup
from lib.security.key import EncryptionKey
from lib.security.secret import ephemeral_secret
from lib.settings.data import REPLICA, WRITER, Postgres
from lib.site import Site

ENGINE = "postgres"
LOGS = ("postgresql", "upgrade")
PARAMETERS = {
    "rds.force_ssl": "1",
    "log_connections": "1",
    "log_lock_waits": "1",
    "log_min_duration_statement": "1000",
}
"""Whoever comes without TLS is refused; who came, what waited for a lock and what took a second is logged."""


class PostgresPair(Construct):
    """Both databases, alike but for their roles: a promoted replica must carry what the writer carried.

    RDS keeps a copy of the writer in another zone and moves there by itself. Only the replica is read.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        settings: Postgres,
        network: TieredNetwork,
        key: EncryptionKey,
    ) -> None:
        super().__init__(scope, id_)
        self._site = site
        self._settings = settings
        self._key = key
        self._group = network.firewall.database.id
        self._parameters = self._parameter_group().name
        subnets = DbSubnetGroup(
            self, "subnets", name=site.name("database"), subnet_ids=network.isolated_subnet_ids
        )
        self.writer = self._writer(subnets.name)
        self.replica = self._replica()
        self.hosts = [one.address for one in (self.writer, self.replica)]

    def _parameter_group(self) -> DbParameterGroup:
        return DbParameterGroup(
            self,
            "parameters",
            name=self._site.name("database"),
            family=f"{ENGINE}{self._settings.engine_version.partition('.')[0]}",
            parameter=[
                DbParameterGroupParameter(name=name, value=value, apply_method="immediate")
                for name, value in PARAMETERS.items()
            ],
        )

    def _writer(self, subnets: str) -> DbInstance:
        settings = self._settings
        secret = ephemeral_secret(self, "database", name=settings.secret)
        writer = self._instance(WRITER)
        writer.engine = ENGINE
        writer.engine_version = settings.engine_version
        writer.allocated_storage = settings.storage_gb
        writer.storage_type = "gp3"
        writer.kms_key_id = self._key.arn
        writer.multi_az = True
        writer.backup_retention_period = settings.backup_retention_days
        writer.db_name = settings.name
        writer.username = settings.username
        writer.password_wo = f'${{jsondecode({secret})["password"]}}'
        writer.password_wo_version = 1
        writer.db_subnet_group_name = subnets
        return writer

    def _replica(self) -> DbInstance:
        """Its storage, engine, key and subnets are those of its source.

        Once promoted it has no source any more, and no plan gives it one: RDS could not. It has no backups of
        its own until then, which the provider cannot ask for at its creation; who promotes it asks for them.
        https://github.com/hashicorp/terraform-provider-aws/issues/4419
        """
        replica = self._instance(REPLICA)
        replica.replicate_source_db = self.writer.identifier
        replica.lifecycle = TerraformResourceLifecycle(ignore_changes=["replicate_source_db"])
        return replica

    def _instance(self, what: str) -> DbInstance:
        """What both have alike. RDS would make log groups without an end, and leave them behind."""
        name, lifecycle = self._site.own_name(what), self._site.settings.lifecycle
        logs = [
            LogGroup(
                self,
                f"{what}-{kind}",
                site=self._site,
                key=self._key,
                name=f"/aws/rds/instance/{name}/{kind}",
                audit=True,
            ).group
            for kind in LOGS
        ]
        return DbInstance(
            self,
            what,
            identifier=name,
            instance_class=self._settings.instance_class,
            storage_encrypted=True,
            parameter_group_name=self._parameters,
            vpc_security_group_ids=[self._group],
            publicly_accessible=False,
            copy_tags_to_snapshot=True,
            enabled_cloudwatch_logs_exports=list(LOGS),
            performance_insights_enabled=True,
            performance_insights_kms_key_id=self._key.arn,
            auto_minor_version_upgrade=False,  # the settings name the version
            deletion_protection=lifecycle.protected,
            skip_final_snapshot=not lifecycle.protected,
            final_snapshot_identifier=lifecycle.final_snapshot(name),
            delete_automated_backups=not lifecycle.protected,
            tags={"Name": name},
            depends_on=logs,
        )

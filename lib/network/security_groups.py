"""Who may talk to whom inside a region's network."""

from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from lib.site import Site

ANYWHERE = "0.0.0.0/0"
HTTPS = 443
POSTGRESQL = 5432
MYSQL = 3306
SPOKEN = {POSTGRESQL: "PostgreSQL", MYSQL: "MySQL"}
"""What a database's port is called in descriptions of rules."""


class Firewall(Construct):
    """Functions reach the database and HTTPS; the database is reached by functions and reaches nobody."""

    database_port = POSTGRESQL

    def __init__(self, scope: Construct, id_: str, *, site: Site, vpc_id: str) -> None:
        super().__init__(scope, id_)
        self._site = site
        self._vpc_id = vpc_id
        self.functions = self._group("functions", "Functions: out to the database and to HTTPS")
        self.database = self._group("database", "Database: in from the functions only")
        self.clients = {"functions": self.functions}
        VpcSecurityGroupIngressRule(
            self,
            "database-from-functions",
            description="PostgreSQL from the functions of this region",
            security_group_id=self.database.id,
            referenced_security_group_id=self.functions.id,
            from_port=POSTGRESQL,
            to_port=POSTGRESQL,
            ip_protocol="tcp",
        )
        VpcSecurityGroupEgressRule(
            self,
            "functions-to-database",
            description="PostgreSQL of this region",
            security_group_id=self.functions.id,
            referenced_security_group_id=self.database.id,
            from_port=POSTGRESQL,
            to_port=POSTGRESQL,
            ip_protocol="tcp",
        )
        VpcSecurityGroupEgressRule(
            self,
            "functions-to-https",
            description="AWS interfaces, and the API of the other region",
            security_group_id=self.functions.id,
            cidr_ipv4=ANYWHERE,
            from_port=HTTPS,
            to_port=HTTPS,
            ip_protocol="tcp",
        )

    def _group(self, what: str, description: str) -> SecurityGroup:
        name = self._site.name(what)
        return SecurityGroup(
            self, what, name=name, description=description, vpc_id=self._vpc_id, tags={"Name": name}
        )

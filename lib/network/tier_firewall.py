"""Who may talk to whom between the tiers of a network."""

from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from lib.network.security_groups import ANYWHERE, HTTPS, MYSQL, POSTGRESQL
from lib.site import Site

HTTP = 80
APPLICATION = 8080
"""Where an instance listens."""


class TierFirewall(Construct):
    """The world reaches the balancer, the balancer the instances, the instances the database and HTTPS."""

    database_port = POSTGRESQL
    WHO_READS = "instances"

    def __init__(self, scope: Construct, id_: str, *, site: Site, vpc_id: str) -> None:
        super().__init__(scope, id_)
        self._site = site
        self._vpc_id = vpc_id
        self.balancer = self._group("balancer", "Load balancer: in from the world, out to the instances")
        self.instances = self._group("instances", "Instances: in from the load balancer only")
        self.database = self._group("database", f"Database: in from the {self.WHO_READS} only")
        self._from_the_world()
        self._between("balancer", "instances", APPLICATION)
        self._between("instances", "database", self.database_port)
        self.clients = {"instances": self.instances}
        self._to_https("instances")

    def _to_https(self, source: str) -> None:
        group: SecurityGroup = getattr(self, source)
        VpcSecurityGroupEgressRule(
            self,
            f"{source}-to-https",
            description="AWS interfaces, and the packages of the operating system",
            security_group_id=group.id,
            cidr_ipv4=ANYWHERE,
            from_port=HTTPS,
            to_port=HTTPS,
            ip_protocol="tcp",
        )

    def _from_the_world(self) -> None:
        """HTTP too: it is redirected where there is a certificate, and all there is where there is none."""
        for port in (HTTP, HTTPS) if self._site.settings.dns.delegated else (HTTP,):
            VpcSecurityGroupIngressRule(
                self,
                f"balancer-from-world-{port}",
                description="Whoever uses the application",
                security_group_id=self.balancer.id,
                cidr_ipv4=ANYWHERE,
                from_port=port,
                to_port=port,
                ip_protocol="tcp",
            )

    def _between(self, source: str, target: str, port: int) -> None:
        """One port from the group *source* to the group *target*, allowed at both ends."""
        groups: dict[str, SecurityGroup] = {name: getattr(self, name) for name in (source, target)}
        VpcSecurityGroupEgressRule(
            self,
            f"{source}-to-{target}",
            description=f"From {source} to {target}",
            security_group_id=groups[source].id,
            referenced_security_group_id=groups[target].id,
            from_port=port,
            to_port=port,
            ip_protocol="tcp",
        )
        VpcSecurityGroupIngressRule(
            self,
            f"{target}-from-{source}",
            description=f"From {source} to {target}",
            security_group_id=groups[target].id,
            referenced_security_group_id=groups[source].id,
            from_port=port,
            to_port=port,
            ip_protocol="tcp",
        )

    def _group(self, what: str, description: str) -> SecurityGroup:
        name = self._site.name(what)
        return SecurityGroup(
            self, what, name=name, description=description, vpc_id=self._vpc_id, tags={"Name": name}
        )


class FunctionTierFirewall(TierFirewall):
    """The same with functions beside the instances; the database speaks MySQL."""

    database_port = MYSQL
    WHO_READS = "instances and functions"

    def __init__(self, scope: Construct, id_: str, *, site: Site, vpc_id: str) -> None:
        super().__init__(scope, id_, site=site, vpc_id=vpc_id)
        self.functions = self._group("functions", "Functions: out to the database and to HTTPS")
        self._between("functions", "database", self.database_port)
        self._to_https("functions")
        self.clients["functions"] = self.functions

"""Who may talk to whom between the tiers of a network."""

from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from lib.network.security_groups import ANYWHERE, HTTPS, POSTGRESQL
from lib.site import Site

HTTP = 80
APPLICATION = 8080
"""Where an instance listens."""


class TierFirewall(Construct):
    """The world reaches the balancer, the balancer the instances, the instances the database and HTTPS."""

    def __init__(self, scope: Construct, id_: str, *, site: Site, vpc_id: str) -> None:
        super().__init__(scope, id_)
        self._site = site
        self._vpc_id = vpc_id
        self.balancer = self._group("balancer", "Load balancer: in from the world, out to the instances")
        self.instances = self._group("instances", "Instances: in from the load balancer only")
        self.database = self._group("database", "Database: in from the instances only")
        self._from_the_world()
        self._between("balancer", "instances", APPLICATION)
        self._between("instances", "database", POSTGRESQL)
        VpcSecurityGroupEgressRule(
            self,
            "instances-to-https",
            description="AWS interfaces, and the packages of the operating system",
            security_group_id=self.instances.id,
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

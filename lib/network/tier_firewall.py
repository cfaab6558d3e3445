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
NamedGroup = tuple[str, SecurityGroup]
"""A group, and what rules call it."""


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
        allow_https(self, "instances", self.instances)

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
        allow_between(self, (source, getattr(self, source)), (target, getattr(self, target)), port)

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
        allow_https(self, "functions", self.functions)
        self.clients["functions"] = self.functions


class InnerGroup(Construct):
    """A service that one other group asks, and that itself reaches HTTPS only."""

    def __init__(
        self, scope: Construct, id_: str, *, site: Site, vpc_id: str, what: str, asked_by: NamedGroup
    ) -> None:
        super().__init__(scope, id_)
        name = site.name(what)
        self.group = SecurityGroup(
            self,
            "group",
            name=name,
            description=f"{what.capitalize()}: in from {asked_by[0]} only",
            vpc_id=vpc_id,
            tags={"Name": name},
        )
        allow_between(self, asked_by, (what, self.group), APPLICATION)
        allow_https(self, what, self.group)


def allow_between(scope: Construct, source: NamedGroup, target: NamedGroup, port: int) -> None:
    """One port from the group *source* to the group *target*, allowed at both ends."""
    (source_name, source_group), (target_name, target_group) = source, target
    VpcSecurityGroupEgressRule(
        scope,
        f"{source_name}-to-{target_name}",
        description=f"From {source_name} to {target_name}",
        security_group_id=source_group.id,
        referenced_security_group_id=target_group.id,
        from_port=port,
        to_port=port,
        ip_protocol="tcp",
    )
    VpcSecurityGroupIngressRule(
        scope,
        f"{target_name}-from-{source_name}",
        description=f"From {source_name} to {target_name}",
        security_group_id=target_group.id,
        referenced_security_group_id=source_group.id,
        from_port=port,
        to_port=port,
        ip_protocol="tcp",
    )


def allow_https(scope: Construct, name: str, group: SecurityGroup) -> None:
    """HTTPS to wherever it leads."""
    VpcSecurityGroupEgressRule(
        scope,
        f"{name}-to-https",
        description="AWS interfaces, and the packages of the operating system",
        security_group_id=group.id,
        cidr_ipv4=ANYWHERE,
        from_port=HTTPS,
        to_port=HTTPS,
        ip_protocol="tcp",
    )

"""The network of one region."""

from collections.abc import Sequence
from ipaddress import IPv4Network

from cdktf import Fn
from cdktf_cdktf_provider_aws.data_aws_availability_zones import (
    DataAwsAvailabilityZones,
    DataAwsAvailabilityZonesFilter,
)
from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.internet_gateway import InternetGateway
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from constructs import Construct

from lib.network.security_groups import ANYWHERE, Firewall
from lib.network.tier_firewall import FunctionTierFirewall, TierFirewall
from lib.settings.offered import SUBNET_BITS
from lib.site import Site

FIRST_PUBLIC_BLOCK = 8
"""Private subnets take the blocks from 0 on, public ones from here on."""
SPARE_BLOCK = FIRST_PUBLIC_BLOCK - 1
"""The last one that no private subnet takes: six zones at most."""
ISOLATED_BITS = 3
"""It is cut into eight: a database needs few addresses."""


class Network(Construct):
    """A VPC with a private subnet a zone, whose way out is a NAT gateway in a public one."""

    def __init__(self, scope: Construct, id_: str, *, site: Site) -> None:
        super().__init__(scope, id_)
        self._site = site
        self._vpc = Vpc(
            self,
            "vpc",
            cidr_block=str(site.region.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._tags("network"),
        )
        self._zones = DataAwsAvailabilityZones(
            self,
            "zones",
            state="available",
            filter=[DataAwsAvailabilityZonesFilter(name="opt-in-status", values=["opt-in-not-required"])],
        )
        settings = site.settings.network
        blocks = list(site.region.cidr.subnets(prefixlen_diff=SUBNET_BITS))
        public = self._subnets("public", blocks[FIRST_PUBLIC_BLOCK:])
        private = self._subnets("private", blocks)
        nats = self._way_out(public, settings.zones if settings.nat_per_zone else 1)
        tables = [
            self._private_table(zone, subnet, nats[zone % len(nats)]) for zone, subnet in enumerate(private)
        ]
        self._gateway_endpoints(tables)
        # whatever is made without a group gets the default one, which lets nobody in or out
        DefaultSecurityGroup(self, "default-group", vpc_id=self._vpc.id, tags=self._tags("unused"))
        self.vpc_id = self._vpc.id
        self.zone_names = self._zones.names
        self.peered_table_ids = [table.id for table in tables]
        """Of the subnets that are reached from the other region, where there is one."""
        self.private_subnet_ids = [subnet.id for subnet in private]
        self.public_subnet_ids = [subnet.id for subnet in public]

    def _tags(self, what: str) -> dict[str, str]:
        return {"Name": self._site.name(what)}

    def _subnets(self, kind: str, blocks: Sequence[IPv4Network]) -> list[Subnet]:
        """One a zone, in the first of *blocks*."""
        return [self._subnet(kind, blocks[zone], zone) for zone in range(self._site.settings.network.zones)]

    def _subnet(self, kind: str, block: IPv4Network, zone: int) -> Subnet:
        return Subnet(
            self,
            f"{kind}-{zone}",
            vpc_id=self._vpc.id,
            cidr_block=str(block),
            availability_zone=Fn.element(self._zones.names, zone),
            tags=self._tags(f"{kind}-{zone}"),
        )

    def _way_out(self, public: list[Subnet], nats: int) -> list[NatGateway]:
        """The internet gateway, and NAT gateways in the first *nats* public subnets."""
        gateway = InternetGateway(self, "internet", vpc_id=self._vpc.id, tags=self._tags("internet"))
        table = self._table("public", public)
        Route(
            self,
            "public-route",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            gateway_id=gateway.id,
        )
        return [self._nat(zone, subnet, gateway) for zone, subnet in enumerate(public[:nats])]

    def _nat(self, zone: int, subnet: Subnet, gateway: InternetGateway) -> NatGateway:
        name = f"nat-{zone}"
        address = Eip(self, f"{name}-address", domain="vpc", tags=self._tags(name))
        return NatGateway(
            self,
            name,
            allocation_id=address.id,
            subnet_id=subnet.id,
            tags=self._tags(name),
            depends_on=[gateway],
        )

    def _table(self, what: str, subnets: list[Subnet]) -> RouteTable:
        table = RouteTable(self, f"{what}-table", vpc_id=self._vpc.id, tags=self._tags(what))
        for index, subnet in enumerate(subnets):
            RouteTableAssociation(
                self, f"{what}-association-{index}", subnet_id=subnet.id, route_table_id=table.id
            )
        return table

    def _private_table(self, zone: int, subnet: Subnet, nat: NatGateway) -> RouteTable:
        table = self._table(f"private-{zone}", [subnet])
        Route(
            self,
            f"private-{zone}-route",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            nat_gateway_id=nat.id,
        )
        return table

    def _gateway_endpoints(self, tables: list[RouteTable]) -> None:
        """DynamoDB and S3 are reached without the NAT gateway: the lease must not hang on it."""
        for service in ("dynamodb", "s3"):
            VpcEndpoint(
                self,
                f"endpoint-{service}",
                vpc_id=self._vpc.id,
                service_name=f"com.amazonaws.{self._site.region.name}.{service}",
                vpc_endpoint_type="Gateway",
                route_table_ids=[table.id for table in tables],
                tags=self._tags(f"endpoint-{service}"),
            )


class RegionalNetwork(Network):
    """A network for functions and a database; only NAT gateways live in the public subnets."""

    def __init__(self, scope: Construct, id_: str, *, site: Site) -> None:
        super().__init__(scope, id_, site=site)
        self.firewall = Firewall(self, "firewall", site=site, vpc_id=self.vpc_id)


class TieredNetwork(Network):
    """A network whose balancer lives in the public subnets, and whose databases in isolated ones.

    Isolated subnets have a table without any way out; where there is a second region, only that is reached.
    """

    def __init__(self, scope: Construct, id_: str, *, site: Site) -> None:
        super().__init__(scope, id_, site=site)
        spare = list(site.region.cidr.subnets(prefixlen_diff=SUBNET_BITS))[SPARE_BLOCK]
        isolated = self._subnets("isolated", list(spare.subnets(prefixlen_diff=ISOLATED_BITS)))
        self.peered_table_ids.append(self._table("isolated", isolated).id)
        self.isolated_subnet_ids = [subnet.id for subnet in isolated]
        self.firewall = self._firewall()

    def _firewall(self) -> TierFirewall:
        return TierFirewall(self, "firewall", site=self._site, vpc_id=self.vpc_id)


class FunctionTierNetwork(TieredNetwork):
    """The same for a system that has functions too: they live beside the instances."""

    firewall: FunctionTierFirewall

    def _firewall(self) -> FunctionTierFirewall:
        return FunctionTierFirewall(self, "firewall", site=self._site, vpc_id=self.vpc_id)


FunctionNetwork = RegionalNetwork | FunctionTierNetwork
"""Where functions can live."""

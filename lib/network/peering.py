"""One network out of both regions' networks."""

from dataclasses import dataclass

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.vpc_peering_connection import VpcPeeringConnection
from cdktf_cdktf_provider_aws.vpc_peering_connection_accepter import VpcPeeringConnectionAccepterA
from cdktf_cdktf_provider_aws.vpc_peering_connection_options import (
    VpcPeeringConnectionOptions,
    VpcPeeringConnectionOptionsAccepter,
    VpcPeeringConnectionOptionsRequester,
)
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from lib.network.security_groups import SPOKEN
from lib.network.vpc import FunctionNetwork
from lib.pair import Pair
from lib.site import Site


@dataclass(frozen=True, slots=True)
class PeeringSide:
    """One end of the peering."""

    site: Site
    network: FunctionNetwork
    provider: TerraformProvider


class Peering(Construct):
    """Subnets of both regions that are not public reach each other; names resolve to private addresses there.

    Clients of the database may reach the other region's, nothing else: a writer endpoint that follows the
    writer would point there. A security group of the other region cannot be named, so rules name its
    addresses.
    """

    def __init__(self, scope: Construct, id_: str, *, name: str, sides: Pair[PeeringSide]) -> None:
        super().__init__(scope, id_)
        self._connection = self._connect(sides, {"Name": name})
        self._open(sides.first, to=sides.second)
        self._open(sides.second, to=sides.first)

    def _connect(self, sides: Pair[PeeringSide], tags: dict[str, str]) -> str:
        """The id, known once both sides agreed: nothing can be routed or set before."""
        asks, agrees = sides
        connection = VpcPeeringConnection(
            self,
            "connection",
            vpc_id=asks.network.vpc_id,
            peer_vpc_id=agrees.network.vpc_id,
            peer_region=agrees.site.region.name,
            auto_accept=False,  # impossible between regions
            tags=tags,
            provider=asks.provider,
        )
        accepted = VpcPeeringConnectionAccepterA(
            self,
            "accepter",
            vpc_peering_connection_id=connection.id,
            auto_accept=True,
            tags=tags,
            provider=agrees.provider,
        )
        VpcPeeringConnectionOptions(
            self,
            "options-requester",
            vpc_peering_connection_id=accepted.id,
            requester=VpcPeeringConnectionOptionsRequester(allow_remote_vpc_dns_resolution=True),
            provider=asks.provider,
        )
        VpcPeeringConnectionOptions(
            self,
            "options-accepter",
            vpc_peering_connection_id=accepted.id,
            accepter=VpcPeeringConnectionOptionsAccepter(allow_remote_vpc_dns_resolution=True),
            provider=agrees.provider,
        )
        return accepted.id

    def _open(self, side: PeeringSide, *, to: PeeringSide) -> None:
        code, there = side.site.region.code, str(to.site.region.cidr)
        for zone, table_id in enumerate(side.network.peered_table_ids):
            Route(
                self,
                f"route-{code}-{zone}",
                route_table_id=table_id,
                destination_cidr_block=there,
                vpc_peering_connection_id=self._connection,
                provider=side.provider,
            )
        firewall = side.network.firewall
        port, spoken = firewall.database_port, SPOKEN[firewall.database_port]
        for client, group in firewall.clients.items():
            VpcSecurityGroupEgressRule(
                self,
                f"{client}-{code}",
                description=f"{spoken} of the other region",
                security_group_id=group.id,
                cidr_ipv4=there,
                from_port=port,
                to_port=port,
                ip_protocol="tcp",
                provider=side.provider,
            )
        VpcSecurityGroupIngressRule(
            self,
            f"database-{code}",
            description=f"{spoken} from the {' and '.join(firewall.clients)} of the other region",
            security_group_id=firewall.database.id,
            cidr_ipv4=there,
            from_port=port,
            to_port=port,
            ip_protocol="tcp",
            provider=side.provider,
        )

"""The fleet and the load balancers of a local cloud, made from the cloud's addresses and keys."""

from collections.abc import Mapping
from functools import partial
from itertools import permutations
from pathlib import Path

from localcloud.core.link import Link
from localcloud.core.state import CloudState
from localcloud.core.tls import Authority
from localcloud.fleet.balancer.control_plane import EmulatedControlPlane
from localcloud.fleet.balancer.plane import Balancers
from localcloud.fleet.desk import Desk
from localcloud.fleet.fleet import Fleet
from localcloud.fleet.ports import InstancePorts
from localcloud.route53.records import Service

ENDING = ".elb.amazonaws.com"


def fleet_of(state: CloudState, folder: Path) -> Fleet:
    """A fleet that sleeps until the first instance or group is made; all it keeps is below *folder*."""
    return Fleet(
        desk=Desk(
            url=state.operator_endpoint,
            token=state.token,
            account=state.account_id,
            access_key_id=state.access_key_id,
            secret_access_key=state.secret_access_key,
        ),
        folder=folder / "fleet",
        logs=folder / "logs" / "instances",
        endpoints={name: region.endpoint for name, region in state.regions.items()},
        dns_port=state.inner_dns_port,
        ways={
            name: {other: region.way_out for other in state.regions if other != name and region.way_out}
            for name, region in state.regions.items()
        },
    )


def load_balancers(state: CloudState, instances: InstancePorts, *, time_scale: float) -> Balancers:
    """Load balancers that sleep until one is made; their authority is written for clients to trust."""
    authority = Authority()
    _publish(authority, state.balancer_ca)
    return Balancers(
        control_plane=EmulatedControlPlane(state),
        instances=instances,
        authority=authority,
        time_scale=time_scale,
    )


def ways_between(state: CloudState, balancers: Balancers) -> dict[str, Link]:
    """By region the way of its instances to the other region's balancer, to be started at `way_out`."""
    pairs = permutations(state.regions, 2)
    return {here: Link(partial(_way_in, balancers, there)) for here, there in pairs}


def _way_in(balancers: Balancers, region: str) -> int:
    """Where a balancer of the region listens: over TLS, where it does. Raises OSError where there is none."""
    for name, ports in balancers.doors.ports.items():
        if name.endswith(f".{region}{ENDING}"):
            return ports[max(ports)]
    raise ConnectionRefusedError(f"no balancer listens in {region}")


def services(balancers: Balancers, tasks: Mapping[str, Service]) -> Mapping[str, Service]:
    """What is found under the names of load balancers, beside the private names of *tasks*."""
    if not balancers.awake:
        return tasks
    healthy, doors = balancers.healthy(), balancers.doors
    return dict(tasks) | {
        name: Service(
            healthy=healthy.get(name, False), ports=ports, secure=doors.secure.get(name, frozenset())
        )
        for name, ports in doors.ports.items()
    }


def _publish(authority: Authority, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(authority.pem)

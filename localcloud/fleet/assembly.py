"""The fleet of a local cloud, made from the cloud's addresses and keys."""

from pathlib import Path

from localcloud.fleet.desk import Desk
from localcloud.fleet.fleet import Fleet
from localcloud.state import CloudState


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
    )

"""The deployed pair of regions that a drill is about: addresses and outputs, typed."""

from dataclasses import dataclass, fields
from pathlib import Path

from dr.outputs import OutputsError, read
from gameday.errors import NotDeployed
from localcloud.core.paths import CLOUD_FILE, OUTPUTS
from localcloud.core.state import CloudState


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """The deployment's outputs that a drill reads."""

    api_name: str
    global_cluster_id: str
    lease_table: str
    journal_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """A running local cloud with the system deployed in it."""

    state: CloudState
    outputs: Outputs


def load(cloud_file: Path = CLOUD_FILE, outputs_file: Path = OUTPUTS) -> Deployed:
    """What runs now. Raises localcloud's NotRunning, or NotDeployed, with what to do about it."""
    state = CloudState.load(cloud_file)
    try:
        flat = read(outputs_file)
        outputs = Outputs(**{field.name: str(flat[field.name]) for field in fields(Outputs)})
    except OutputsError as error:
        raise NotDeployed(str(error)) from error
    except KeyError as error:
        raise NotDeployed(
            f"{outputs_file.name} has no output {error.args[0]!r}: deploy again (make up)"
        ) from error
    return Deployed(state=state, outputs=outputs)

"""The deployed pair of regions that a drill is about: addresses and outputs, typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dr.outputs import OutputsError, read
from gameday.errors import NotDeployed
from localcloud.core.paths import CLOUD_FILE, OUTPUTS
from localcloud.core.state import CloudState

_PLAIN = ("api_name", "global_cluster_id", "lease_table", "journal_table")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """The deployment's outputs that a drill reads."""

    api_name: str
    global_cluster_id: str
    lease_table: str
    journal_table: str
    api_hosts: Mapping[str, str]
    """By region the AWS name of its API or balancer."""


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
        outputs = Outputs(
            **{name: str(flat[name]) for name in _PLAIN},
            api_hosts={region: str(flat[f"api_host_{region.replace('-', '_')}"]) for region in state.regions},
        )
    except OutputsError as error:
        raise NotDeployed(str(error)) from error
    except KeyError as error:
        raise NotDeployed(
            f"{outputs_file.name} has no output {error.args[0]!r}: deploy again (make up)"
        ) from error
    return Deployed(state=state, outputs=outputs)

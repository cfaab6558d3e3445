"""What a running local cloud tells others about itself: its `cloud.json`, readable by its owner only."""

import json
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from localcloud.core.errors import NotRunning
from localcloud.core.paths import CLOUD_FILE, NAMES, OUTPUTS

ACCOUNT_ID = "123456789012"
"""Of every local cloud."""


class RegionState(BaseModel):
    """The addresses of one region, all on loopback."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: str
    """URL of the AWS API as called from inside the region."""
    front_door: str
    """URL at which the public reaches the region's HTTP API."""
    peer_port: int = 0
    """Where the region's functions reach the other region's HTTP API; all others use its front door."""
    way_out: int = 0
    """Where the region's instances reach the other region's load balancer; all others use its own port."""


class DatabaseState(BaseModel):
    """The ports of one database server: for clients over TLS, and for the server that follows it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: int
    link_port: int


class CloudState(BaseModel):
    """Addresses and this run's keys; the keys open nothing but this emulator."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pid: int
    control: str
    token: str
    operator_endpoint: str
    account_id: str
    access_key_id: str
    secret_access_key: str
    regions: dict[str, RegionState]
    databases: dict[str, DatabaseState] = {}
    """Database servers by name."""
    system: str = "payments"
    """The system that this cloud is for."""
    dns_port: int
    inner_dns_port: int = 0
    """DNS as instances see it: private zones are answered, too."""
    websites_port: int = 0
    """Where pages in buckets are served."""
    user_password: str = ""
    """Of the one who may sign in, where people do."""
    calls_log: Path
    outputs: Path = OUTPUTS
    """File with the flat outputs of what is deployed."""
    issuer: str = ""
    """URL of the issuer of access tokens."""
    issuer_ca: Path = Path()
    """File with the authority that signed the issuer's certificate."""
    balancer_ca: Path = Path()
    """File with the authority that signs the certificates of load balancers."""

    def save(self, path: Path = CLOUD_FILE) -> None:
        """Write the file so that only its owner can read it, all of it or nothing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".tmp")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(self.model_dump_json(indent=2))
        draft.replace(path)

    @classmethod
    def load(cls, path: Path = CLOUD_FILE) -> "CloudState":
        """The running cloud. Raises NotRunning when there is none or its file cannot be understood."""
        try:
            return cls.model_validate(json.loads(path.read_text()))
        except FileNotFoundError:
            raise _not_running(path) from None
        except (ValueError, ValidationError) as error:
            raise NotRunning(
                f"{path.name} cannot be understood: {error}",
                f"stop what is left of it with: make down SYSTEM={path.parent.name}",
            ) from error

    def aws_environment(self, region: str) -> dict[str, str]:
        """Environment variables that point any AWS SDK, CLI or Terraform at this cloud.

        Python finds the names of its load balancers, too.
        """
        return {
            "AWS_ENDPOINT_URL": self.operator_endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "SYSTEM": self.system,
            "DR_OUTPUTS": str(self.outputs),
            "TOKEN_ISSUER": self.issuer,
            "TOKEN_ISSUER_CA": str(self.issuer_ca),
            "PYTHONPATH": str(NAMES),
            "INSTANCE_DNS": str(self.dns_port),
        }


def _not_running(file: Path) -> NotRunning:
    others = sorted(other.parent.name for other in file.parent.parent.glob("*/cloud.json"))
    if others:
        return NotRunning(
            f"no local cloud of {file.parent.name} is running, but of {', '.join(others)}",
            f"start it with: make up SYSTEM={file.parent.name}; or use another: SYSTEM={others[0]}",
        )
    return NotRunning("no local cloud is running", f"start one with: make up SYSTEM={file.parent.name}")

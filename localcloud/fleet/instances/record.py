"""An EC2 instance as its record says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """What the emulated EC2 knows of one instance."""

    id: str
    region: str
    account: str
    zone: str
    state: str
    boots: int
    """How often it was started or rebooted."""
    user_data: str
    """Base64."""
    profile: str
    """ARN of its instance profile; empty without one."""
    image: str
    type: str
    address: str
    metadata: Mapping[str, str]
    """Metadata options by AWS's names."""
    tags: Mapping[str, str]
    ports: tuple[int, ...]
    """The single TCP ports that its security groups open."""
    impaired: bool

    @classmethod
    def of(cls, told: Mapping[str, Any], account: str) -> "Instance":
        """The instance in the emulator's snapshot."""
        return cls(**{**told, "ports": tuple(told["ports"])}, account=account)

    @property
    def group(self) -> str:
        """The Auto Scaling group that launched it; empty without one."""
        return self.tags.get("aws:autoscaling:groupName", "")

"""Where resources are: one region of one account, in one environment."""

from dataclasses import dataclass, replace
from typing import Generic

from typing_extensions import TypeVar

from lib.regions import Region
from lib.settings.common import CommonSettings

S_co = TypeVar("S_co", bound=CommonSettings, default=CommonSettings, covariant=True)


@dataclass(frozen=True, slots=True)
class Site(Generic[S_co]):
    """Knows the names and the ARNs of everything that has a name in this region."""

    settings: S_co
    region: Region
    account: str

    @property
    def other(self) -> "Site[S_co]":
        """The same in the other region: its names are known although nothing of it is asked."""
        (region,) = [region for region in self.settings.regions if region != self.region]
        return replace(self, region=region)

    def name(self, what: str) -> str:
        """A name that both regions share."""
        return self.settings.name(what)

    def own_name(self, what: str) -> str:
        """A name that carries the region: for what AWS names globally, or humans must tell apart."""
        return self.settings.name(what, self.region)

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something regional: ``site.arn("dynamodb", "table/<system>-lease-dev")``."""
        return f"arn:aws:{service}:{self.region.name}:{self.account}:{resource}"

    def role_arn(self, what: str) -> str:
        """The ARN of a role of this region's: ``site.role_arn("steps")``."""
        return f"arn:aws:iam::{self.account}:role/{self.own_name(what)}"

    @property
    def automation_role_arn(self) -> str:
        """The ARN of the one role that may act on both regions."""
        return f"arn:aws:iam::{self.account}:role/{self.name('automation')}"

    @property
    def permissions_boundary(self) -> str | None:
        """The ARN of the policy that no role may exceed, where the organisation has one."""
        name = self.settings.access.permissions_boundary
        return f"arn:aws:iam::{self.account}:policy/{name}" if name else None

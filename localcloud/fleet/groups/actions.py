"""What a decision about a group asks for."""

from dataclasses import dataclass

from localcloud.fleet.groups.facts import Hook, Lifecycle, Template
from localcloud.fleet.groups.refresh_facts import Refresh


@dataclass(frozen=True, slots=True)
class Launch:
    """Launch one instance."""

    zone: str
    template: Template
    cause: str
    extra: bool = False


@dataclass(frozen=True, slots=True)
class MarkUnhealthy:
    """Take the instance for sick from now on."""

    member: str
    cause: str


@dataclass(frozen=True, slots=True)
class End:
    """Begin to terminate: deregister it and let its connections drain."""

    member: str
    cause: str


@dataclass(frozen=True, slots=True)
class Settle:
    """An instance that was launched beyond the desired capacity counts from now on."""

    member: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Tell whoever listens that a lifecycle hook waits for an answer."""

    member: str
    hook: Hook


@dataclass(frozen=True, slots=True)
class Move:
    """Let the member come into another lifecycle state."""

    member: str
    to: Lifecycle


@dataclass(frozen=True, slots=True)
class Register:
    """Register the instance with a target group."""

    member: str
    target_group: str


@dataclass(frozen=True, slots=True)
class Deregister:
    """Take the instance out of a target group that is no longer the group's."""

    member: str
    target_group: str


@dataclass(frozen=True, slots=True)
class Destroy:
    """Let EC2 terminate the instance."""

    member: str


@dataclass(frozen=True, slots=True)
class Forget:
    """The instance does not exist any more."""

    member: str


@dataclass(frozen=True, slots=True)
class SetDesired:
    """A policy changes the desired capacity."""

    to: int
    cause: str


@dataclass(frozen=True, slots=True)
class SetRefresh:
    """The refresh is as far as this now."""

    refresh: Refresh


@dataclass(frozen=True, slots=True)
class SetTemplate:
    """The group is given the template that its refresh ended with."""

    template: Template


Action = (
    Launch
    | MarkUnhealthy
    | End
    | Settle
    | Ask
    | Move
    | Register
    | Deregister
    | Destroy
    | Forget
    | SetDesired
    | SetRefresh
    | SetTemplate
)

"""What removal finds in its way: nothing, unless somebody asked for protection."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

SHORTEST_KEY_WINDOW_DAYS = 7
LONGEST_KEY_WINDOW_DAYS = 30


class Profile(StrEnum):
    """What kind of environment this is."""

    EPHEMERAL = "ephemeral"
    """Comes and goes; destroying it leaves nothing behind."""
    PROTECTED = "protected"
    """Has data that somebody would miss; removing it takes a change of this setting first."""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The one thing that constructs ask. None of them looks at the profile."""

    protected: bool
    """Deletion protection of whatever offers it."""

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """The lifecycle of all resources in an environment of this kind."""
        return cls(protected=profile is Profile.PROTECTED)

    @property
    def force_destroy(self) -> bool:
        """Whether containers are removed with what is in them."""
        return not self.protected

    @property
    def key_window_days(self) -> int:
        """How long a deleted key can be had back. Whatever it encrypted is gone with it."""
        return LONGEST_KEY_WINDOW_DAYS if self.protected else SHORTEST_KEY_WINDOW_DAYS

    def final_snapshot(self, name: str) -> str | None:
        """What the last snapshot of the database *name* is called; None when there shall be none."""
        return f"{name}-final" if self.protected else None

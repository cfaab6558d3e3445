"""Who may sign in: names and password hashes from the application's secret, and the keys of its cookies.

They live in the secret and not in the database, so that people can sign in and stay signed in while the
database is away, whichever instance answers them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from apps.serving import passwords

FEWEST_KEY_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class Users:
    """What the application's secret holds."""

    keys: tuple[str, ...] = field(repr=False)
    """That sign cookies: the first signs, all are taken, so that a key can be replaced."""
    hashes: Mapping[str, str] = field(repr=False)
    """By name, as `passwords.hashed` writes them."""

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) < FEWEST_KEY_CHARACTERS for key in self.keys):
            raise ValueError("a session key of 32 characters or more is needed")

    @classmethod
    def read(cls, secret: Mapping[str, Any]) -> Self:
        """Out of the members of the secret; KeyError, TypeError or ValueError: there is something else."""
        return cls(tuple(secret["session_keys"]), dict(secret["users"]))

    def admits(self, name: str, password: str) -> bool:
        """Whether this is the password."""
        return passwords.admits(self.hashes, name, password)

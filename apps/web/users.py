"""Who may sign in: names and password hashes from the application's secret, and the keys of its cookies.

They live in the secret and not in the database, so that people can sign in and stay signed in while the
database is away, whichever instance answers them.
"""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from runtime.logs import logger

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

CACHE_S = 60.0
RETRY_S = 5.0
FEWEST_KEY_CHARACTERS = 32
_N, _R, _P, _BYTES = 2**14, 8, 1, 32


class UsersUnavailable(RuntimeError):
    """The secret was never read, and cannot be read now."""


@dataclass(frozen=True, slots=True)
class Users:
    """What the application's secret holds."""

    keys: tuple[str, ...] = field(repr=False)
    """That sign cookies: the first signs, all are taken, so that a key can be replaced."""
    hashes: Mapping[str, str] = field(repr=False)
    """By name, as `hashed` writes them."""

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) < FEWEST_KEY_CHARACTERS for key in self.keys):
            raise ValueError("a session key of 32 characters or more is needed")

    def admits(self, name: str, password: str) -> bool:
        """Whether this is the password. A name that nobody has takes as long as a wrong password."""
        known = self.hashes.get(name)
        matches = _matches(password, known or _NOBODY)
        return matches and known is not None


class SecretUsers:
    """The users of a secret in Secrets Manager, read once a minute; the last known outlive an outage of it.

    Args:
        name: gives the name of the secret, or raises what a parameter store raises.
        clock: seconds, never backwards.
    """

    def __init__(
        self,
        client: "SecretsManagerClient",
        name: Callable[[], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._name = name
        self._clock = clock
        self._lock = threading.Lock()
        self._known: Users | None = None
        self._renew_at = clock()

    def __call__(self) -> Users:
        """The users.

        Raises:
            UsersUnavailable: they were never read, and cannot be read now.
        """
        with self._lock:
            if self._clock() >= self._renew_at:
                self._renew()
                self._renew_at = self._clock() + (CACHE_S if self._known else RETRY_S)
            if self._known is None:
                raise UsersUnavailable("the secret with users and session keys cannot be read")
            return self._known

    def _renew(self) -> None:
        try:
            secret = json.loads(self._client.get_secret_value(SecretId=self._name())["SecretString"])
            self._known = Users(tuple(secret["session_keys"]), dict(secret["users"]))
        except (BotoCoreError, ClientError, RuntimeError) as error:
            logger.warning("cannot read the users", extra={"reason": str(error)})
        except (KeyError, TypeError, ValueError) as error:
            # Its message could quote the secret: only its kind is told.
            logger.warning("the secret with the users is malformed", extra={"reason": type(error).__name__})


def hashed(password: str, salt: bytes) -> str:
    """The password as the secret keeps it: `scrypt:SALT:HASH`, both in hexadecimal."""
    return f"scrypt:{salt.hex()}:{_scrypt(password, salt).hex()}"


def _matches(password: str, known: str) -> bool:
    scheme, _, rest = known.partition(":")
    salt, _, digest = rest.partition(":")
    try:
        wanted = bytes.fromhex(digest)
        found = _scrypt(password, bytes.fromhex(salt))
    except ValueError:
        return False
    return scheme == "scrypt" and hmac.compare_digest(found, wanted)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_N, r=_R, p=_P, dklen=_BYTES)


_NOBODY = f"scrypt:{bytes(16).hex()}:{bytes(_BYTES).hex()}"

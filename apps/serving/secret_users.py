"""Who may sign in, out of a secret: so people can do so while the database is away."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from runtime.logs import logger

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

CACHE_S = 60.0
RETRY_S = 5.0
U = TypeVar("U")


class UsersUnavailable(RuntimeError):
    """The secret was never read, and cannot be read now."""


def from_secret(client: "SecretsManagerClient", name: Callable[[], str]) -> Callable[[], str]:
    """The text of the entry of Secrets Manager that *name* names."""
    return lambda: client.get_secret_value(SecretId=name())["SecretString"]


class SecretUsers(Generic[U]):
    """The users of a secret, read once a minute; the last known outlive an outage of where it is kept.

    Args:
        text: gives the secret as it is kept, or raises what boto3 or a parameter store raises.
        read: makes users of the secret's members; KeyError, TypeError or ValueError: they are none.
        clock: seconds, never backwards.
    """

    def __init__(
        self,
        text: Callable[[], str],
        read: Callable[[Mapping[str, Any]], U],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._text = text
        self._read = read
        self._clock = clock
        self._lock = threading.Lock()
        self._known: U | None = None
        self._renew_at = clock()

    def __call__(self) -> U:
        """The users.

        Raises:
            UsersUnavailable: they were never read, and cannot be read now.
        """
        with self._lock:
            if self._clock() >= self._renew_at:
                self._renew()
                self._renew_at = self._clock() + (CACHE_S if self._known is not None else RETRY_S)
            if self._known is None:
                raise UsersUnavailable("the secret with the users cannot be read")
            return self._known

    def _renew(self) -> None:
        try:
            self._known = self._read(json.loads(self._text()))
        except (BotoCoreError, ClientError, RuntimeError) as error:
            logger.warning("cannot read the users", extra={"reason": str(error)})
        except (KeyError, TypeError, ValueError) as error:
            # Its message could quote the secret: only its kind is told.
            logger.warning("the secret with the users is malformed", extra={"reason": type(error).__name__})

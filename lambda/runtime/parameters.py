"""The region's own SSM parameters: where its database, its API and its state machine are."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from runtime.logs import logger

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

CACHE_S = 60.0
REST_S = 5.0
"""So long a store that hung is not asked for what was never read: less than between two ticks."""


class ParameterUnavailable(RuntimeError):
    """A parameter cannot be read."""


class Parameters:
    """The parameters below one prefix, read as "db/writer" and cached for a minute.

    One that is encrypted takes the right to decrypt.

    They hold facts of the last deployment. So when the store does not answer, the last known value is
    a better answer than none, and a function that is warm survives an outage of the store.
    """

    def __init__(
        self, ssm_client: "SSMClient", prefix: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ssm = ssm_client
        self._prefix = prefix
        self._clock = clock
        self._cache: dict[str, tuple[float, str]] = {}
        # A store that hangs costs one wait a minute, or one a tick for what was never read: not one for each
        # parameter and call.
        self._resting_until = clock()
        self._failed: tuple[float, ParameterUnavailable] | None = None

    def get(self, name: str) -> str:
        """The value of "{prefix}/{name}".

        Raises:
            ParameterUnavailable: it was never read before and cannot be read now, or could not a moment ago.
        """
        now = self._clock()
        read_at, known = self._cache.get(name, (now, None))
        if known is not None and (now - read_at < CACHE_S or now < self._resting_until):
            return known
        if known is None and self._failed and now < self._failed[0]:
            raise ParameterUnavailable(f"{self._prefix}/{name} was not asked for: {self._failed[1]}")
        try:
            return self._read(name)
        except ParameterUnavailable as error:
            failed_at = self._clock()
            self._resting_until = failed_at + CACHE_S
            if isinstance(error.__cause__, BotoCoreError):  # no answer at all, as from a store that hangs
                self._failed = failed_at + REST_S, error
            if known is None:
                raise
            logger.warning("using the last known parameter", extra={"cause": str(error)})
            return known

    def _read(self, name: str) -> str:
        try:
            found = self._ssm.get_parameter(Name=f"{self._prefix}/{name}", WithDecryption=True)["Parameter"]
        except (BotoCoreError, ClientError) as error:
            raise ParameterUnavailable(f"cannot read {self._prefix}/{name}: {error}") from error
        self._cache[name] = (self._clock(), found["Value"])
        return found["Value"]

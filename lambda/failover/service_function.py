"""The function behind this region's API, invoked directly and not over HTTP."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from runtime.logs import logger
from runtime.parameters import Parameters, ParameterUnavailable

WARM_TIMEOUT_S = 8.0
"""A cold start in a VPC with its imports takes one to two seconds."""
MOST_AT_ONCE = 64


class Invokes(Protocol):
    """The one call of boto3's client that is needed."""

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's
        """Run the function and wait for what it returns."""
        ...


class ServiceFunction:
    """The function that `{prefix}/api/function` names."""

    def __init__(self, client: Invokes, parameters: Parameters) -> None:
        self._client = client
        self._parameters = parameters

    def warm(self, *, calls: int, hold_ms: int) -> frozenset[str]:
        """Invoke it *calls* times at once, each held so long; the environments that answered.

        An environment that is busy takes no other invocation, so this many at once need as many environments.
        Fewer answer where Lambda throttles, or when one was free again before the last call.
        """
        with ThreadPoolExecutor(max_workers=min(calls, MOST_AT_ONCE)) as pool:
            answers = list(pool.map(lambda _: self._warm(hold_ms), range(calls)))
        return frozenset(environment for environment in answers if environment)

    def _warm(self, hold_ms: int) -> str | None:
        try:
            answer = self._client.invoke(
                FunctionName=self._parameters.get("api/function"),
                Payload=json.dumps({"warm_ms": hold_ms}).encode(),
            )
            payload = json.loads(answer["Payload"].read())
        except (BotoCoreError, ClientError, ParameterUnavailable, ValueError) as error:
            logger.warning("an environment is not warm", extra={"reason": str(error)})
            return None
        if "FunctionError" in answer or not isinstance(payload, dict):
            logger.warning("an environment is not warm", extra={"reason": "the function failed"})
            return None
        return str(payload["environment"]) if "environment" in payload else None

"""A takeover: the state machine execution that makes the new holder's region serve."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from failover.decision import TakeoverFact
from failover.lease import Lease
from runtime.parameters import Parameters, ParameterUnavailable

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class TakeoverNotStarted(RuntimeError):
    """The state machine did not accept the execution. The next tick tries again."""


class Kind(StrEnum):
    """What the takeover has to do with the database."""

    BOOTSTRAP = "bootstrap"
    """The writer is here already: nothing is promoted."""
    FAILOVER = "failover"
    """The writer may be lost: this region's cluster is promoted, data loss allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """The input of the state machine. It follows from the lease alone: the same epoch, the same input."""

    system: str
    epoch: int
    region: str
    kind: Kind
    previous: str | None

    @classmethod
    def of(cls, lease: Lease) -> "Takeover":
        """The takeover that a TAKING lease asks for."""
        return cls(
            system=lease.system,
            epoch=lease.epoch,
            region=lease.holder,
            kind=Kind.FAILOVER if lease.previous_holder else Kind.BOOTSTRAP,
            previous=lease.previous_holder,
        )

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> "Takeover":
        """The inverse of `payload`."""
        return cls(
            system=payload["system"],
            epoch=int(payload["epoch"]),
            region=payload["region"],
            kind=Kind(payload["kind"]),
            previous=payload["from"],
        )

    @property
    def name(self) -> str:
        """The execution's name: one takeover an epoch, however often it is started."""
        return f"{self.system}-{self.epoch}"

    def payload(self) -> dict[str, str | int | None]:
        """The input as JSON object."""
        return {
            "system": self.system,
            "epoch": self.epoch,
            "region": self.region,
            "kind": self.kind,
            "from": self.previous,
        }


class Takeovers:
    """The executions of this region's own state machine."""

    def __init__(self, client: "SFNClient", parameters: Parameters) -> None:
        self._client = client
        self._parameters = parameters

    def start(self, takeover: Takeover) -> None:
        """Make sure that the execution exists; starting it again is harmless.

        Raises:
            TakeoverNotStarted: the state machine did not confirm.
        """
        try:
            self._client.start_execution(
                stateMachineArn=self._state_machine(),
                name=takeover.name,
                input=json.dumps(takeover.payload(), sort_keys=True),
            )
        except (BotoCoreError, ClientError, ParameterUnavailable) as error:
            if _code(error) != "ExecutionAlreadyExists":
                raise TakeoverNotStarted(f"{takeover.name}: {error}") from error

    def status(self, takeover: Takeover) -> TakeoverFact:
        """How far the execution has come, UNKNOWN when the state machine does not say."""
        try:
            arn = self._state_machine().replace(":stateMachine:", ":execution:")
            status = self._client.describe_execution(executionArn=f"{arn}:{takeover.name}")["status"]
        except (BotoCoreError, ClientError, ParameterUnavailable) as error:
            absent = _code(error) == "ExecutionDoesNotExist"
            return TakeoverFact.ABSENT if absent else TakeoverFact.UNKNOWN
        return _FACTS.get(status, TakeoverFact.FAILED)

    def _state_machine(self) -> str:
        return self._parameters.get("failover/state-machine")


_FACTS = {
    "RUNNING": TakeoverFact.RUNNING,
    "PENDING_REDRIVE": TakeoverFact.RUNNING,
    "SUCCEEDED": TakeoverFact.SUCCEEDED,
}


def _code(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else ""

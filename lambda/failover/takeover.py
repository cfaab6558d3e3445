"""A takeover: the state machine execution that makes the new holder's region serve."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from failover.lease import Handover, Kind, Lease, LeaseState
from failover.observation import TakeoverFact
from runtime.parameters import Parameters, ParameterUnavailable

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


MOST_ATTEMPTS = 50
"""So many failures of one takeover are a defect that another attempt does not mend."""


class TakeoverNotStarted(RuntimeError):
    """The state machine did not accept the execution. The next tick tries again."""


class Phase(StrEnum):
    """Where the lease stands, seen from one takeover."""

    ASKED = "asked"
    """A planned takeover may begin: its old holder serves, in the epoch before."""
    DRAINING = "draining"
    """The old holder serves nobody any more, for this takeover."""
    HERE = "here"
    """The new region holds the lease."""
    OVER = "over"
    """The lease wants something else: this takeover must not go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """The input of the state machine. It follows from the lease alone: the same epoch, the same input.

    A planned one has the epoch that it will begin, so it is the same before and after the handover.
    """

    system: str
    epoch: int
    region: str
    kind: Kind
    previous: str | None
    attempt: int = 1

    @classmethod
    def of(cls, lease: Lease) -> "Takeover":
        """The takeover that a TAKING or a DRAINING lease asks for."""
        if lease.handover:
            return cls.planned(lease, lease.handover)
        return cls(
            system=lease.system,
            epoch=lease.epoch,
            region=lease.holder,
            kind=lease.kind if lease.previous_holder else Kind.BOOTSTRAP,
            previous=lease.previous_holder,
            attempt=lease.attempt,
        )

    @classmethod
    def planned(cls, lease: Lease, handover: Handover) -> "Takeover":
        """The takeover that hands this lease over."""
        return cls(
            system=lease.system,
            epoch=lease.epoch + 1,
            region=handover.to,
            kind=handover.kind,
            previous=lease.holder,
            attempt=handover.attempt,
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
            attempt=int(payload["attempt"]),
        )

    @property
    def name(self) -> str:
        """The execution's name: single flight, however often it is started.

        Planned ones carry their kind: one that failed must not use up the name of a forced failover.
        """
        kind = [self.kind.value] if self.kind.planned else []
        again = [str(self.attempt)] if self.attempt > 1 else []
        return "-".join([self.system, str(self.epoch), *kind, *again])

    def payload(self) -> dict[str, str | int | None]:
        """The input as JSON object."""
        return {
            "system": self.system,
            "epoch": self.epoch,
            "region": self.region,
            "kind": self.kind,
            "from": self.previous,
            "attempt": self.attempt,
        }

    @property
    def handover(self) -> Handover:
        """What a lease is drained for when this takeover is planned."""
        return Handover(to=self.region, kind=self.kind, attempt=self.attempt)

    def phase(self, lease: Lease | None) -> Phase:
        """Where the lease stands for this takeover. Pure."""
        if lease is None:
            return Phase.OVER
        if Takeover.of(lease) == self:
            if lease.state is not LeaseState.DRAINING:
                return Phase.HERE
            return Phase.DRAINING if lease.handover else Phase.OVER
        serving = lease.state is LeaseState.ACTIVE and Takeover.planned(lease, self.handover) == self
        return Phase.ASKED if self.kind.planned and serving else Phase.OVER


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

    def untried(self, takeover: Takeover) -> Takeover:
        """The same takeover with the lowest attempt whose execution does not exist yet.

        Raises:
            TakeoverNotStarted: one is running, or the state machine does not say.
        """
        for attempt in range(1, MOST_ATTEMPTS + 1):
            candidate = replace(takeover, attempt=attempt)
            match self.status(candidate):
                case TakeoverFact.ABSENT:
                    return candidate
                case TakeoverFact.RUNNING:
                    raise TakeoverNotStarted(f"{candidate.name} is running")
                case TakeoverFact.UNKNOWN:
                    raise TakeoverNotStarted(f"{candidate.name}: the state machine does not answer")
        raise TakeoverNotStarted(f"{takeover.name} was tried {MOST_ATTEMPTS} times")

    def _state_machine(self) -> str:
        return self._parameters.get("failover/state-machine")


_FACTS = {
    "RUNNING": TakeoverFact.RUNNING,
    "PENDING_REDRIVE": TakeoverFact.RUNNING,
    "SUCCEEDED": TakeoverFact.SUCCEEDED,
}


def _code(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else ""

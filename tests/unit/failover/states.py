"""The state machine of a region, in memory, and the parameters that name it."""

from botocore.exceptions import ConnectTimeoutError

from runtime.parameters import ParameterUnavailable

MACHINE = "arn:aws:states:us-west-2:123456789012:stateMachine:payments-failover-dev"
EXECUTION = "arn:aws:states:us-west-2:123456789012:execution:payments-failover-dev:payments-7"


class KnownMachine:
    def get(self, name: str) -> str:
        assert name == "failover/state-machine"
        return MACHINE


class NoParameters:
    def get(self, name: str) -> str:
        raise ParameterUnavailable(name)


class StepFunctions:
    """Answers with a status, or raises."""

    def __init__(self, answer: object = None) -> None:
        self.answer = answer
        self.calls: list[dict[str, str]] = []

    def _reply(self, request: dict[str, str]) -> dict[str, object]:
        self.calls.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return {"status": self.answer}

    def start_execution(self, **request: str) -> dict[str, object]:
        return self._reply(request)

    def describe_execution(self, **request: str) -> dict[str, object]:
        return self._reply(request)


SILENCE = ConnectTimeoutError(endpoint_url="https://states")

"""`python -m localcloud.aws_cli SERVICE COMMAND ...`: as much of AWS's command line as runbooks use.

Whoever has no AWS CLI can paste a runbook with it, and tests check every call against AWS's own models.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import botocore.session
import jmespath
from botocore import xform_name
from botocore.validate import ParamValidator

OWN_OPTIONS = frozenset({"output", "query", "region"})
"""Options of the command line itself, which no call gets."""
SERVICES = {"s3api": "s3"}
"""Where the command line has another name than the API."""
TASK_OUTPUT = "task-output"
"""What the command line calls the parameter `output` of Step Functions: that is an option of its own."""
NUMBERS: Mapping[str, Callable[[str], Any]] = {"integer": int, "long": int, "double": float, "float": float}
Ask = Callable[["Command"], Mapping[str, Any]]


class NotACommand(ValueError):
    """AWS knows no such call, or not these parameters of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One call, as AWS's models understand it."""

    service: str
    operation: str
    """As in the API's reference: ``RemoveFromGlobalCluster``."""
    asked: Mapping[str, Any]
    shown: Mapping[str, str]
    region: str

    @classmethod
    def parse(cls, words: Sequence[str], region: str | None) -> "Command":
        """The call that the words mean. Raises NotACommand."""
        named, command, *rest = words
        service = SERVICES.get(named, named)
        model: Any = _models().get_service_model(service)
        names = [name for name in model.operation_names if xform_name(name, "-") == command]
        if not names:
            raise NotACommand(f"{service} has no {command}")
        shape = model.operation_model(names[0]).input_shape
        asked, shown = _parsed(rest, shape)
        where = shown.get("region", region)
        if not where:
            raise NotACommand("no region: set AWS_REGION")
        report = ParamValidator().validate(asked, shape)
        if report.has_errors():
            raise NotACommand(report.generate_report())
        return cls(service=service, operation=names[0], asked=asked, shown=shown, region=where)

    def show(self, answer: Mapping[str, Any]) -> str:
        """The answer as the command line prints it."""
        found: Any = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
        if "query" in self.shown:
            found = jmespath.search(self.shown["query"], found)
        if self.shown.get("output") != "text":
            return json.dumps(found, default=str) + "\n"
        return _text(found) + "\n"


def call(command: Command) -> Mapping[str, Any]:
    """What AWS answers."""
    client: Any = boto3.client(command.service, region_name=command.region)  # type: ignore[call-overload]
    return dict(getattr(client, xform_name(command.operation))(**command.asked))


@cache
def _models() -> botocore.session.Session:
    """Reads what AWS publishes of its services, each once."""
    return botocore.session.get_session()


def _parsed(words: Sequence[str], shape: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """The parameters, and the options of the command line itself. Raises NotACommand."""
    members = {xform_name(name, "-"): name for name in shape.members}
    if "output" in members:
        members[TASK_OUTPUT] = members.pop("output")
    asked: dict[str, Any] = {}
    shown: dict[str, str] = {}
    queue = list(words)
    while queue:
        word = queue.pop(0)
        if not word.startswith("--"):
            continue  # the file that `lambda invoke` writes
        values = []
        while queue and not queue[0].startswith("--"):
            values.append(queue.pop(0))
        option = word[2:]
        if option in OWN_OPTIONS:
            shown[option] = values[0]
        elif option.removeprefix("no-") in members and option not in members:
            asked[members[option.removeprefix("no-")]] = False
        elif option in members:
            asked[members[option]] = _value(shape.members[members[option]], values)
        else:
            raise NotACommand(f"unknown option {word}")
    return asked, shown


def _value(shape: Any, values: Sequence[str]) -> Any:
    if shape.type_name == "boolean":
        return not values or values[0] == "true"
    if values[0][:1] in "[{" and shape.type_name in {"structure", "list", "map"}:
        return json.loads(values[0])
    if shape.type_name == "list":
        return [_value(shape.member, [value]) for value in values]
    if shape.type_name in {"structure", "map"}:
        pairs = dict(pair.split("=", 1) for pair in values[0].split(","))
        whole = shape.type_name == "map"
        return {
            name: _value(shape.value if whole else shape.members[name], [value])
            for name, value in pairs.items()
        }
    return NUMBERS.get(shape.type_name, str)(values[0])


def _text(found: Any) -> str:
    if isinstance(found, list):
        rows = [_text(one) for one in found]
        return ("\n" if any(isinstance(one, list) for one in found) else "\t").join(rows)
    return str(found)


def main(words: Sequence[str]) -> None:
    """Make the call and print the answer. Raises SystemExit for what is no call."""
    try:
        command = Command.parse(words, boto3.Session().region_name)
    except NotACommand as error:
        raise SystemExit(f"aws: {error}") from None
    sys.stdout.write(command.show(call(command)))


if __name__ == "__main__":
    main(sys.argv[1:])

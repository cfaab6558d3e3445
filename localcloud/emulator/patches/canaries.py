"""CloudWatch Synthetics, as far as Terraform asks: canaries, kept in memory. Upstream has none of it.

https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_Canary.html
"""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from ministack import app
from ministack.core import router
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid

SERVICE = "synthetics"
RETENTION_DAYS = 31
"""What AWS keeps of a run unless it is told otherwise."""
Content = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]


class NoSuchCanaryError(Exception):
    """There is no canary of this name."""


class Canaries:
    """The control plane; no canary flies."""

    def __init__(self) -> None:
        self._canaries = AccountRegionScopedDict()
        self._tags = AccountRegionScopedDict()

    async def handle(
        self, method: str, path: str, _headers: Mapping[str, str], body: bytes, _query: Mapping[str, Any]
    ) -> Answer:
        """Answer one request of the REST-JSON protocol."""
        kind, *names = [unquote(part) for part in path.strip("/").split("/")]
        asked: Content = json.loads(body) if body else {}
        try:
            if kind == "tags":
                return _answer(200, self._tagged(method, "/".join(names), asked))
            return _answer(200, self._canary(method, names, asked))
        except NoSuchCanaryError as error:
            return _answer(404, {"__type": "ResourceNotFoundException", "Message": f"{error} not found"})

    def _canary(self, method: str, names: list[str], asked: Content) -> Content:
        match method, names:
            case "POST", []:
                return {"Canary": self._create(asked)}
            case "GET", [name]:
                return {"Canary": self._known(name)}
            case "PATCH", [name]:
                self._known(name).update(_settings(asked))
                return {}
            case "POST", [name, "start" | "stop" as order]:
                return self._set(name, "RUNNING" if order == "start" else "STOPPED")
            case "DELETE", [name]:
                del self._canaries[self._known(name)["Name"]]
                return {}
        raise NoSuchCanaryError("/".join([method, *names]))

    def _create(self, asked: Content) -> Content:
        name, now = asked["Name"], time.time()
        function = f"cwsyn-{name}-{new_uuid()}"
        canary = {
            "Id": new_uuid(),
            "Name": name,
            "SuccessRetentionPeriodInDays": RETENTION_DAYS,
            "FailureRetentionPeriodInDays": RETENTION_DAYS,
            "EngineArn": _arn("lambda", f"function:{function}:1"),
            "Status": {"State": "READY", "StateReason": "", "StateReasonCode": ""},
            "Timeline": {"Created": now, "LastModified": now},
            "Tags": asked.get("Tags", {}),
            **_settings(asked),
        }
        canary["Code"]["SourceLocationArn"] = _arn("lambda", f"layer:{function}:1")
        self._canaries[name] = canary
        self._tags[_arn(SERVICE, f"canary:{name}")] = canary["Tags"]
        return canary

    def _set(self, name: str, state: str) -> Content:
        self._known(name)["Status"] = {"State": state, "StateReason": "", "StateReasonCode": ""}
        return {}

    def _known(self, name: str) -> Content:
        if name not in self._canaries:
            raise NoSuchCanaryError(name)
        found: Content = self._canaries[name]
        return found

    def _tagged(self, method: str, arn: str, asked: Content) -> Content:
        kept: dict[str, str] = self._tags.setdefault(arn, {})
        if method == "GET":
            return {"Tags": kept}
        kept.update(asked.get("Tags", {}))
        return {}


def serve() -> None:
    """Answer the calls that are signed for Synthetics."""
    router.SERVICE_PATTERNS[SERVICE] = {"credential_scope": SERVICE}
    app.SERVICE_HANDLERS[SERVICE] = Canaries().handle


def _settings(asked: Content) -> Content:
    """What was asked for, as a canary tells it: of the code only where it begins, of variables nothing."""
    told = {key: value for key, value in asked.items() if key not in ("Code", "Tags", "Name")}
    told |= {"Name": asked["Name"]} if "Name" in asked else {}
    if "RunConfig" in asked:
        told["RunConfig"] = {"MemoryInMB": 1000, "ActiveTracing": False, **asked["RunConfig"]}
        told["RunConfig"].pop("EnvironmentVariables", None)
    if "Code" in asked:
        told["Code"] = {"Handler": asked["Code"]["Handler"]}
    return told


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


def _answer(status: int, content: Content) -> Answer:
    headers = {"Content-Type": "application/json"}
    if "__type" in content:
        headers["x-amzn-ErrorType"] = content["__type"]
    return status, headers, json.dumps(content).encode()

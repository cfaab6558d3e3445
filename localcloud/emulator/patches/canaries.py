"""CloudWatch Synthetics, as far as Terraform and runbooks ask. Upstream has none of it.

https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_Canary.html
"""

import json
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import unquote

from ministack import app
from ministack.core import router
from ministack.core.responses import (
    AccountRegionScopedDict,
    get_account_id,
    get_region,
    new_uuid,
    request_scope,
)

from localcloud.emulator.canaries.flights import Flights, Flyer
from localcloud.emulator.canaries.run import CanaryRun
from localcloud.emulator.config import EmulatorConfig
from localcloud.emulator.patches import sessions

SERVICE = "synthetics"
RETENTION_DAYS = 31
"""What AWS keeps of a run unless it is told otherwise."""
KEPT_RUNS = 100
Content = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]


class NoSuchCanaryError(Exception):
    """There is no canary of this name."""


class Canaries:
    """The control plane, in memory."""

    def __init__(self) -> None:
        self._canaries = AccountRegionScopedDict()
        self._asked = AccountRegionScopedDict()
        """By name what was asked for, also what a canary does not tell."""
        self._runs = AccountRegionScopedDict()
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
                self._asked[name].update(asked)
                return {}
            case "POST", [name, "runs"]:
                newest = [*reversed(self._runs[self._known(name)["Name"]])]
                return {"CanaryRuns": newest[: asked.get("MaxResults", KEPT_RUNS)]}
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
        self._canaries[name], self._asked[name], self._runs[name] = canary, asked, []
        self._tags[_arn(SERVICE, f"canary:{name}")] = canary["Tags"]
        return canary

    def flying(self) -> Iterator[Flyer]:
        """Those that run."""
        for (account, region, name), canary in list(self._canaries.all_items()):
            if canary["Status"]["State"] == "RUNNING":
                with request_scope(account, region):
                    asked, runs = dict(self._asked[name]), self._runs[name]
                yield Flyer(region=region, name=name, asked=asked, note=partial(_note, name, runs))

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


def serve(config: EmulatorConfig) -> None:
    """Answer the calls that are signed for Synthetics, and run the canaries."""
    canaries = Canaries()

    def session(arn: str) -> Content:
        with request_scope(config.account_id, config.regions[0]):
            return sessions.begin(arn.rpartition("/")[2], SERVICE, config.account_id)

    router.SERVICE_PATTERNS[SERVICE] = {"credential_scope": SERVICE}
    app.SERVICE_HANDLERS[SERVICE] = canaries.handle
    Flights(
        flying=canaries.flying,
        session=session,
        endpoints={region: f"http://127.0.0.1:{port}" for region, port in config.region_ports.items()},
        owner={"AccessKeyId": config.access_key_id, "SecretAccessKey": config.secret_access_key},
        dns_port=config.dns_port,
    ).start()


def _note(name: str, runs: list[Content], began: float, run: CanaryRun) -> None:
    state = {"State": "PASSED" if run.passed else "FAILED", "StateReason": run.failure, "StateReasonCode": ""}
    timeline = {"Started": began, "Completed": began + run.ms / 1000}
    runs.append({"Id": new_uuid(), "Name": name, "Status": state, "Timeline": timeline})
    del runs[:-KEPT_RUNS]


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

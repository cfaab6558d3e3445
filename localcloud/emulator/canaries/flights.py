"""Runs every canary that is due, and does with its role what AWS's runtime does: artifacts, then metrics."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from localcloud.emulator.canaries.run import CanaryRun, every_s, fly, metrics

LOOK_S = 1.0
WITHIN_S = 60.0
"""For a run, unless the canary says otherwise."""
NAMESPACE = "CloudWatchSynthetics"
log = logging.getLogger("localcloud.canaries")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flyer:
    """A canary that runs, as its owner asked for it."""

    region: str
    name: str
    asked: Mapping[str, Any]
    """The request that created it, with what changed since."""
    note: Callable[[float, CanaryRun], None]
    """Keeps a run in its history."""


@dataclass(slots=True, kw_only=True)
class Flights:
    """A thread of its own that runs one canary after the other."""

    flying: Callable[[], Iterable[Flyer]]
    session: Callable[[str], Mapping[str, Any]]
    """Keys of a session of the role with this ARN."""
    endpoints: Mapping[str, str]
    """URL of AWS's API, by region."""
    owner: Mapping[str, Any]
    """Keys of who made the canaries: Synthetics reads a script as its owner."""
    dns_port: int
    _begun: dict[tuple[str, str], float] = field(default_factory=dict)
    """When each canary began to run last."""

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name="canaries", daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(LOOK_S)
            try:
                self.turn(time.time())
            except Exception:
                log.exception("a look at the canaries failed; the next one tries again")

    def turn(self, now: float) -> None:
        """Run those that are due. A canary that was stopped begins anew when it is started."""
        flyers = {(one.region, one.name): one for one in self.flying()}
        self._begun = {key: at for key, at in self._begun.items() if key in flyers}
        for key, one in flyers.items():
            if now >= self._begun.get(key, 0.0) + every_s(one.asked["Schedule"]["Expression"]):
                self._begun[key] = now
                try:
                    self._fly(one, now)
                except (BotoCoreError, ClientError, OSError) as error:
                    log.warning("canary %s: %s", one.name, error)

    def _fly(self, one: Flyer, now: float) -> None:
        code, config = one.asked["Code"], one.asked.get("RunConfig") or {}
        zipped = self._client("s3", one.region, self.owner).get_object(
            Bucket=code["S3Bucket"], Key=code["S3Key"]
        )
        run = fly(
            zipped["Body"].read(),
            code["Handler"],
            config.get("EnvironmentVariables") or {},
            dns_port=self.dns_port,
            within_s=float(config.get("TimeoutInSeconds") or WITHIN_S),
        )
        log.info("canary %s: %s", one.name, run.failure or "passed")
        one.note(now, run)
        role = self.session(one.asked["ExecutionRoleArn"])
        bucket, _, prefix = one.asked["ArtifactS3Location"].removeprefix("s3://").partition("/")
        key = f"{prefix}/{one.name}/{datetime.fromtimestamp(now, UTC):%Y/%m/%d/%H-%M-%S}.json"
        seen = json.dumps(asdict(run)).encode()
        self._client("s3", one.region, role).put_object(Bucket=bucket, Key=key, Body=seen)
        self._client("cloudwatch", one.region, role).put_metric_data(
            Namespace=NAMESPACE, MetricData=list(metrics(one.name, run))
        )

    def _client(self, service: str, region: str, keys: Mapping[str, Any]) -> Any:
        return Session().create_client(
            service,
            region_name=region,
            endpoint_url=self.endpoints[region],
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
        )

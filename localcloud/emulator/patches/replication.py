"""Copies of objects in another region, and the way there, which a drill cuts."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import cloudwatch, s3

from localcloud.emulator.patches.wrapping import Wrapper, wrap

MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class WaitingCopy:
    """An object that was written while the way was cut."""

    since_s: float
    scope: tuple[str, str]
    """Account and region of the bucket."""
    dimensions: tuple[tuple[str, str], ...]
    copy: Callable[[], None]


_cut = threading.Event()
_waiting: list[WaitingCopy] = []


def wait_while_cut() -> None:
    """Let copies wait, and be measured every minute, while the way is cut; upstream copies at once.

    Deletions go on. https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
    """

    def replicate(original: Wrapper, bucket: str, key: str, *written: Any) -> None:
        obj, _, *tags = written
        rule, _ = s3._replication_rule_for(bucket, key, tags[0] if tags else None)
        if rule is None or not _cut.is_set():
            original(bucket, key, *written)
            return
        obj["replication_status"] = "PENDING"
        dimensions = {
            "SourceBucket": bucket,
            "DestinationBucket": rule["Destination"]["Bucket"].rpartition(":")[2],
            "RuleId": rule["ID"],
        }
        copy = partial(original, bucket, key, *written)
        scope = (get_account_id(), get_region())
        _waiting.append(WaitingCopy(time.time(), scope, tuple(dimensions.items()), copy))

    wrap(s3, "_maybe_replicate", replicate)
    threading.Thread(target=_run, daemon=True).start()


def answer(path: list[str], order: Mapping[str, Any]) -> Mapping[str, Any]:
    """POST /_gate/copies/way {"cut": bool}, or /measure {} at once -> how many copies wait.

    Raises ValueError for another order.
    """
    match path:
        case ["way"]:
            _cut.set() if order["cut"] else _mend()
        case ["measure"]:
            measure(time.time())
        case _:
            raise ValueError(f"{path} is none of way, measure")
    return {"waiting": len(_waiting)}


def _mend() -> None:
    _cut.clear()
    while _waiting:
        one = _waiting.pop(0)
        with request_scope(*one.scope):
            one.copy()


def _run() -> None:
    while True:
        time.sleep(MINUTE_S - time.time() % MINUTE_S)
        measure(time.time())


def measure(now_s: float) -> None:
    """Publish how many copies of each rule wait, and for how long the oldest one does."""
    since = defaultdict(list)
    for one in tuple(_waiting):
        since[one.scope, one.dimensions].append(one.since_s)
    for (scope, dimensions), times in since.items():
        with request_scope(*scope):
            told = dict(dimensions)
            cloudwatch.record_metric("AWS/S3", "OperationsPendingReplication", len(times), "Count", told)
            cloudwatch.record_metric("AWS/S3", "ReplicationLatency", now_s - min(times), "Seconds", told)

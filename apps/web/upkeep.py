"""What goes on beside requests: looking at the databases, and telling CloudWatch what was seen."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from apps.web import entries
from apps.web.databases import Databases, Endpoint
from runtime.database import DatabaseUnavailable
from runtime.logs import logger

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDatumTypeDef

PROBE_S = 2.0
REPORT_S = 60.0


class Every:
    """Runs *work* at once and then again and again, until it is stopped, whatever a turn raises."""

    def __init__(self, seconds: float, work: Callable[[], object], name: str) -> None:
        self._seconds = seconds
        self._work = work
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """No further turn; one that runs is not waited for."""
        self._ended.set()

    def _run(self) -> None:
        while True:
            try:
                self._work()
            except Exception:  # noqa: BLE001 - a mistake in one turn must not end the watch
                logger.exception("a turn failed")
            if self._ended.wait(self._seconds):
                return


class Watch:
    """Looks at one database: with the first sight of the writer it makes sure that the table is there."""

    def __init__(self, endpoint: Endpoint, *, creates: bool = False) -> None:
        self._endpoint = endpoint
        self._creates = creates

    def __call__(self) -> None:
        """One look."""
        if self._endpoint.probe() and self._creates:
            try:
                self._endpoint.run(entries.create)
            except DatabaseUnavailable as error:
                logger.warning("cannot create the table", extra={"reason": str(error)})
            else:
                self._creates = False


class Report:
    """Writes whether this instance reaches the writer and the replica, as metrics of 0 or 1."""

    def __init__(self, client: "CloudWatchClient", namespace: str, databases: Databases) -> None:
        self._client = client
        self._namespace = namespace
        self._databases = databases

    def __call__(self) -> None:
        """What is known now. A report that is lost is not repeated: the next comes in a minute."""
        seen = {
            "WriterReachable": self._databases.writer.seen,
            "ReplicaReachable": self._databases.replica.seen,
        }
        data: list[MetricDatumTypeDef] = [
            {"MetricName": name, "Value": float(value), "Unit": "Count"}
            for name, value in seen.items()
            if value is not None
        ]
        if not data:
            return
        try:
            self._client.put_metric_data(Namespace=self._namespace, MetricData=data)
        except (BotoCoreError, ClientError) as error:
            logger.warning("cannot report", extra={"reason": str(error)})

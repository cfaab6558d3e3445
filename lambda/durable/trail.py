"""The audit trail: what was accepted, minute by minute, in objects that nobody changes.

A page is one minute of the arrivals. It names the page before it by its digest, whichever region wrote that
one, so no page can be changed or taken away without a sign. Only minutes before the ledger's watermark are
written: all that was acknowledged in them is known by then. Whoever takes over goes on after the last page
that it can see; what the lost region wrote and had not copied is written again, from the journal.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from durable.entry import JournalEntry, Kept
from durable.errors import TrailUnavailable
from durable.journal import Journal

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FOLDER = "audit"
MOST_MINUTES = 60
"""Of one run: the next one goes on."""
_TAKEN = "PreconditionFailed"
Facts = Mapping[str, Any]
"""JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that was written before."""

    key: str
    minute: int
    """Since 1970."""
    sha256: str
    seen: Facts


def key_of(region: str, minute: int) -> str:
    """Where a region's page of a minute lies; keys sort by time."""
    return f"{FOLDER}/{region}/{datetime.fromtimestamp(minute * 60, UTC):%Y-%m-%d/%H-%M}.json"


def minute_of_key(key: str) -> int:
    """The inverse of `key_of`. Raises ValueError."""
    _, _, when = key.removesuffix(".json").split("/", 2)
    return int(datetime.strptime(f"{when} +0000", "%Y-%m-%d/%H-%M %z").timestamp()) // 60


class Trail:
    """The trail of one region.

    Args:
        seen: what else an auditor must know, as it is now; a change of it is written down.

    Every method raises TrailUnavailable when S3 does not answer or refuses.
    """

    def __init__(
        self,
        client: "S3Client",
        bucket: Callable[[], str],
        journal: Journal,
        *,
        region: str,
        seen: Callable[[], Facts],
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._journal = journal
        self._region = region
        self._seen = seen

    def write(self, *, before: int) -> int:
        """Write the pages that are due of the minutes before this one; how many there were.

        Raises JournalUnavailable too: the next run goes on.
        """
        last = self._last()
        seen = self._seen()
        first = last.minute + 1 if last else before - 1
        end = min(before, first + MOST_MINUTES)
        written = 0
        for minute in range(first, end):
            entries = sorted(map(_told, self._journal.arrived(minute)), key=json.dumps)
            news = last is None or last.seen != seen
            if entries or (minute == end - 1 and (news or end < before)):
                last = self._put(minute, {"entries": entries, "seen": seen}, last)
                written += 1
        return written

    def _put(self, minute: int, told: Facts, last: Page | None) -> Page:
        page = {
            "region": self._region,
            "minute": minute,
            "previous": {"key": last.key, "sha256": last.sha256} if last else None,
            **told,
        }
        body = json.dumps(page, sort_keys=True, separators=(",", ":")).encode()
        key = key_of(self._region, minute)
        try:
            self._client.put_object(
                Bucket=self._bucket(),
                Key=key,
                Body=body,
                ContentType="application/json",
                ChecksumSHA256=b64encode(sha256(body).digest()).decode(),
                IfNoneMatch="*",
            )
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] == _TAKEN:
                return self._read(key)  # another run wrote it meanwhile
            raise TrailUnavailable(f"audit trail: {error}") from error
        return Page(key=key, minute=minute, sha256=sha256(body).hexdigest(), seen=told["seen"])

    def _last(self) -> Page | None:
        """The last page that lies here, this region's own one of two of the same minute."""
        keys = [key for folder in self._names(f"{FOLDER}/") if (key := self._last_key(folder))]
        if not keys:
            return None
        return self._read(max(keys, key=lambda key: (minute_of_key(key), key.split("/")[1] == self._region)))

    def _last_key(self, region: str) -> str | None:
        days = self._names(region)
        return max(self._names(max(days)), default=None) if days else None

    def _names(self, folder: str) -> list[str]:
        """The folders and objects in a folder."""
        try:
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket(), Prefix=folder, Delimiter="/"
            )
            return [
                name
                for page in pages
                for name in (
                    *(one["Prefix"] for one in page.get("CommonPrefixes", ())),
                    *(one["Key"] for one in page.get("Contents", ())),
                )
            ]
        except (BotoCoreError, ClientError) as error:
            raise TrailUnavailable(f"audit trail: {error}") from error

    def _read(self, key: str) -> Page:
        try:
            body = self._client.get_object(Bucket=self._bucket(), Key=key)["Body"].read()
        except (BotoCoreError, ClientError) as error:
            raise TrailUnavailable(f"audit trail: {error}") from error
        told = json.loads(body)
        return Page(key=key, minute=told["minute"], sha256=sha256(body).hexdigest(), seen=told["seen"])


def _told(entry: Kept) -> dict[str, Any]:
    """An accepted request, as an auditor reads it."""
    if not isinstance(entry, JournalEntry):
        return {"key": entry.idempotency_key, "unreadable": True}
    return {
        "id": entry.entry_id,
        "key": entry.idempotency_key,
        "principal": entry.principal,
        "epoch": entry.epoch,
        "region": entry.region,
        "accepted_at_ms": entry.accepted_at_ms,
        "request": json.loads(entry.request.canonical()),
        "request_hash": entry.request_hash,
    }

"""The websites of S3 buckets of one region: who asks for a name gets the pages of the bucket of that name.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
"""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from aiohttp import web
from botocore.exceptions import BotoCoreError, ClientError

HOST = "127.0.0.1"
READS = frozenset({"GET", "HEAD"})
FRESH_S = 1.0
"""For how long a page is not read again: everybody comes at once, and S3 is quicker than this machine."""


def domain(region: str) -> str:
    """The AWS name that websites of the region are served under."""
    return f"s3-website-{region}.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Page:
    """What a website answers with."""

    status: HTTPStatus
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Websites:
    """Serves HTTP on *port* of this machine; *s3* is a client of the region that they are in."""

    port: int
    s3: Any
    clock: Callable[[], float] = time.monotonic
    _runner: web.ServerRunner | None = field(default=None, init=False)
    _reading: threading.Lock = field(default_factory=threading.Lock, init=False)
    _kept: dict[tuple[str, str], tuple[float, Page]] = field(default_factory=dict, init=False)
    """Moment and page, by bucket and key."""

    async def start(self) -> None:
        """Open the port."""
        self._runner = web.ServerRunner(web.Server(self._answer))
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port).start()

    async def stop(self) -> None:
        """Close it."""
        if self._runner:
            await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        bucket = (request.host or "").partition(":")[0]
        if request.method not in READS:
            return web.Response(status=HTTPStatus.METHOD_NOT_ALLOWED)
        page = await asyncio.to_thread(self._page, bucket, request.path.lstrip("/"))
        return web.Response(status=page.status, body=page.body, headers=page.headers)

    def _page(self, bucket: str, key: str) -> Page:
        with self._reading:
            kept = self._kept.get((bucket, key))
            if kept is None or self.clock() - kept[0] >= FRESH_S:
                kept = self._kept[bucket, key] = (self.clock(), self._read(bucket, key))
            return kept[1]

    def _read(self, bucket: str, key: str) -> Page:
        try:
            site = self.s3.get_bucket_website(Bucket=bucket)
            suffix = site["IndexDocument"]["Suffix"]
            wanted = f"{key}{suffix}" if key.endswith("/") or not key else key
            found = _object(self.s3, bucket, wanted)
            if found is None and "ErrorDocument" in site:
                found = _object(self.s3, bucket, site["ErrorDocument"]["Key"], HTTPStatus.NOT_FOUND)
        except ClientError:
            found = None
        except BotoCoreError:
            return Page(HTTPStatus.SERVICE_UNAVAILABLE)
        return found or Page(HTTPStatus.NOT_FOUND)


def _object(s3: Any, bucket: str, key: str, status: HTTPStatus = HTTPStatus.OK) -> Page | None:
    """An object as a page; None where there is none."""
    try:
        told = s3.get_object(Bucket=bucket, Key=key)
    except s3.exceptions.NoSuchKey:
        return None
    headers = {"Content-Type": told["ContentType"], "ETag": told["ETag"], "Server": "AmazonS3"}
    return Page(status, told["Body"].read(), headers)

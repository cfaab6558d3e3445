"""The metadata service of one instance at a port of loopback."""

import asyncio
import time
from dataclasses import dataclass, field

from aiohttp import web

from localcloud.fleet.instances.metadata import MetadataService
from localcloud.fleet.instances.record import Instance
from localcloud.fleet.ports import LOOPBACK


@dataclass(slots=True)
class MetadataServer:
    """Serves *service* for *instance*; another instance has another port."""

    service: MetadataService
    instance: Instance
    port: int
    _runner: web.AppRunner | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """What AWS_EC2_METADATA_SERVICE_ENDPOINT says."""
        return f"http://{LOOPBACK}:{self.port}"

    async def start(self) -> None:
        """Begin to answer."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, self.port).start()

    async def stop(self) -> None:
        """Answer no more."""
        if self._runner:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        told = await asyncio.to_thread(
            self.service.answer, self.instance, request.method, request.path, headers, time.time()
        )
        return web.Response(status=told.status, text=told.text, headers=dict(told.headers))

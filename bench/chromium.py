"""A headless Chromium, spoken to in its own DevTools protocol: no driver and no other package needed.

It runs in a profile of its own that ends with it, and can reach nothing but 127.0.0.1.
https://chromedevtools.github.io/devtools-protocol/
"""

import asyncio
import base64
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless=new",
    "--no-sandbox",  # a container often runs as root, and only pages of this repository are opened
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
    "about:blank",
)
_START_S, _ANSWER_S = 30.0, 30.0
_MOST_BYTES = 64 * 2**20


class NoChromium(Exception):
    """There is no browser; the message says what to do."""


class PageFailed(Exception):
    """The browser refused a command, or code of the page raised."""


def find() -> str:
    """The program: what CHROMIUM names, else the first one on PATH. Raises NoChromium."""
    named = os.environ.get("CHROMIUM")
    found = [shutil.which(named)] if named else [shutil.which(name) for name in _NAMES]
    program = next((path for path in found if path), None)
    if program is None:
        looked = f"CHROMIUM={named} is no program" if named else f"none of {', '.join(_NAMES)} is on PATH"
        raise NoChromium(
            f"a browser is needed: {looked}. Install it (Debian: apt install chromium) or set CHROMIUM."
        )
    return program


@dataclass(slots=True)
class Page:
    """One tab. What it asked the network for and what it complained about is kept."""

    socket: aiohttp.ClientWebSocketResponse
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _answers: dict[int, asyncio.Future[Any]] = field(default_factory=dict)
    _loaded: asyncio.Event = field(default_factory=asyncio.Event)

    async def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Give one command of the protocol and return its result. Raises PageFailed."""
        number = len(self._answers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self.socket.send_json({"id": number, "method": method, "params": parameters})
        answer = await asyncio.wait_for(self._answers[number], _ANSWER_S)
        if "error" in answer:
            raise PageFailed(f"{method}: {answer['error']}")
        return dict(answer["result"])

    async def show_as(
        self, *, width: int = 1280, height: int = 900, scheme: str = "light", media: str = "screen"
    ) -> None:
        """From now on a window of this size, in this colour scheme, on this medium."""
        await self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        await self.command(
            "Emulation.setEmulatedMedia",
            media=media,
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )

    async def open(self, url: str) -> None:
        """Go to *url* and wait until all of it is loaded."""
        self._loaded.clear()
        await self.command("Page.navigate", url=url)
        await asyncio.wait_for(self._loaded.wait(), _ANSWER_S)

    async def evaluate(self, script: str) -> Any:
        """The value of *script*, a promise awaited. Raises PageFailed."""
        answer = await self.command(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise PageFailed(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    async def picture(self, *, whole: bool = False) -> bytes:
        """What the window shows as PNG, or the *whole* page."""
        answer = await self.command("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(answer["data"])

    async def listen(self) -> None:
        """Sort what the browser says until it ends."""
        async for message in self.socket:
            self._hear(message.json())

    def _hear(self, told: dict[str, Any]) -> None:
        match told:
            case {"id": number}:
                self._answers[number].set_result(told)
            case {"method": "Page.loadEventFired"}:
                self._loaded.set()
            case {"method": "Network.requestWillBeSent", "params": {"request": {"url": url}}}:
                self.requests.append(url)
            case {"method": "Log.entryAdded", "params": {"entry": {"text": text}}}:
                self.complaints.append(text)
            case {"method": "Runtime.consoleAPICalled" | "Runtime.exceptionThrown", "params": what}:
                self.complaints.append(str(what))


@asynccontextmanager
async def page() -> AsyncIterator[Page]:
    """A tab of a browser that ends with the block. Raises NoChromium."""
    program = find()
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            program,
            f"--user-data-dir={profile}",
            *_FLAGS,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            door = await asyncio.wait_for(_door(Path(profile)), _START_S)
            async with aiohttp.ClientSession() as http, _tab(http, door) as tab:
                yield tab
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def _door(profile: Path) -> str:
    """Where the browser listens, once it has written so."""
    told = profile / "DevToolsActivePort"
    while not (told.exists() and "\n" in told.read_text()):  # noqa: ASYNC110 - the browser only writes a file
        await asyncio.sleep(0.05)
    return f"http://127.0.0.1:{told.read_text().splitlines()[0]}"


@asynccontextmanager
async def _tab(http: aiohttp.ClientSession, door: str) -> AsyncIterator[Page]:
    async with http.put(f"{door}/json/new?about:blank") as answer:
        url = (await answer.json())["webSocketDebuggerUrl"]
    async with http.ws_connect(url, max_msg_size=_MOST_BYTES) as socket:
        tab = Page(socket)
        ear = asyncio.create_task(tab.listen())
        try:
            for domain in ("Page", "Network", "Runtime", "Log"):
                await tab.command(f"{domain}.enable")
            yield tab
        finally:
            ear.cancel()

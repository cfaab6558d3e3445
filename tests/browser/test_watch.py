"""The watch page in a real browser: it follows the drill under its own content security policy."""

import asyncio

from aiohttp import web

from bench.chromium import Page
from gameday.report.live.server import application
from tests.unit.gameday.looks import view

HEADING = "document.querySelector('h1').textContent"


async def served(file) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(application(file))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/"


async def becomes(tab: Page, script: str, wanted: object) -> None:
    for _ in range(60):
        if await tab.evaluate(script) == wanted:
            return
        await asyncio.sleep(0.1)
    assert await tab.evaluate(script) == wanted


async def test_the_page_follows_the_drill_and_says_when_nobody_tells_any_more(tab, tmp_path):
    file = tmp_path / "drill.json"
    runner, url = await served(file)
    await tab.open(url)
    await becomes(tab, HEADING, "No drill has run here yet.")
    view(after_s=37.0).look(1037.0).write(file)
    await becomes(tab, HEADING, "Takeover: promote, fence, reconcile")
    view(after_s=60.0).look(1060.0).write(file)
    await becomes(tab, HEADING, "Restored: every client is served")
    assert await tab.evaluate("document.querySelectorAll('svg[role=img]').length") == 2
    assert {request.removeprefix(url) for request in tab.requests} == {"", "now"}
    assert tab.complaints == []
    await runner.cleanup()
    await becomes(tab, "getComputedStyle(document.querySelector('.stale')).display", "block")


async def test_what_the_policy_does_not_name_is_refused(tab, tmp_path):
    runner, url = await served(tmp_path / "drill.json")
    await tab.open(url)
    await tab.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'x=1'}))")
    assert await tab.evaluate("typeof x") == "undefined"
    assert any("Content Security Policy" in complaint for complaint in tab.complaints)
    await runner.cleanup()


async def test_it_fits_a_phone(tab, tmp_path):
    file = tmp_path / "drill.json"
    view(after_s=60.0).look(1060.0).write(file)
    runner, url = await served(file)
    await tab.show_as(width=390, height=844)
    await tab.open(url)
    assert await tab.evaluate("document.documentElement.scrollWidth") == 390
    await runner.cleanup()

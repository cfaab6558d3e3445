"""The report and the index in a real browser: by day, by night, on a phone, on paper, read aloud."""

import json
from itertools import pairwise

import pytest

from localcloud.core.paths import REPOSITORY
from tests.browser.pages import PAGES

AXE = REPOSITORY / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OUTLINE = "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.tagName[1]))"
TOO_WIDE = """[...document.querySelectorAll('main *')].filter(e => !e.closest('.wide') && !e.closest('svg')
    && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"""


@pytest.fixture(params=PAGES, ids=str)
def url(request, tmp_path) -> str:
    made = tmp_path / "page.html"
    made.write_text(PAGES[request.param](tmp_path))
    return made.as_uri()


async def test_it_asks_for_nothing_but_itself_and_the_browser_complains_about_nothing(tab, url):
    await tab.open(url)
    assert (tab.requests, tab.complaints) == ([url], [])


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
async def test_it_never_scrolls_sideways_as_a_whole(tab, url, width):
    await tab.show_as(width=width, height=844)
    await tab.open(url)
    assert await tab.evaluate("document.documentElement.scrollWidth") == width
    assert await tab.evaluate(TOO_WIDE) == []


async def test_its_headings_are_an_outline_and_its_parts_are_landmarks(tab, url):
    await tab.open(url)
    outline = await tab.evaluate(OUTLINE)
    assert outline[0] == 1
    assert outline.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(outline))
    for part in ("main", "footer", "main > header"):
        assert await tab.evaluate(f"document.querySelectorAll('{part}').length") == 1
    unnamed = "[...document.querySelectorAll('table')].filter(t => !t.caption || !t.tHead).length"
    assert await tab.evaluate(unnamed) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(tab, url, scheme):
    assert AXE.exists(), "axe-core is missing: make browser installs it"
    await tab.show_as(width=1280, scheme=scheme)
    await tab.open(url)
    await tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    await tab.evaluate(AXE.read_text() + ";0")
    told = await tab.evaluate(f"axe.run({{runOnly: {json.dumps(RULES)}}})")
    assert [(one["id"], one["nodes"][0]["failureSummary"]) for one in told["violations"]] == []
    assert len(told["passes"]) > 15


async def test_on_paper_it_is_black_on_white_whatever_the_screen_is(tab, url):
    await tab.show_as(width=794, scheme="dark", media="print")
    await tab.open(url)
    style = "getComputedStyle(document.body)"
    assert await tab.evaluate(f"[{style}.color, {style}.backgroundColor]") == [
        "rgb(22, 32, 44)",
        "rgb(255, 255, 255)",
    ]
    assert await tab.evaluate("document.documentElement.scrollWidth") == 794

"""The notice board in a real browser: a person signs in, writes and attaches, under the page's own policy."""

import asyncio

from bench.chromium import Page, PageFailed
from tests.unit.apps.web.conftest import PASSWORD, port, postgres_port, server_of, world

__all__ = ["port", "postgres_port", "server_of", "world"]
SIGN_IN = f"""
document.querySelector('[name=name]').value = 'ada';
document.querySelector('[name=password]').value = '{PASSWORD}';
document.querySelector('main form').requestSubmit();
"""
WRITE = """
const chosen = new DataTransfer();
chosen.items.add(new File(['hello'], 'note.txt'));
document.querySelector('[type=file]').files = chosen.files;
document.querySelector('textarea').value = 'from a <b>browser</b>';
const button = document.querySelector('main form button');
button.click();
button.click();
"""
ENTRIES = "[...document.querySelectorAll('.entries li p:first-child')].map(one => one.textContent).join()"
TEXT = "document.body.innerText"


async def becomes(tab: Page, script: str, wanted: object) -> None:
    """Wait until it is so; while a page is left, its scripts cannot be asked."""
    found = None
    for _ in range(100):
        try:
            found = await tab.evaluate(script)
        except PageFailed as error:
            found = error
        if found == wanted:
            return
        await asyncio.sleep(0.1)
    assert found == wanted


async def test_a_person_signs_in_and_an_impatient_double_click_writes_one_entry(tab, port, world):
    await tab.open(f"http://127.0.0.1:{port}/sign-in")
    await tab.evaluate(SIGN_IN)
    await becomes(tab, f"{TEXT}.includes('Sign out')", wanted=True)
    await tab.evaluate(WRITE)
    await becomes(tab, ENTRIES, "from a <b>browser</b>")
    await tab.open(f"http://127.0.0.1:{port}/")
    assert await tab.evaluate(ENTRIES) == "from a <b>browser</b>"
    assert await tab.evaluate("document.querySelector('.entries a').textContent") == "note.txt"
    world.writer.take_away()
    world.databases.writer.probe()
    await tab.open(f"http://127.0.0.1:{port}/")
    assert "can be read, but not written" in await tab.evaluate(TEXT)
    assert tab.complaints == []


async def test_the_board_fits_a_phone_and_its_policy_refuses_scripts(tab, port):
    await tab.show_as(width=390, height=844)
    await tab.open(f"http://127.0.0.1:{port}/")
    assert await tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert tab.complaints == []
    await tab.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'x=1'}))")
    assert await tab.evaluate("typeof x") == "undefined"

import asyncio

import pytest

from apps.serving.guard import Guard
from apps.web import application, forms

from .conftest import Browser


def test_every_answer_has_the_headers_that_protect_a_browser(browser):
    for path in ("/", "/sign-in", "/health/live", "/nowhere", "/static/style.css"):
        headers = browser.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "Server" not in headers


def test_a_body_that_is_too_large_is_refused_before_it_is_read(browser):
    answer = browser.send("POST", "/entries", Content_Length=str(application.MOST_BODY + 1))
    assert (answer.status, answer.headers["Connection"]) == (413, "close")


def test_a_body_must_say_how_large_it_is(browser):
    answer = browser.send("POST", "/entries", Transfer_Encoding="chunked")
    assert answer.status == 411


def test_headers_that_are_too_large_are_refused(browser):
    assert browser.send("GET", "/", X_Long="x" * 20_000).status == 431


@pytest.mark.parametrize("method", ["DELETE", "PUT"])
def test_other_methods_are_not_allowed(browser, method):
    assert browser.send(method, "/", b"x").status == 405


def http_scope(path):
    return {"type": "http", "method": "GET", "path": path, "headers": []}


class Slow:
    """An application that answers when it is told to."""

    def __init__(self):
        self.go = asyncio.Event()

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and not scope["path"].startswith("/health"):
            await self.go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def status(app, path):
    sent = []

    async def send(message):
        sent.append(message)

    await app(http_scope(path), None, send)
    return sent[0]["status"], dict(sent[0]["headers"])


async def test_more_requests_than_can_be_worked_on_are_refused_but_health_is_answered():
    slow = Slow()
    app = Guard(slow, most_body=1, secure=True, at_once=2)
    waiting = [asyncio.create_task(status(app, "/")) for _ in range(2)]
    await asyncio.sleep(0)
    code, headers = await status(app, "/")
    assert (code, headers[b"retry-after"]) == (503, b"1")
    assert headers[b"strict-transport-security"] == b"max-age=31536000"
    for path in ("/health", "/health/live"):
        assert (await status(app, path))[0] == 200
    slow.go.set()
    assert [code for code, _ in await asyncio.gather(*waiting)] == [200, 200]
    assert (await status(app, "/"))[0] == 200


async def test_a_form_that_comes_too_slowly_is_given_up(monkeypatch):
    class Dripping:
        def form(self, **_):
            return asyncio.Event().wait()

    monkeypatch.setattr(forms, "READ_S", 0.01)
    with pytest.raises(forms.HTTPException) as refused:
        await forms.read(Dripping())
    assert refused.value.status_code == 408


def test_an_answered_request_is_one_line_without_its_query(browser, caplog):
    with caplog.at_level("INFO"):
        browser.send("GET", "/sign-in?password=x", X_Amzn_Trace_Id="Root=1-2-3")
        browser.get("/health/live")
    [line] = [record for record in caplog.records if record.message == "answered"]
    assert (line.path, line.status, line.trace) == ("/sign-in", 200, "Root=1-2-3")


def test_two_browsers_do_not_share_a_session(port):
    assert Browser(port).get("/sign-in").value("csrf") != Browser(port).get("/sign-in").value("csrf")

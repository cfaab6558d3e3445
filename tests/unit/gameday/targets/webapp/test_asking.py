"""What is read of the application: its version, and its entries page by page."""

import http.server
import json
import threading
from types import SimpleNamespace

import pytest

from gameday.errors import ObservationFailed
from gameday.targets.webapp import asking

PAGES = {
    "/version": {"version": "web-1"},
    "/entries": {"entries": [{"id": 3, "text": "c"}, {"id": 2, "text": "b"}], "older": 2},
    "/entries?before=2": {"entries": [{"id": 1, "text": "a"}], "older": None},
}


class Board(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.path in PAGES and self.headers["Host"] == "www.dev.test"
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(json.dumps(PAGES.get(self.path)).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Board)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield SimpleNamespace(name="www.dev.test", url=lambda: f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


NOWHERE = SimpleNamespace(name="www.dev.test", url=lambda: None)


def test_entries_come_page_by_page_with_what_was_written(site):
    assert asking.entries(site) == {(1, "a"), (2, "b"), (3, "c")}


def test_a_board_that_does_not_answer_has_no_entries_to_tell():
    with pytest.raises(ObservationFailed, match="the entries cannot be read"):
        asking.entries(NOWHERE)


def test_the_version_is_told_or_nobody_answers(site):
    assert asking.version(site) == "web-1"
    assert asking.version(NOWHERE) == ""
    assert asking.version(SimpleNamespace(name="another.test", url=site.url)) == ""

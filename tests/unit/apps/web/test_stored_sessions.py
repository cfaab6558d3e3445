"""S02 S03: the application with a service of sessions in place of signed cookies."""

import http.client
import json
import socket
import threading
from types import SimpleNamespace

import pytest
from starlette.responses import Response

from apps.web import order
from apps.web.application import Parts, application
from apps.web.order import TimeOrder
from apps.web.session_service import SessionService, SessionsUnavailable
from apps.web.sessions import LIFETIME_S, Session
from apps.web.stored_sessions import StoredSessions, _key
from apps.web.users import Users

from .conftest import USERS, Browser, served


class Kept(dict):
    """A store in memory that can be away."""

    away = full = False

    def _ask(self):
        if self.away:
            raise SessionsUnavailable("away")

    def get(self, session):
        self._ask()
        return super().get(session)

    def put(self, session, holds):
        self._ask()
        if self.full:
            raise SessionsUnavailable("full")
        self[session] = json.loads(json.dumps(holds))

    def delete(self, session):
        self._ask()
        self.pop(session, None)


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def port(world, kept):
    parts = Parts(
        databases=world.databases,
        files=world.files,
        users=lambda: USERS,
        version="1",
        secure=False,
        sessions=kept,
    )
    with served(application(parts)) as port:
        yield port


def test_S03_a_person_signs_in_writes_and_leaves_and_the_store_holds_no_name_that_would_open_a_session(
    ada, kept
):
    assert ada.write("mine").status == 303
    cookie = ada.cookie.partition("=")[2]
    assert cookie not in json.dumps(kept)
    assert kept[_key(cookie)]["user"] == "ada"
    stolen = Browser(ada._port)
    stolen.cookie = ada.cookie
    assert "ada" in stolen.get("/").text
    assert ada.post("/sign-out", csrf=ada.get("/").value("csrf")).status == 303
    assert "Sign in" in stolen.get("/").text  # a copy of the cookie is worth nothing any more


def test_S02_without_the_service_anybody_reads_and_nobody_is_taken_for_signed_in(ada, port, kept):
    ada.write("before")
    kept.away = True
    assert "before" in Browser(port).get("/").text
    answer = ada.get("/")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert Browser(port).get("/sign-in").status == 503


def test_S02_an_entry_that_was_written_is_acknowledged_although_no_session_can_be_written(ada, port, kept):
    kept.full = True
    assert ada.write("mine").status == 303
    assert "mine" in Browser(port).get("/").text
    assert Browser(port).get("/sign-in").status == 503


def test_signing_in_begins_a_new_session_under_a_new_name(browser):
    browser.get("/sign-in")
    before = browser.cookie
    browser.sign_in()
    assert browser.cookie != before


def test_S08_the_canary_writes_and_reads_back_its_own_session_only(browser):
    assert browser.get("/sessions/canary").status == 404
    assert browser.send("PUT", "/sessions/canary", b'{"canary": "1"}').body == b'{"canary":"1"}'
    assert json.loads(browser.get("/sessions/canary").body) == {"canary": "1"}
    assert browser.send("PUT", "/sessions/other", b'{"canary": "1"}').status == 404


@pytest.mark.parametrize(
    "body", [b"x", b"[]", b"{}", b'{"canary": 1}', b"[" * 9000, b'{"canary": "%s"}' % (b"x" * 65)]
)
def test_a_canary_that_leaves_anything_else_is_refused(browser, body):
    assert browser.send("PUT", "/sessions/canary", body).status == 400


@pytest.fixture
def jar(kept):
    jar = SimpleNamespace(now=10_000.0, users=USERS)
    jar.sessions = StoredSessions(kept, lambda: jar.users, secure=True, now_s=lambda: jar.now)
    jar.read = lambda name: jar.sessions.of(SimpleNamespace(cookies={jar.sessions.cookie: name}))
    return jar


def test_S03_a_session_ends_with_its_time_or_with_its_user(jar):
    session = jar.sessions.begun("ada")
    answer = Response()
    jar.sessions.write(session, answer)
    assert answer.headers["set-cookie"].startswith(f"__Host-session={session.name}; HttpOnly")
    assert jar.read(session.name) == session
    jar.users = Users(USERS.keys, {})
    assert jar.read(session.name).user is None
    jar.users = USERS
    jar.now += LIFETIME_S
    assert jar.read(session.name).user is None
    assert session.name not in repr(session)


@pytest.mark.parametrize("holds", [{}, {"unknown": 1, "began_s": 1}, {"began_s": None}])
def test_a_document_of_another_shape_is_nobodys(jar, kept, holds):
    kept.put(_key("x"), holds)
    assert jar.read("x").user is None


def test_a_session_of_another_kind_is_a_mistake(jar):
    with pytest.raises(TypeError, match="Session"):
        jar.sessions.write(Session(began_s=1), Response())
    jar.sessions.end(Session(began_s=1))


def test_S02_aurora_who_wrote_a_moment_ago_is_read_to_by_the_writer(ada, world):
    world.databases._order = TimeOrder(lambda: world.now[0])
    ada.write("mine")
    assert json.loads(ada.get("/entries").body)["source"] == "writer"
    world.now[0] += order.BEHIND_S
    assert json.loads(ada.get("/entries").body)["source"] == "replica"


@pytest.fixture
def tasks():
    """A task of the service: answers as it is told, or hangs up."""
    answers, asked = [], []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(4096).decode().splitlines()[0])
                    if answer := answers.pop(0):
                        connection.sendall(answer)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield SimpleNamespace(answers=answers, asked=asked, service=SessionService(url))
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def told(status, body=b""):
    return b"HTTP/1.1 %d x\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


def test_the_service_is_asked_by_name_and_its_answers_are_understood(tasks):
    tasks.answers += [told(200, b'{"user": "ada"}'), told(404), told(200, b"{}"), told(204)]
    assert tasks.service.get("a") == {"user": "ada"}
    assert tasks.service.get("b") is None
    tasks.service.put("c", {})
    tasks.service.delete("d")
    assert [line.rpartition(" ")[0] for line in tasks.asked] == [
        "GET /sessions/a",
        "GET /sessions/b",
        "PUT /sessions/c",
        "DELETE /sessions/d",
    ]


def test_S02_a_task_that_ends_under_a_request_is_one_of_several(tasks):
    tasks.answers += [b"", told(200, b"{}")]
    assert tasks.service.get("a") == {}
    tasks.answers += [b"", b""]
    with pytest.raises(SessionsUnavailable, match="does not answer"):
        tasks.service.get("a")
    assert len(tasks.asked) == 4


def test_an_answer_that_is_no_success_is_none(tasks):
    tasks.answers += [told(503), told(500), told(200)]
    for ask in (
        lambda: tasks.service.get("a"),
        lambda: tasks.service.put("a", {}),
        lambda: tasks.service.delete("a"),
    ):
        with pytest.raises(SessionsUnavailable, match="answered"):
            ask()


def test_no_port_is_the_one_of_http():
    assert SessionService("http://sessions.internal")._port == http.client.HTTP_PORT

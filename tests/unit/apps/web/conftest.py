"""The application on a real server, over a real PostgreSQL and a bucket in memory."""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from moto import mock_aws
from pg8000.exceptions import Error
from pg8000.native import Connection

from apps.serving.passwords import hashed
from apps.serving.server import server
from apps.web import entries
from apps.web.application import Parts, application
from apps.web.databases import Databases, Endpoint, Source
from apps.web.files import Files
from apps.web.pool import Pool
from apps.web.users import Users
from localcloud.core.ports import free_port
from runtime.database import DatabaseUnavailable
from tests.unit import emulated
from tests.unit.payments.conftest import _open, postgres_port

__all__ = ["postgres_port"]
PASSWORD = "correct horse"
USERS = Users(("k" * 32,), {name: hashed(PASSWORD, b"salt") for name in ("ada", "grace")})
BUCKET = "webapp-files-test"


@dataclass
class Server:
    """A database that can be taken away: `away` refuses connections and breaks those that there are."""

    port: int
    away: bool = False
    opened: list[Connection] = field(default_factory=list)

    def connect(self) -> Connection:
        if self.away:
            raise DatabaseUnavailable("taken away")
        self.opened.append(_open(self.port))
        return self.opened[-1]

    def break_connections(self) -> None:
        for connection in self.opened:
            with suppress(OSError):
                connection._usock.shutdown(socket.SHUT_RDWR)

    def take_away(self) -> None:
        self.away = True
        self.break_connections()

    def close(self) -> None:
        for connection in self.opened:
            with suppress(Error, OSError):
                connection.close()


@pytest.fixture
def server_of(postgres_port: int) -> Iterator[Callable[[], Server]]:
    made: list[Server] = []

    def make() -> Server:
        made.append(Server(postgres_port))
        return made[-1]

    fresh = make()
    fresh.connect().run("drop schema if exists web cascade")
    entries.create(fresh.opened[0])
    yield make
    for one in made:
        one.close()


@pytest.fixture
def world(server_of: Callable[[], Server]) -> Iterator[SimpleNamespace]:
    """Writer and replica, which are one PostgreSQL here, S3 and a clock that stands still."""
    writer, replica = server_of(), server_of()
    now = [1000.0]
    with mock_aws():
        client = emulated.client("s3")
        client.create_bucket(Bucket=BUCKET)
        world = SimpleNamespace(writer=writer, replica=replica, now=now, s3=client, users=lambda: USERS)
        world.databases = Databases(
            Endpoint(Source.WRITER, Pool(writer.connect), lambda: now[0]),
            Endpoint(Source.REPLICA, Pool(replica.connect), lambda: now[0]),
        )
        world.files = Files(client, BUCKET)
        yield world


@contextmanager
def served(app) -> Iterator[int]:
    port = free_port()
    running = server(app, host="127.0.0.1", port=port)
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        while not running.started:
            assert thread.is_alive()
            time.sleep(0.005)
        yield port
    finally:
        running.should_exit = True
        thread.join(30)


@pytest.fixture
def port(world: SimpleNamespace) -> Iterator[int]:
    parts = Parts(
        databases=world.databases,
        files=world.files,
        users=lambda: world.users(),  # noqa: PLW0108 - a test changes it
        version="2026.11.29-abc",
        secure=False,
    )
    with served(application(parts)) as port:
        yield port


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def value(self, name: str) -> str:
        """What a hidden field of the first form that has it holds."""
        return self.text.partition(f'name="{name}" value="')[2].partition('"')[0]


class Browser:
    """Keeps cookies, fills in forms, follows nothing."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.cookie = ""

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body or None, {"Cookie": self.cookie, **named})
            answer = connection.getresponse()
            found = Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()
        if set_ := answer.headers.get("Set-Cookie"):
            self.cookie = set_.partition(";")[0]
        return found

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, **fields: str) -> Answer:
        body = urlencode(fields).encode() or b"x="
        return self.send("POST", path, body, Content_Type="application/x-www-form-urlencoded")

    def sign_in(self, name: str = "ada", password: str = PASSWORD) -> Answer:
        csrf = self.get("/sign-in").value("csrf")
        return self.post("/sign-in", csrf=csrf, name=name, password=password)

    def write(self, text: str, file: tuple[str, bytes] | None = None, **changed: str) -> Answer:
        """Load the board, fill the form in, send it."""
        board = self.get("/")
        fields = {"csrf": board.value("csrf"), "token": board.value("token"), "text": text, **changed}
        return self.post("/entries", **fields) if file is None else self.upload(fields, *file)

    def upload(self, fields: dict[str, str], name: str, content: bytes) -> Answer:
        head = "".join(
            f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in fields.items()
        )
        head += f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + b"\r\n--b--\r\n"
        return self.send("POST", "/entries", body, Content_Type="multipart/form-data; boundary=b")


@pytest.fixture
def browser(port: int) -> Browser:
    return Browser(port)


@pytest.fixture
def ada(browser: Browser) -> Browser:
    assert browser.sign_in().status == 303
    return browser

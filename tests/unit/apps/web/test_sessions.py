from types import SimpleNamespace

import pytest
from botocore.exceptions import EndpointConnectionError
from starlette.responses import Response

from apps.serving import secret_users
from apps.serving.passwords import hashed
from apps.serving.secret_users import SecretUsers, UsersUnavailable
from apps.web import signing_in
from apps.web.sessions import LIFETIME_S, Sessions
from apps.web.users import Users
from runtime.parameters import ParameterUnavailable

from .conftest import PASSWORD, USERS, Browser


def request(**cookies):
    return SimpleNamespace(cookies=cookies)


class Jar:
    """Sessions whose users and time a test changes."""

    def __init__(self, *, secure=False):
        self.users, self.now = USERS, 10_000.0
        self.sessions = Sessions(lambda: self.users, secure=secure, now_s=lambda: self.now)

    def cookie(self, session):
        answer = Response()
        self.sessions.write(session, answer)
        self.header = answer.headers["set-cookie"]
        return self.header.partition(";")[0].partition("=")[2]

    def read(self, cookie):
        return self.sessions.of(request(**{self.sessions.cookie: cookie}))


@pytest.fixture
def jar():
    return Jar()


def test_a_session_is_read_by_every_instance_that_has_the_keys(jar):
    session = jar.sessions.begun("ada").wrote("0/1A")
    assert Jar().read(jar.cookie(session)) == session


@pytest.mark.parametrize("change", [lambda c: c[:-1], lambda c: "x" + c, lambda _: "", lambda _: "é.b.c"])
def test_a_cookie_that_was_changed_is_nobodys(jar, change):
    assert jar.read(change(jar.cookie(jar.sessions.begun("ada")))).user is None


def test_a_cookie_of_a_key_that_is_not_ours_is_nobodys(jar):
    cookie = jar.cookie(jar.sessions.begun("ada"))
    jar.users = Users(("n" * 32,), USERS.hashes)
    assert jar.read(cookie).user is None


def test_keys_are_replaced_without_signing_anybody_out(jar):
    old = jar.cookie(jar.sessions.begun("ada"))
    jar.users = Users(("n" * 32, *USERS.keys), USERS.hashes)
    new = jar.cookie(jar.sessions.begun("grace"))
    assert jar.read(old).user == "ada"
    jar.users = Users(("n" * 32,), USERS.hashes)
    assert jar.read(new).user == "grace"


def test_a_session_ends_however_often_it_is_written_anew(jar):
    session = jar.sessions.begun("ada")
    jar.now += LIFETIME_S - 1
    cookie = jar.cookie(jar.read(jar.cookie(session)).wrote("0/1"))
    assert jar.read(cookie).user == "ada"
    jar.now += 1
    assert jar.read(cookie).user is None


def test_who_is_no_user_any_more_is_signed_out(jar):
    cookie = jar.cookie(jar.sessions.begun("ada"))
    jar.users = Users(USERS.keys, {})
    assert jar.read(cookie).user is None


def test_a_signed_cookie_of_another_shape_is_nobodys(jar, monkeypatch):
    monkeypatch.setattr("apps.web.sessions.asdict", lambda _: {"unknown": 1})
    assert jar.read(jar.cookie(jar.sessions.begun("ada"))).user is None


def test_cookies_are_for_this_host_and_never_for_scripts(jar):
    jar.cookie(jar.sessions.begun())
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(jar.header.split("; "))
    secure = Jar(secure=True)
    secure.cookie(secure.sessions.begun())
    assert secure.header.startswith("__Host-session=")
    assert "Secure" in secure.header.split("; ")
    assert "Domain" not in secure.header


def test_signing_in_and_out(browser):
    assert browser.sign_in().headers["Location"] == "/"
    board = browser.get("/")
    assert "ada" in board.text
    assert browser.post("/sign-out", csrf=board.value("csrf")).status == 303
    assert "Sign in" in browser.get("/").text


@pytest.mark.parametrize(("name", "password"), [("ada", "wrong"), ("nobody", PASSWORD), ("ada", "x" * 201)])
def test_a_wrong_name_or_password_is_one_answer(browser, name, password):
    answer = browser.sign_in(name, password)
    assert answer.status == 403
    assert "Name or password is wrong." in answer.text
    assert browser.get("/").value("token") == ""


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_a_form_of_another_site_signs_nobody_in_or_out(ada, path):
    assert ada.post(path, name="grace", password=PASSWORD).status == 403
    assert "ada" in ada.get("/").text


def test_signing_in_begins_a_new_session(browser):
    before = browser.get("/sign-in").value("csrf")
    browser.sign_in()
    assert browser.get("/").value("csrf") != before


async def test_who_would_wait_too_long_for_a_turn_is_told_so(monkeypatch):
    monkeypatch.setattr(signing_in, "WAIT_S", 0.01)
    door = signing_in.SigningIn(lambda: USERS, Sessions(lambda: USERS, secure=False))
    for _ in range(signing_in.AT_ONCE):
        await door._turns.acquire()
    with pytest.raises(signing_in.HTTPException) as refused:
        await door._admits("ada", PASSWORD)
    assert refused.value.status_code == 503


@pytest.mark.parametrize("known", ["scrypt:zz:00", "md5:00:00", "", "scrypt::"])
def test_a_hash_that_is_none_admits_nobody(known):
    assert Users(("k" * 32,), {"ada": known}).admits("ada", "") is False


def test_a_password_is_stored_so_that_it_cannot_be_read():
    assert PASSWORD not in hashed(PASSWORD, b"salt")
    assert USERS.admits("ada", PASSWORD)
    assert repr(USERS) == "Users()"


class Secrets:
    """Answers with the next of its secrets, or raises it; the last one stays."""

    def __init__(self, *secrets):
        self.secrets, self.reads = list(secrets), 0

    def read(self):
        self.reads += 1
        found = self.secrets.pop(0) if len(self.secrets) > 1 else self.secrets[0]
        if isinstance(found, Exception):
            raise found
        return found


GOOD = '{"session_keys": ["kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"], "users": {"ada": "h"}}'
AWAY = EndpointConnectionError(endpoint_url="https://secretsmanager")


def known(*secrets):
    now, client = [0.0], Secrets(*secrets)
    return SecretUsers(client.read, Users.read, lambda: now[0]), now, client


def test_the_users_are_read_once_a_minute():
    read, now, client = known(GOOD)
    assert read().hashes == read().hashes == {"ada": "h"}
    assert client.reads == 1
    now[0] += secret_users.CACHE_S
    read()
    assert client.reads == 2


@pytest.mark.parametrize("later", [AWAY, "{}", "none", '{"session_keys": ["short"], "users": {}}'])
def test_the_last_known_users_outlive_an_outage(later, caplog):
    read, now, _ = known(GOOD, later)
    read()
    now[0] += secret_users.CACHE_S
    assert read().hashes == {"ada": "h"}
    assert "short" not in caplog.text


def test_without_ever_having_read_them_nobody_is_known_and_the_store_is_not_hammered():
    read, now, client = known(AWAY)
    for _ in range(3):
        with pytest.raises(UsersUnavailable):
            read()
    assert client.reads == 1
    client.secrets = [GOOD]
    now[0] += secret_users.RETRY_S
    assert read().hashes == {"ada": "h"}


def test_a_parameter_that_cannot_be_read_is_an_outage_too():
    def away():
        raise ParameterUnavailable("web/secret")

    with pytest.raises(UsersUnavailable):
        SecretUsers(away, Users.read)()


def test_browsers_that_are_not_signed_in_keep_their_session(port):
    browser = Browser(port)
    assert browser.get("/sign-in").value("csrf") == browser.get("/sign-in").value("csrf")

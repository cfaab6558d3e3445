"""Sessions as signed cookies: any instance can read them, and none is lost with an instance or a database."""

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Protocol

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from apps.web.users import Users

LIFETIME_S = 8 * 60 * 60
"""From signing in, however often the cookie is written anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a browser brings with each request. Signed, not encrypted: no secrets in it."""

    began_s: int
    """Seconds since 1970."""
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    """Every form must bring it, too: another site cannot read it."""
    user: str | None = None
    position: str | None = None
    """Where in the log of the database this user's last write is: reads must have got so far."""

    def wrote(self, position: str) -> "Session":
        """The session after a write."""
        return replace(self, position=position)

    def allows(self, token: str) -> bool:
        """Whether a form came from a page of ours."""
        return hmac.compare_digest(token.encode(), self.csrf.encode())


class KeptSessions(Protocol):
    """Sessions as the application works with them, wherever they are kept."""

    def of(self, request: Request) -> Session:
        """The session of this request, or a new one when it has none that is valid."""

    def begun(self, user: str | None = None) -> Session:
        """A new session; also at sign-in, so that nobody can be made to use a session that another knows."""

    def keep(self, session: Session, response: Response) -> None:
        """The session stays as it is."""

    def write(self, session: Session, response: Response) -> None:
        """The session is new or has changed."""

    def end(self, session: Session) -> None:
        """The person has left."""


def cookie_name(*, secure: bool) -> str:
    """What it is called. With the prefix it is taken only over TLS, for this host and the whole of it."""
    return "__Host-session" if secure else "session"


def set_cookie(response: Response, name: str, value: str, *, secure: bool) -> None:
    """A cookie that no script reads and no other site sends along with a form."""
    response.set_cookie(
        name, value, max_age=LIFETIME_S, path="/", secure=secure, httponly=True, samesite="lax"
    )


class Sessions:
    """Reads and writes the cookie.

    Args:
        users: gives the present users and keys.
        secure: whether browsers come over TLS.
        now_s: seconds since 1970.
    """

    def __init__(
        self, users: Callable[[], Users], *, secure: bool, now_s: Callable[[], float] = time.time
    ) -> None:
        self._users = users
        self._secure = secure
        self._now_s = now_s
        self.cookie = cookie_name(secure=secure)

    def of(self, request: Request) -> Session:
        """The session of this request, or a new one when it has none that is valid.

        Raises:
            UsersUnavailable: the keys are not known.
        """
        users = self._users()
        session = self._read(request.cookies.get(self.cookie, ""), users)
        if session is None:
            return self.begun()
        return session

    def begun(self, user: str | None = None) -> Session:
        """A new session; also at sign-in, so that nobody can be made to use a session that another knows."""
        return Session(began_s=int(self._now_s()), user=user)

    def write(self, session: Session, response: Response) -> None:
        """Put the session into the answer."""
        value = _text(_serializer(self._users()).dumps(asdict(session)))
        set_cookie(response, self.cookie, value, secure=self._secure)

    def keep(self, session: Session, response: Response) -> None:
        """Sign the session anew, maybe with a newer key."""
        self.write(session, response)

    def end(self, session: Session) -> None:
        """Nothing: a copy of the cookie stays valid until it is too old."""

    def _read(self, cookie: str, users: Users) -> Session | None:
        try:
            session = Session(**_serializer(users).loads(cookie))
        except (BadData, TypeError):
            return None
        age_s = self._now_s() - session.began_s
        known = session.user is None or session.user in users.hashes
        return session if known and age_s < LIFETIME_S else None


def _serializer(users: Users) -> URLSafeSerializer:
    # Of several keys itsdangerous signs with the last.
    keys = list(reversed(users.keys))
    return URLSafeSerializer(
        keys, salt="session", signer_kwargs={"key_derivation": "hmac", "digest_method": sha256}
    )


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode()

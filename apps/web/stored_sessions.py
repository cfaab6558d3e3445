"""Sessions that a service keeps: the browser holds a name that nobody can guess, and what it names ends."""

import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from apps.web.session_service import Document
from apps.web.sessions import LIFETIME_S, Session, cookie_name, set_cookie
from apps.web.users import Users

_IS_NO_SESSION = (TypeError, KeyError)


class Store(Protocol):
    """Documents by name. Each call raises SessionsUnavailable when nobody answers."""

    def get(self, session: str) -> Document | None:
        """What is kept under this name."""

    def put(self, session: str, holds: Document) -> None:
        """Keep it."""

    def delete(self, session: str) -> None:
        """Keep it no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession(Session):
    """A session and the name that the browser knows it by."""

    name: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)


class StoredSessions:
    """Keeps sessions in *store*; `Sessions` says what the rest means.

    The store knows a digest of the name only: who reads it can be nobody.
    """

    def __init__(
        self,
        store: Store,
        users: Callable[[], Users],
        *,
        secure: bool,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._users = users
        self._secure = secure
        self._now_s = now_s
        self.cookie = cookie_name(secure=secure)

    def of(self, request: Request) -> Session:
        """The session of this request, or a new one when it has none that is valid.

        Raises:
            UsersUnavailable: who may be signed in is not known.
            SessionsUnavailable: whether there is a session is not known.
        """
        name = request.cookies.get(self.cookie, "")
        return (name and self._found(name)) or self.begun()

    def begun(self, user: str | None = None) -> Session:
        """A new session under a name of its own."""
        return StoredSession(began_s=int(self._now_s()), user=user)

    def keep(self, session: Session, response: Response) -> None:
        """Nothing: it is where it was."""

    def write(self, session: Session, response: Response) -> None:
        """Keep the session, and let the browser know its name. Raises SessionsUnavailable."""
        if not isinstance(session, StoredSession):
            raise TypeError(f"a session of another kind: {type(session).__name__}")
        holds = asdict(session)
        del holds["name"]
        self._store.put(_key(session.name), holds)
        set_cookie(response, self.cookie, session.name, secure=self._secure)

    def end(self, session: Session) -> None:
        """End it, for every copy of the cookie. Raises SessionsUnavailable."""
        if isinstance(session, StoredSession):
            self._store.delete(_key(session.name))

    def _found(self, name: str) -> Session | None:
        holds = self._store.get(_key(name))
        if holds is None:
            return None
        try:
            session = StoredSession(**holds, name=name)
            age_s = self._now_s() - session.began_s
        except _IS_NO_SESSION:
            return None
        known = session.user is None or session.user in self._users().hashes
        return session if known and age_s < LIFETIME_S else None


def _key(name: str) -> str:
    return sha256(name.encode()).hexdigest()

"""Who orders: people sign in by name and password, and every request then comes with their session's token.

Sessions lie in the global table, so either region knows them whoever takes orders. The table knows a digest
of the token only: who reads it can be nobody.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from hashlib import sha256
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import Any

from apps.serving import passwords
from apps.serving.secret_users import UsersUnavailable
from intake.documents import Form, Schema
from intake.http import Answer, Request
from intake.principal import Principal
from intake.problems import Problem, Refused, unavailable
from intake.sessions import Session, Sessions, answering
from runtime.clock import Clock

Hashes = Mapping[str, str]
"""Who may sign in: password hashes by name, as `passwords.hashed` writes them."""
LIFETIME_S = 8 * 60 * 60
"""From signing in to the end of a session, whatever is done in it."""
NAME = "name"
_BEARER = re.compile(r"bearer +([\w-]{43})", re.IGNORECASE | re.ASCII)
"""RFC 6750, and 32 bytes in base64 as `secrets.token_urlsafe` writes them."""
_SIGN_IN: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "password"],
    "properties": {
        "name": {"type": "string", "maxLength": 64},
        "password": {"type": "string", "maxLength": passwords.MOST_CHARACTERS},
    },
}
FORM = Form("sign-in", _SIGN_IN)


def hashes(secret: Mapping[str, Any]) -> Hashes:
    """Out of the members of the secret; KeyError, TypeError or ValueError: there is something else."""
    return dict(secret["users"])


class Gate:
    """Signs people in and out, and says whose session a request comes with. Threads may share it.

    Args:
        users: gives those who may sign in, or raises UsersUnavailable.
    """

    def __init__(self, *, users: Callable[[], Hashes], sessions: Sessions, clock: Clock) -> None:
        self._users = users
        self._sessions = sessions
        self._clock = clock
        self._turns = BoundedSemaphore(passwords.AT_ONCE)
        self.routes: Mapping[str, Callable[[Request], Answer]] = {
            "POST /sessions": self._sign_in,
            "DELETE /sessions": self._sign_out,
        }

    def who(self, request: Request) -> Principal:
        """Whose session it is.

        Raises:
            Refused: there is none that lives, or nobody knows.
        """
        kept_as = _kept_as(request)
        with answering():
            session = self._sessions.find(kept_as, now_s=self._now_s())
        if session is None and request.forwarded:
            # The region that passed it on knows the session; its copy is under way.
            raise unavailable("your session is not known in this region yet")
        name = session.data.get(NAME, "") if session else ""
        if not name or name not in self._known():
            raise Refused(Problem.UNIDENTIFIED, "Your session has ended, or never was: sign in.")
        return name

    def _sign_in(self, request: Request) -> Answer:
        given = FORM.read(request.headers, request.body)
        if not self._admits(given["name"], given["password"]):
            raise Refused(Problem.UNIDENTIFIED, "Name or password is wrong.")
        token = secrets.token_urlsafe(32)
        session = Session(
            session_id=_digest(token), data={NAME: given["name"]}, expires_at=self._now_s() + LIFETIME_S
        )
        with answering():
            self._sessions.put(session)
        body = {"token": token, NAME: given["name"], "expires_at": session.expires_at}
        return Answer(status=HTTPStatus.CREATED, body=body)

    def _sign_out(self, request: Request) -> Answer:
        kept_as = _kept_as(request)
        with answering():
            self._sessions.delete(kept_as)
        return Answer(status=HTTPStatus.NO_CONTENT, body={})

    def _admits(self, name: str, password: str) -> bool:
        known = self._known()
        if not self._turns.acquire(timeout=passwords.WAIT_S):
            raise unavailable("too many people sign in at the moment")
        try:
            return passwords.admits(known, name, password)
        finally:
            self._turns.release()

    def _known(self) -> Hashes:
        try:
            return self._users()
        except UsersUnavailable:
            raise unavailable("who may sign in is not known") from None

    def _now_s(self) -> int:
        return self._clock() // 1000


def _kept_as(request: Request) -> str:
    """The name that the session of a request is kept under."""
    found = _BEARER.fullmatch(request.headers.get("authorization", ""))
    if found is None:
        raise Refused(Problem.UNIDENTIFIED, "Send `Authorization: Bearer` and the token of your session.")
    return _digest(found[1])


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()

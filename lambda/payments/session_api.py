"""The routes of the sessions. They need no lease: either region serves them at any time."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from intake.http import Answer, Request
from intake.principal import scoped
from intake.problems import Problem, Refused
from intake.sessions import Session, Sessions, answering
from payments import payer, validation
from payments.payer import Mode
from runtime.clock import Clock


class SessionApi:
    """Answers /sessions/{session_id}. The id opens the session, so it is never logged.

    A session is its payer's: the same id of another payer names another session.
    """

    def __init__(self, *, authorization: Mode, sessions: Sessions, clock: Clock) -> None:
        self._authorization = authorization
        self._sessions = sessions
        self._clock = clock
        self.routes: Mapping[str, Callable[[Request], Answer]] = {
            "PUT /sessions/{session_id}": self._put,
            "GET /sessions/{session_id}": self._find,
            "DELETE /sessions/{session_id}": self._delete,
        }

    def _put(self, request: Request) -> Answer:
        session_id, kept_as = self._named(request)
        data, ttl_s = validation.session(request.headers, request.body)
        session = Session(session_id=kept_as, data=data, expires_at=self._now_s() + ttl_s)
        with answering():
            self._sessions.put(session)
        return Answer(status=HTTPStatus.OK, body=_session(session_id, session))

    def _find(self, request: Request) -> Answer:
        session_id, kept_as = self._named(request)
        with answering():
            session = self._sessions.find(kept_as, now_s=self._now_s())
        if session is None:
            raise Refused(Problem.NOT_FOUND, "There is no such session here, or not any more.")
        return Answer(status=HTTPStatus.OK, body=_session(session_id, session))

    def _delete(self, request: Request) -> Answer:
        _, kept_as = self._named(request)
        with answering():
            self._sessions.delete(kept_as)
        return Answer(status=HTTPStatus.NO_CONTENT, body={})

    def _named(self, request: Request) -> tuple[str, str]:
        """The session's id, and the name under which its payer's is kept."""
        by = payer.of_client(self._authorization, request.authorizer)
        session_id = validation.session_id(request.path.get("session_id", ""))
        return session_id, scoped(session_id, by)

    def _now_s(self) -> int:
        return self._clock() // 1000


def _session(session_id: str, session: Session) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "data": dict(session.data),
        "expires_at": session.expires_at,
    }

"""Signing in and out."""

import asyncio

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from apps.serving.passwords import AT_ONCE, MOST_CHARACTERS, WAIT_S
from apps.serving.secret_users import SecretUsers
from apps.web import forms
from apps.web.screens import screen
from apps.web.sessions import KeptSessions, Session
from apps.web.users import Users


class SigningIn:
    """Answers around the session."""

    def __init__(self, users: SecretUsers[Users], sessions: KeptSessions) -> None:
        self._users = users
        self._sessions = sessions
        self._turns = asyncio.Semaphore(AT_ONCE)

    def ask(self, request: Request) -> Response:
        """The form."""
        return self._form(self._sessions.of(request))

    async def enter(self, request: Request) -> Response:
        """Try a name and a password."""
        form = await forms.read(request)
        session = await run_in_threadpool(self._sessions.of, request)
        if not session.allows(forms.field(form, "csrf")):
            raise HTTPException(403, "The form is out of date; load the page anew.")
        name, password = forms.field(form, "name"), forms.field(form, "password")
        if len(password) > MOST_CHARACTERS or not await self._admits(name, password):
            return await run_in_threadpool(
                self._form, session, status=403, message="Name or password is wrong."
            )
        return await run_in_threadpool(self._home, self._sessions.begun(name))

    async def leave(self, request: Request) -> Response:
        """End the session."""
        form = await forms.read(request)
        session = await run_in_threadpool(self._sessions.of, request)
        if not session.allows(forms.field(form, "csrf")):
            raise HTTPException(403, "The form is out of date; load the page anew.")
        await run_in_threadpool(self._sessions.end, session)
        return await run_in_threadpool(self._home, self._sessions.begun())

    async def _admits(self, name: str, password: str) -> bool:
        try:
            await asyncio.wait_for(self._turns.acquire(), WAIT_S)
        except TimeoutError:
            raise HTTPException(503, "Too many people sign in at the moment.") from None
        try:
            return await run_in_threadpool(lambda: self._users().admits(name, password))
        finally:
            self._turns.release()

    def _form(self, session: Session, status: int = 200, message: str = "") -> Response:
        answer = screen("sign-in.html", status, session=session, message=message)
        self._sessions.write(session, answer)
        return answer

    def _home(self, session: Session) -> Response:
        answer = RedirectResponse("/", 303)
        self._sessions.write(session, answer)
        return answer

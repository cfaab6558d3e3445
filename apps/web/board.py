"""The pages of the board: entries are listed, written, and their files saved."""

import hashlib
from dataclasses import asdict
from urllib.parse import quote
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from apps.web import entries, files, forms
from apps.web.databases import Databases, Read
from apps.web.entries import Attachment, Contradicted, Draft, Page
from apps.web.files import Files
from apps.web.screens import screen
from apps.web.session_service import SessionsUnavailable
from apps.web.sessions import KeptSessions, Session
from runtime.database import DatabaseUnavailable
from runtime.logs import logger


class Board:
    """Answers of the board."""

    def __init__(self, databases: Databases, stored: Files, sessions: KeptSessions) -> None:
        self._databases = databases
        self._files = stored
        self._sessions = sessions

    def show(self, request: Request) -> Response:
        """The newest entries, or those before one, and for who is signed in the form of a new one."""
        session = self._sessions.of(request)
        answer = self._shown(self._read(request, session), session)
        self._sessions.keep(session, answer)
        return answer

    def as_json(self, request: Request) -> Response:
        """The same for programs."""
        found = self._read(request, self._sessions.of(request))
        return JSONResponse(
            {
                "entries": [
                    {**asdict(entry), "token": str(entry.token), "written_at": entry.written_at.isoformat()}
                    for entry in found.value.entries
                ],
                "older": found.value.older,
                "source": found.source,
                "stale": found.stale,
                "writer_away": self._databases.writer.seen is False,
            }
        )

    async def write(self, request: Request) -> Response:
        """A new entry; the same form again is answered as before."""
        form = await forms.read(request)
        try:
            session = await run_in_threadpool(self._sessions.of, request)
            if session.user is None:
                raise HTTPException(403, "Sign in first.")
            if not session.allows(forms.field(form, "csrf")):
                raise HTTPException(403, "The form is out of date; load the page anew.")
            upload = forms.upload(form)
            draft = Draft(author=session.user, token=forms.token(form), text=forms.message(form))
            return await run_in_threadpool(self._write, session, draft, upload)
        finally:
            await form.close()

    def save(self, request: Request) -> Response:
        """The file of an entry, to be saved and never to be shown as one of our pages."""
        session = self._sessions.of(request)
        wanted = forms.entry_id(request.path_params["entry"])
        found = None
        if wanted is not None:
            found = self._databases.read(
                lambda connection: entries.find(connection, wanted), after=session.position
            ).value
        if found is None or found.file is None:
            raise HTTPException(404, "There is no such file.")
        return StreamingResponse(
            self._files.get(files.key(found.file.sha256)),
            media_type=found.file.type,
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.file.name, safe='')}",
                "Content-Length": str(found.file.size),
                "Content-Security-Policy": "default-src 'none'; sandbox",
            },
        )

    def _read(self, request: Request, session: Session) -> Read[Page]:
        before = None
        if "before" in request.query_params:
            before = forms.entry_id(request.query_params["before"])
            if before is None:
                raise HTTPException(400, "There is no such page.")
        return self._databases.read(
            lambda connection: entries.page(connection, before=before), after=session.position
        )

    def _write(self, session: Session, draft: Draft, upload: UploadFile | None) -> Response:
        draft = self._attached(draft, upload)
        try:
            entry, position = self._databases.write(lambda connection: entries.add(connection, draft))
        except Contradicted:
            raise HTTPException(409, "This form was sent before, with something else in it.") from None
        except DatabaseUnavailable:
            return self._again(session, draft)
        answer = RedirectResponse(f"/#entry-{entry.id}", 303, {"X-Entry": str(entry.id)})
        try:
            self._sessions.write(session.wrote(position), answer)
        except SessionsUnavailable as error:
            # The entry stands; until the replica has it, its author may not see it.
            logger.warning("a session does not know what was written", extra={"reason": str(error)})
        return answer

    def _attached(self, draft: Draft, upload: UploadFile | None) -> Draft:
        """The draft with its file, whose bytes are in S3 before anything names them."""
        if upload is None:
            return draft
        content = files.read(upload.file)
        if content is None:
            raise HTTPException(413, f"A file has at most {files.MOST_BYTES // 2**20} MiB.")
        type_ = files.type_of(content)
        if type_ is None:
            raise HTTPException(415, f"A file is {files.TAKEN}.")
        digest = hashlib.sha256(content).hexdigest()
        self._files.put(files.key(digest), content, type_)
        name = files.name_of(upload.filename or "")
        file = Attachment(name=name, type=type_, size=len(content), sha256=digest)
        return Draft(author=draft.author, token=draft.token, text=draft.text, file=file)

    def _shown(self, found: Read[Page], session: Session) -> Response:
        return screen(
            "board.html",
            page=found.value,
            stale=found.stale,
            writer_away=self._databases.writer.seen is False,
            session=session,
            token=uuid4(),
            most_characters=entries.MOST_CHARACTERS,
            taken=files.TAKEN,
        )

    def _again(self, session: Session, draft: Draft) -> Response:
        """Whether the entry was written is unknown. The same form again is safe, and says so."""
        return screen(
            "again.html", 503, session=session, draft=draft, most_characters=entries.MOST_CHARACTERS
        )

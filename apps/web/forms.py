"""What people send, made safe to work with."""

import asyncio
import unicodedata
from contextlib import suppress
from uuid import UUID

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from apps.web.entries import MOST_CHARACTERS

READ_S = 25.0
"""For the whole body of a form, however slowly it comes: within what a deregistration waits."""
MOST_FIELDS = 8
LARGEST_ID = 2**63 - 1
LOST = "\ufffd"
"""What a decoder writes in place of bytes that it could not read."""


async def read(request: Request) -> FormData:
    """The form of a request; the caller closes it.

    Raises:
        HTTPException: 400 when it is malformed, 408 when it came too slowly.
    """
    try:
        async with asyncio.timeout(READ_S):
            return await request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=64 * 1024)
    except TimeoutError:
        raise HTTPException(408, "The form came too slowly.") from None


def field(form: FormData, name: str) -> str:
    """A text of a form; empty when it is missing or a file."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def upload(form: FormData) -> UploadFile | None:
    """The file of a form, unless none was chosen."""
    value = form.get("file")
    return value if isinstance(value, UploadFile) and value.filename else None


def token(form: FormData) -> UUID:
    """The token that names the form.

    Raises:
        HTTPException: 400 when there is none.
    """
    with suppress(ValueError):
        return UUID(field(form, "token"))
    raise HTTPException(400, "The form has no token; load the page anew.")


def message(form: FormData) -> str:
    """The text of an entry.

    Raises:
        HTTPException: 422 when it is empty, too long, or no text.
    """
    text = field(form, "text").replace("\r\n", "\n").strip()
    if not text or len(text) > MOST_CHARACTERS:
        raise HTTPException(422, f"An entry has 1 to {MOST_CHARACTERS} characters.")
    if any(unicodedata.category(one) in {"Cc", "Cs"} and one not in "\n\t" for one in text):
        raise HTTPException(422, "An entry is text, without control characters.")
    if LOST in text:
        raise HTTPException(422, "Some characters of the entry were lost on the way: send it in UTF-8.")
    return text


def entry_id(value: str) -> int | None:
    """A number that can be an entry's id."""
    if value.isascii() and value.isdecimal() and int(value[:20]) <= LARGEST_ID and len(value) < 20:  # noqa: PLR2004
        return int(value)
    return None

"""Files of entries: what is taken, under which name and type, and where the bytes lie in S3."""

import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MOST_BYTES = 5 * 1024 * 1024
MOST_NAME = 100
CHUNK = 64 * 1024

_TEXT = "text/plain; charset=utf-8"
_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"%PDF-": "application/pdf",
}
TAKEN = "PNG, JPEG, GIF, PDF or UTF-8 text"


class FilesUnavailable(RuntimeError):
    """S3 cannot be reached, or refused."""


class Files:
    """The bucket that holds the bytes."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, content: bytes, type_: str) -> None:
        """Write the bytes; again under the same key is the same file.

        Raises:
            FilesUnavailable: nobody knows whether they were written.
        """
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=type_)
        except (BotoCoreError, ClientError) as error:
            raise FilesUnavailable(f"cannot write {key}: {error}") from error

    def get(self, key: str) -> Iterator[bytes]:
        """The bytes in pieces.

        Raises:
            FilesUnavailable: they cannot be read. Later than at the first piece the answer breaks off.
        """
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
        except (BotoCoreError, ClientError) as error:
            raise FilesUnavailable(f"cannot read {key}: {error}") from error
        return body.iter_chunks(CHUNK)


def key(sha256: str) -> str:
    """Where bytes lie. They name themselves, so nothing that is sent later changes what an entry has."""
    return f"files/{sha256}"


def read(stream: IO[bytes]) -> bytes | None:
    """All of an upload; None when it is too large."""
    content = stream.read(MOST_BYTES + 1)
    return content if len(content) <= MOST_BYTES else None


def type_of(content: bytes) -> str | None:
    """The type by what the bytes say, whatever the browser claims; None for what is not taken."""
    for signature, type_ in _SIGNATURES.items():
        if content.startswith(signature):
            return type_
    with suppress(UnicodeDecodeError):
        if content and not _controls(content.decode()):
            return _TEXT
    return None


def name_of(claimed: str) -> str:
    """A name to show and to save under: no folders, no control or direction characters, not hidden, short."""
    last = claimed.replace("\\", "/").rpartition("/")[2]
    shown = "".join(one for one in unicodedata.normalize("NFC", last) if unicodedata.category(one)[0] != "C")
    shown = shown.strip(" .")
    stem, dot, ending = shown.rpartition(".")
    if len(shown) > MOST_NAME and dot and len(ending) < MOST_NAME // 2:
        shown = f"{stem[: MOST_NAME - len(ending) - 1]}.{ending}"
    return shown[:MOST_NAME] or "file"


def _controls(text: str) -> bool:
    return any(unicodedata.category(one) == "Cc" and one not in "\t\r\n\f" for one in text)

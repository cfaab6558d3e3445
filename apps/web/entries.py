"""Entries of the board: what one is, and the statements that write and read them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pg8000.native import Connection

MOST_CHARACTERS = 1000
PAGE = 20

_LOCK = 7_319_202
"""Two instances that start at once create the table one after the other."""
_SCHEMA = """
create table if not exists web.entries (
    id bigint generated always as identity primary key,
    author text not null,
    token uuid not null,
    text text not null,
    file_name text,
    file_type text,
    file_size bigint,
    file_sha256 text,
    written_at timestamptz not null default now(),
    unique (author, token)
)
"""
_INSERT = """
insert into web.entries (author, token, text, file_name, file_type, file_size, file_sha256)
values (:author, :token, :text, :file_name, :file_type, :file_size, :file_sha256)
on conflict (author, token) do nothing
"""
_COLUMNS = "id, author, token, text, file_name, file_type, file_size, file_sha256, written_at"


class Contradicted(Exception):
    """This form was sent before with something else in it. Nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What is known of a file; its bytes are in S3."""

    name: str
    type: str
    size: int
    sha256: str
    """Of the bytes, in hexadecimal; also where they lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry that somebody wants to write."""

    author: str
    token: UUID
    """Names the form that was sent: sent twice, it makes one entry."""
    text: str
    file: Attachment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Draft):
    """A written entry."""

    id: int
    written_at: datetime

    @property
    def draft(self) -> Draft:
        """What was asked for."""
        return Draft(**{field.name: getattr(self, field.name) for field in fields(Draft)})


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, the newest first."""

    entries: tuple[Entry, ...]
    older: int | None
    """Entries before this id follow; None at the end."""


def create(connection: Connection) -> None:
    """Make sure that the table is there."""
    connection.run("select pg_advisory_lock(:key)", key=_LOCK)
    connection.run("create schema if not exists web")
    connection.run(_SCHEMA)
    connection.run("select pg_advisory_unlock(:key)", key=_LOCK)


def add(connection: Connection, draft: Draft) -> Entry:
    """The entry of this form, written now or before.

    Raises:
        Contradicted: the form wrote another entry before.
    """
    file = draft.file
    connection.run(
        _INSERT,
        author=draft.author,
        token=draft.token,
        text=draft.text,
        file_name=file and file.name,
        file_type=file and file.type,
        file_size=file and file.size,
        file_sha256=file and file.sha256,
    )
    [row] = connection.run(
        f"select {_COLUMNS} from web.entries where author = :author and token = :token",  # noqa: S608 - columns
        author=draft.author,
        token=draft.token,
    )
    entry = _entry(row)
    if entry.draft != draft:
        raise Contradicted
    return entry


def page(connection: Connection, *, before: int | None = None) -> Page:
    """The newest entries, or those before an id."""
    rows = connection.run(
        f"select {_COLUMNS} from web.entries"  # noqa: S608 - columns
        " where cast(:before as bigint) is null or id < :before order by id desc limit :most",
        before=before,
        most=PAGE + 1,
    )
    entries = tuple(_entry(row) for row in rows)
    return Page(entries[:PAGE], entries[PAGE - 1].id if len(entries) > PAGE else None)


def find(connection: Connection, entry_id: int) -> Entry | None:
    """The entry with this id, if there is one."""
    rows = connection.run(f"select {_COLUMNS} from web.entries where id = :id", id=entry_id)  # noqa: S608 - columns
    return _entry(rows[0]) if rows else None


def _entry(row: Sequence[Any]) -> Entry:
    id_, author, token, text, name, type_, size, sha256, written_at = row
    file = Attachment(name=name, type=type_, size=size, sha256=sha256) if name is not None else None
    return Entry(
        id=id_, author=author, token=token, text=text, file=file, written_at=written_at.astimezone(UTC)
    )

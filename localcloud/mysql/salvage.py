"""Saves the rows that only a lost writer has, before it is rebuilt and forgets them."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from localcloud.mysql.paired import PairedServer

PATIENTLY_S = 60.0
_TABLES = """
    select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'
    and table_schema not in ('mysql', 'sys', 'information_schema', 'performance_schema') order by 1, 2
"""
_KEY = """
    select column_name from information_schema.key_column_usage
    where table_schema = %s and table_name = %s and constraint_name = 'PRIMARY' order by ordinal_position
"""
Row = tuple[tuple[str, Any], ...]


def salvage(lost: PairedServer, survivor: PairedServer, into: Path) -> int:
    """Append to *into* every row of *lost* that *survivor* does not have; returns how many.

    Rows are matched by their primary key. One JSON object a line: `database`, `table`, `row`, which is as
    *lost* has it, and counts when it is missing or differs. All rows of one table at a time are in memory.
    """
    found = 0
    into.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as output:
        surviving = set(survivor.query(_TABLES))
        for database, table in lost.query(_TABLES):
            key = [name for (name,) in lost.query(_KEY, database, table)]
            there = _rows(survivor, database, table, key) if (database, table) in surviving else {}
            for row in _missing(_rows(lost, database, table, key), there):
                line = {"database": database, "table": table, "row": dict(row)}
                output.write(json.dumps(line, default=_plain) + "\n")
                found += 1
    return found


def _missing(here: dict[Row, Row], there: dict[Row, Row]) -> Iterable[Row]:
    return (row for key, row in here.items() if there.get(key) != row)


def _rows(server: PairedServer, database: str, table: str, key: list[str]) -> dict[Row, Row]:
    """The rows by their key; a table without one has whole rows for keys."""
    sql = f"select * from {_quoted(database)}.{_quoted(table)}"  # noqa: S608 - quoted
    rows = [tuple(row.items()) for row in server.rows(sql, timeout_s=PATIENTLY_S)]
    return {tuple(each for each in row if not key or each[0] in key): row for row in rows}


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _plain(value: object) -> str:
    """Text, of what JSON has no type for; bytes that are no text in hexadecimal digits."""
    if not isinstance(value, bytes):
        return str(value)
    try:
        return value.decode()
    except UnicodeDecodeError:
        return f"0x{value.hex()}"

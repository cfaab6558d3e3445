"""Saves the rows that only a lost writer has, before it is rewound and forgets them."""

import json
import os
from pathlib import Path

from localcloud.postgres.server import PATIENTLY_S, Server

_DATABASES = "select datname from pg_database where not datistemplate and datname <> 'postgres'"
_TABLES = """
    select format('%I.%I', schemaname, tablename) from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema') order by 1
"""


def salvage(lost: Server, survivor: Server, into: Path) -> int:
    """Append to *into* every row of *lost* that *survivor* does not have; returns how many.

    One JSON object a line: `database`, `table`, `row`. A row that differs counts, as *lost* has
    it. All rows of one table at a time are held in memory.
    """
    found = 0
    into.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as output:
        surviving = _column(survivor, "postgres", _DATABASES)
        for database in sorted(_column(lost, "postgres", _DATABASES)):
            there = _column(survivor, database, _TABLES) if database in surviving else set()
            for table in sorted(_column(lost, database, _TABLES)):
                known = _rows(survivor, database, table) if table in there else set()
                for row in sorted(_rows(lost, database, table) - known):
                    line = {"database": database, "table": table, "row": json.loads(row)}
                    output.write(json.dumps(line) + "\n")
                    found += 1
    return found


def _rows(server: Server, database: str, table: str) -> set[str]:
    sql = f"select to_jsonb(t)::text from {table} t"  # noqa: S608 - quoted by the catalogue query
    return _column(server, database, sql)


def _column(server: Server, database: str, sql: str) -> set[str]:
    return {str(value) for (value,) in server.query(sql, database=database, timeout_s=PATIENTLY_S)}

"""Reads a run's orders and cancellations from a ledger, with nothing shared with the system under test."""

import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pymysql
from botocore.exceptions import BotoCoreError, ClientError
from mypy_boto3_secretsmanager import SecretsManagerClient
from pymysql.err import MySQLError

from gameday.errors import LedgerUnread
from gameday.load.records import LedgerRow

_TIMEOUT_S = 10
_ROWS = """
select one.entry_id, one.idempotency_key, coalesce(one.quantity * one.limit_minor, 0),
       coalesce(one.currency, ''), one.epoch, one.region, coalesce(one.cancels, '')
from ledger_orders as one left join ledger_orders as placed on placed.entry_id = one.cancels
where left(coalesce(placed.idempotency_key, one.idempotency_key), length(%(prefix)s)) = %(prefix)s
"""
"""A cancellation is of the run whose order it cancels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReader:
    """The ledger behind a port of this machine; *secret* is an entry of Secrets Manager."""

    secrets: SecretsManagerClient
    secret: str
    database: str
    port: int

    def rows(self, prefix: str) -> Sequence[LedgerRow]:
        """The rows of the run whose orders' keys start with *prefix*. Raises LedgerUnread."""
        try:
            with self._connect() as connection, connection.cursor() as cursor:
                cursor.execute(_ROWS, {"prefix": prefix})
                return [_row(found) for found in cursor.fetchall()]
        except (MySQLError, OSError, BotoCoreError, ClientError, ValueError, KeyError) as error:
            raise LedgerUnread(
                f"the ledger on port {self.port} could not be read: {type(error).__name__}: {error}"
            ) from error

    def _connect(self) -> "pymysql.Connection":
        secret = json.loads(self.secrets.get_secret_value(SecretId=self.secret)["SecretString"])
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user=secret["username"],
            password=secret["password"],
            database=self.database,
            charset="utf8mb4",
            connect_timeout=_TIMEOUT_S,
            read_timeout=_TIMEOUT_S,
            ssl=ssl.create_default_context(cadata=secret["ca"]),
        )


def _row(found: Sequence[Any]) -> LedgerRow:
    """Ids and keys are bytes in MySQL, and a product of integers is a decimal."""
    entry_id, key, amount, currency, epoch, region, cancels = found
    return LedgerRow(
        entry_id=entry_id.decode(),
        idempotency_key=key.decode(),
        amount_minor=int(amount),
        currency=currency,
        epoch=epoch,
        region=region,
        cancels=cancels.decode(),
    )

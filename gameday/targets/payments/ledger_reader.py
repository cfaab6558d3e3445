"""Reads a run's rows from the surviving ledger, with nothing shared with the system under test."""

import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError
from mypy_boto3_secretsmanager import SecretsManagerClient
from pg8000.exceptions import Error
from pg8000.native import Connection

from gameday.errors import LedgerUnread
from gameday.load.records import LedgerRow

_TIMEOUT_S = 10
_ROWS = """
select entry_id::text, idempotency_key, amount_minor, currency::text, epoch, region
from ledger.payments where starts_with(idempotency_key, :prefix)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerReader:
    """The ledger behind a port of this machine; *secret* is an entry of Secrets Manager."""

    secrets: SecretsManagerClient
    secret: str
    database: str
    port: int

    def rows(self, prefix: str) -> Sequence[LedgerRow]:
        """The rows whose idempotency key starts with *prefix*. Raises LedgerUnread."""
        try:
            connection = self._connect()
            try:
                found = connection.run(_ROWS, prefix=prefix)
            finally:
                connection.close()
        except (Error, OSError, BotoCoreError, ClientError, ValueError, KeyError) as error:
            raise LedgerUnread(
                f"the ledger on port {self.port} could not be read: {type(error).__name__}: {error}"
            ) from error
        return [
            LedgerRow(
                entry_id=entry_id,
                idempotency_key=key,
                amount_minor=amount_minor,
                currency=currency,
                epoch=epoch,
                region=region,
            )
            for entry_id, key, amount_minor, currency, epoch, region in found
        ]

    def _connect(self) -> Connection:
        secret = json.loads(self.secrets.get_secret_value(SecretId=self.secret)["SecretString"])
        return Connection(
            secret["username"],
            host="127.0.0.1",
            port=self.port,
            database=self.database,
            password=secret["password"],
            timeout=_TIMEOUT_S,
            ssl_context=ssl.create_default_context(cadata=secret["ca"]),
        )

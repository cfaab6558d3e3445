"""The least of AWS that a payment needs, as a process: tables with conditional writes, parameters, a secret.

Run by the benchmark and the contract test, which must not measure or wait for a whole emulated AWS. Items
live in memory. Conditional puts and updates are answered as DynamoDB does, after as long as the votes of
other regions are said to take; what is not known here is an error, so nothing is ever answered by guessing.
"""

import asyncio
import json
import re
import sys
from collections.abc import Callable
from typing import Any

Message = dict[str, Any]

ABSENT, PRESENT = re.compile(r"attribute_not_exists\((\w+)\)"), re.compile(r"attribute_exists\((\w+)\)")
SAME = re.compile(r"([#\w]+) = (:\w+)")
KEYS = {
    "lease": ("system",),
    "journal": ("idempotency_key",),
    "arrivals": ("window", "idempotency_key"),
    "sessions": ("session_id",),
}
"""The attributes of each table's key."""
WRITES = frozenset(f"DynamoDB_20120810.{name}".encode() for name in ("PutItem", "UpdateItem", "DeleteItem"))
Key = tuple[str, ...]


class Refusal(Exception):
    """An error of the service: its code, and the item that a failed condition gives back."""

    def __init__(self, code: str, item: Message | None = None) -> None:
        super().__init__(code)
        self.body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": code}
        if item is not None:
            self.body["Item"] = item  # type: ignore[assignment]


class Store:
    """Tables, parameters and secrets of one region."""

    def __init__(self, parameters: dict[str, str], secret: str, tables: dict[str, list[Message]]) -> None:
        self._parameters, self._secret = parameters, secret
        self._tables: dict[str, dict[Key, Message]] = {
            name: {_key(name, item): item for item in tables.get(name, [])} for name in KEYS
        }
        self._operations: dict[str, Callable[[Message], Message]] = {
            "DynamoDB_20120810.PutItem": self._put,
            "DynamoDB_20120810.GetItem": self._get,
            "DynamoDB_20120810.Query": self._query,
            "DynamoDB_20120810.UpdateItem": self._update,
            "DynamoDB_20120810.DeleteItem": self._delete,
            "AmazonSSM.GetParameter": self._parameter,
            "secretsmanager.GetSecretValue": lambda _: {"SecretString": self._secret},
        }

    def answer(self, target: str, message: Message) -> Message:
        """What the operation answers; raises Refusal."""
        return self._operations[target](message)

    def _slot(self, message: Message, item: Message) -> tuple[dict[Key, Message], Key]:
        table = message["TableName"]
        return self._tables[table], _key(table, item)

    def _put(self, message: Message) -> Message:
        table, key = self._slot(message, message["Item"])
        _check(message, table.get(key))
        table[key] = message["Item"]
        return {}

    def _get(self, message: Message) -> Message:
        table, key = self._slot(message, message["Key"])
        return {"Item": table[key]} if key in table else {}

    def _query(self, message: Message) -> Message:
        [wanted] = message["ExpressionAttributeValues"].values()
        table = self._tables[message["TableName"]]
        return {"Items": [item for key, item in table.items() if key[0] == wanted["S"]]}

    def _update(self, message: Message) -> Message:
        table, key = self._slot(message, message["Key"])
        _check(message, table.get(key))
        changed = {**message["Key"], **table.get(key, {})}
        for assignment in message["UpdateExpression"].removeprefix("SET ").split(","):
            name, value = (part.strip() for part in assignment.split("="))
            name = message.get("ExpressionAttributeNames", {}).get(name, name)
            changed[name] = message["ExpressionAttributeValues"][value]
        table[key] = changed
        return {}

    def _delete(self, message: Message) -> Message:
        table, key = self._slot(message, message["Key"])
        table.pop(key, None)
        return {}

    def _parameter(self, message: Message) -> Message:
        if message["Name"] not in self._parameters:
            raise Refusal("ParameterNotFound")
        return {"Parameter": {"Name": message["Name"], "Value": self._parameters[message["Name"]]}}


def _key(table: str, item: Message) -> Key:
    return tuple(item[name]["S"] for name in KEYS[table])


def _check(message: Message, item: Message | None) -> None:
    condition = message.get("ConditionExpression")
    if condition is None:
        return
    if all(_met(clause, message, item or {}) for clause in condition.split(" AND ")):
        return
    wanted = message.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    raise Refusal("ConditionalCheckFailedException", item if wanted else None)


def _met(clause: str, message: Message, item: Message) -> bool:
    if absent := ABSENT.fullmatch(clause):
        return absent[1] not in item
    if present := PRESENT.fullmatch(clause):
        return present[1] in item
    if same := SAME.fullmatch(clause):
        name = message.get("ExpressionAttributeNames", {}).get(same[1], same[1])
        return bool(item.get(name) == message["ExpressionAttributeValues"][same[2]])
    raise Refusal("ValidationException")


class Connection(asyncio.Protocol):
    """HTTP/1.1 as botocore speaks it: one request after another on a connection that is kept."""

    def __init__(self, store: Store, write_ms: float) -> None:
        self._store, self._received, self._write_s = store, b"", write_ms / 1000

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, rest = self._received.partition(b"\r\n\r\n")
            lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
            headers = {name.lower(): value.strip() for name, _, value in lines}
            size = int(headers.get(b"content-length", "0"))
            if len(rest) < size:
                return
            self._received = rest[size:]
            target = headers[b"x-amz-target"]
            response = self._response(target.decode(), rest[:size])
            if self._write_s and target in WRITES:
                asyncio.get_running_loop().call_later(self._write_s, self._transport.write, response)
            else:
                self._transport.write(response)

    def _response(self, target: str, body: bytes) -> bytes:
        try:
            status, answer = b"200 OK", self._store.answer(target, json.loads(body))
        except Refusal as refusal:
            status, answer = b"400 Bad Request", refusal.body
        content = json.dumps(answer).encode()
        return b"HTTP/1.1 %b\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n%b" % (
            status,
            len(content),
            content,
        )


async def serve(port: int, store: Store, *, write_ms: float = 0.0) -> None:
    """Answer on 127.0.0.1 until the process ends; the line `ready` on stdout says from when on.

    Args:
        port: of 127.0.0.1.
        store: what is answered from.
        write_ms: how much later a write is answered, in milliseconds.
    """
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(store, write_ms), "127.0.0.1", port
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    told = json.load(sys.stdin)
    kept = Store(told["parameters"], told["secret"], told["tables"])
    asyncio.run(serve(told["port"], kept, write_ms=told.get("write_ms", 0.0)))

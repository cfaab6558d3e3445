"""The strongly consistent tables: one copy of the items, and a client in each region.

A call is served while its region reaches one other of the three places, as DynamoDB does with two
replicas and a witness. Conditions and updates are the real requests', interpreted.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

Item = dict[str, Any]
CLAUSE = re.compile(r"(attribute_exists|attribute_not_exists)\(([#\w]+)\)|([#\w]+) (<=|=) (:\w+)")
URL = "https://dynamodb"
KEYS = {
    "lease": ("system",),
    "journal": ("idempotency_key",),
    "arrivals": ("window", "idempotency_key"),
    "approvals": ("approver",),
}
"""The parts of a table's key."""
PAGE = 3


class ConditionalCheckFailedException(ClientError):
    """As boto3 generates it."""


@lru_cache
def clauses(condition: str) -> tuple[tuple[str, str, str], ...]:
    """Operator, attribute and value of every part of a condition."""
    parts = []
    for text in condition.split(" AND ") if condition else ():
        existence, name, attribute, comparison, value = CLAUSE.fullmatch(text).groups()
        parts.append((existence or comparison, name or attribute, value or ""))
    return tuple(parts)


@lru_cache
def assignments(update: str) -> tuple[tuple[str, str], ...]:
    """Attribute and value of every part of SET."""
    return tuple(tuple(part.split(" = ")) for part in update.removeprefix("SET ").split(", "))


def comparable(value: dict[str, str]) -> int | str:
    [(kind, content)] = value.items()
    return int(content) if kind == "N" else content


class Store:
    """The items; `watch` sees every write before it happens and may record what it breaks."""

    def __init__(self, watch: Callable[[str, str, Item | None, Item], None]) -> None:
        self.tables: dict[str, dict[str, Item]] = {table: {} for table in KEYS}
        self.leases_before: list[Item] = []
        """Every lease that there was, for those who restore one."""
        self.approvals_before: list[tuple[str, Item]] = []
        """Every request and approval that there was, with its key."""
        self._watch = watch

    def write(
        self, region: str, table: str, key: str, new: Item, request: dict[str, Any], *, merge: bool
    ) -> None:
        """Write if the condition holds.

        Raises:
            ConditionalCheckFailedException: it does not.
        """
        old = self.tables[table].get(key)
        names = request.get("ExpressionAttributeNames", {})
        values = request.get("ExpressionAttributeValues", {})
        for operator, name, value in clauses(request.get("ConditionExpression", "")):
            found = (old or {}).get(names.get(name, name))
            if not holds(operator, found, values.get(value)):
                answer: dict[str, Any] = {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}
                if old and request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
                    answer["Item"] = dict(old)
                raise ConditionalCheckFailedException(answer, "Write")
        item = {**(old or {}), **new} if merge else new
        self._watch(region, table, old, item)
        self.tables[table][key] = item
        if table == "lease":
            self.leases_before.append(item)
        elif table == "approvals":
            self.approvals_before.append((key, item))

    def restore_approvals(self, items: int) -> None:
        """As they were after so many had been written."""
        self.tables["approvals"] = dict(self.approvals_before[:items])

    def restore_arrivals(self, items: int) -> None:
        """Only the oldest are left."""
        self.tables["arrivals"] = dict(islice(self.tables["arrivals"].items(), items))

    def restore_journal(self, entries: int, settled: int) -> None:
        """Only the oldest entries are left, and the oldest of those are still known to be settled."""
        kept = list(self.tables["journal"].items())[:entries]
        self.tables["journal"] = {
            key: item if place < settled else {**item, "state": {"S": "INTENT"}}
            for place, (key, item) in enumerate(kept)
        }


def holds(operator: str, found: dict[str, str] | None, value: dict[str, str] | None) -> bool:
    if operator == "attribute_exists":
        return found is not None
    if operator == "attribute_not_exists":
        return found is None
    if found is None:
        return False
    left, right = comparable(found), comparable(value)
    return left == right if operator == "=" else left <= right


class DynamoDB:
    """The client of one region."""

    exceptions = SimpleNamespace(ConditionalCheckFailedException=ConditionalCheckFailedException)

    def __init__(self, world: Any, region: str) -> None:
        self._world, self._region, self._store = world, region, world.store

    def get_item(self, **request: Any) -> dict[str, Any]:
        table = request["TableName"]
        key = " ".join(request["Key"][part]["S"] for part in KEYS[table])
        return self._call(table, lambda: self._get(table, key))

    def put_item(self, **request: Any) -> object:
        table, item = request["TableName"], request["Item"]
        key = " ".join(item[part]["S"] for part in KEYS[table])
        return self._call(
            table,
            lambda: self._store.write(self._region, table, key, item, request, merge=False),
            writes=True,
        )

    def update_item(self, **request: Any) -> object:
        [(key)] = [value["S"] for value in request["Key"].values()]
        names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
        new = {names[name]: values[value] for name, value in assignments(request["UpdateExpression"])}
        table = request["TableName"]
        return self._call(
            table,
            lambda: self._store.write(self._region, table, key, new, request, merge=True),
            writes=True,
        )

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        [(table, request)] = RequestItems.items()
        keys = [value["S"] for key in request["Keys"] for value in key.values()]
        found = self._call(table, lambda: [self._get(table, key).get("Item") for key in keys])
        return {"Responses": {table: [item for item in found if item]}, "UnprocessedKeys": {}}

    def get_paginator(self, _operation: str) -> "DynamoDB":
        return self

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        """Pages of three, each a call of its own: what is written meanwhile may or may not be seen."""
        seen: set[str] = set()
        window = request.get("ExpressionAttributeValues", {}).get(":window")
        while True:
            table = request["TableName"]
            page = self._call(table, lambda table=table: self._page(table, seen, window))
            seen.update(key for key, _ in page)
            yield {"Items": [item for _, item in page], "Count": len(page)}
            if len(page) < PAGE:
                return

    def _get(self, table: str, key: str) -> dict[str, Any]:
        item = self._store.tables[table].get(key)
        return {"Item": item} if item else {}

    def _page(self, table: str, seen: set[str], window: Item | None) -> list[tuple[str, Item]]:
        items = self._store.tables[table].items()
        wanted = (each for each in items if each[0] not in seen and window in (None, each[1].get("window")))
        return list(islice(wanted, PAGE))

    def _call(self, table: str, effect: Callable[[], Any], *, writes: bool = False) -> Any:
        world = self._world
        world.scheduler.point()
        service = "journal" if table == "arrivals" else table
        if not world.quorum(self._region) or (self._region, service) in world.silent:
            raise ConnectTimeoutError(endpoint_url=URL)
        fate = world.fate() if writes else world.fate() and "lost"
        if fate == "repeated":  # boto3 tries again after a lost answer, and gets the second one
            effect()
        elif fate == "late":  # given up on, but still on its way
            world.late.append(effect)
        elif fate == "unanswered":
            effect()
        if fate and fate != "repeated":
            raise ReadTimeoutError(endpoint_url=URL)
        return effect()

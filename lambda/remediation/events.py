"""Which alarms an event is about, whatever brought it here. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any


def alarms(event: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Names of alarms, each once; None when the event asks for all that ring, as a schedule does.

    Known are the state change that CloudWatch puts on the bus (`detail.alarmName`), what it sends a function
    directly (`alarmData.alarmName`), and either of them or the message of an alarm (`AlarmName`) inside SNS.
    Anything else is treated as a schedule: looking once too often does no harm.
    """
    return tuple(dict.fromkeys(_names(event))) or None


def _names(event: Mapping[str, Any]) -> Iterator[str]:
    for record in _items(event.get("Records")):
        message = _message(record)
        if message is not None:
            yield from _names(message)
    places = ((event.get("detail"), "alarmName"), (event.get("alarmData"), "alarmName"), (event, "AlarmName"))
    for holder, key in places:
        name = holder.get(key) if isinstance(holder, Mapping) else None
        if isinstance(name, str) and name:
            yield name


def _items(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _message(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What SNS carries. Only one layer: a message inside a message is nobody's."""
    sns = record.get("Sns")
    text = sns.get("Message") if isinstance(sns, Mapping) else None
    try:
        message = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if not isinstance(message, Mapping):
        return None
    return {key: value for key, value in message.items() if key != "Records"}

"""A drill's history as elle-cli reads it, so that others can check it with a checker that is not ours. Pure.

The format is the `list-append` model of elle-cli (https://github.com/ligurio/elle-cli), in JSON. A key is a
list. An id is appended to it when a request takes effect, which no client sees happen: its outcome is `info`,
from the first attempt on. Whoever was told an id read a list with this id alone, and the last reads are those
of ledger and journal. Then an id that changes, or is gone, is an anomaly of lists. The lease is a list, too:
of the stages of its epochs, each appended once and read by whoever saw or used it.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from gameday.judge.linear import UNKNOWN, Op
from gameday.judge.objects import Asked, Found, Held, Recorded, histories, lease_history

_NANOSECONDS = 1_000_000_000
LEASE = "the lease"
_Moment = tuple[float, int, dict[str, Any]]
"""Seconds, and 0 for a call, 1 for a return: of two at one time the call comes first."""


def elle(record: Recorded) -> str:
    """The history, one operation a line."""
    processes = count()
    moments: list[_Moment] = []
    for key, history in histories(record).items():
        moments += _key(key, history, processes)
    moments += _lease(lease_history(record.history, record.operations), processes)
    ordered = sorted(moments, key=lambda moment: moment[:2])
    told = (
        {"index": index, "time": time, "f": "txn", **operation}
        for index, (time, (_, _, operation)) in enumerate(zip(_times(ordered), ordered, strict=True))
    )
    return "[" + ",\n".join(json.dumps(operation) for operation in told) + "]\n"


def _times(ordered: Sequence[_Moment]) -> Iterator[int]:
    """Nanoseconds from the first moment, none twice: what followed must not be taken for what overlapped."""
    last = -1
    for at, _, _ in ordered:
        last = max(last + 1, round((at - ordered[0][0]) * _NANOSECONDS))
        yield last


def _key(key: str, history: Sequence[Op[Asked | Found]], processes: Iterator[int]) -> Iterator[_Moment]:
    reads = [(op, told) for op in history for told in _reads(op)]
    first = min(op.called for op in history)
    for one_id in dict.fromkeys(one_id for _, told in reads for one_id in told):
        yield from _pair(next(processes), first, UNKNOWN, ["append", key, one_id])
    for op, told in reads:
        yield from _pair(next(processes), op.called, op.returned, ["r", key, told])


def _reads(op: Op[Asked | Found]) -> list[list[str]]:
    """The lists that were told: one to whoever got an answer, one a store has for each of its entries."""
    if isinstance(op.value, Found):
        return [[one_id] for one_id, _ in op.value.entries] or [[]]
    return [] if op.value.id is None else [[op.value.id]]


def _lease(history: Sequence[Op[Held]], processes: Iterator[int]) -> Iterator[_Moment]:
    """Whoever saw the lease read the stages of the epochs before, and its holder's own up to that one."""
    told_stage = [op for op in history if op.value.taking is not None]
    stages = sorted({op.value for op in told_stage}, key=_order)
    first = min((op.called for op in told_stage), default=0.0)
    for stage in stages:
        yield from _pair(next(processes), first, UNKNOWN, ["append", LEASE, str(stage)])
    for op in told_stage:
        told = [str(stage) for stage in stages if _before(stage, op.value)]
        yield from _pair(next(processes), op.called, op.returned, ["r", LEASE, told])


def _order(stage: Held) -> tuple[int, bool, str]:
    return stage.epoch, not stage.taking, stage.holder


def _before(stage: Held, seen: Held) -> bool:
    if stage.epoch == seen.epoch:
        return stage.holder == seen.holder and _order(stage) <= _order(seen)
    return stage.epoch < seen.epoch


def _pair(process: int, called: float, returned: float, operation: list[Any]) -> Iterator[_Moment]:
    """A call and its return; every operation is a process of its own, as nothing orders them but time."""
    asked = operation if operation[0] == "append" else [*operation[:2], None]
    yield called, 0, {"process": process, "type": "invoke", "value": [asked]}
    if returned == UNKNOWN:
        yield called, 1, {"process": process, "type": "info", "value": [asked]}
    else:
        yield returned, 1, {"process": process, "type": "ok", "value": [operation]}

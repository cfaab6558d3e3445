"""Is the history of one object linearizable? A search, pure.

**What is asked.** A history is linearizable when each operation can be given one moment between its call and
its return such that, in the order of these moments, an object that serves one operation at a time would have
answered the same (Herlihy and Wing, 1990).

**Why one object at a time.** A history of many objects is linearizable exactly when the history of each
object is. So every idempotency key is searched alone (P-compositionality: Horn and Kroening, 2015), and only
the operations of one key that overlap multiply.

**The search** (Wing and Gong, 1993). An operation may come next when no other operation that is left returned
before it was called. Take one that the object allows, go on with the rest, and come back when that fails.
What was searched once, the same operations left in the same state, is not searched again (Lowe, 2017).

**An unknown outcome** has no return: the operation may take effect at any moment after its call, or never.

**Objects that never go back** are all that is searched here: an operation that leaves a state as it is leaves
every later state as it is, too, or is not allowed there. (A register that can be written to its old value is
none.) So an operation that may come next and changes nothing is taken at once, and nothing else is tried in
its place: where any order explains the rest, that order with this operation moved to its front does, too, as
every other operation meets the same states as before.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

S = TypeVar("S")
V_contra = TypeVar("V_contra", contravariant=True)
V = TypeVar("V")
UNKNOWN = math.inf
"""The return of an operation whose outcome nobody learnt."""
_BEFORE = 3
"""So many explained operations are shown before the first one that nothing explains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Op(Generic[V]):
    """One operation on an object; times in seconds of one clock."""

    called: float
    returned: float
    value: V
    """What was asked and answered, as the object's `step` reads it."""
    told: str
    """The same for people."""


class Spec(Protocol[S, V_contra]):
    """An object that serves one operation at a time and never goes back. States can be hashed."""

    @property
    def initial(self) -> S:
        """The state that nothing was done to."""

    def step(self, state: S, value: V_contra) -> S | None:
        """The state after an operation; None: in *state* the object would not have answered so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Where the search for an order ended: the first operations that no order explains."""

    state: str
    """The object's state there."""
    explained: tuple[str, ...]
    """The last operations before."""
    unexplained: tuple[str, ...]
    """Operations of which each may come next, and none can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What the search found."""

    window: Window | None
    """None: an order explains everything."""
    steps: int
    """How often the object was asked whether it allows an operation: what the search cost."""


@dataclass(frozen=True, slots=True)
class _Place(Generic[S]):
    """The operations taken: all before *first*, and those *ahead* of it. And the state after them."""

    first: int
    ahead: frozenset[int]
    state: S

    @property
    def taken(self) -> int:
        return self.first + len(self.ahead)


def linearize(operations: Sequence[Op[V]], spec: Spec[S, V]) -> Explanation:
    """Look for an order of *operations* that *spec* allows."""
    return _Search(sorted(operations, key=lambda op: op.called), spec).run()


class _Search(Generic[S, V]):
    def __init__(self, ops: Sequence[Op[V]], spec: Spec[S, V]) -> None:
        self._ops, self._spec, self._steps = ops, spec, 0

    def run(self) -> Explanation:
        waiting = [_Place(0, frozenset(), self._spec.initial)]
        deepest, seen = waiting[0], set[_Place[S]]()
        while waiting:
            place = self._settled(waiting.pop())
            if place in seen:
                continue
            seen.add(place)
            if self._complete(place):
                return Explanation(window=None, steps=self._steps)
            deepest = max(deepest, place, key=lambda one: one.taken)
            waiting += [
                self._after(place, number, state)
                for number in reversed([*self._next(place.first, place.ahead)])
                if (state := self._step(place.state, number)) is not None
            ]
        return Explanation(window=self._window(deepest), steps=self._steps)

    def _settled(self, place: _Place[S]) -> _Place[S]:
        """All operations taken that may come next and change nothing, one after the other."""
        first, ahead, state = place.first, set(place.ahead), place.state
        while True:
            for number in self._next(first, ahead):
                if self._step(state, number) == state:
                    ahead.add(number)
                    break
            else:
                return _Place(first, frozenset(ahead), state)
            while first in ahead:
                ahead.remove(first)
                first += 1

    def _after(self, place: _Place[S], number: int, state: S) -> _Place[S]:
        first, ahead = place.first, {*place.ahead, number}
        while first in ahead:
            ahead.remove(first)
            first += 1
        return _Place(first, frozenset(ahead), state)

    def _next(self, first: int, ahead: set[int] | frozenset[int]) -> Iterator[int]:
        """The operations that are left and were called before any of those left had returned."""
        earliest = UNKNOWN
        for number in range(first, len(self._ops)):
            op = self._ops[number]
            if op.called > earliest:
                return
            if number not in ahead:
                earliest = min(earliest, op.returned)
                yield number

    def _step(self, state: S, number: int) -> S | None:
        self._steps += 1
        return self._spec.step(state, self._ops[number].value)

    def _complete(self, place: _Place[S]) -> bool:
        """Whether only unknown outcomes are left, which may never have happened."""
        left = (number for number in range(place.first, len(self._ops)) if number not in place.ahead)
        return all(self._ops[number].returned == UNKNOWN for number in left)

    def _window(self, place: _Place[S]) -> Window:
        before = [*range(place.first), *sorted(place.ahead)][-_BEFORE:]
        return Window(
            state=str(place.state),
            explained=tuple(self._ops[number].told for number in before),
            unexplained=tuple(self._ops[number].told for number in self._next(place.first, place.ahead)),
        )

"""The garbage collector of a process that keeps all it is told."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_FULL = 2
"""The oldest generation; collecting it collects all."""


@contextmanager
def looked_for_once() -> Iterator[None]:
    """Let each full collection look at what is new since the last one, instead of at everything.

    Tables, events and logs of a local cloud only ever grow. CPython walks through all of them in a full
    collection, with every thread stopped. What survives one is frozen here, so later ones pass over it.
    The price is memory: a cycle that becomes garbage only after it was frozen stays until the process ends.
    https://docs.python.org/3/library/gc.html#gc.freeze
    """

    def freeze(phase: str, told: dict[str, int]) -> None:
        if phase == "stop" and told["generation"] == _FULL:
            gc.freeze()

    gc.callbacks.append(freeze)
    try:
        yield
    finally:
        gc.callbacks.remove(freeze)
        gc.unfreeze()

"""Making and removing a clone: whoever is interrupted types the same again, and it goes on."""

import time
from collections.abc import Callable, Iterator

from dr.moments import shown
from dr.operations import Refused
from dr.rewind.clones import Clones
from dr.rewind.wish import Clone, Source, Wish

WITHIN_S = 3600.0
"""A full copy takes as long as the database is large; whoever waits longer types the command again."""
POLL_S = 5.0
Say = Callable[[str], None]
Sleep = Callable[[float], None]


class StillWorking(RuntimeError):
    """AWS has not finished; nothing failed."""


def make(clones: Clones, wish: Wish, source: Source, *, say: Say, sleep: Sleep = time.sleep) -> Clone:
    """The clone, with an instance that takes connections. Raises Refused, StillWorking."""
    name = wish.name(source)
    if clones.get(name) is None:
        clones.restore(wish, source)
    for _ in _patiently(sleep):
        clone = clones.get(name)
        status = clone.status if clone else "absent"
        say(f"{name} is {status}")
        if clone is None or "fail" in status or "incompatible" in status:
            raise Refused(f"{name} is {status}: see its events in RDS, then dr rewind --remove {name}")
        if status != "available":
            continue
        if not clone.instances:
            clones.add_instance(clone, source)
        elif clones.instance_ready(clone):
            return clone
    again = f"dr rewind --to {shown(wish.moment(source))}"
    raise StillWorking(f"{name} is not ready after {WITHIN_S / 60:.0f} min; this goes on waiting: {again}")


def remove(clones: Clones, name: str, *, say: Say, sleep: Sleep = time.sleep) -> None:
    """Remove the clone, and see that it is gone. Raises Refused, StillWorking."""
    if clones.get(name) is None:
        raise Refused(f"there is no clone {name}: dr rewind --list")
    for _ in _patiently(sleep):
        clone = clones.get(name)
        if clone is None:
            return
        say(f"{name} is {clone.status}, removing")
        clones.remove(clone)
    raise StillWorking(f"{name} is not gone after {WITHIN_S / 60:.0f} min: type the same command again")


def _patiently(sleep: Sleep) -> Iterator[None]:
    for _ in range(int(WITHIN_S / POLL_S)):
        yield
        sleep(POLL_S)

"""Making and removing a clone: whoever is interrupted types the same again, and it goes on."""

from collections.abc import Callable

from dr.errors import StillWorking
from dr.moments import shown
from dr.operations import Refused
from dr.rewind.clones import Clones
from dr.rewind.wish import Clone, Source, Wish
from dr.waiting import until

WITHIN_S = 3600.0
"""A full copy takes as long as the database is large; whoever waits longer types the command again."""
POLL_S = 5.0
Say = Callable[[str], None]


def make(clones: Clones, wish: Wish, source: Source, *, say: Say) -> Clone:
    """The clone, with an instance that takes connections. Raises Refused, StillWorking."""
    name = wish.name(source)
    if clones.get(name) is None:
        clones.restore(wish, source)
    told = Changes(say)

    def look() -> Clone | None:
        clone = clones.get(name)
        status = clone.status if clone else "absent"
        told(f"{name} is {status}")
        if clone is None or "fail" in status or "incompatible" in status:
            raise Refused(f"{name} is {status}: see its events in RDS, then dr rewind --remove {name}")
        if status != "available":
            return None
        if not clone.instances:
            clones.add_instance(clone, source)
            return None
        return clone if clones.instance_ready(clone) else None

    if made := until(look, what=f"{name} to become available", within_s=WITHIN_S, poll_s=POLL_S, say=say):
        return made
    again = f"dr rewind --to {shown(wish.moment(source))}"
    raise StillWorking(f"{name} is not ready after {WITHIN_S / 60:.0f} min; this goes on waiting: {again}")


def remove(clones: Clones, name: str, *, say: Say) -> None:
    """Remove the clone, and see that it is gone. Raises Refused, StillWorking."""
    if clones.get(name) is None:
        raise Refused(f"there is no clone {name}: dr rewind --list")
    told = Changes(say)

    def look() -> bool | None:
        clone = clones.get(name)
        if clone is None:
            return True
        told(f"{name} is {clone.status}, removing")
        clones.remove(clone)
        return None

    if until(look, what=f"{name} to be gone", within_s=WITHIN_S, poll_s=POLL_S, say=say):
        return
    raise StillWorking(f"{name} is not gone after {WITHIN_S / 60:.0f} min: type the same command again")


class Changes:
    """Says a line when it is another one than the last."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._last = ""

    def __call__(self, line: str) -> None:
        """Say it, unless it was said last."""
        if line != self._last:
            self._say(line)
        self._last = line

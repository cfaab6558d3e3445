"""How a patch replaces one function of ministack."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

Wrapper = Callable[..., Any]


class UpstreamChangedError(Exception):
    """What a patch holds on to is no longer there: ministack is another version."""


def wrap(owner: ModuleType | type, name: str, wrapper: Wrapper) -> None:
    """Replace *owner.name* by *wrapper*, which gets the original as its first argument."""
    original = getattr(owner, name, None)
    if original is None:
        raise UpstreamChangedError(f"{owner.__name__} has no {name}")

    def replacement(*args: Any, **kwargs: Any) -> Any:
        return wrapper(original, *args, **kwargs)

    setattr(owner, name, replacement)


def wrap_entry(table: dict[str, Any], key: str, wrapper: Wrapper) -> None:
    """Replace the handler in *table*, for handlers that upstream looks up there instead of by name."""
    original = table.get(key)
    if original is None:
        raise UpstreamChangedError(f"the table of handlers has no {key}")
    table[key] = lambda *args, **kwargs: wrapper(original, *args, **kwargs)


def substitute(text: str, old: str, new: str) -> str:
    """*text* with its only *old* replaced. Raises UpstreamChangedError unless there is exactly one."""
    if text.count(old) != 1:
        raise UpstreamChangedError(f"{text.count(old)} times in upstream's text instead of once: {old}")
    return text.replace(old, new)

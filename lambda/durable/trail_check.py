"""Is the audit trail whole? Pure, over its pages by their keys: whoever can read them can check them."""

import json
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from typing import Any

from durable.trail import key_of, minute_of_key

Pages = Mapping[str, bytes]


def broken(pages: Pages) -> list[str]:
    """What is wrong, one line each. Of the first page the one before it is not asked for."""
    return [line for key in sorted(pages) for line in _wrong(key, pages)]


def _wrong(key: str, pages: Pages) -> Iterator[str]:
    try:
        page = json.loads(pages[key])
        own, previous = key_of(page["region"], page["minute"]), page["previous"]
        named = (previous["key"], previous["sha256"]) if previous else None
        first = min(map(minute_of_key, pages))
        earlier = named is not None and minute_of_key(named[0]) < first
    except (ValueError, KeyError, TypeError) as error:
        yield f"{key} cannot be read: {type(error).__name__}"
        return
    if own != key:
        yield f"{key} says that it is {own}"
    if named is None:
        if minute_of_key(key) != first:
            yield f"{key} names no page before it"
    elif named[0] not in pages:
        if not earlier:
            yield f"{key} comes after {named[0]}, which is not there"
    elif sha256(pages[named[0]]).hexdigest() != named[1]:
        yield f"{named[0]} is not what {key} says it was"


def late(here: Collection[str], there: Collection[str]) -> list[str]:
    """The pages that lie there and not here."""
    return sorted({*there} - {*here})


def perhaps_late(pages: Pages, lost: str) -> list[str]:
    """The pages of a lost region that are not among these, of minutes in which it accepted something.

    It may have written them and not copied them yet; what it accepted then is in the pages of the survivor.
    """
    minutes = {
        page["minute"]
        for page in map(_read, pages.values())
        if any(entry.get("region") == lost for entry in page.get("entries", ()))
    }
    return sorted({key_of(lost, minute) for minute in minutes} - pages.keys())


def _read(body: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(body))
    except ValueError:
        return {}

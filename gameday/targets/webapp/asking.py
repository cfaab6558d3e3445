"""What the application itself tells whoever asks it."""

import json
import urllib.request
from typing import Any

from gameday.errors import ObservationFailed
from gameday.load.visits import Entry
from localcloud.systems.site import Site

_WITHIN_S = 5.0


def version(site: Site) -> str:
    """What /version answers; empty without an answer."""
    try:
        return str(_asked(site, "/version")["version"])
    except (OSError, ValueError, KeyError):
        return ""


def entries(site: Site) -> set[Entry]:
    """All entries, page by page. Raises ObservationFailed."""
    found: set[Entry] = set()
    path: str | None = "/entries"
    try:
        while path:
            page = _asked(site, path)
            found |= {(one["id"], one["text"]) for one in page["entries"]}
            path = f"/entries?before={page['older']}" if page["older"] is not None else None
    except (OSError, ValueError, KeyError) as error:
        raise ObservationFailed(f"the entries cannot be read: {error}") from error
    return found


def _asked(site: Site, path: str) -> dict[str, Any]:
    request = urllib.request.Request(f"{site.url()}{path}", headers={"Host": site.name})
    with urllib.request.urlopen(request, timeout=_WITHIN_S) as answer:
        return dict(json.load(answer))

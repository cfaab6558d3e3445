"""HTTP APIs and how they are reached."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import json
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import get_region
from ministack.services import apigateway

from localcloud.emulator.patches.wrapping import Wrapper, wrap


def publish_front_doors(front_doors: Mapping[str, int]) -> None:
    """Name the region's front door as the endpoint of an API.

    Upstream names a host below MINISTACK_HOST, which no resolver knows when that is an address.
    """

    def create(original: Wrapper, request: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = original(request)
        created = json.loads(body)
        if "apiId" not in created or get_region() not in front_doors:
            return status, headers, body
        endpoint = f"http://127.0.0.1:{front_doors[get_region()]}"
        apigateway._apis[created["apiId"]]["apiEndpoint"] = endpoint
        return status, headers, json.dumps({**created, "apiEndpoint": endpoint}).encode()

    wrap(apigateway, "_create_api", create)


def http_api(account: str, region: str, named: str | None) -> str | None:
    """Id of the HTTP API in *region* that is *named*, else of the only one; None without such."""
    ids = {api["apiId"] for _, api in apigateway._apis.items_scoped(account, region)}
    if named is not None:
        return named if named in ids else None
    return ids.pop() if len(ids) == 1 else None

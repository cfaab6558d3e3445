"""How an application is served: what the load balancer in front of it needs to lose nothing."""

import uvicorn
from starlette.types import ASGIApp

from apps.serving.guard import MOST_HEADERS

KEEP_ALIVE_S = 75
"""Longer than the load balancer's idle timeout of 60 s: else it sends a request into a connection that is
closing, and answers 502."""
FINISH_S = 25
"""After SIGTERM requests get this long to end, within the 30 s that a deregistration and systemd wait."""


def server(app: ASGIApp, *, host: str, port: int) -> uvicorn.Server:
    """A server that ends by SIGTERM: it accepts nothing new, and what it has accepted is answered."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=FINISH_S,
            h11_max_incomplete_event_size=MOST_HEADERS,  # what came at once is up to the guard
        )
    )

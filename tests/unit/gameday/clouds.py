"""A local cloud to read: answers in the shapes of AWS, and a control server of its own."""

from contextlib import asynccontextmanager
from dataclasses import replace

from aiohttp import web
from botocore.stub import Stubber

from failover.lease import Automation, Lease, LeaseState
from failover.lease_item import to_item
from gameday.targets.two_regions.world import LocalWorld
from tests.unit import emulated
from tests.unit.gameday.builders import EAST, WEST

LEASE = Lease(
    system="payments",
    epoch=2,
    holder=WEST,
    state=LeaseState.ACTIVE,
    expires_at_ms=99_999_999_999_999,
    automation=Automation.RUNNING,
    changed_at_ms=1,
    previous_holder=EAST,
)


def lease_item(**changes) -> dict:
    """The item of a lease that the west took over."""
    return to_item(replace(LEASE, **changes))


def stubbed(world: LocalWorld, service: str) -> tuple[LocalWorld, Stubber]:
    client = emulated.own_client(service, WEST)
    stub = Stubber(client)
    stub.activate()
    return replace(world, **{service: client}), stub


@asynccontextmanager
async def control(world: LocalWorld, status: int):
    """A control server that writes down its orders and answers *status*."""
    orders = []

    async def take(request: web.Request) -> web.Response:
        orders.append((request.path, await request.json(), request.headers["X-Localcloud-Token"]))
        return web.json_response({"error": "it is not there"} if status != 200 else {}, status=status)

    app = web.Application()
    app.router.add_post("/{path:.*}", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = "http://{}:{}".format(*runner.addresses[0][:2])
    state = world.deployed.state.model_copy(update={"control": url})
    yield replace(world, deployed=replace(world.deployed, state=state)), orders
    await runner.cleanup()

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from dr.access_token import AccessToken, NoToken
from gameday.load.arrivals import Load, LoadPlan, lateness_p99_s
from gameday.load.credentials import Tokens
from gameday.load.population import UnknownHost, region_of
from localcloud.route53.resolver import DnsAnswer, NameNotFoundError
from tests.unit.gameday.builders import EAST, WEST, operation
from tests.unit.gameday.fakes import FakeWorld, running

pytestmark = pytest.mark.simulated

PLAN = LoadPlan(rate=50.0, ramp_s=0.0, populations=2, request_timeout_s=0.5)


def load(world, plan=PLAN, resolver=None) -> Load:
    return Load(
        run="run",
        api_name=world.api_name,
        endpoints=world.endpoints,
        resolver=resolver or world.resolver,
        plan=plan,
        requests=world.requests,
        credentials=world.credentials,
    )


@asynccontextmanager
async def answering(answer: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[FakeWorld]:
    """A world whose eastern payments are answered by *answer*."""
    app = web.Application()
    app.router.add_post("/payments", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    world = FakeWorld()
    world.endpoints[EAST] = "http://{}:{}".format(*runner.addresses[0][:2])
    try:
        yield world
    finally:
        await runner.cleanup()


def test_the_region_is_read_off_the_host():
    assert region_of("abc123.execute-api.us-west-2.amazonaws.com.") == WEST


@pytest.mark.parametrize("host", ["", "pay.example.test", "evil.execute-api.us-east-1.amazonaws.com.example"])
def test_any_other_host_is_refused(host):
    with pytest.raises(UnknownHost, match="is no API and no balancer of a region"):
        region_of(host)


def test_arrivals_ramp_up_and_then_keep_the_rate():
    plan = LoadPlan(rate=40.0, ramp_s=10.0)
    due = [plan.due_s(number) for number in range(601)]
    assert due == sorted(due)
    assert due[0] == 0.0
    assert due[200] == 10.0  # half the rate on average
    assert due[600] - due[200] == pytest.approx(10.0)
    assert due[51] - due[50] > due[151] - due[150] > due[251] - due[250]


async def test_arrivals_do_not_wait_for_answers():
    stuck = asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        await stuck.wait()
        return web.Response()

    async with answering(hang) as world:
        payments = load(world)
        async with payments.arriving():
            await asyncio.sleep(0.7)
            assert len(payments.operations) >= 25
        stuck.set()
    errors = {attempt.error for one in payments.operations for attempt in one.attempts}
    assert errors <= {"TimeoutError", "ConnectionTimeoutError", "SocketTimeoutError"}
    assert errors


async def test_a_payment_is_retried_under_its_key_until_it_is_settled():
    async with running(FakeWorld()) as world:
        world.state = "TAKING"
        payments = load(world, LoadPlan(rate=10.0, ramp_s=0.0, populations=1, retry_ratio=10.0))
        async with payments.arriving():
            await asyncio.sleep(0.5)
            world.state = "ACTIVE"
            await payments.drain(4.0)
    first = payments.operations[0]
    assert [attempt.status for attempt in first.attempts] == [503, 201]
    assert first.attempts[1].started - first.attempts[0].ended >= 1.0  # Retry-After
    assert (first.attempts[1].region, first.attempts[1].epoch) == (EAST, 1)
    assert sorted(set(world.keys_seen)) == [one.key for one in payments.operations]
    assert payments.pending == 0


async def test_a_population_that_alone_is_behind_works_off_its_backlog_with_all_capacity():
    late = {f"run-{number:06d}" for number in range(0, 1000, 10)}

    async def refuse_first(request: web.Request) -> web.Response:
        key = request.headers["Idempotency-Key"]
        if key in late:
            late.remove(key)
            return web.json_response({}, status=503)
        return web.json_response({"payment_id": key}, status=201)

    plan = LoadPlan(rate=50.0, ramp_s=0.0, populations=10, retry_ratio=0.0)
    async with answering(refuse_first) as world:
        payments = load(world, plan)
        async with payments.arriving():
            await asyncio.sleep(2.0)
            assert payments.pending >= 8
            await payments.drain(1.0)
            assert payments.pending == 0


async def test_a_request_that_was_found_wrong_is_not_repeated():
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({}, status=422)

    async with answering(refuse) as world:
        payments = load(world)
        async with payments.arriving():
            await asyncio.sleep(0.2)
            await payments.drain(1.0)
    assert {len(one.attempts) for one in payments.operations} == {1}


async def test_clients_show_their_token_and_try_again_with_the_next_one():
    shown = []

    async def only_the_second(request: web.Request) -> web.Response:
        shown.append(request.headers.get("Authorization"))
        return web.json_response({"payment_id": "p"}, status=201 if shown[-1] == "Bearer t2" else 401)

    tokens = iter([AccessToken("t1", time.time() + 0.2), AccessToken("t2", time.time() + 3600)])
    async with answering(only_the_second) as world:
        world.credentials = Tokens(lambda: next(tokens))
        payments = load(world, LoadPlan(rate=20.0, ramp_s=0.0, populations=1, retry_ratio=10.0))
        async with payments.arriving():
            await asyncio.sleep(0.5)
            await payments.drain(5.0)
    assert {"Bearer t1", "Bearer t2"} == set(shown)
    assert all(one.attempts[-1].settled for one in payments.operations)


async def test_without_a_token_an_attempt_fails_and_says_so():
    def down() -> AccessToken:
        raise NoToken("the issuer is down")

    async def never(_: web.Request) -> web.Response:
        raise AssertionError("nothing is sent without a token")

    async with answering(never) as world:
        world.credentials = Tokens(down)
        payments = load(world, LoadPlan(rate=20.0, ramp_s=0.0, populations=1, deadline_s=0.1))
        async with payments.arriving():
            await asyncio.sleep(0.3)
            await payments.drain(1.0)
    assert {attempt.error for one in payments.operations for attempt in one.attempts} == {"NoToken"}


async def test_a_payment_is_given_up_at_its_deadline():
    class Nowhere:
        async def resolve(self, name: str) -> DnsAnswer:
            raise NameNotFoundError(name)

    plan = LoadPlan(rate=20.0, ramp_s=0.0, populations=1, retry_ratio=10.0, deadline_s=0.3)
    payments = load(FakeWorld(), plan, Nowhere())
    async with payments.arriving():
        await asyncio.sleep(0.2)
        await payments.drain(2.0)
    assert payments.pending == 0
    first = payments.operations[0]
    assert {(attempt.error, attempt.target) for attempt in first.attempts} == {("NameNotFoundError", None)}
    assert len(first.attempts) >= 2


def test_lateness_is_a_99th_percentile():
    on_time = [operation(float(n)) for n in range(99)]
    assert lateness_p99_s([]) == 0.0
    assert lateness_p99_s(on_time) == 0.0
    assert lateness_p99_s([*on_time, operation(200.0, due=199.0)]) == 1.0

"""Requests through a balancer on real sockets. Durations are bounds, never measured against each other."""

import asyncio
import contextlib
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from localcloud.core.ports import free_port
from localcloud.fleet.balancer.health import TargetState as Health
from localcloud.fleet.balancer.model import LogPlace
from localcloud.fleet.balancer.rules import Condition, Fixed, Forward, ListenerRule, Redirect, Weighted
from localcloud.fleet.ports import Endpoint
from tests.unit.localcloud.fleet.balancer.served import one_listener, serving
from tests.unit.localcloud.fleet.balancer.world import GROUP_ARN, balancer, group, ids, listener

HTTP = listener(port=80, protocol="HTTP")


@pytest.fixture
async def served():
    async with serving() as served:
        yield served


@pytest.fixture
async def hasty():
    """A balancer whose targets must take a connection within a fifth of a second."""
    async with serving(connect_within_s=0.2) as served:
        yield served


async def echo(request):
    told = {
        "method": request.method,
        "target": request.raw_path,
        "headers": [[name.decode(), value.decode()] for name, value in request.raw_headers],
        "body": (await request.read()).decode(),
    }
    return web.json_response(told, headers={"Server": "app", "X-App": "1"})


async def until(condition):
    while not condition():  # noqa: ASYNC110 - it is a count of the balancer's own
        await asyncio.sleep(0.01)


def named(name):
    async def answer(_):
        return web.Response(text=name)

    return answer


async def test_a_request_arrives_whole_and_the_answer_comes_back(served):
    await served.target(0, echo)
    await served.configure(group(1))
    status, _, answer = await served.ask("POST", "/a%20b?c=%2F&d", data=b"hello", headers={"X-Mine": "1"})
    told = await answer.json()
    assert (status, told["method"], told["target"], told["body"]) == (200, "POST", "/a%20b?c=%2F&d", "hello")
    headers = {name.lower(): value for name, value in told["headers"]}
    assert headers["x-mine"] == "1"
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert (headers["x-forwarded-proto"], headers["x-forwarded-port"]) == ("http", "80")
    assert headers["x-amzn-trace-id"].startswith("Root=1-")
    assert headers["host"] == "127.0.0.1"
    assert (answer.headers["Server"], answer.headers["X-App"]) == ("app", "1")


async def test_nothing_is_invented_in_either_direction(served):
    async def bare(reader, writer):
        asked = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(asked) + asked)
        await writer.drain()

    await served.raw_target(0, bare)
    await served.configure(group(1))
    _, text, answer = await served.get(skip_auto_headers=["User-Agent", "Accept", "Accept-Encoding"])
    sent = {line.partition(":")[0] for line in text.splitlines()[1:] if line}
    assert sent == {"Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Amzn-Trace-Id"}
    assert answer.headers.keys() == {"Content-Length", "Date"}


async def test_large_bodies_stream_both_ways(served):
    async def double(request):
        response = web.StreamResponse()
        await response.prepare(request)
        async for data in request.content.iter_any():
            await response.write(data)
        await response.write(b"end")
        return response

    await served.target(0, double)
    await served.configure(group(1))
    large = b"x" * 300_000
    _, text, _ = await served.ask("POST", data=large)
    assert text == large.decode() + "end"


async def test_head_and_empty_answers(served):
    async def answer(request):
        if request.method == "HEAD":
            return web.Response(headers={"Content-Length": "5"})
        return web.Response(status=204)

    await served.target(0, answer)
    await served.configure(group(1))
    status, text, head = await served.ask("HEAD")
    assert (status, text, head.headers["Content-Length"]) == (200, "", "5")
    assert (await served.get())[0] == 204


async def test_cookies_of_the_target_come_apart(served):
    async def two(_):
        response = web.Response()
        response.set_cookie("a", "1")
        response.set_cookie("b", "2")
        return response

    await served.target(0, two)
    await served.configure(group(1))
    _, _, answer = await served.get()
    assert len(answer.headers.getall("Set-Cookie")) == 2


async def test_rules_answer_and_redirect(served):
    closed = Condition(field="path-pattern", values=("/admin*",))
    rules = (
        ListenerRule(
            arn="1",
            priority=1,
            conditions=(closed,),
            action=Fixed(status=403, content_type="text/plain", body="no"),
        ),
        ListenerRule(arn="2", action=Redirect(status=301, protocol="HTTPS", port="443")),
    )
    await served.configure(balancers=one_listener(replace(HTTP, rules=rules)))
    status, text, answer = await served.get("/admin")
    assert (status, text, answer.headers["Server"]) == (403, "no", "awselb/2.0")
    assert answer.content_type == "text/plain"
    status, _, answer = await served.get("/x?y=1", headers={"Host": "www.example.test"})
    assert (status, answer.headers["Location"]) == (301, "https://www.example.test/x?y=1")
    assert (served.counted("HTTPCode_ELB_4XX_Count"), served.counted("HTTPCode_ELB_3XX_Count")) == (1, 1)


async def test_headers_of_the_listener(served):
    await served.target(0, named("i-0"))
    hsts = ("Strict-Transport-Security", "max-age=1")
    await served.configure(
        group(1), balancers=one_listener(replace(HTTP, answers=(hsts,), server_header=False))
    )
    assert (await served.get())[2].headers["Strict-Transport-Security"] == "max-age=1"
    await served.configure(
        group(0), balancers=one_listener(replace(HTTP, answers=(hsts,), server_header=False))
    )
    status, _, answer = await served.get()
    assert (status, answer.headers["Strict-Transport-Security"]) == (503, "max-age=1")
    assert "Server" not in answer.headers


async def test_requests_are_spread_over_targets_and_groups(served):
    for number in range(3):
        await served.target(number, named(f"i-{number}"))
    blue = group(2)
    green = replace(group(3), arn=GROUP_ARN + "2", members=ids(3)[2:])
    shares = Forward(groups=(Weighted(blue.arn, 3), Weighted(green.arn, 1)))
    weighted = replace(HTTP, rules=(ListenerRule(arn="default", action=shares),))
    await served.configure(blue, green, balancers=one_listener(weighted))
    got = [(await served.get())[1] for _ in range(16)]
    assert {name: got.count(name) for name in set(got)} == {"i-0": 6, "i-1": 6, "i-2": 4}


async def test_a_sticky_client_stays(served):
    for number in range(3):
        await served.target(number, named(f"i-{number}"))
    sticky = replace(
        HTTP, rules=(ListenerRule(arn="d", action=Forward(groups=(Weighted(GROUP_ARN),), sticky_s=60)),)
    )
    await served.configure(group(sticky_s=60), balancers=one_listener(sticky))
    _, first, answer = await served.get()
    assert {"AWSALB", "AWSALBCORS", "AWSALBTG", "AWSALBTGCORS"} == answer.cookies.keys()
    assert {(await served.get())[1] for _ in range(6)} == {first}, "the session kept the cookies"
    gone = group(sticky_s=60, members=tuple(id_ for id_ in ids(3) if id_.id != first))
    await served.configure(gone, balancers=one_listener(sticky))
    _, second, answer = await served.get()
    assert second != first
    assert answer.cookies["AWSALB"].value
    assert {(await served.get())[1] for _ in range(6)} == {second}


async def test_with_nobody_registered_503(served):
    await served.configure(group(0))
    status, text, answer = await served.get()
    assert (status, answer.headers["Server"]) == (503, "awselb/2.0")
    assert "503 Service Unavailable" in text
    assert (served.counted("HTTPCode_ELB_503_Count"), served.counted("HTTPCode_ELB_5XX_Count")) == (1, 1)


async def test_unhealthy_targets_are_asked_only_when_there_are_no_others(served):
    for number in range(2):
        await served.target(number, named(f"i-{number}"))
    await served.configure(group(2))
    targets = served.state.targets[GROUP_ARN]
    targets[ids(2)[0]] = replace(targets[ids(2)[0]], state=Health.UNHEALTHY)
    assert {(await served.get())[1] for _ in range(4)} == {"i-1"}
    targets[ids(2)[1]] = replace(targets[ids(2)[1]], state=Health.UNHEALTHY)
    assert {(await served.get())[1] for _ in range(4)} == {"i-0", "i-1"}


async def test_a_refused_connection_is_502(served):
    served.instances.known["i-0"] = Endpoint(free_port(), "us-east-1a")
    await served.configure(group(1))
    assert (await served.get())[0] == 502
    assert served.counted("TargetConnectionErrorCount") == 1
    assert (
        served.counted("TargetConnectionErrorCount", "AvailabilityZone", "LoadBalancer", "TargetGroup") == 1
    )
    assert served.counted("HTTPCode_ELB_502_Count") == 1


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 2", b"SSH-2.0-OpenSSH\r\n\r\n"])
async def test_who_hangs_up_or_speaks_no_http_is_502(served, said):
    async def hang_up(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        writer.close()

    await served.raw_target(0, hang_up)
    await served.configure(group(1))
    assert (await served.get())[0] == 502
    assert served.counted("TargetConnectionErrorCount") == 0


async def test_no_request_is_sent_twice(served):
    """A target that ends a kept connection with a request outstanding is 502, though it could be repeated."""
    asked = []

    async def once(reader, writer):
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        with contextlib.suppress(asyncio.IncompleteReadError):
            asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    await served.raw_target(0, once)
    await served.configure(group(1))
    assert [(await served.get())[0] for _ in range(2)] == [200, 502]
    assert len(asked) == 2


async def test_an_answer_that_breaks_off_is_not_taken_for_whole(served):
    async def short(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        await writer.drain()
        writer.close()

    async def long(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
        await writer.drain()
        writer.close()

    await served.raw_target(0, short)
    await served.configure(group(1))
    assert (await served.get())[0] == 502
    await served.raw_target(0, long)
    with pytest.raises(aiohttp.ClientPayloadError):
        await served.get()


async def test_where_nobody_is_504(hasty):
    hasty.instances.known["i-0"] = Endpoint(1, "us-east-1a", dark=True)
    await hasty.configure(group(1))
    assert (await hasty.get())[0] == 504
    assert (hasty.counted("HTTPCode_ELB_504_Count"), hasty.counted("TargetConnectionErrorCount")) == (1, 1)
    await hasty.configure(group(members=(replace(ids(1)[0], id="10.0.0.9"),), type="ip"))
    assert (await hasty.get())[0] == 504


async def silent(request):
    await asyncio.sleep(30)
    return web.Response()


async def test_who_says_nothing_within_the_idle_timeout_is_504(served):
    await served.target(0, silent)
    await served.configure(group(1), balancers=one_listener(HTTP, idle_s=0.2))
    assert (await served.get())[0] == 504
    assert served.counted("TargetConnectionErrorCount") == 0


async def test_a_machine_that_is_lost_with_a_request_is_504_as_nobody_hung_up(served):
    async def die(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        served.instances.darken("i-0")
        writer.close()

    await served.raw_target(0, die)
    await served.configure(group(1), balancers=one_listener(HTTP, idle_s=0.3))
    assert (await served.get())[0] == 504


async def test_a_request_under_way_ends_with_the_deregistration(served):
    arrived = asyncio.Event()

    async def slow(request):
        arrived.set()
        await asyncio.sleep(30)
        return web.Response()

    await served.target(0, slow)
    await served.configure(group(1))
    asked = asyncio.create_task(served.get())
    await arrived.wait()
    assert not served.state.drained("i-0")
    await served.configure(group(0, deregistration_s=0.0))
    assert (await asked)[0] == 502
    assert served.state.drained("i-0")


async def test_a_draining_target_finishes_what_it_has_and_gets_nothing_new(served):
    go_on, arrived = asyncio.Event(), asyncio.Event()

    async def slow(request):
        arrived.set()
        await go_on.wait()
        return web.Response(text="old")

    await served.target(0, slow)
    await served.target(1, named("new"))
    await served.configure(group(1))
    asked = asyncio.create_task(served.get())
    await arrived.wait()
    await served.configure(group(members=ids(2)[1:], deregistration_s=30))
    assert {(await served.get())[1] for _ in range(3)} == {"new"}
    go_on.set()
    assert (await asked)[:2] == (200, "old")
    assert served.state.drained("i-0")


async def test_a_client_that_leaves_is_460(served):
    left = asyncio.Event()

    async def notice(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        left.set()
        await reader.read()

    await served.raw_target(0, notice)
    logged = LogPlace("logs")
    await served.configure(group(1), balancers=one_listener(HTTP, logs=logged))
    asked = asyncio.create_task(served.get())
    await left.wait()
    asked.cancel()
    async with asyncio.timeout(5):
        await until(lambda: served.counted("HTTPCode_ELB_4XX_Count"))
    ((line,),) = served.state.lines.values()
    assert " 460 - " in line


async def test_a_client_that_stops_sending_is_408(served):
    async def read_all(reader, writer):
        await reader.read()

    await served.raw_target(0, read_all)
    await served.configure(group(1), balancers=one_listener(HTTP, idle_s=0.2))
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
    assert (await reader.readline()).split()[1] == b"408"
    writer.close()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET nonsense HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"x" * 17_000 + b"\r\n\r\n", 400),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\n"
            + b"X-Y: " * 1
            + b"\r\nX-Z: ".join([b"x" * 9_000] * 8)
            + b"\r\n\r\n",
            400,
        ),
        (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: " + b"1.1.1.1, " * 30 + b"1.1.1.1\r\n\r\n", 463),
    ],
)
async def test_what_is_refused_before_any_rule(served, sent, status):
    await served.target(0, echo)
    await served.configure(group(1))
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(sent)
    assert (await reader.readline()).split()[1] == str(status).encode()
    writer.close()


async def test_a_connection_ends_after_its_longest_life(served):
    await served.target(0, named("i-0"))
    await served.configure(group(1), balancers=one_listener(HTTP, client_keep_alive_s=0.0))
    assert (await served.get())[2].headers["Connection"] == "close"
    await served.configure(group(1), balancers=one_listener(HTTP, client_keep_alive_s=60.0))
    assert "Connection" not in (await served.get())[2].headers


async def test_an_idle_connection_is_closed(served):
    await served.configure(group(0), balancers=one_listener(HTTP, idle_s=0.2))
    reader, _ = await asyncio.open_connection("127.0.0.1", served.port)
    assert await reader.read() == b""


async def test_a_listener_that_is_gone_refuses_and_comes_back_on_its_port(served):
    await served.configure(group(0))
    port = served.port
    await served.configure(balancers=(balancer(replace(HTTP, arn="other", port=81)),))
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    await served.configure(group(0))
    assert served.port == port


async def test_a_client_that_waits_for_leave_to_send_gets_it(served):
    await served.target(0, echo)
    await served.configure(group(1))
    _, _, answer = await served.ask("POST", data=b"hello", expect100=True)
    told = await answer.json()
    assert told["body"] == "hello"
    assert "expect" not in {name.lower() for name, _ in told["headers"]}


async def test_a_body_of_unknown_length_arrives_whole(served):
    await served.target(0, echo)
    await served.configure(group(1))

    async def parts():
        yield b"one "
        yield b"two"

    _, _, answer = await served.ask("POST", data=parts())
    assert (await answer.json())["body"] == "one two"


async def test_odd_cookies_hide_no_other(served):
    for number in range(3):
        await served.target(number, named(f"i-{number}"))
    await served.configure(group(sticky_s=60))
    bound = served.state.spread.token(f"{GROUP_ARN} {ids(3)[1]}")
    odd = {"Cookie": f'prefs={{"a": [1, 2]}}; b[0]=1; =; lonely; AWSALB={bound}'}
    assert {(await served.get(headers=odd))[1] for _ in range(5)} == {"i-1"}


async def test_what_an_access_log_says_of_a_request_with_a_body(served):
    await served.target(0, echo)
    await served.configure(group(1), balancers=one_listener(HTTP, logs=LogPlace("logs")))
    await served.ask("POST", "/x", data=b"hello")
    ((line,),) = served.state.lines.values()
    fields = line.split()
    head = b"POST /x HTTP/1.1\r\n" + b"\r\n"
    assert int(fields[10]) > len(head) + len(b"hello")
    assert int(fields[11]) > 0
    assert fields[4] == "i-0:8080"

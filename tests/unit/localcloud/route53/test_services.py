"""Records that lead to load balancers of this machine."""

import asyncio
import ssl

import pytest

from localcloud.core.tls import Authority
from localcloud.route53 import parsing
from localcloud.route53.answers import Code, aws_name, located, reply
from localcloud.route53.plane import Route53Plane
from localcloud.route53.probe import Place, probe
from localcloud.route53.records import Configuration, EndpointCheck, Role, Service
from localcloud.route53.rules import choose, record_healthy

WEB = "web-0123abcd.us-east-1.elb.amazonaws.com"
PAGE = "s3-website-us-west-2.amazonaws.com"
NAME = "www.example.test"


def alias(target, role, *, evaluate=True):
    return {
        "Name": f"{NAME}.",
        "Type": "A",
        "SetIdentifier": role,
        "Failover": role,
        "AliasTarget": {"DNSName": f"{target}.", "EvaluateTargetHealth": evaluate},
    }


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - a test may wait for what has no event
            await asyncio.sleep(0.01)


def zone(*records):
    made = parsing.zone("example.test.", records)
    return Configuration(zones=(made,)), made


FAILOVER, ZONE = zone(alias(f"dualstack.{WEB}", "PRIMARY"), alias(PAGE, "SECONDARY", evaluate=False))


@pytest.mark.parametrize(
    ("health", "expected"),
    [({WEB: True}, Role.PRIMARY), ({WEB: False}, Role.SECONDARY), ({}, Role.PRIMARY)],
)
def test_an_alias_that_evaluates_its_target_is_as_healthy_as_the_load_balancer(health, expected):
    group = ZONE.group(NAME, "A")
    assert choose(group, lambda record: record_healthy(record, ZONE, health)).role is expected


def test_an_alias_that_does_not_evaluate_stays():
    configuration, only = zone(alias(WEB, "PRIMARY", evaluate=False), alias(PAGE, "SECONDARY"))
    group = only.group(NAME, "A")
    assert choose(group, lambda record: record_healthy(record, only, {WEB: False})).role is Role.PRIMARY
    assert aws_name(configuration, {WEB: False}, NAME) == WEB


def test_a_load_balancer_has_an_address_of_this_machine_for_a_minute():
    for name in (NAME, WEB):
        (address,) = reply(FAILOVER, {}, name, "A").answers
        assert (address.name, address.value, address.ttl) == (name, "127.0.0.1", 60)


def test_a_name_leads_where_health_says():
    assert aws_name(FAILOVER, {WEB: True}, NAME.upper()) == WEB
    assert aws_name(FAILOVER, {WEB: False}, NAME) == PAGE
    assert aws_name(FAILOVER, {}, WEB) == WEB
    assert aws_name(FAILOVER, {}, "nothing.example.test") == "nothing.example.test"
    chained, _ = zone({"Name": NAME, "Type": "CNAME", "TTL": 5, "ResourceRecords": [{"Value": f"{WEB}."}]})
    assert aws_name(chained, {}, NAME) == WEB
    fixed, _ = zone({"Name": NAME, "Type": "A", "TTL": 5, "ResourceRecords": [{"Value": "192.0.2.1"}]})
    assert aws_name(fixed, {}, NAME) == NAME
    circle, _ = zone({"Name": NAME, "Type": "CNAME", "TTL": 5, "ResourceRecords": [{"Value": NAME}]})
    assert aws_name(circle, {}, NAME) == NAME


def test_the_port_of_this_machine_is_found_by_srv():
    services = {WEB: Service(healthy=True, ports={443: 15001}, secure=frozenset({443}))}
    answered = located(FAILOVER, {WEB: True}, services, f"_https._tcp.{NAME}.")
    assert answered.code is Code.NOERROR
    assert answered.answers[0].value == f"0 0 15001 {WEB}."
    assert located(FAILOVER, {WEB: True}, services, f"_http._tcp.{NAME}") is None
    assert located(FAILOVER, {WEB: False}, services, f"_https._tcp.{NAME}") is None
    assert located(FAILOVER, {WEB: True}, services, NAME) is None


async def test_checkers_and_clients_are_led_to_the_load_balancer_that_is_healthy(free_port):
    """The plane answers by what the load balancer says now, and lets its checkers find the real port."""
    authority, asked = Authority(), []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.leaf(["somebody.else.test"]).configure_cert(context)

    async def serve(reader, writer):
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    services = {WEB: Service(healthy=True, ports={443: port}, secure=frozenset({443}))}
    changes = []

    async def source():
        check = EndpointCheck(
            id="ready", type="HTTPS", fqdn=NAME, port=443, path="/health/ready", locations=("us-east-1",)
        )
        return Configuration(zones=FAILOVER.zones, checks={"ready": check})

    plane = Route53Plane(
        source,
        lambda name: {}[name],
        free_port,
        checkers=1,
        time_scale=1000,
        on_change=changes.append,
        services=lambda: services,
        pull_every_s=0.02,
    )
    await plane.start()
    await until(lambda: asked)
    assert asked[0].startswith(b"GET /health/ready HTTP/1.1\r\nHost: www.example.test\r\n")
    assert plane.answer(f"_https._tcp.{NAME}", "SRV").answers[0].value == f"0 0 {port} {WEB}."
    assert plane.answer("_https._tcp.nothing.example.test", "SRV").code is Code.NXDOMAIN
    services[WEB] = Service(healthy=False, ports={443: port})
    await until(lambda: plane.status()["failover"][0]["answer"] == PAGE)
    await plane.stop()
    server.close()
    assert ("health", WEB, "unhealthy") in [(one.kind, one.subject, one.after) for one in changes]


async def test_a_port_that_the_load_balancer_does_not_have_fails():
    check = EndpointCheck(id="e", type="HTTP", fqdn=WEB, port=81, path="/", locations=("us-east-1",))
    services = {WEB: Service(healthy=True, ports={80: 1})}
    result = await probe(check, lambda name, port: Place("127.0.0.1", services[name].ports[port]))
    assert not result.passed


def test_S02_a_private_name_leads_to_every_task_that_answers_there():
    configuration, _ = zone()
    tasks = {"sessions.example.test": Service(healthy=True, ports={8080: 1}, others={8080: (2, 3)})}
    answered = located(configuration, {}, tasks, "_http-alt._tcp.sessions.example.test")
    assert [one.value.split()[2] for one in answered.answers] == ["1", "2", "3"]

"""TLS of listeners: certificates by name, versions by policy."""

import asyncio
import ssl
from dataclasses import replace

import pytest
import trustme

from localcloud.fleet.balancer.listeners import minimum_version
from localcloud.fleet.balancer.model import Certificate, LogPlace
from localcloud.fleet.balancer.rules import Fixed, ListenerRule
from tests.unit.localcloud.fleet.balancer.served import one_listener, serving
from tests.unit.localcloud.fleet.balancer.world import listener

POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
SECURE = listener(
    rules=(ListenerRule(arn="d", action=Fixed(status=200, body="ok")),),
    certificates=("www", "api"),
    policy=POLICY,
)
ASKED_FOR = {"www": Certificate(("www.example.test",)), "api": Certificate(("*.api.example.test",))}


@pytest.fixture
async def served():
    async with serving() as served:
        await served.configure(balancers=one_listener(SECURE), certificates=ASKED_FOR)
        yield served


async def greeted(served, name, **context_changes):
    context = ssl.create_default_context(cadata=served.doors.authority.pem)
    for attribute, value in context_changes.items():
        setattr(context, attribute, value)
    url = f"https://127.0.0.1:{served.port}/"
    async with served.client.get(url, ssl=context, server_hostname=name) as answer:
        return answer.status


@pytest.mark.parametrize("name", ["www.example.test", "a.api.example.test"])
async def test_each_name_has_its_certificate(served, name):
    assert await greeted(served, name) == 200


async def test_a_name_that_nobody_has_gets_the_default_which_does_not_fit(served):
    with pytest.raises(Exception, match=r"(?i)hostname mismatch"):
        await greeted(served, "other.test")


async def test_an_access_log_names_cipher_and_version(served):
    logged = one_listener(SECURE, logs=LogPlace("logs"))
    await served.configure(balancers=logged, certificates=ASKED_FOR)
    await greeted(served, "www.example.test")
    ((line,),) = served.state.lines.values()
    assert " TLSv1.3 " in line
    assert line.startswith("https ")


async def test_old_versions_are_refused(served):
    newest = replace(SECURE, policy="ELBSecurityPolicy-TLS13-1-3-2021-06")
    await served.configure(balancers=one_listener(newest), certificates=ASKED_FOR)
    with pytest.raises(Exception, match=r"(?i)ssl"):
        await greeted(served, "www.example.test", maximum_version=ssl.TLSVersion.TLSv1_2)
    assert await greeted(served, "www.example.test") == 200


async def test_an_imported_certificate_is_served_with_its_own_key(served):
    theirs = trustme.CA()
    leaf = theirs.issue_cert("www.example.test")
    chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems).decode()
    imported = Certificate(("imported.invalid",), chain, leaf.private_key_pem.bytes().decode())
    own = replace(SECURE, arn="imported", certificates=("own",))
    await served.configure(balancers=one_listener(own), certificates={"own": imported})
    context = ssl.create_default_context(cadata=theirs.cert_pem.bytes().decode())
    _, writer = await asyncio.open_connection(
        "127.0.0.1", served.port, ssl=context, server_hostname="www.example.test"
    )
    assert writer.get_extra_info("ssl_object").version() == "TLSv1.3"
    writer.close()


@pytest.mark.parametrize(
    ("policy", "version"),
    [
        ("ELBSecurityPolicy-TLS13-1-3-2021-06", ssl.TLSVersion.TLSv1_3),
        (POLICY, ssl.TLSVersion.TLSv1_2),
        ("ELBSecurityPolicy-2016-08", ssl.TLSVersion.TLSv1_2),
    ],
)
def test_policies(policy, version):
    assert minimum_version(policy) is version

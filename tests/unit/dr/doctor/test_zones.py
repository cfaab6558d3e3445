"""D60 and D62: a name that nobody is sent to holds no deploy up for an hour."""

import threading

import pytest
from dnslib import RR
from dnslib.server import DNSServer

from dr.doctor import zones
from dr.doctor.aws import Unanswered
from dr.rules import Verdict

OWN = {
    "Name": "payments.test.",
    "Id": "/hostedzone/Z1",
    "CallerReference": "1",
    "Config": {"PrivateZone": False},
}
HIDDEN = OWN | {"Config": {"PrivateZone": True}}


@pytest.fixture
def have(aws):
    def have(*found):
        aws.answers["route53", "list_hosted_zones_by_name"] = {"HostedZones": list(found)}

    return have


@pytest.fixture
def existing(changed):
    return changed(dns={"zone": "existing"})


def test_a_zone_of_ones_own_need_not_exist(passes):
    assert passes("D60")


def test_an_existing_zone_is_one_public_zone_of_the_domain(have, existing, passes, problem):
    have(OWN, HIDDEN)
    assert passes("D60", existing)
    have(HIDDEN, OWN | {"Name": "payments.testing."})
    assert problem("D60", existing) == "the account has 0 public zones payments.test, not one"
    have(OWN, OWN)
    assert problem("D60", existing) == "the account has 2 public zones payments.test, not one"


def test_a_zone_that_nobody_delegates_is_not_looked_up(monkeypatch, passes):
    monkeypatch.setattr(zones, "asked_of_the_world", lambda _: pytest.fail("asked"))
    assert passes("D62")


def test_the_world_must_ask_the_zones_own_servers(monkeypatch, have, changed, passes, problem):
    delegated = changed(dns={"zone": "existing", "delegated": True})
    assert (
        problem("D62", delegated)
        == "dns.delegated = true, and there is no zone payments.test yet to delegate to"
    )
    have(OWN)
    monkeypatch.setattr(zones, "asked_of_the_world", lambda _: frozenset({"ns-1.awsdns.test"}))
    assert passes("D62", delegated)
    monkeypatch.setattr(zones, "asked_of_the_world", lambda _: frozenset())
    assert problem("D62", delegated).startswith("the world asks nobody, not ns-1.awsdns.test")


def test_the_zone_of_the_environment_is_the_one_that_is_delegated(changed, settings):
    assert zones.name_of(changed(dns={"delegated": True})) == "test.payments.test"
    assert zones.name_of(changed(dns={"zone": "existing"})) == "payments.test"


class Answers:
    def resolve(self, request, _handler):
        reply = request.reply()
        reply.add_answer(*RR.fromZone("payments.test. 60 IN NS ns-1.awsdns.test."))
        return reply


@pytest.fixture
def resolver(monkeypatch, tmp_path):
    server = DNSServer(Answers(), address="127.0.0.1", port=0)
    threading.Thread(target=server.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setattr(zones, "DNS_PORT", server.server.server_address[1])
    file = tmp_path / "resolv.conf"
    file.write_text("# a comment\nsearch test\nnameserver 127.0.0.1\n")
    monkeypatch.setattr(zones, "RESOLVERS", file)
    yield file
    server.server.shutdown()
    server.server.server_close()


def test_the_resolver_of_the_machine_says_who_answers_for_a_zone(resolver):
    assert zones.asked_of_the_world("payments.test") == {"ns-1.awsdns.test"}


def test_without_a_resolver_the_delegation_is_unknown(resolver, have, changed, found):
    resolver.write_text("search test\n")
    with pytest.raises(Unanswered, match="no resolver says who"):
        zones.asked_of_the_world("payments.test")
    have(OWN)
    (one,) = found("D62", changed(dns={"zone": "existing", "delegated": True})).values()
    assert one.verdict is Verdict.UNKNOWN

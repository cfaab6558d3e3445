from hypothesis import given, settings
from hypothesis import strategies as st

from localcloud.fleet.balancer.headers import answered, location, to_target, trace_id
from localcloud.fleet.balancer.rules import Redirect
from tests.unit.localcloud.fleet.balancer.world import balancer, listener, request

HOST = ("Host", "www.example.test")


def sent(*headers, target="/", listens=None, **changed):
    return dict(to_target(balancer(**changed), listens or listener(), request(target, *headers), "Root=1"))


def test_who_asked_how_and_where_is_added():
    got = sent(HOST)
    assert got == {
        "Host": "www.example.test",
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Port": "443",
        "X-Amzn-Trace-Id": "Root=1",
    }


def test_what_a_client_says_of_proxies_is_appended_to_and_replaced():
    claimed = [("X-Forwarded-For", "10.0.0.1"), ("x-forwarded-proto", "gopher"), ("X-Forwarded-Port", "1")]
    got = sent(HOST, *claimed)
    assert got["X-Forwarded-For"] == "10.0.0.1, 203.0.113.7"
    assert (got["X-Forwarded-Proto"], got["X-Forwarded-Port"]) == ("https", "443")
    assert "x-forwarded-proto" not in got


def test_the_modes_of_x_forwarded_for():
    claimed = ("X-Forwarded-For", "10.0.0.1")
    assert sent(HOST, claimed, forwarded_for="preserve")["X-Forwarded-For"] == "10.0.0.1"
    assert "X-Forwarded-For" not in sent(HOST, claimed, forwarded_for="remove")
    assert "X-Forwarded-For" not in sent(HOST, forwarded_for="preserve")


def test_headers_of_the_connection_go_no_further():
    got = sent(
        HOST, ("Connection", "keep-alive, X-Mine"), ("x-mine", "1"), ("TE", "trailers"), ("Accept", "*/*")
    )
    assert not got.keys() & {"Connection", "x-mine", "TE"}
    assert got["Accept"] == "*/*"


def test_headers_with_invalid_names_are_dropped_where_the_balancer_is_told_so():
    assert sent(HOST, ("x_under", "1"))["x_under"] == "1"
    assert "x_under" not in sent(HOST, ("x_under", "1"), ("x-fine", "1"), drop_invalid_headers=True)


def test_the_port_in_the_host_is_the_listeners_or_none():
    given = ("Host", "www.example.test:15001")
    assert sent(given)["Host"] == "www.example.test"
    assert sent(given, listens=listener(port=8443))["Host"] == "www.example.test:8443"
    assert sent(given, preserve_host=True)["Host"] == "www.example.test:15001"


def test_a_trace_goes_on():
    assert trace_id("", "1-a") == "Root=1-a"
    assert trace_id("Root=1-b;Parent=2", "1-a") == "Self=1-a;Root=1-b;Parent=2"
    assert trace_id("Self=1-c;Root=1-b", "1-a") == "Self=1-a;Root=1-b"
    assert trace_id("Parent=2", "1-a") == "Root=1-a;Parent=2"


def test_a_redirect_to_https_keeps_everything_else():
    http = listener(port=80, protocol="HTTP")
    to_https = Redirect(status=301, protocol="HTTPS", port="443")
    asked = request("/a%20b?c=d&e", ("Host", "www.example.test:15001"))
    assert location(to_https, http, asked) == "https://www.example.test/a%20b?c=d&e"


def test_the_parts_of_a_redirect():
    moved = Redirect(
        status=302, host="old-#{host}", port="8443", path="/was/#{path}", query="was=#{query}&#{unknown}"
    )
    asked = request("/here?x=1", HOST)
    found = location(moved, listener(), asked)
    assert found == "https://old-www.example.test:8443/was/here?was=x=1&#{unknown}"
    assert location(Redirect(status=302, query=""), listener(), asked) == "https://www.example.test/here"


def test_a_listener_sets_headers_of_answers():
    hsts = ("Strict-Transport-Security", "max-age=1")
    theirs = [("strict-transport-security", "max-age=9"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    got = answered(listener(answers=(hsts,)), [*theirs, ("Keep-Alive", "timeout=5")])
    assert got == [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), hsts]


@settings(deadline=None)
@given(st.text(), st.text(), st.text())
def test_no_client_ends_a_header_of_ours(host, agent, forwarded):
    """What a client sends stays in its own header: nothing of ours is replaced or repeated."""
    headers = (("Host", host), ("User-Agent", agent), ("X-Forwarded-For", forwarded))
    got = to_target(balancer(), listener(), request("/", *headers), "Root=1")
    names = [name for name, _ in got]
    assert sorted(names) == sorted(set(names))
    assert dict(got)["X-Forwarded-For"].endswith("203.0.113.7")

from ipaddress import ip_network

import pytest

from localcloud.fleet.balancer.matching import matches, rule_for
from localcloud.fleet.balancer.rules import Condition
from tests.unit.localcloud.fleet.balancer.world import listener, request, rule


def path(*values):
    return Condition(field="path-pattern", values=values)


@pytest.mark.parametrize(
    ("pattern", "sent", "matched"),
    [
        ("/img/*", "/img/a.png", True),
        ("/img/*", "/img/", True),
        ("/img/*", "/img", False),
        ("/img/*", "/IMG/a.png", False),
        ("/a?c", "/abc", True),
        ("/a?c", "/ac", False),
        ("*", "/whatever?x=1", True),
        ("/a.c", "/abc", False),
        ("/[ab]", "/a", False),
        (r"/star\*", "/star*", True),
        (r"/star\*", "/stars", False),
    ],
)
def test_paths(pattern, sent, matched):
    assert matches(path(pattern), request(sent)) is matched


def test_a_path_is_compared_without_its_query():
    assert matches(path("/a"), request("/a?b=c"))
    assert not matches(path("/a?b*"), request("/a?b=c"))


@pytest.mark.parametrize(
    ("pattern", "host", "matched"),
    [
        ("*.example.test", "WWW.Example.test", True),
        ("*.example.test", "example.test", False),
        ("www.example.test", "www.example.test:8443", True),
        ("www.example.test", "other.test", False),
    ],
)
def test_hosts(pattern, host, matched):
    condition = Condition(field="host-header", values=(pattern,))
    assert matches(condition, request("/", ("Host", host))) is matched


def test_a_header_matches_by_any_of_its_values_in_any_case():
    condition = Condition(field="http-header", header="X-Kind", values=("*blue*",))
    assert matches(condition, request("/", ("x-kind", "red"), ("X-KIND", "Light Blue")))
    assert not matches(condition, request("/", ("x-kind", "red")))
    assert not matches(condition, request("/"))


def test_methods_are_compared_as_they_are():
    condition = Condition(field="http-request-method", values=("GET", "PURGE"))
    assert matches(condition, request())
    assert not matches(condition, request(method="get"))
    assert not matches(condition, request(method="POST"))


@pytest.mark.parametrize(
    ("pairs", "query", "matched"),
    [
        ((("version", "v1"),), "version=V1", True),
        ((("version", "v1"),), "other=v1", False),
        ((("version", "v1"),), "version=v2&version=v1", True),
        ((("", "*example*"),), "a=1&b=an+example+text", True),
        ((("a", "1"), ("b", "2")), "b=2", True),
        ((("empty", ""),), "empty=", True),
        ((("a", "1"),), "", False),
    ],
)
def test_queries(pairs, query, matched):
    assert matches(Condition(field="query-string", pairs=pairs), request(f"/?{query}")) is matched


def test_the_address_is_that_of_the_connection():
    condition = Condition(
        field="source-ip", networks=(ip_network("203.0.113.0/24"), ip_network("2001:db8::/32"))
    )
    assert matches(condition, request())
    assert not matches(condition, request("/", ("X-Forwarded-For", "203.0.113.7"), client="198.51.100.1"))
    assert matches(condition, request(client="2001:db8::1"))


def test_a_condition_that_nobody_knows_is_no_silent_match():
    with pytest.raises(ValueError, match="moon-phase"):
        matches(Condition(field="moon-phase"), request())


def test_the_first_rule_by_priority_whose_conditions_all_match():
    host = Condition(field="host-header", values=("www.example.test",))
    ours = listener(rule(5, path("/admin/*"), host), rule(7, path("/admin/*")), rule(9, host))
    www = ("Host", "www.example.test")
    assert rule_for(ours, request("/admin/x", www)).priority == 5
    assert rule_for(ours, request("/admin/x")).priority == 7
    assert rule_for(ours, request("/", www)).priority == 9
    assert rule_for(ours, request("/")).priority is None

import pytest

from localcloud.route53 import parsing
from localcloud.route53.answers import Code, Reply, Resource, present, reply
from localcloud.route53.records import Configuration, Role, Zone

EAST = "aaa.execute-api.us-east-1.amazonaws.com"
WEST = "bbb.execute-api.us-west-2.amazonaws.com"
WELL = {"ready-east": True, "live-west": True}
EAST_DOWN = {"ready-east": False, "live-west": True}
API = "api.payments.example"


def test_the_failover_record_answers_the_healthy_side_with_its_own_ttl(
    configuration: Configuration,
):
    assert cname(configuration, WELL, API) == (Resource(API, "CNAME", 60, EAST),)
    assert cname(configuration, EAST_DOWN, API) == (Resource(API, "CNAME", 60, WEST),)


def test_an_address_question_follows_the_chain_to_this_machine(configuration: Configuration):
    answers = reply(configuration, EAST_DOWN, "WWW.payments.example.", "A").answers
    assert [(r.name, r.type, r.ttl, r.value) for r in answers] == [
        ("www.payments.example", "CNAME", 300, API),
        (API, "CNAME", 60, WEST),
        (WEST, "A", 60, "127.0.0.1"),
    ]


def test_a_circle_of_aliases_ends(configuration: Configuration):
    answers = reply(configuration, WELL, "loop.payments.example", "A").answers
    assert len(answers) == 1


def test_an_alias_answers_under_its_own_name_with_its_targets_values(
    configuration: Configuration,
):
    name = "alias.payments.example"
    assert cname(configuration, EAST_DOWN, name) == (Resource(name, "CNAME", 60, WEST),)


def test_an_alias_of_an_api_is_an_address_on_this_machine():
    target = {"DNSName": "d-1.execute-api.us-east-1.amazonaws.com.", "EvaluateTargetHealth": True}
    zone = parsing.zone("x.", [{"Name": "api.x.", "Type": "A", "AliasTarget": target}])
    answers = reply(parsing.configuration([zone], []), {}, "api.x", "A").answers
    assert answers == (Resource("api.x", "A", 60, "127.0.0.1"),)


@pytest.mark.parametrize(
    ("name", "type_", "code"),
    [
        ("nothing.payments.example", "A", Code.NXDOMAIN),
        ("status.team.payments.example", "A", Code.NOERROR),  # has another type
        ("team.payments.example", "A", Code.NOERROR),  # has names below it
        ("payments.example", "A", Code.NOERROR),
        ("payments.example", "ANY", Code.NOTIMP),
        ("payments.example", "AXFR", Code.NOTIMP),
        ("notpayments.example", "A", Code.REFUSED),
        ("example", "A", Code.REFUSED),
        (EAST, "AAAA", Code.NOERROR),  # exists, but has no such address
        ("x." + EAST, "A", Code.REFUSED),
    ],
)
def test_names_without_an_answer_get_the_right_code(
    configuration: Configuration, name: str, type_: str, code: Code
):
    answered = reply(configuration, WELL, name, type_)
    assert (answered.code, answered.answers) == (code, ())


def test_a_negative_answer_carries_the_zones_soa(configuration: Configuration):
    authority = reply(configuration, WELL, "nothing.payments.example", "A").authority
    assert [(r.name, r.type) for r in authority] == [("payments.example", "SOA")]


def test_every_value_of_a_record_is_answered(configuration: Configuration):
    answers = reply(configuration, WELL, "payments.example", "NS").answers
    assert [r.value for r in answers] == ["ns-1.awsdns-1.org.", "ns-2.awsdns-2.com."]


def test_the_closest_zone_answers():
    def zone(name: str, ttl: int) -> Zone:
        values = [{"Value": "192.0.2.1"}]
        return parsing.zone(name, [{"Name": "a.b.x.", "Type": "A", "TTL": ttl, "ResourceRecords": values}])

    both = parsing.configuration([zone("b.x.", 2), zone("x.", 1)], [])
    assert reply(both, {}, "a.b.x", "A").answers == (Resource("a.b.x", "A", 2, "192.0.2.1"),)


def test_without_configuration_everything_is_refused():
    assert reply(Configuration(), {}, API, "A") == Reply(Code.REFUSED)


def test_the_present_answer_of_each_failover_pair_is_named_once(configuration: Configuration):
    ((key, now),) = present(configuration, EAST_DOWN).items()
    assert key == (API, "CNAME")
    assert (now.target, now.role, now.ttl) == (WEST, Role.SECONDARY, 60)


def cname(configuration: Configuration, health: dict[str, bool], name: str) -> tuple[Resource, ...]:
    return reply(configuration, health, name, "CNAME").answers

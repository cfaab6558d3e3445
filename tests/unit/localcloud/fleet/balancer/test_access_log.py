import shlex

from hypothesis import given, settings
from hypothesis import strategies as st

from localcloud.fleet.balancer.access_log import Entry, key, line
from localcloud.fleet.balancer.model import LogPlace
from localcloud.fleet.balancer.rules import Forward, Redirect
from tests.unit.localcloud.fleet.balancer.world import GROUP_ARN, balancer, listener, request

ASKED = request("/a?b=c", ("Host", "www.example.test"), ("User-Agent", "curl/8"), client_port=4711)
DONE = Entry(
    request=ASKED,
    began=1_700_000_000.25,
    ended=1_700_000_000.5,
    status=200,
    target="i-1:8080",
    target_status=200,
    request_s=0.0,
    target_s=0.0421,
    response_s=0.0,
    sent=34,
    group=GROUP_ARN,
    trace="Root=1-2-3",
    priority=0,
    action=Forward(groups=()),
)


def test_the_fields_of_a_line_are_in_the_documented_order():
    fields = shlex.split(line(DONE, balancer(), listener()))
    assert fields[:4] == [
        "https",
        "2023-11-14T22:13:20.500000Z",
        "app/web/0123456789abcdef",
        "203.0.113.7:4711",
    ]
    assert fields[4:12] == ["i-1:8080", "0.000", "0.042", "0.000", "200", "200", "0", "34"]
    assert fields[12:14] == ["GET https://www.example.test:443/a?b=c HTTP/1.1", "curl/8"]
    assert fields[16:18] == [GROUP_ARN, "Root=1-2-3"]
    assert fields[20:24] == ["0", "2023-11-14T22:13:20.250000Z", "forward", "-"]


def test_what_no_target_had_a_part_in():
    entry = Entry(
        request=ASKED,
        began=0.0,
        ended=0.0,
        status=301,
        action=Redirect(status=301),
        redirected_to="https://x/",
    )
    fields = shlex.split(line(entry, balancer(), listener(port=80, protocol="HTTP")))
    assert fields[4:10] == ["-", "-1", "-1", "-1", "301", "-"]
    assert fields[22:24] == ["redirect", "https://x/"]


@settings(deadline=None)
@given(st.text())
def test_no_client_writes_a_field_or_a_line_of_its_own(text):
    hostile = Entry(
        request=request("/", ("Host", "a"), ("User-Agent", text or "-")), began=0, ended=0, status=200
    )
    written = line(hostile, balancer(), listener())
    assert written.isprintable()
    assert written.count('"') == line(DONE, balancer(), listener()).count('"')


def test_an_object_is_named_by_account_region_day_and_end():
    placed = balancer(logs=LogPlace("logs", "/web/"))
    assert key(placed, "123456789012", until=1_700_000_000.0, unique="ab12") == (
        "web/AWSLogs/123456789012/elasticloadbalancing/us-east-1/2023/11/14/123456789012_elasticloadbalancing_"
        "us-east-1_app.web.0123456789abcdef_20231114T2213Z_127.0.0.1_ab12.log.gz"
    )
    assert key(balancer(), "1", until=0.0, unique="x").startswith("AWSLogs/1/elasticloadbalancing/")

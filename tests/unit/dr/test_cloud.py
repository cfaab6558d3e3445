"""The adapters, against a server that answers as AWS does."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from dr.aws import Cloud
from dr.calls import AwsUnavailable
from dr.deployment import Deployment
from dr.situation import Aurora, Stock
from failover.decision import TakeoverFact
from failover.takeover import Takeover
from runtime.clock import now_ms

from .world import EAST, ENDPOINTS, LEASE, OUTPUTS, WEST

GLOBAL_CLUSTER = """<DescribeGlobalClustersResponse><DescribeGlobalClustersResult><GlobalClusters>
<GlobalClusterMember><GlobalClusterMembers>
<GlobalClusterMember><DBClusterArn>arn:aws:rds:us-west-2:1:cluster:w</DBClusterArn><IsWriter>true</IsWriter>
</GlobalClusterMember><GlobalClusterMember><DBClusterArn>arn:aws:rds:us-east-1:1:cluster:e</DBClusterArn>
<IsWriter>false</IsWriter></GlobalClusterMember></GlobalClusterMembers></GlobalClusterMember>
</GlobalClusters></DescribeGlobalClustersResult></DescribeGlobalClustersResponse>"""
STOCK = {"journal": 4, "intents": 0, "missing": 1, "overdue": 0, "fence": 2}


class Aws(BaseHTTPRequestHandler):
    """Lambda and RDS; every other service refuses."""

    def do_GET(self):
        self.reply(200, json.dumps({"CodeSha256": "sha"}))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if "invocations" in self.path:
            self.server.events.append(json.loads(body))
            self.reply(200, json.dumps(self.server.told), **self.server.headers)
        elif b"DescribeGlobalClusters" in body:
            self.reply(200, GLOBAL_CLUSTER)
        else:
            self.reply(400, json.dumps({"__type": "AccessDeniedException"}))

    def reply(self, status, content, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def aws(monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Aws)
    server.events, server.headers = [], {}
    server.told = {"clock_ms": now_ms(), "database": "replica", "stock": STOCK, "why": None}
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def cloud():
    closed = dict.fromkeys(ENDPOINTS, "http://127.0.0.1:1")
    return Cloud(Deployment.of(OUTPUTS | closed))


def test_a_region_is_inspected_through_its_own_function(aws, cloud):
    found = cloud.inspect(WEST)
    assert aws.events == [{"step": "inspect"}]
    assert (found.database, found.stock, found.code) == ("replica", Stock(**STOCK), "sha")
    assert found.clock_off_ms < 1_000


def test_a_clock_that_is_off_is_told_and_what_is_not_known_stays_so(aws, cloud):
    aws.told |= {"clock_ms": now_ms() + 60_000, "stock": None, "why": "journal"}
    found = cloud.inspect(WEST)
    assert 55_000 < found.clock_off_ms <= 60_000
    assert (found.stock, found.why) == (None, "journal")


def test_a_function_that_failed_is_an_error_with_its_message(aws, cloud):
    aws.headers = {"X_Amz_Function_Error": "Unhandled"}
    aws.told = {"errorType": "Held", "errorMessage": "another epoch"}
    with pytest.raises(AwsUnavailable, match="Held: another epoch"):
        cloud.reconcile(Takeover.of(LEASE))
    assert aws.events == [{"step": "reconcile", "takeover": Takeover.of(LEASE).payload()}]


def test_aurora_says_where_the_writer_is(aws, cloud):
    assert cloud.aurora(EAST) == Aurora(writer=WEST, moving=False)


def test_a_situation_holds_what_answered_and_nothing_else(aws, cloud):
    found = cloud.situation()
    assert set(found.inspections) == {EAST, WEST}
    assert found.aurora == Aurora(writer=WEST, moving=False)
    assert found.leases_read == {EAST: False, WEST: False}
    assert (found.lease, found.home, found.clock_skew_ms) == (None, EAST, 2_000)
    assert cloud.takeovers(WEST).status(Takeover.of(LEASE)) is TakeoverFact.UNKNOWN


def test_a_lease_that_can_be_read_is_said_to_be(lease_table, cloud, monkeypatch):
    monkeypatch.setattr(cloud, "_code", lambda region: "sha")
    assert cloud.takeovers(WEST)
    assert cloud._reads_lease(EAST) is True


def test_a_region_that_does_not_answer_is_nothing(monkeypatch, cloud):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    found = cloud.situation()
    assert found.inspections == {EAST: None, WEST: None}
    assert found.aurora is None
    assert found.now_ms(WEST) is None

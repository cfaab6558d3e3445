"""Two regions that answer over HTTP: AWS's API as `dr` calls it, and each region's own front door."""

import json
import re
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from failover.lease_item import to_item

EAST, WEST = "us-east-1", "us-west-2"
GLOBAL_CLUSTER = """<DescribeGlobalClustersResponse><DescribeGlobalClustersResult><GlobalClusters>
<GlobalClusterMember><GlobalClusterMembers>{members}</GlobalClusterMembers></GlobalClusterMember>
</GlobalClusters></DescribeGlobalClustersResult></DescribeGlobalClustersResponse>"""
MEMBER = """<GlobalClusterMember><DBClusterArn>arn:aws:rds:{region}:1:cluster:x</DBClusterArn>
<IsWriter>{writes}</IsWriter></GlobalClusterMember>"""
STATE_MACHINE = "arn:aws:states:us-west-2:1:stateMachine:takeover"


def global_cluster(members):
    told = [MEMBER.format(region=region, writes=str(writes).lower()) for region, writes in members]
    return GLOBAL_CLUSTER.format(members="".join(told))


class Handler(BaseHTTPRequestHandler):
    """The SigV4 scope says which region a call goes to, and which service."""

    def do_GET(self):
        if "Authorization" not in self.headers:
            self.reply(self.server.doors[self.path])
            return
        self.note("GetFunctionConfiguration")
        self.reply(200, json.dumps({"CodeSha256": "sha"}))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/synthetic-payments":
            assert f"/{EAST}/execute-api/" in self.headers["Authorization"]
            self.server.paid.append((self.headers["Idempotency-Key"], json.loads(body)))
            self.reply(self.server.pays, "{}", X_Region=self.server.pays_in)
            return
        action = (self.headers["X-Amz-Target"] or "").rpartition(".")[2]
        action = action or ("Invoke" if "invocations" in self.path else body.decode().partition("Action=")[2])
        self.note(action.partition("&")[0])
        refuses = self.server.refuses or (
            self.server.refuses_functions if "invocations" in self.path else None
        )
        if refuses:
            self.reply(400, json.dumps({"__type": refuses}))
        else:
            self.answer(action.partition("&")[0], body)

    def answer(self, action, body):
        match action:
            case "Invoke":
                self.reply(200, json.dumps(self.server.told), **self.server.extra)
            case "DescribeGlobalClusters":
                self.reply(200, global_cluster(self.server.members))
            case "GetItem":
                item = self.server.item or (to_item(self.server.lease) if self.server.lease else None)
                self.reply(200, json.dumps({"Item": item} if item else {}))
            case "UpdateItem":
                self.server.lease = self.server.updates(self.server.lease)
                self.reply(200, "{}")
            case "GetParameter":
                self.reply(200, json.dumps({"Parameter": {"Value": STATE_MACHINE}}))
            case "StartExecution":
                self.reply(200, json.dumps({"executionArn": "arn", "startDate": 0}))
            case "DescribeExecution":
                self.reply(200, json.dumps({"status": "SUCCEEDED"}))

    def note(self, action):
        scope = re.search(r"/\d{8}/([a-z0-9-]+)/([a-z]+)/aws4_request", self.headers["Authorization"])
        self.server.calls.append((scope[1], action))

    def reply(self, status, content="", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content.encode())

    def date_time_string(self, timestamp=None):
        return super().date_time_string((timestamp or time.time()) + self.server.date_off_s)

    def log_message(self, *_):
        pass


@contextmanager
def answering(told):
    """A server for both; a test says what it tells, what it refuses and what a payment gets."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.told, server.extra, server.lease = told, {}, None
    server.calls, server.refuses, server.paid = [], None, []
    server.pays, server.pays_in = 201, EAST
    server.item, server.refuses_functions = None, None
    server.members, server.date_off_s = [(WEST, True), (EAST, False)], 0
    server.updates = lambda lease: lease
    server.doors = {"/health/live": 200, "/health/ready": 200, "/west/health/live": 200}
    server.doors["/west/health/ready"] = 503  # the west stands by
    server.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()

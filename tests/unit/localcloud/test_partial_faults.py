"""Partial faults are told to the parts that have them."""

import json
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber

from lib.systems.load import load_settings
from localcloud import partial_faults
from localcloud.core import disk
from localcloud.core.errors import MissingTool
from localcloud.core.state import CloudState, RegionState
from localcloud.partial_faults import PartialFaults
from localcloud.systems.payments import LocalPayments

EAST, WEST = "us-east-1", "us-west-2"


class Told(list):
    """Both parts in one: what they were told, in order."""

    def fill_disk(self, region):
        self.append(("disk", region))

    def create_owner(self, username, password, database):
        self.append(("owner", username, database, password))

    def set_flapping(self, region, one_in):
        self.append(("flapping", region, one_in))

    def set_sabotage(self, region, fault):
        self.append(("sabotage", region, fault))

    def lag(self, seconds):
        self.append(("lag", seconds))

    def set_issuer(self, *, up):
        self.append(("issuer", up))

    def set_throttling(self, region, service, one_in):
        self.append(("throttling", region, service, one_in))

    def set_clock(self, region, seconds):
        self.append(("clock", region, seconds))

    def set_copies(self, *, cut):
        self.append(("copies cut", cut))

    def set_managed_failover(self, region, *, refused):
        self.append(("managed failover refused", region, refused))

    def set_promotion(self, region, seconds):
        self.append(("promotion", region, seconds))


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def fault(told):
    region = RegionState(endpoint="", front_door="")
    state = CloudState(
        pid=1,
        control="",
        token="",
        operator_endpoint="http://127.0.0.1:1",
        account_id="",
        access_key_id="a",
        secret_access_key="b",
        regions={EAST: region, WEST: region},
        dns_port=1,
        calls_log=Path("calls"),
    )
    return PartialFaults(
        LocalPayments(load_settings({})), state, told, told, told.lag, told.set_issuer, told.set_clock
    )


def test_what_goes_on_is_ended_once(fault, told):
    fault.begin("flapping", {"region": EAST, "one_in": 3})
    fault.begin("sabotage", {"region": WEST, "fault": "kill"})
    fault.begin("disk", {"region": EAST})
    fault.begin("throttling", {"region": EAST, "service": "ssm", "one_in": 5})
    fault.begin("clock", {"region": WEST, "seconds": -20})
    fault.begin("managed-failover", {"region": WEST})
    fault.begin("promotion", {"region": WEST, "seconds": 480})
    fault.begin("lag", {"seconds": 120})
    assert told == [
        ("flapping", EAST, 3),
        ("sabotage", WEST, "kill"),
        ("disk", EAST),
        ("throttling", EAST, "ssm", 5),
        ("clock", WEST, -20.0),
        ("managed failover refused", WEST, True),
        ("promotion", WEST, 480.0),
        ("lag", 120.0),
    ]
    told.clear()
    fault.end()
    fault.end()
    assert told == [
        ("flapping", EAST, 0),
        ("sabotage", WEST, None),
        ("throttling", EAST, "ssm", 0),
        ("clock", WEST, 0.0),
        ("managed failover refused", WEST, False),
        ("promotion", WEST, 0.0),
    ]


def test_a_trouble_that_nobody_knows_is_refused(fault, told):
    with pytest.raises(ValueError, match="plague is none of flapping, lag, sabotage, disk"):
        fault.begin("plague", {})
    with pytest.raises(KeyError, match="region"):
        fault.begin("disk", {})
    assert told == []


def test_a_new_password_reaches_the_database_first_and_then_the_secret_of_every_region(
    fault, told, monkeypatch
):
    secret = fault.system.database.secret
    known = {"username": "payments", "password": "old", "ca": "pem"}
    clients, stubs = {}, []
    monkeypatch.setattr(partial_faults.secrets, "token_urlsafe", lambda _: "new")
    for region in (EAST, WEST):
        clients[region] = boto3.client(
            "secretsmanager", region_name=region, aws_access_key_id="a", aws_secret_access_key="b"
        )
        stubs.append(Stubber(clients[region]))
    stubs[0].add_response("get_secret_value", {"SecretString": json.dumps(known)}, {"SecretId": secret})
    for stub in stubs:
        changed = json.dumps({**known, "password": "new"})
        stub.add_response("put_secret_value", {}, {"SecretId": secret, "SecretString": changed})
        stub.activate()
    monkeypatch.setattr(partial_faults.boto3, "client", lambda _, region_name, **__: clients[region_name])
    fault.begin("password", {})
    assert told == [("owner", "payments", fault.system.database.name, "new")]
    for stub in stubs:
        stub.assert_no_pending_responses()


def test_where_there_is_no_prlimit_a_full_disk_cannot_be_played(monkeypatch):
    monkeypatch.setattr(disk, "freeze_tree", lambda _: frozenset({1}))
    monkeypatch.setattr(disk, "thaw_tree", lambda _: None)
    monkeypatch.setattr(disk, "_PRLIMIT", "/nowhere/prlimit")
    with pytest.raises(MissingTool, match="there is no /nowhere/prlimit"):
        disk.fill(1, None)
    monkeypatch.setattr(disk, "_PRLIMIT", "/bin/false")
    with pytest.raises(MissingTool, match="/bin/false failed"):
        disk.fill(1, None)


def test_the_issuer_of_tokens_is_down_until_the_end(fault, told):
    fault.begin("issuer", {})
    fault.end()
    fault.end()
    assert told == [("issuer", False), ("issuer", True)]


def test_copies_go_on_when_all_is_healed_and_once(fault, told):
    fault.begin("copies", {"cut": True})
    fault.end()
    fault.end()
    assert told == [("copies cut", True), ("copies cut", False)]

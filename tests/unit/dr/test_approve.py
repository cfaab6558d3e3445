"""B10: what an approver sees, is asked, and leaves behind."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from dr import approve as module
from dr import commands as command
from dr.operations import Refused
from failover.approvals import Approvals
from failover.lease import Kind, LeaseState
from failover.lease_item import to_item
from failover.loss import Approval, JournalProof, LossEstimate, canonical, digest, document
from tests.unit import emulated

from .world import EAST, ENDPOINTS, LEASE, NOW, OUTPUTS, WEST, FakeCloud, east_is_lost

TAKING = replace(
    LEASE, epoch=4, holder=WEST, previous_holder=EAST, state=LeaseState.TAKING, kind=Kind.FAILOVER
)
FIGURES = LossEstimate(
    journal=JournalProof.UNTRUSTED,
    replicated_until_ms=NOW,
    lag_ms=2_000,
    requests=7,
    money={"EUR": 1200, "USD": 5},
)
TEXT = canonical(document(system="payments", epoch=4, plan="failover", region=WEST, figures=FIGURES))


class Cloud(FakeCloud):
    def approvals(self, region):
        self._reach(region, "approvals")
        return Approvals(emulated.client("dynamodb", EAST), lambda: "payments-approvals-test")

    def caller(self, region):
        self._reach(region, "sts")
        return self.me, f"arn:aws:iam::1:user/{self.me}"


@pytest.fixture
def cloud(lease_table, monkeypatch, tmp_path):
    made = Cloud(lease_table, found=east_is_lost(), lost=frozenset({EAST}))
    made.me = "AIDAALICE"
    lease_table._client.put_item(TableName=OUTPUTS["lease_table"], Item=to_item(TAKING))
    lease_table._client.create_table(
        TableName="payments-approvals-test",
        KeySchema=[{"AttributeName": "approver", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "approver", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    monkeypatch.setattr(module, "Cloud", lambda _: made)
    monkeypatch.setattr(module, "now_ms", lambda: NOW)
    path = tmp_path / "flat.json"
    path.write_text(json.dumps(OUTPUTS | ENDPOINTS))
    made.outputs = str(path)
    return made


def approve(cloud, *arguments, answer=None):
    return CliRunner().invoke(command.app, ["approve", *arguments, "--outputs", cloud.outputs], input=answer)


def ask(cloud, text=TEXT):
    return cloud.approvals(WEST).ask(text, now_ms=NOW)


def test_B10_an_approver_sees_the_figures_and_the_consequence_and_leaves_its_id(cloud):
    ask(cloud)
    done = approve(cloud, answer="y\n")
    assert done.exit_code == 0
    for shown in (
        "7 requests (EUR 1200, USD 5, in minor units)",
        "The journal is untrusted",
        "approved by nobody",
    ):
        assert shown in " ".join(done.output.split())
    assert cloud.approvals(WEST).all() == [
        Approval(
            approver="AIDAALICE", digest=digest(TEXT), approved_at_ms=NOW, arn="arn:aws:iam::1:user/AIDAALICE"
        )
    ]
    cloud.me = "AIDABOB"
    told = approve(cloud, "--yes", "--json")
    assert json.loads(told.stdout)["digest"] == digest(TEXT)
    assert "approved by AIDAALICE" in told.output
    assert {one.approver for one in cloud.approvals(WEST).all()} == {"AIDAALICE", "AIDABOB"}


@pytest.mark.parametrize("off_ms", [-240_000, 240_000])
def test_B10_an_approval_is_of_the_moment_that_AWS_shows_and_not_of_a_wrong_clock(cloud, off_ms):
    ask(cloud)
    cloud.found = replace(cloud.found, topology=replace(cloud.found.topology, clock_off_ms=off_ms))
    assert approve(cloud, "--yes").exit_code == 0
    assert [one.approved_at_ms for one in cloud.approvals(WEST).all()] == [NOW + off_ms]


def test_B10_the_lost_region_is_not_needed(cloud):
    ask(cloud)
    assert approve(cloud, "--yes").exit_code == 0
    assert {region for region, what in cloud.asked if what in {"approvals", "sts"}} == {WEST}


@pytest.mark.parametrize(("arguments", "answer"), [(("--dry-run",), None), ((), "n\n")])
def test_B10_nothing_is_written_by_a_dry_run_or_a_no(cloud, arguments, answer):
    ask(cloud)
    shown = approve(cloud, *arguments, answer=answer)
    assert "Approve that us-west-2 serves in epoch 4" in " ".join(shown.output.split())
    assert cloud.approvals(WEST).all() == []


@pytest.mark.parametrize(
    "text", ["{}", "[]", "no", '{"epoch": 4, "region": "us-west-2", "figures": {"another": "form"}}']
)
def test_a_request_of_another_version_is_told_and_not_approved(cloud, text):
    ask(cloud, text)
    refused = approve(cloud, "--yes")
    assert "the request for an approval is not understood" in str(refused.exception)
    assert cloud.approvals(WEST).all() == []


def test_a_dry_run_for_machines_says_that_nothing_was_approved(cloud):
    ask(cloud)
    assert json.loads(approve(cloud, "--dry-run", "--json").stdout)["approved"] is False


def test_unknown_figures_are_said_to_be_unknown(cloud):
    unknown = replace(FIGURES, requests=None, money=None, lag_ms=None)
    ask(cloud, canonical(document(system="payments", epoch=4, plan="failover", region=WEST, figures=unknown)))
    assert "an unknown number of requests may be lost" in " ".join(approve(cloud, "--dry-run").output.split())


def refusal(result):
    assert isinstance(result.exception, Refused), result.output
    return str(result.exception)


def test_B10_there_must_be_a_takeover_that_waits(cloud):
    assert "no takeover has asked" in refusal(approve(cloud, "--yes"))
    ask(cloud)
    for lease in (replace(TAKING, epoch=5), replace(TAKING, state=LeaseState.ACTIVE)):
        cloud.table._client.put_item(TableName=OUTPUTS["lease_table"], Item=to_item(lease))
        assert "the last request is of epoch 4" in refusal(approve(cloud, "--yes"))
    assert cloud.approvals(WEST).all() == []

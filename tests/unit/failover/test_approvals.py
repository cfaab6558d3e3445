"""B10: the table of approvals."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws

from failover.approvals import ApprovalRequest, Approvals, ApprovalsUnavailable
from failover.loss import Approval
from tests.unit import emulated

from .faults import fails
from .scene import EAST, NOW


@pytest.fixture
def table():
    with mock_aws():
        client = emulated.client("dynamodb", EAST)
        client.create_table(
            TableName="approvals",
            KeySchema=[{"AttributeName": "approver", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "approver", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield Approvals(client, lambda: "approvals")
        client.delete_table(TableName="approvals")


ALICE = Approval(approver="AIDAALICE", digest="d", approved_at_ms=NOW, arn="arn:alice")


def test_a_request_is_kept_and_asking_again_changes_nothing(table):
    assert table.request() is None
    assert table.ask("{}", now_ms=NOW) == table.ask("{}", now_ms=NOW + 5) == table.request()
    assert (
        table.ask("[]", now_ms=NOW + 5) == ApprovalRequest(text="[]", asked_at_ms=NOW + 5) == table.request()
    )


@pytest.mark.parametrize("broken", [{}, {"text": {"S": "{}"}}, {"text": {"S": "{}"}, "at_ms": {"S": "soon"}}])
def test_a_request_that_cannot_be_read_is_asked_again(table, broken):
    table._client.put_item(TableName="approvals", Item={"approver": {"S": "request"}, **broken})
    assert table.request() is None
    assert table.ask("{}", now_ms=NOW) == ApprovalRequest(text="{}", asked_at_ms=NOW) == table.request()


def test_an_approver_has_one_approval_the_last(table):
    table.ask("{}", now_ms=NOW)
    table.approve(ALICE)
    table.approve(replace(ALICE, digest="e"))
    table.approve(replace(ALICE, approver="AIDABOB"))
    assert {(one.approver, one.digest) for one in table.all()} == {("AIDAALICE", "e"), ("AIDABOB", "d")}


def test_what_was_not_seen_written_is_no_success(table):
    deaf = SimpleNamespace(
        put_item=lambda **_: None,
        get_item=table._client.get_item,
        get_paginator=lambda _: SimpleNamespace(paginate=fails(ReadTimeoutError(endpoint_url="x"))),
    )
    broken = Approvals(deaf, lambda: "approvals")
    with pytest.raises(ApprovalsUnavailable, match=r"^the request is not what was written$"):
        broken.ask("{}", now_ms=NOW)
    with pytest.raises(ApprovalsUnavailable, match=r"^the approval is not what was written$"):
        broken.approve(ALICE)
    with pytest.raises(ApprovalsUnavailable, match=r"^approvals: Read timeout"):
        broken.all()


def test_the_request_and_the_approvals_are_read_consistently():
    """An emulator's reads always are, so only the requests can tell."""
    asked = []
    client = SimpleNamespace(
        get_item=lambda **request: asked.append(request) or {},
        get_paginator=lambda _: SimpleNamespace(
            paginate=lambda **request: asked.append(request) or [{"Items": []}]
        ),
    )
    approvals = Approvals(client, lambda: "approvals")
    assert (approvals.request(), approvals.all()) == (None, [])
    assert asked == [
        {"TableName": "approvals", "Key": {"approver": {"S": "request"}}, "ConsistentRead": True},
        {"TableName": "approvals", "ConsistentRead": True},
    ]


def test_an_approval_of_another_release_counts_if_it_can_be_read_and_stops_no_other(table):
    table.approve(ALICE)
    more = {"approver": {"S": "AIDABOB"}, "digest": {"S": "d"}, "at_ms": {"N": str(NOW)}, "arn": {"S": ""}}
    for item in ({**more, "channel": {"S": "phone"}}, {"approver": {"S": "AIDACAROL"}, "digest": {"S": "d"}}):
        table._client.put_item(TableName="approvals", Item=item)
    assert {one.approver for one in table.all()} == {"AIDAALICE", "AIDABOB"}

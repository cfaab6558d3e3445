import json

import pytest

from tests.emulator.emulator_process import ACCOUNT, HOME


def refusing(condition):
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [deny]})


def test_a_policy_that_demands_tls_lets_calls_pass(emulator):
    queues = emulator.client("sqs")
    policy = refusing({"Bool": {"aws:SecureTransport": "false"}})
    url = queues.create_queue(QueueName="tls", Attributes={"Policy": policy})["QueueUrl"]
    assert queues.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]


def test_any_other_refusal_stands(emulator):
    queues = emulator.client("sqs", HOME)
    policy = refusing({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})
    url = queues.create_queue(QueueName="closed", Attributes={"Policy": policy})["QueueUrl"]
    with pytest.raises(queues.exceptions.ClientError, match="AccessDenied"):
        queues.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])

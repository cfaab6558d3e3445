"""P24: what can be reached by plain HTTP refuses it."""

import json

POLICY_OF = {"aws_sqs_queue": "policy", "aws_sns_topic_policy": "policy", "aws_s3_bucket_policy": "policy"}


def refuses_plain_text(document):
    return any(
        statement["Effect"] == "Deny"
        and statement["Principal"] == "*"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for statement in json.loads(document)["Statement"]
    )


def test_P24_queues_topics_and_buckets_are_reached_by_tls_only(resources):
    checked = [resource for resource in resources if resource.type in POLICY_OF]
    assert {"aws_sqs_queue", "aws_sns_topic_policy"} <= {resource.type for resource in checked}
    plain = [str(r) for r in checked if not refuses_plain_text(r.body[POLICY_OF[r.type]])]
    assert plain == []


def test_P24_every_topic_has_a_policy(stacks):
    for stack in stacks.values():
        assert len(stack.all("aws_sns_topic")) == len(stack.all("aws_sns_topic_policy"))

"""P24: what can be reached by plain HTTP refuses it."""

import json

POLICY_OF = {"aws_sqs_queue": "policy", "aws_sns_topic_policy": "policy", "aws_s3_bucket_policy": "policy"}

BY_HTTP = {"page_readable_B4694EDC": "a website of S3 speaks HTTP only, and shows a page that is no secret"}


def refuses_plain_text(document):
    return any(
        statement["Effect"] == "Deny"
        and statement["Principal"] == "*"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for statement in json.loads(document)["Statement"]
    )


def test_P24_queues_topics_and_buckets_are_reached_by_tls_only(any_resources):
    checked = [one for one in any_resources if one.type in POLICY_OF and one.address not in BY_HTTP]
    assert "aws_sns_topic_policy" in {resource.type for resource in checked}
    plain = [str(r) for r in checked if not refuses_plain_text(r.body[POLICY_OF[r.type]])]
    assert plain == []


def test_P24_every_topic_has_a_policy(any_stacks):
    for stack in any_stacks.values():
        assert len(stack.all("aws_sns_topic")) == len(stack.all("aws_sns_topic_policy"))

"""Requests for events, topics and queues."""

from collections.abc import Mapping

from gates.requests.filling import TAGS, Body, Call
from gates.requests.terraform import UNKNOWN


def _queue(body: Body) -> Body:
    attributes = {key: value for key, value in body.items() if key not in ("name", "tags")}
    return {
        "queue_name": body["name"],
        "attributes": {_camel(key): value for key, value in attributes.items()},
    }


def _topic(body: Body) -> Body:
    attributes = {key: value for key, value in body.items() if key not in ("name", "tags")}
    return {"name": body["name"], "attributes": {_camel(key): value for key, value in attributes.items()}}


def _camel(key: str) -> str:
    """``kms_master_key_id`` -> ``KmsMasterKeyId``, as SQS and SNS name their attributes."""
    renamed = {"message_retention_seconds": "message_retention_period"}
    return "".join(part.capitalize() for part in renamed.get(key, key).split("_"))


CALLS: Mapping[str, tuple[Call, ...]] = {
    "aws_cloudwatch_event_bus": (Call("events", "CreateEventBus", apart=TAGS),),
    "aws_cloudwatch_event_archive": (Call("events", "CreateArchive", {"name": "ArchiveName"}),),
    "aws_cloudwatch_event_endpoint": (Call("events", "CreateEndpoint", {"event_bus": "EventBuses"}),),
    "aws_cloudwatch_event_permission": (
        Call("events", "PutPermission", more={"Action": "events:PutEvents"}),
    ),
    "aws_cloudwatch_event_rule": (Call("events", "PutRule", apart=TAGS),),
    "aws_cloudwatch_event_target": (
        Call(
            "events",
            "PutTargets",
            prepare=lambda body: {
                "rule": body["rule"],
                "event_bus_name": body.get("event_bus_name"),
                "targets": [
                    {
                        "id": UNKNOWN,  # the provider invents one
                    }
                    | {
                        ("id" if key == "target_id" else key): value
                        for key, value in body.items()
                        if key not in ("rule", "event_bus_name")
                    }
                ],
            },
        ),
    ),
    "aws_sns_topic": (Call("sns", "CreateTopic", prepare=_topic),),
    "aws_sns_topic_policy": (
        Call(
            "sns",
            "SetTopicAttributes",
            prepare=lambda body: {
                "topic_arn": body["arn"],
                "attribute_name": "Policy",
                "attribute_value": body["policy"],
            },
        ),
    ),
    "aws_sns_topic_subscription": (Call("sns", "Subscribe"),),
    "aws_sqs_queue": (Call("sqs", "CreateQueue", prepare=_queue),),
}

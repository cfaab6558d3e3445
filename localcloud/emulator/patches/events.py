"""Event buses over two regions, and their global endpoint."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import json
from typing import Any

from ministack.core.arn import parse_arn
from ministack.core.responses import get_account_id, get_region, new_uuid, request_scope
from ministack.services import eventbridge, sqs

from localcloud.emulator.patches.wrapping import Wrapper, wrap
from localcloud.emulator.regions import RegionStates

Record = dict[str, Any]


def deliver_across_regions(regions: RegionStates) -> None:
    """Deliver to a bus in another region, or into the target's dead-letter queue; upstream does neither.

    AWS retries as the target's policy says before it gives up; here the first failure is the last.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
    """

    def dispatch(original: Wrapper, spec: Any, event: Record, rule: Record, *more: Any) -> None:
        here = get_region()
        if spec.region == here:
            original(spec, event, rule, *more)
            return
        with request_scope(spec.account_id, spec.region):
            there = spec.resource.split("/", 1)[1] in eventbridge._event_buses
            if there and regions.connected(here, spec.region):
                original(spec, event, rule, *more)
                return
        _bury(spec, event, rule)

    wrap(eventbridge, "_dispatch_to_event_bus", dispatch)


def ask_queues_policies() -> None:
    """Put what a queue's policy does not take into the target's dead-letter queue; upstream asks no policy.

    AWS calls a refusal permanent and does not try again.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """

    def invoke(original: Wrapper, target: Record, event: Record, rule: Record, *more: Any) -> None:
        arn = target["Arn"]
        to_queue = arn.startswith("arn:aws:sqs:") and parse_arn(arn).region == get_region()
        account = get_account_id()
        if to_queue and not sqs.queue_policy_allows(arn, "events.amazonaws.com", rule["Arn"], account):
            _bury(arn, event, rule)
            return
        original(target, event, rule, *more)

    wrap(eventbridge, "_invoke_target", invoke)


def _bury(spec: Any, event: Record, rule: Record) -> None:
    key = eventbridge._rule_key(rule["Name"], rule["EventBusName"])
    body = json.dumps(eventbridge._pattern_event_view(event).event_with_detail())
    for target in eventbridge._targets.get(key, []):
        queue = target.get("DeadLetterConfig", {}).get("Arn")
        if queue and target["Arn"] == str(spec):
            eventbridge._dispatch_to_sqs(parse_arn(queue), body)


def name_endpoints_as_aws_does() -> None:
    """Give a global endpoint an id and a URL of AWS's shape; upstream takes its name for both.

    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEndpoint.html
    """

    def create(original: Wrapper, request: Record) -> Any:
        known = request.get("Name") in eventbridge._endpoints
        answer = original(request)
        if not known and (endpoint := eventbridge._endpoints.get(request.get("Name"))):
            endpoint["EndpointId"] = f"{new_uuid().replace('-', '')[:10]}.veo"
            endpoint["EndpointUrl"] = f"https://{endpoint['EndpointId']}.endpoint.events.amazonaws.com/"
        return answer

    def describe(original: Wrapper, request: Record) -> Any:
        status, headers, body = original(request)
        endpoint = eventbridge._endpoints.get(request.get("Name"))
        if endpoint is None:
            return status, headers, body
        told = {**json.loads(body), "EndpointId": endpoint["EndpointId"]}
        return status, headers, json.dumps(told).encode()

    wrap(eventbridge, "_create_endpoint", create)
    wrap(eventbridge, "_describe_endpoint", describe)

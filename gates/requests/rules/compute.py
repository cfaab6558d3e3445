"""Functions, their API, state machines, experiments."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lib.limits import limit

Sent = Mapping[str, Any]
MOST_MEMORY_MB, MOST_TIMEOUT_S = 10240, 900
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; the model allows more."""
RESERVED = re.compile(
    r"_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_REGION|REGION|EXECUTION_ENV|ACCESS_KEY|ACCESS_KEY_ID|"
    r"SECRET_ACCESS_KEY|SESSION_TOKEN|LAMBDA_\w+)|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR"
)
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
ROUTE = re.compile(
    r"\$default|(ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) (/|(/([\w.~:$@!*'()%+-]+|\{\w+\+?\}))+)"
)


def _function(sent: Sent) -> Iterator[str]:
    for member, most in (("MemorySize", MOST_MEMORY_MB), ("Timeout", MOST_TIMEOUT_S)):
        if sent.get(member, 0) > most:
            yield f"{member} = {sent[member]}: AWS takes at most {most}"
    variables = (sent.get("Environment") or {}).get("Variables") or {}
    whole = "".join(f"{key}{value}" for key, value in variables.items() if isinstance(value, str))
    if not (rule := limit("lambda_environment")).accepts(whole):
        yield f"Environment: {len(whole.encode())} bytes, AWS takes {rule.says}"
    for key in variables:
        if RESERVED.fullmatch(key) or not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]+", key):
            yield f"Environment.Variables.{key}: Lambda keeps this name for itself, or cannot spell it"


def _route(sent: Sent) -> Iterator[str]:
    if not ROUTE.fullmatch(str(sent["RouteKey"])):
        yield f"RouteKey = {sent['RouteKey']!r}: a route is $default, or a method and a path"


def _stage(sent: Sent) -> Iterator[str]:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html."""
    written = (sent.get("AccessLogSettings") or {}).get("Format")
    if isinstance(written, str):
        if "$context.requestId" not in written and "$context.extendedRequestId" not in written:
            yield "AccessLogSettings.Format: needs $context.requestId"
        if "\n" in written:
            yield "AccessLogSettings.Format: must be one line"
    if not re.fullmatch(r"\$default|[a-zA-Z0-9_-]{1,128}", str(sent["StageName"])):
        yield f"StageName = {sent['StageName']!r}: letters, digits, hyphens and underscores"


def _document(sent: Sent) -> Iterator[str]:
    """An Automation document names its schema, and its steps are named as AWS wants them.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
    """
    if not isinstance(sent.get("Content"), str):
        return
    content = json.loads(sent["Content"])
    if sent.get("DocumentType") == "Automation" and content.get("schemaVersion") != "0.3":
        yield "Content: an Automation document has schemaVersion 0.3"
    for step in content.get("mainSteps", ()):
        if not re.fullmatch(r"[a-zA-Z0-9_]{3,128}", step["name"]):
            yield f"Content: step {step['name']!r}: 3 to 128 letters, digits and underscores"


RULES: Mapping[str, Callable[[Sent], Iterator[str]]] = {
    "lambda:CreateFunction": _function,
    "apigatewayv2:CreateRoute": _route,
    "apigatewayv2:CreateStage": _stage,
    "ssm:CreateDocument": _document,
}

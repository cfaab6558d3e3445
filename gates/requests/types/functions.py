"""Requests for functions, their API and their orchestration."""

from collections.abc import Mapping

from gates.requests.filling import TAGS, Body, Call
from gates.requests.terraform import UNKNOWN


def _machine(body: Body) -> Body:
    logging = dict(body.get("logging_configuration") or {})
    destination = logging.pop("log_destination", None)
    if destination is not None:
        logging["destinations"] = [{"cloud_watch_logs_log_group": {"log_group_arn": destination}}]
    return {**body, "logging_configuration": logging or None}


CALLS: Mapping[str, tuple[Call, ...]] = {
    "aws_lambda_function": (
        Call(
            "lambda",
            "CreateFunction",
            apart=TAGS | {"filename", "source_code_hash", "reserved_concurrent_executions"},
            more={"Code": {"ZipFile": UNKNOWN}},
        ),
        Call(
            "lambda",
            "PutFunctionConcurrency",
            prepare=lambda body: {
                "function_name": body["function_name"],
                "reserved_concurrent_executions": body["reserved_concurrent_executions"],
            },
            when=lambda body: "reserved_concurrent_executions" in body,
        ),
    ),
    "aws_lambda_permission": (Call("lambda", "AddPermission"),),
    "aws_apigatewayv2_api": (Call("apigatewayv2", "CreateApi", apart=TAGS),),
    "aws_apigatewayv2_authorizer": (
        Call(
            "apigatewayv2",
            "CreateAuthorizer",
            {"identity_sources": "IdentitySource"},
        ),
    ),
    "aws_apigatewayv2_integration": (Call("apigatewayv2", "CreateIntegration"),),
    "aws_apigatewayv2_route": (Call("apigatewayv2", "CreateRoute"),),
    "aws_apigatewayv2_stage": (Call("apigatewayv2", "CreateStage", {"name": "StageName"}, apart=TAGS),),
    "aws_apigatewayv2_domain_name": (
        Call(
            "apigatewayv2",
            "CreateDomainName",
            {"domain_name_configuration": "DomainNameConfigurations"},
            apart=TAGS,
        ),
    ),
    "aws_apigatewayv2_api_mapping": (Call("apigatewayv2", "CreateApiMapping"),),
    "aws_sfn_state_machine": (Call("stepfunctions", "CreateStateMachine", apart=TAGS, prepare=_machine),),
    "aws_ssm_document": (Call("ssm", "CreateDocument", apart=TAGS),),
    "aws_ssm_parameter": (
        Call("ssm", "PutParameter", {"value_wo": "Value"}, apart=TAGS | {"value_wo_version"}),
    ),
    "aws_fis_experiment_template": (
        Call(
            "fis",
            "CreateExperimentTemplate",
            {"stop_condition": "stopConditions", "action": "actions", "target": "targets"},
            apart=TAGS,
            more={"clientToken": UNKNOWN},
            prepare=lambda body: {
                **body,
                "action": {one["name"]: _action(one) for one in body["action"]},
                "target": {one["name"]: _target(one) for one in body["target"]},
            },
        ),
    ),
}


def _action(body: Body) -> Body:
    return {
        **{key: value for key, value in body.items() if key not in ("name", "parameter", "target")},
        "parameters": {one["key"]: one["value"] for one in body.get("parameter", ())},
        "targets": {body["target"]["key"]: body["target"]["value"]},
    }


def _target(body: Body) -> Body:
    return {key: value for key, value in body.items() if key != "name"}

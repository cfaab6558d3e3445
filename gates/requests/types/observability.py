"""Requests for logs, alarms, dashboards and traces."""

from collections.abc import Mapping

from gates.requests.filling import TAGS, Body, Call


def _metric_filter(body: Body) -> Body:
    transformation = {
        (key if key == "default_value" else f"metric_{key}"): value
        for key, value in body["metric_transformation"].items()
    }
    return {
        "log_group_name": body["log_group_name"],
        "filter_name": body["name"],
        "filter_pattern": body["pattern"],
        "metric_transformations": [transformation],
    }


def _alarm(body: Body) -> Body:
    dimensions = [{"name": name, "value": value} for name, value in (body.get("dimensions") or {}).items()]
    return {**body, "dimensions": dimensions or None}


CANARY = TAGS | {"delete_lambda", "start_canary"}


def _canary(body: Body) -> Body:
    rest = {key: value for key, value in body.items() if not key.startswith("s3_") and key != "handler"}
    code = {key: value for key, value in body.items() if key.startswith("s3_") or key == "handler"}
    kept = {
        f"{how}_retention_period_in_days": rest.pop(f"{how}_retention_period")
        for how in ("success", "failure")
    }
    return {**rest, **kept, "code": code}


CALLS: Mapping[str, tuple[Call, ...]] = {
    "aws_cloudwatch_log_group": (
        Call(
            "logs",
            "CreateLogGroup",
            {"name": "logGroupName"},
            apart=TAGS | {"retention_in_days", "skip_destroy"},
        ),
        Call(
            "logs",
            "PutRetentionPolicy",
            {"name": "logGroupName"},
            apart=TAGS | {"kms_key_id", "skip_destroy"},
            when=lambda body: "retention_in_days" in body,
        ),
    ),
    "aws_cloudwatch_log_metric_filter": (Call("logs", "PutMetricFilter", prepare=_metric_filter),),
    "aws_cloudwatch_metric_alarm": (
        Call(
            "cloudwatch",
            "PutMetricAlarm",
            {"alarm_actions": "AlarmActions", "ok_actions": "OKActions"},
            apart=TAGS,
            prepare=_alarm,
        ),
    ),
    "aws_cloudwatch_composite_alarm": (Call("cloudwatch", "PutCompositeAlarm", apart=TAGS),),
    "aws_cloudwatch_dashboard": (Call("cloudwatch", "PutDashboard"),),
    "aws_synthetics_canary": (Call("synthetics", "CreateCanary", apart=CANARY, prepare=_canary),),
    "aws_cloudtrail": (
        Call(
            "cloudtrail",
            "CreateTrail",
            {"enable_log_file_validation": "EnableLogFileValidation"},
            apart=TAGS,
        ),
    ),
    "aws_xray_group": (Call("xray", "CreateGroup", apart=TAGS),),
    "aws_xray_sampling_rule": (Call("xray", "CreateSamplingRule", apart=TAGS, under="SamplingRule"),),
    "aws_config_config_rule": (
        Call(
            "config",
            "PutConfigRule",
            {"name": "ConfigRuleName"},
            apart=TAGS,
            under="ConfigRule",
        ),
    ),
    "aws_config_configuration_recorder": (
        Call(
            "config",
            "PutConfigurationRecorder",
            {"recording_group.include_global_resource_types": "includeGlobalResourceTypes"},
            under="ConfigurationRecorder",
        ),
    ),
    "aws_config_configuration_recorder_status": (
        Call(
            "config",
            "StartConfigurationRecorder",
            {"name": "ConfigurationRecorderName"},
            apart=frozenset({"is_enabled"}),
        ),
    ),
    "aws_config_delivery_channel": (Call("config", "PutDeliveryChannel", under="DeliveryChannel"),),
}

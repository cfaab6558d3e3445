"""P10: who is called, and by what."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from failover.decision import PATIENCE_MS, Rule
from failover.loss import Loss
from lib.failover.log_metrics import PAGES
from runtime.metrics import MILLISECONDS, Meter
from tests.unit.synthesized import synthesize

LAMBDA = Path(__file__).parents[5] / "lambda"


def alarms_of(stack):
    return {
        name.removeprefix("payments-").removesuffix("-test"): alarm
        for name, alarm in stack.by("aws_cloudwatch_metric_alarm", "alarm_name").items()
    }


@pytest.mark.parametrize(
    ("alarm", "metric"),
    [("replication-lag", "AuroraGlobalDBReplicationLag"), ("rpo-lag", "AuroraGlobalDBRPOLag")],
)
def test_P10_a_lag_of_a_minute_is_sixty_thousand_milliseconds_of_the_regions_own_cluster(
    region, alarm, metric
):
    found = alarms_of(region)[alarm]
    assert (found["namespace"], found["metric_name"], found["statistic"]) == ("AWS/RDS", metric, "Maximum")
    assert (found["threshold"], found["comparison_operator"]) == (60000, "GreaterThanThreshold")
    assert found["dimensions"] == {
        "DBClusterIdentifier": region.only("aws_rds_cluster")["cluster_identifier"]
    }
    assert found["treat_missing_data"] == "notBreaching"
    assert "the writer now" in found["alarm_description"]


def test_P10_each_region_watches_its_way_to_the_other(stacks):
    alarms = [a for a in stacks["world"].all("aws_cloudwatch_metric_alarm") if "sessions" in a["alarm_name"]]
    ways = {alarm["provider"]: alarm["dimensions"]["ReceivingRegion"] for alarm in alarms}
    assert ways == {"aws.use1": "us-west-2", "aws.usw2": "us-east-1"}
    for alarm in alarms:
        assert (alarm["metric_name"], alarm["threshold"]) == ("ReplicationLatency", 60000)
        assert alarm["dimensions"]["TableName"] == "payments-sessions-test"
        (topic,) = alarm["alarm_actions"]
        assert f"cross-stack-reference-input-payments-{alarm['provider'][4:]}-test" in topic


def test_P10_every_function_is_watched_for_errors_throttles_and_its_timeout(region):
    alarms = alarms_of(region)
    for name, function in region.by("aws_lambda_function", "function_name").items():
        what = name.split("-")[1]
        for metric in ("errors", "throttles"):
            found = alarms[f"{what}-{metric}"]
            assert (found["statistic"], found["threshold"]) == ("Sum", 1)
            assert found["dimensions"] == {"FunctionName": name}
        duration = alarms[f"{what}-duration"]
        assert 0.9 * function["timeout"] < duration["threshold"] / 1000 < function["timeout"]


def test_a_keeper_that_lives_as_it_should_rings_no_alarm(region, settings):
    assert settings.protocol.keeper_lifetime_s * 1000 < alarms_of(region)["keeper-duration"]["threshold"]


def test_P10_payments_are_watched_by_route_so_that_health_checks_do_not_count(region):
    errors, latency = (alarms_of(region)[alarm] for alarm in ("api-errors", "api-latency"))
    route = {"Stage": "$default", "Method": "POST", "Resource": "/payments"}
    for alarm in (errors, latency):
        assert alarm["dimensions"].items() >= route.items()
        assert "POST /payments" in {r["route_key"] for r in region.all("aws_apigatewayv2_route")}
    assert (errors["metric_name"], errors["statistic"]) == ("5xx", "Sum")
    assert (latency["metric_name"], latency["extended_statistic"]) == ("Latency", "p99")
    assert "statistic" not in latency
    assert region.only("aws_apigatewayv2_stage")["default_route_settings"]["detailed_metrics_enabled"] is True


def filters_of(region):
    return {
        f["metric_transformation"]["name"]: f
        for f in region.by("aws_cloudwatch_log_metric_filter", "name").values()
    }


def test_P10_ledger_writes_that_fail_are_counted_by_the_words_that_the_function_writes(region):
    pattern = filters_of(region)["LedgerWriteFailures"]["pattern"]
    words = re.findall(r'"([^"]+)"', pattern)
    source = (LAMBDA / "intake" / "request_flow.py").read_text()
    assert words
    assert all(f'logger.warning("{said}"' in source for said in words)
    assert alarms_of(region)["ledger-writes"]["metric_name"] == "LedgerWriteFailures"


def test_P10_a_reconciler_that_falls_behind_is_seen_by_the_figure_that_it_writes(region, settings, capsys):
    names = SimpleNamespace(system=settings.system, parameter_prefix=settings.parameter_prefix)
    Meter(names).record({"WatermarkAge": (MILLISECONDS, 1)})
    line = json.loads(capsys.readouterr().out)
    [told] = line["_aws"]["CloudWatchMetrics"]
    alarm = alarms_of(region)["watermark-age"]
    assert (alarm["namespace"], alarm["metric_name"]) == (told["Namespace"], told["Metrics"][0]["Name"])
    assert alarm["dimensions"] == {name: line[name] for [name] in told["Dimensions"]}
    assert '"WatermarkAge"' in (LAMBDA / "durable" / "composition.py").read_text()


def test_P10_the_keeper_pages_by_the_codes_that_it_writes(region):
    keepers = [page for page in PAGES if page.function == "keeper"]
    assert {page.rule for page in keepers} <= set(Rule)
    pages = {
        re.search(r"Rule\.(\w+)", line)[1]
        for line in (LAMBDA / "failover" / "decision.py").read_text().splitlines()
        if "Decision(Action.PAGE" in line
    }
    assert {Rule[name] for name in pages} | set(PATIENCE_MS) == {page.rule for page in keepers}
    assert {page.rule for page in PAGES} - set(Rule) == {Loss.OVER_BUDGET}
    for page in PAGES:
        counted = filters_of(region)[page.metric]
        assert counted["pattern"] == f'{{ $.level = "ERROR" && $.rule = "{page.rule}" }}'
        assert page.function in counted["log_group_name"]
        assert alarms_of(region)[f"{page.function}-{page.code.lower()}"]["metric_name"] == page.metric


def test_P10_the_keepers_lines_are_those_that_are_counted():
    source = (LAMBDA / "failover" / "keeper.py").read_text()
    assert "log(TURN, extra=line)" in source
    assert "EXPIRES_IN: " in source
    assert "CLOCK_OFF: " in source
    assert "if decision.calls" in source


def test_P10_what_is_counted_is_what_the_alarms_measure(region):
    counted = {(f["metric_transformation"]["namespace"], name) for name, f in filters_of(region).items()}
    measured = {
        (alarm["namespace"], alarm["metric_name"])
        for alarm in alarms_of(region).values()
        if not alarm["namespace"].startswith("AWS/") and not alarm.get("dimensions")
    }
    assert counted == measured


def test_P10_a_keeper_that_says_nothing_rings(region):
    silent = alarms_of(region)["keeper-silent"]
    assert (silent["treat_missing_data"], silent["comparison_operator"]) == ("breaching", "LessThanThreshold")


def test_P10_health_checks_are_watched_where_their_metrics_are(stacks):
    world = stacks["world"]
    (provider,) = [p for p in world.document["provider"]["aws"] if p.get("alias") == "health"]
    assert provider["region"] == "us-east-1"
    alarms = [a for a in world.all("aws_cloudwatch_metric_alarm") if a["namespace"] == "AWS/Route53"]
    assert {a["alarm_name"] for a in alarms} == {"payments-health-use1-test", "payments-health-usw2-test"}
    checked = {alarm["dimensions"]["HealthCheckId"] for alarm in alarms}
    assert checked == {record["health_check_id"] for record in world.all("aws_route53_record")}
    (topic,) = {tuple(alarm["alarm_actions"]) for alarm in alarms}
    address = topic[0].split(".")[1]
    for what in [*alarms, world.document["resource"]["aws_sns_topic"][address]]:
        assert what["provider"] == "aws.health"


def test_P10_one_alarm_says_that_the_region_is_impaired(region):
    impaired = region.only("aws_cloudwatch_composite_alarm")
    addresses = re.findall(r"aws_cloudwatch_metric_alarm\.([\w-]+)\.alarm_name", impaired["alarm_rule"])
    alarms = region.document["resource"]["aws_cloudwatch_metric_alarm"]
    rung_by = {alarms[address]["alarm_name"].split("-", 1)[1] for address in addresses}
    assert rung_by == {
        f"{what}-test"
        for what in ("service-errors", "api-errors", "ledger-writes", "takeover-held", "keeper-silent")
    }


def test_P10_topics_are_encrypted_and_only_alarms_of_this_account_write_to_them(resources):
    topics = [r for r in resources if r.type == "aws_sns_topic"]
    policies = [json.loads(r.body["policy"]) for r in resources if r.type == "aws_sns_topic_policy"]
    assert len(topics) == len(policies) == 5
    assert all(topic.body["kms_master_key_id"].startswith("${aws_kms_key.") for topic in topics)
    by_alarms = [p["Statement"] for p in policies if "cloudwatch.amazonaws.com" in json.dumps(p)]
    assert len(by_alarms) == 3
    for allow, deny in by_alarms:
        assert allow["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        assert allow["Condition"].keys() == {"StringEquals", "ArnLike"}
        assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_P10_alarms_may_use_the_key_of_their_topic(stacks):
    for code in ("use1", "usw2", "world"):
        key = json.loads(stacks[code].only("aws_kms_key")["policy"])
        assert "cloudwatch.amazonaws.com" in json.dumps(key)


def test_P10_a_letter_goes_out_when_the_settings_name_somebody(settings, functions, tmp_path, stacks):
    named = settings.alarms.model_copy(update={"email": "on-call@example.com"})
    with_letters = synthesize(settings.model_copy(update={"alarms": named}), functions, tmp_path)
    for code in ("use1", "usw2", "world"):
        letter = with_letters[code].only("aws_sns_topic_subscription")
        assert (letter["protocol"], letter["endpoint"]) == ("email", "on-call@example.com")
        assert not stacks[code].all("aws_sns_topic_subscription")


def test_every_alarm_is_told_when_it_ends(resources):
    alarms = [r.body for r in resources if "_alarm" in r.type]
    assert all(alarm["alarm_actions"] == alarm["ok_actions"] for alarm in alarms)


def test_no_alarm_calculates(resources):
    assert not [str(r) for r in resources if r.type.endswith("metric_alarm") and "metric_query" in r.body]

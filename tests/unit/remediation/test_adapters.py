"""What AWS says becomes facts, and decisions become calls; both are checked against AWS's own models."""

from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from botocore.stub import ANY, Stubber

from remediation import handler
from remediation.database_sensors import DatabaseSensors
from remediation.effectors import Effectors, Pager
from remediation.fleet_sensors import FleetSensors
from remediation.observation import DatabaseSeen, Instance, Missing, Mode, Symptom
from remediation.rules import Action, Decision, Rule
from remediation.sensors import Names, Sensors
from remediation.settings import Settings
from runtime.environment import BadEnvironment
from runtime.parameters import ParameterUnavailable
from tests.unit import emulated

from .conftest import NOW

AT = datetime.fromtimestamp(NOW / 1000, UTC)
NAMES = Names(
    alarm_prefix="webapp-",
    alarm_suffix="-use1-test",
    primary="main",
    replica="copy",
    writer_name="db.example.internal",
)
ALARM = "webapp-unhealthy-targets-use1-test"


class Aws:
    """Clients that answer what a test queued, in order, and refuse anything else."""

    def __init__(self) -> None:
        names = ("autoscaling", "cloudwatch", "ec2", "elbv2", "rds", "route53", "sns")
        self.clients = SimpleNamespace(**{name: emulated.client(name) for name in names})
        self._stubs = {name: Stubber(client) for name, client in vars(self.clients).items()}
        for stub in self._stubs.values():
            stub.activate()

    def answers(self, service: str, method: str, answer: dict, expected: dict | None = None) -> None:
        self._stubs[service].add_response(method, answer, expected)

    def refuses(self, service: str, method: str, code: str = "Throttling") -> None:
        self._stubs[service].add_client_error(method, code)

    def end(self) -> None:
        for stub in self._stubs.values():
            stub.deactivate()
        for stub in self._stubs.values():
            stub.assert_no_pending_responses()


@pytest.fixture
def aws():
    aws = Aws()
    yield aws
    aws.end()


@pytest.fixture
def fleet(aws):
    c = aws.clients
    arn = "arn:aws:elasticloadbalancing:r:1:targetgroup/web/1"
    return FleetSensors(c.autoscaling, c.elbv2, c.ec2, group="web", target_group=arn)


@pytest.fixture
def databases(aws):
    c = aws.clients
    return DatabaseSensors(c.rds, c.cloudwatch, c.route53, zone="Z1")


@pytest.fixture
def sensors(aws, fleet, databases):
    parameters = SimpleNamespace(get=lambda name: {"remediation/mode": "on"}[name])
    return Sensors(
        NAMES, cloudwatch=aws.clients.cloudwatch, parameters=parameters, fleet=fleet, databases=databases
    )


def member(id_, state="InService"):
    return {
        "InstanceId": id_,
        "LifecycleState": state,
        "AvailabilityZone": "a",
        "HealthStatus": "Healthy",
        "ProtectedFromScaleIn": False,
    }


def activity(description, status):
    return {
        "ActivityId": "1",
        "AutoScalingGroupName": "web",
        "Cause": "x",
        "StartTime": AT,
        "Description": description,
        "StatusCode": status,
    }


def tell_of_a_fleet(aws, members, activities=()):
    group = {
        "AutoScalingGroupName": "web",
        "MinSize": 1,
        "MaxSize": 6,
        "DesiredCapacity": 3,
        "DefaultCooldown": 1,
        "AvailabilityZones": [],
        "HealthCheckType": "ELB",
        "CreatedTime": AT,
        "Instances": members,
    }
    aws.answers("autoscaling", "describe_auto_scaling_groups", {"AutoScalingGroups": [group]})
    states = {"i-1": "healthy", "i-2": "unhealthy", "i-3": "initial", "i-4": "unavailable"}
    health = [
        {"Target": {"Id": id_}, "TargetHealth": {"State": state}} for id_, state in states.items() if members
    ]
    aws.answers("elbv2", "describe_target_health", {"TargetHealthDescriptions": health})
    if members:
        status = [
            {"InstanceId": id_, "InstanceStatus": {"Status": one}, "SystemStatus": {"Status": "ok"}}
            for id_, one in (("i-1", "ok"), ("i-2", "impaired"))
        ]
        aws.answers("ec2", "describe_instance_status", {"InstanceStatuses": status})
    aws.answers("autoscaling", "describe_scaling_activities", {"Activities": list(activities)})


def test_a_group_is_what_scaling_balancer_and_status_checks_say(aws, fleet):
    members = [member(f"i-{n}") for n in range(1, 6)] + [member("i-6", "Pending")]
    tell_of_a_fleet(aws, members, [activity("Launching a new EC2 instance", "Failed")])
    group = fleet.group()
    assert (group.desired, group.maximum, group.launches_fail) == (3, 6, True)
    assert group.serving == (
        Instance(id="i-1", in_service=True, healthy=True, impaired=False),
        Instance(id="i-2", in_service=True, healthy=False, impaired=True),
        Instance(id="i-4", in_service=True),
        Instance(id="i-5", in_service=True),
    )


@pytest.mark.parametrize(
    ("activities", "fail"),
    [
        ([], False),
        ([activity("Terminating EC2 instance", "Failed")], False),
        ([activity("Launching x", "Successful"), activity("Launching y", "Failed")], False),
        ([activity("Terminating x", "Successful"), activity("Launching y", "Failed")], True),
    ],
)
def test_the_newest_launch_says_whether_launches_fail(aws, fleet, activities, fail):
    tell_of_a_fleet(aws, [], activities)
    assert fleet.group().launches_fail is fail


def test_a_group_that_is_not_there_is_not_seen(aws, fleet):
    aws.answers("autoscaling", "describe_auto_scaling_groups", {"AutoScalingGroups": []})
    with pytest.raises(LookupError, match="there is no group web"):
        fleet.group()


def test_a_database_is_what_RDS_says(aws, databases):
    told = {
        "DBInstanceStatus": "available",
        "Endpoint": {"Address": "main.aws", "Port": 5432},
        "MultiAZ": True,
        "ReadReplicaSourceDBInstanceIdentifier": "other",
    }
    aws.answers("rds", "describe_db_instances", {"DBInstances": [told]}, {"DBInstanceIdentifier": "main"})
    assert databases.database("main") == DatabaseSeen(
        id="main", status="available", host="main.aws", multi_az=True, source="other"
    )
    aws.answers("rds", "describe_db_instances", {"DBInstances": [{"DBInstanceStatus": "creating"}]})
    assert databases.database("main") == DatabaseSeen(id="main", status="creating", host="")


@pytest.mark.parametrize("code", ["DBInstanceNotFound", "DBInstanceNotFoundFault"])
def test_a_database_is_gone_only_when_RDS_says_so(aws, databases, code):
    aws.refuses("rds", "describe_db_instances", code)
    assert databases.database("main") is Missing.GONE
    aws.refuses("rds", "describe_db_instances")
    with pytest.raises(aws.clients.rds.exceptions.ClientError):
        databases.database("main")


@pytest.mark.parametrize(("figures", "lag"), [([], None), ([(1, 9.0), (2, 4.0)], 4.0), ([(1, -1.0)], None)])
def test_the_lag_is_the_newest_figure(aws, databases, figures, lag):
    points = [{"Timestamp": datetime(2026, 1, 1, 0, n, tzinfo=UTC), "Maximum": one} for n, one in figures]
    aws.answers("cloudwatch", "get_metric_statistics", {"Label": "x", "Datapoints": points})
    assert databases.lag_s("copy", at_ms=NOW) == lag


@pytest.mark.parametrize(
    ("name", "type_", "host"),
    [
        ("db.example.internal.", "CNAME", "main.aws"),
        ("db.example.internal.", "TXT", ""),
        ("dc.example.internal.", "CNAME", ""),
    ],
)
def test_the_name_leads_where_its_record_says(aws, databases, name, type_, host):
    record = {"Name": name, "Type": type_, "TTL": 5, "ResourceRecords": [{"Value": "main.aws."}]}
    answer = {"ResourceRecordSets": [record], "IsTruncated": False, "MaxItems": "1"}
    aws.answers("route53", "list_resource_record_sets", answer)
    assert databases.points_at("db.example.internal") == host


def test_a_zone_without_records_leads_nowhere(aws, databases):
    answer = {"ResourceRecordSets": [], "IsTruncated": False, "MaxItems": "1"}
    aws.answers("route53", "list_resource_record_sets", answer)
    assert databases.points_at("db.example.internal") == ""


def alarm(state="ALARM", name=ALARM):
    return {"AlarmName": name, "StateValue": state, "StateUpdatedTimestamp": AT}


def test_W07_an_alarm_about_instances_is_seen_with_the_group(aws, sensors):
    aws.answers("cloudwatch", "describe_alarms", {"MetricAlarms": [alarm()]})
    tell_of_a_fleet(aws, [])
    seen = sensors.observe(ALARM, at_ms=NOW)
    assert (seen.symptom, seen.ringing, seen.rings_since_ms) == (Symptom.UNHEALTHY_TARGETS, True, NOW)
    assert (seen.mode, seen.group.name, seen.primary) == (Mode.ON, "web", None)


def test_W07_an_alarm_about_a_database_is_seen_with_both_and_the_name(aws, sensors):
    transition = {**alarm("OK", "webapp-writer-unreachable-use1-test"), "StateTransitionedTimestamp": AT}
    aws.answers("cloudwatch", "describe_alarms", {"MetricAlarms": [transition]})
    for status in ("available", "rebooting"):
        aws.answers("rds", "describe_db_instances", {"DBInstances": [{"DBInstanceStatus": status}]})
    aws.answers("cloudwatch", "get_metric_statistics", {"Label": "x", "Datapoints": []})
    aws.refuses("route53", "list_resource_record_sets")
    seen = sensors.observe("webapp-writer-unreachable-use1-test", at_ms=NOW)
    assert (seen.ringing, seen.group, seen.points_at) == (False, None, None)
    assert (seen.primary.status, seen.replica.status) == ("available", "rebooting")


def test_what_cannot_be_read_is_unknown(aws, sensors):
    aws.refuses("cloudwatch", "describe_alarms")
    aws.refuses("autoscaling", "describe_auto_scaling_groups")
    seen = sensors.observe(ALARM, at_ms=NOW)
    assert (seen.ringing, seen.rings_since_ms, seen.group) == (None, None, None)
    aws.answers("cloudwatch", "describe_alarms", {"MetricAlarms": []})
    aws.answers("autoscaling", "describe_auto_scaling_groups", {"AutoScalingGroups": []})
    seen = sensors.observe(ALARM, at_ms=NOW)
    assert (seen.ringing, seen.group) == (None, None)
    aws.refuses("cloudwatch", "describe_alarms")
    assert sensors.ringing() is None


@pytest.mark.parametrize("value", ["", "sometimes", None])
def test_a_mode_that_is_none_is_unknown(aws, fleet, databases, value):
    def get(name):
        if value is None:
            raise ParameterUnavailable(name)
        return value

    sensors = Sensors(
        NAMES,
        cloudwatch=aws.clients.cloudwatch,
        parameters=SimpleNamespace(get=get),
        fleet=fleet,
        databases=databases,
    )
    aws.answers("cloudwatch", "describe_alarms", {"MetricAlarms": []})
    assert sensors.observe("webapp-other-use1-test", at_ms=NOW).mode is None


def test_only_alarms_of_this_system_are_looked_at(aws, sensors):
    others = ["webapp-unhealthy-targets-use1-prod", "webapp-budget-use1-test", "other"]
    found = [alarm(name=name) for name in [ALARM, *others]]
    expected = {"AlarmNamePrefix": "webapp-", "StateValue": "ALARM"}
    aws.answers("cloudwatch", "describe_alarms", {"MetricAlarms": found}, expected)
    assert sensors.ringing() == (ALARM,)
    assert NAMES.symptom("webapp--use1-test") is None


@contextmanager
def acting(aws):
    c = aws.clients
    yield Effectors(
        autoscaling=c.autoscaling, ec2=c.ec2, rds=c.rds, route53=c.route53, zone="Z1", backup_days=7
    )


CHANGE = {"ChangeInfo": {"Id": "1", "Status": "PENDING", "SubmittedAt": AT}}
RECORD = {"Name": "r", "Type": "CNAME", "TTL": 5, "ResourceRecords": [{"Value": "4"}]}


@pytest.mark.parametrize(
    ("action", "service", "method", "expected", "answer"),
    [
        (Action.REBOOT_INSTANCE, "ec2", "reboot_instances", {"InstanceIds": ["r"]}, {}),
        (
            Action.REPLACE_INSTANCE,
            "autoscaling",
            "set_instance_health",
            {"InstanceId": "r", "HealthStatus": "Unhealthy", "ShouldRespectGracePeriod": False},
            {},
        ),
        (
            Action.SCALE_OUT,
            "autoscaling",
            "set_desired_capacity",
            {"AutoScalingGroupName": "r", "DesiredCapacity": 4, "HonorCooldown": False},
            {},
        ),
        (
            Action.FAIL_OVER,
            "rds",
            "reboot_db_instance",
            {"DBInstanceIdentifier": "r", "ForceFailover": True},
            {},
        ),
        (
            Action.PROMOTE_REPLICA,
            "rds",
            "promote_read_replica",
            {"DBInstanceIdentifier": "r", "BackupRetentionPeriod": 7},
            {},
        ),
        (Action.REBOOT_REPLICA, "rds", "reboot_db_instance", {"DBInstanceIdentifier": "r"}, {}),
        (
            Action.POINT_NAME,
            "route53",
            "change_resource_record_sets",
            {
                "HostedZoneId": "Z1",
                "ChangeBatch": {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": RECORD}]},
            },
            CHANGE,
        ),
    ],
)
def test_W08_each_action_is_one_call(aws, action, service, method, expected, answer):  # noqa: PLR0917 - a table
    aws.answers(service, method, answer, expected)
    with acting(aws) as effectors:
        effectors.apply(Decision(action=action, rule=Rule.REBOOT, reason="", resource="r", value="4"))


def test_every_action_that_changes_something_can_be_carried_out(aws):
    with acting(aws) as effectors:
        assert all(effectors._call(action) for action in Action if action.changes)


def test_a_person_is_told_what_is_wrong_and_where_to_read_on(aws, hook):
    sent = {"TopicArn": "arn:aws:sns:r:1:pages", "Subject": ANY, "Message": ANY}
    aws.answers("sns", "publish", {"MessageId": "1"}, sent)
    told = []
    hook(aws.clients.sns, "provide-client-params.sns.Publish", lambda params, **_: told.append(params))
    pager = Pager(aws.clients.sns, "arn:aws:sns:r:1:pages")
    pager.call(
        Decision(action=Action.PAGE, rule=Rule.MOST_SICK, reason="2 of 3"), alarm="a\n\ud800" + "a" * 200
    )
    assert told[0]["Subject"].startswith("M21_most_sick: a\\n\\ud800aaa")
    assert len(told[0]["Subject"]) == 99
    assert "2 of 3\n" in told[0]["Message"]
    assert "docs/runbooks/webapp/M21.md" in told[0]["Message"]


ENVIRONMENT = {
    "PARAMETER_PREFIX": "/webapp-test",
    "ALARM_PREFIX": "webapp-",
    "ALARM_SUFFIX": "-use1-test",
    "PRIMARY_DATABASE": "main",
    "REPLICA_DATABASE": "copy",
    "WRITER_NAME": "db.example.internal",
    "MAY_PROMOTE": "no",
    "MOST_LAG_SECONDS": "60",
    "BACKUP_RETENTION_DAYS": "7",
    "GROUP": "web",
    "TARGET_GROUP": "arn:tg",
    "ZONE_ID": "Z1",
    "ACTIONS_TABLE": "actions",
    "TOPIC": "arn:topic",
}


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_a_variable_that_is_missing_is_named(name):
    with pytest.raises(BadEnvironment, match=name):
        Settings.from_env({**ENVIRONMENT, name: ""})


@pytest.mark.parametrize(("name", "value"), [("MAY_PROMOTE", "true"), ("MOST_LAG_SECONDS", "-1")])
def test_a_variable_that_is_no_such_value_is_named_with_it(name, value):
    with pytest.raises(BadEnvironment, match=f"{name} must be .*{value}"):
        Settings.from_env({**ENVIRONMENT, name: value})


def test_the_function_is_composed_of_its_environment(monkeypatch):
    for name, value in {**ENVIRONMENT, "AWS_REGION": "us-east-1"}.items():
        monkeypatch.setenv(name, value)
    made = []
    client = lambda service, **limits: made.append((service, limits)) or SimpleNamespace()  # noqa: E731
    monkeypatch.setattr(handler, "client", client)
    handler._turn.cache_clear()
    turn = handler._turn()
    handler._turn.cache_clear()
    assert turn.policy.may_promote is False
    assert ("rds", {"read_timeout": 10.0, "attempts": 1}) in made


def test_the_function_returns_what_became_of_each_alarm(monkeypatch):
    monkeypatch.setattr(handler, "_turn", lambda: SimpleNamespace(run=lambda event: [event]))
    assert handler.handler({"alarm": "x"}, None) == [{"alarm": "x"}]

"""W07, W08: what drills do to the web application, and what they learn of remediation."""

from types import SimpleNamespace

import pytest
from moto import mock_aws

from gameday.errors import FaultRefused, ObservationFailed
from gameday.targets.webapp import actions
from gameday.targets.webapp.home import lead_home
from gameday.targets.webapp.scenarios import SCENARIOS, grown
from gameday.targets.webapp.world import WebWorld
from remediation.record import Record
from remediation.rules import Action, Decision, Rule
from tests.unit import emulated
from tests.unit.gameday.targets.webapp.web_record import BEFORE, LESS

NAMES = ("webapp-saturated-dev", "webapp-slow-dev", "webapp-unhealthy-targets-dev")


class World(WebWorld):
    """Its cloud is moto's, and its fleet only writes down what is ordered."""

    def __init__(self):
        super().__init__(
            state=SimpleNamespace(),
            name="www.dev.test",
            region="us-east-1",
            other="us-west-2",
            outputs={
                "system": "webapp",
                "group_name": "web",
                "target_group": "arn",
                "writer_database": "board-0",
                "files_bucket": "files",
                "copies_bucket": "copies",
                "writer_name": "db.internal.test",
            },
            actions_table="webapp-actions-dev",
        )
        self.ordered, self.sizes = [], []

    def client(self, service, region=""):
        if service == "autoscaling":
            return SimpleNamespace(set_desired_capacity=lambda **told: self.sizes.append(told))
        return emulated.client(service, region) if region else emulated.client(service)

    def group(self):
        return {"AutoScalingGroupName": "web", "DesiredCapacity": 3}

    def serving(self):
        return ["i-1", "i-2"]

    def trouble(self, name, **told):
        self.ordered.append((name, told))


@pytest.fixture
def world():
    with mock_aws():
        for name in NAMES:
            emulated.client("cloudwatch").put_metric_alarm(
                AlarmName=name,
                Namespace="n",
                MetricName="m",
                Statistic="Sum",
                Period=60,
                EvaluationPeriods=1,
                Threshold=1,
                ComparisonOperator="GreaterThanThreshold",
            )
        emulated.client("dynamodb").create_table(
            TableName="webapp-actions-dev",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "resource", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "resource", "AttributeType": "S"}],
        )
        yield World()


def ringing():
    found = emulated.client("cloudwatch").describe_alarms(StateValue="ALARM")["MetricAlarms"]
    return [alarm["AlarmName"] for alarm in found]


def test_one_alarm_rings_three_times_and_all_at_once_and_the_group_is_left_as_it_was(world, monkeypatch):
    set_, told = emulated.client("cloudwatch").set_alarm_state, []
    monkeypatch.setattr(
        emulated.client("cloudwatch"), "set_alarm_state", lambda **one: (told.append(one), set_(**one))
    )
    assert "rings three times, and all 3 alarms at once" in actions.ring_again_and_again(world)
    states = [one["StateValue"] for one in told if one["AlarmName"] == NAMES[0]]
    assert states == ["ALARM", "OK", "ALARM", "OK", "ALARM", "ALARM"]
    assert ringing() == list(NAMES)
    actions.silence(world)
    assert ringing() == []
    world.withdraw()
    assert world.sizes == [{"AutoScalingGroupName": "web", "DesiredCapacity": 3}]


def test_what_remediation_did_is_read_from_its_own_table_without_its_pages(world):
    record = Record(emulated.client("dynamodb"), world.actions_table)
    done = Decision(action=Action.SCALE_OUT, rule=Rule.SCALE_OUT, reason="", resource="web", value="4")
    paged = Decision(action=Action.PAGE, rule=Rule.MOST_SICK, reason="")
    assert record.claim(done, alarm=NAMES[0], at_ms=20_000)
    assert record.claim_page(paged, alarm=NAMES[2], at_ms=20_000)
    record.ended("web", "accepted")
    assert world.actions(since=10.0) == ("M32_scale_out web: accepted",)
    assert world.actions(since=30.0) == ()


def test_a_table_that_is_not_there_is_no_table_without_actions(world):
    world.actions_table = "another"
    with pytest.raises(ObservationFailed, match="the actions cannot be read"):
        world.actions(since=0.0)


def test_an_instance_dies_where_none_can_be_launched_and_later_one_can(world):
    assert actions.kill_instance_for_good(world) == "instance i-1 killed, launches refused"
    actions.allow_launches(world)
    assert world.ordered == [
        ("launches-refused", {"zones": ["*"]}),
        ("instance-kill", {"instance": "i-1"}),
        ("launches-refused", {"zones": []}),
    ]


def create_writer():
    emulated.client("rds").create_db_instance(
        DBInstanceIdentifier="board-0",
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="board",
        MasterUserPassword="secret-word",
        AvailabilityZone="us-east-1b",
    )


def test_a_promotion_is_typed_by_an_operator_and_the_name_is_led_home_when_all_is_healed(world, monkeypatch):
    create_writer()
    typed = []
    monkeypatch.setattr(
        type(actions.PROMOTION), "type", lambda self, *_: typed.append(self.words) or "exit codes 0"
    )
    assert actions.lose_writer(world) == "board-0 lost with its second copy"
    assert actions.promote_replica(world) == "operator: dr promote-replica; exit codes 0"
    assert world.ordered == [("database-lost", {})]
    assert typed == [("promote-replica", "--yes")]
    route53 = emulated.client("route53")
    zone = route53.create_hosted_zone(Name="internal.test", CallerReference="one")["HostedZone"]["Id"]
    world.outputs["internal_zone_id"] = zone.rpartition("/")[2]
    lead_home(world)
    (led,) = [
        one
        for one in route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        if one["Type"] == "CNAME"
    ]
    assert led["ResourceRecords"][0]["Value"].startswith("board-0.")


def test_a_name_that_cannot_be_led_home_is_no_success(world):
    with pytest.raises(FaultRefused, match="cannot be led home"):
        lead_home(world)


def test_the_writers_zone_is_lost_with_its_instances_and_the_writer_comes_back_elsewhere(world):
    create_writer()
    assert actions.lose_zone(world) == "zone us-east-1b lost, machine of board-0 lost"
    assert world.ordered == [
        ("zone-kill", {"zone": "us-east-1b"}),
        ("database-away", {"standby_s": actions.STANDBY_S}),
    ]


def test_a_file_that_waits_for_its_copy_is_looked_for_in_the_other_region(world):
    with pytest.raises(FaultRefused, match="no file can be written"):
        actions.cut_copies(world)
    assert world.copied() is None
    here, there = emulated.client("s3"), emulated.client("s3", "us-west-2")
    here.create_bucket(Bucket="files")
    there.create_bucket(Bucket="copies", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    assert actions.cut_copies(world).startswith("the way of copies is cut, and files/")
    assert world.copied() is False
    key = world.written.key
    there.put_object(Bucket="copies", Key=key, Body=b"something else")
    assert world.copied() is False
    there.put_object(Bucket="copies", Key=key, Body=here.get_object(Bucket="files", Key=key)["Body"].read())
    assert world.copied() is True
    actions.mend_copies(world)
    assert [told["cut"] for name, told in world.ordered] == [True, True, False]


def test_a_group_has_grown_when_the_new_instance_serves():
    assert not grown([BEFORE, LESS])
    assert not grown([BEFORE, SimpleNamespace(desired=4, whole=False)])
    assert grown([BEFORE, SimpleNamespace(desired=4, whole=True)])


def test_every_drill_ends_after_its_last_step():
    for scenario in SCENARIOS.values():
        assert scenario.steps[-1].after_s < scenario.at_most_s, scenario.code


def test_all_instances_are_killed_but_one_that_the_group_ends_by_itself(world, monkeypatch):
    states = {"i-1": "InService", "i-2": "Pending:Wait", "i-3": "Terminating:Wait", "i-4": "Terminated"}
    group = {"Instances": [{"InstanceId": id_, "LifecycleState": state} for id_, state in states.items()]}
    monkeypatch.setattr(world, "group", lambda: group)
    assert actions.kill_everything(world) == "2 instances killed, launches refused"
    assert world.ordered == [
        ("launches-refused", {"zones": ["*"]}),
        ("instance-kill", {"instance": "i-1"}),
        ("instance-kill", {"instance": "i-2"}),
    ]

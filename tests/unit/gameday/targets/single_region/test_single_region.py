"""S02 S12: what drills see of the single-region system, what they do to it, and what they are judged by."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from gameday.errors import FaultRefused, ObservationFailed
from gameday.judge.summary import Objectives, Terraform
from gameday.judge.web import judge
from gameday.targets.single_region.actions import EXITS, FAILOVER_S, FAILS, HANGS
from gameday.targets.single_region.events import EACH_ONCE
from gameday.targets.single_region.scenarios import SCENARIOS, TAKEN_BACK_S, WRITES_S
from gameday.targets.single_region.world import TaskWorld
from gameday.targets.webapp import asking
from tests.unit.gameday.targets.webapp.web_record import FAULT, entries, record, visit, visits

REFUSED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeServices")


def task(number, **changed):
    return {
        "taskArn": f"arn:aws:ecs:us-east-1:1:task/all/{number}",
        "lastStatus": "RUNNING",
        "healthStatus": "HEALTHY",
        "attachments": [{"details": [{"name": "privateIPv4Address", "value": f"10.0.0.{number}"}]}],
        **changed,
    }


class Aws:
    """Answers as the services do that a look asks."""

    def __init__(self):
        self.tasks = [task(1), task(2), task(3)]
        self.targets = {"10.0.0.1": "healthy", "10.0.0.2": "healthy", "10.0.0.3": "healthy"}
        self.rollout, self.refuses, self.executions, self.done = "COMPLETED", False, [], []
        self.events = []

    def describe_services(self, **_):
        if self.refuses:
            raise REFUSED
        deployment = {"status": "PRIMARY", "rolloutState": self.rollout}
        return {"services": [{"desiredCount": 3, "taskDefinition": "web:1", "deployments": [deployment]}]}

    def list_tasks(self, **_):
        return {"taskArns": [one["taskArn"] for one in self.tasks]}

    def describe_tasks(self, **_):
        return {"tasks": self.tasks}

    def describe_target_health(self, **_):
        told = self.targets.items()
        return {
            "TargetHealthDescriptions": [
                {"Target": {"Id": name}, "TargetHealth": {"State": state}} for name, state in told
            ]
        }

    def describe_target_groups(self, **_):
        return {"TargetGroups": [{"HealthCheckIntervalSeconds": 10, "UnhealthyThresholdCount": 2}]}

    def describe_alarms(self, **_):
        return {"MetricAlarms": [{"AlarmName": "slow"}]}

    def describe_task_definition(self, **_):
        container = {"name": "web", "command": ["good"]}
        told = {"family": "web", "revision": 1, "containerDefinitions": [container], "taskRoleArn": "a/role"}
        return {"taskDefinition": told}

    def register_task_definition(self, **told):
        self.done.append(("register", told))
        return {"taskDefinition": {"taskDefinitionArn": "arn:aws:ecs:us-east-1:1:task-definition/web:2"}}

    def deregister_task_definition(self, **told):
        self.done.append(("deregister", told["taskDefinition"].rpartition("/")[2]))

    def update_service(self, **told):
        if self.refuses:
            raise REFUSED
        self.done.append(("update", told.get("taskDefinition", "the same").rpartition("/")[2]))

    def list_executions(self, **_):
        if self.refuses:
            raise REFUSED
        return {"executions": self.executions}

    def describe_execution(self, *, executionArn):  # noqa: N803 - AWS's word
        if executionArn == "first":
            return {"status": "SUCCEEDED", "output": '{"verdict": {"rule": "H43_visitors_fail"}}'}
        return {"status": "RUNNING"}

    def describe_events(self, **asked):
        assert asked["SourceIdentifier"] == "database"
        return {"Events": self.events}

    def put_role_policy(self, **told):
        if self.refuses:
            raise REFUSED
        self.done.append(("broken", told["RoleName"]))

    def delete_role_policy(self, **told):
        self.done.append(("mended", told["RoleName"]))

    def get_canary(self, **_):
        return {"Canary": {"Schedule": {"Expression": "rate(5 minutes)"}}}

    def update_canary(self, **told):
        self.done.append((told["Name"], told["Schedule"]["Expression"]))

    def describe_db_instances(self, **asked):
        zone = {"database-1": "us-east-1b"}[asked["DBInstanceIdentifier"]]
        return {"DBInstances": [{"AvailabilityZone": zone}]}

    def describe_db_clusters(self, **_):
        members = [("database-0", False), ("database-1", True)]
        told = [{"DBInstanceIdentifier": name, "IsClusterWriter": writes} for name, writes in members]
        return {"DBClusters": [{"DBClusterMembers": told}]}


class World(TaskWorld):
    """Its AWS is the one above, and its local cloud only writes down what is ordered."""

    def __init__(self):
        super().__init__(
            state=SimpleNamespace(dns_port=1),
            name="www.dev.test",
            region="us-east-1",
            other="us-east-1",
            outputs={
                "cluster_name": "all",
                "target_group": "arn",
                "database_cluster": "database",
                "healing_machine": "arn",
                "canary_name": "visitor",
            },
            service="web",
            inner="sessions",
        )
        self.aws, self.ordered = Aws(), []

    def client(self, service, region=""):
        return self.aws

    def trouble(self, name, **told):
        self.ordered.append((name, told))


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr(asking, "version", lambda _: "abc")
    monkeypatch.setattr("localcloud.systems.site.Site.leads_to", lambda _: None)
    return World()


def test_S02_a_task_serves_when_it_and_its_balancer_say_so(world):
    look = world.look()
    assert look.whole
    assert (look.desired, look.template, look.refresh, look.version) == (3, "web:1", "", "abc")
    world.aws.targets["10.0.0.1"] = "draining"
    assert not world.look().whole
    world.aws.targets["10.0.0.1"] = "healthy"
    world.aws.tasks[0] = task(1, healthStatus="UNKNOWN")
    assert not world.look().whole
    world.aws.tasks[0] = task(1, lastStatus="STOPPED")
    assert len(world.look().in_service) == 2
    world.aws.rollout = "IN_PROGRESS"
    assert world.look().refresh == "InProgress"


def test_a_look_that_is_refused_is_none(world):
    world.aws.refuses = True
    with pytest.raises(ObservationFailed, match="AccessDenied"):
        world.look()
    with pytest.raises(ObservationFailed, match="AccessDenied"):
        world.actions(0.0)


def test_executions_of_the_healing_machine_since_the_fault_are_told(world):
    world.aws.executions = [
        {"name": name, "executionArn": name, "startDate": datetime.fromtimestamp(at, UTC)}
        for name, at in (("later", 1010), ("first", 1005), ("before", 990))
    ]
    assert world.actions(FAULT) == ("healing first SUCCEEDED H43_visitors_fail", "healing later RUNNING")
    world.aws.events = [
        {"Date": datetime.fromtimestamp(at, UTC), "Message": f"failover at {at}"} for at in (990, 1002)
    ]
    world.found.append("what a step found")
    assert world.actions(FAULT)[2:] == ("database: failover at 1002", "what a step found")


def test_R1_a_task_that_serves_is_killed(world):
    assert SCENARIOS["R-1"].steps[0].action(world) == "task 1 killed"
    assert world.ordered == [("task-kill", {"task": "arn:aws:ecs:us-east-1:1:task/all/1"})]
    world.aws.tasks = []
    with pytest.raises(FaultRefused, match="nothing serves"):
        world.victim()


def test_R13_no_task_takes_the_place_of_the_one_that_was_killed_until_there_is_room(world):
    kill, allow = (step.action for step in SCENARIOS["R-13"].steps)
    assert kill(world) == "task 1 killed, launches refused"
    assert allow(world) == "launches possible again"
    refused = [told["zones"] for name, told in world.ordered if name == "launches-refused"]
    assert refused == [["*"], []]
    assert world.ordered[1][0] == "task-kill"


def test_S12_R13_nobody_who_is_called_is_a_miss():
    assert "alarm tasks-missing-web rang" in missed(judged("R-13", record()))


def test_R3_the_instance_that_writes_is_lost(world):
    assert SCENARIOS["R-3"].steps[0].action(world) == "database instance database-1 lost"
    assert world.ordered == [("writer-lost", {"failover_s": FAILOVER_S})]
    assert world.leaves_after_s == 20.0


def test_R2_the_zone_of_the_instance_that_writes_is_lost_with_it(world):
    assert SCENARIOS["R-2"].steps[0].action(world).startswith("zone us-east-1b lost, database instance")
    assert world.ordered == [
        ("zone-kill", {"zone": "us-east-1b"}),
        ("writer-lost", {"failover_s": FAILOVER_S}),
    ]


def test_R8_sessions_can_be_written_no_more_until_it_is_taken_back(world):
    assert SCENARIOS["R-8"].steps[0].action(world) == "role may write no session any more"
    assert world.aws.done == [("broken", "role"), ("visitor", "rate(1 minute)")]
    world.withdraw()
    assert world.aws.done[2:] == [("visitor", "rate(5 minutes)"), ("mended", "role")]
    world.aws.refuses = True
    with pytest.raises(FaultRefused, match="AccessDenied"):
        SCENARIOS["R-8"].steps[0].action(world)


def test_S08_R8_an_alarm_that_nobody_answers_is_a_miss():
    before = record().looks[0]
    rings = [replace(before, at=1000.0 + n, ringing=("x-canary-failing-dev",)) for n in range(30)]
    ended = SCENARIOS["R-8"].ended
    assert ended(rings)
    assert not ended(rings[:20])
    good = record(looks=[before, *rings], actions=("healing a SUCCEEDED H43_visitors_fail",))
    assert missed(judged("R-8", good)) == []
    alone = replace(good, actions=("healing a SUCCEEDED H90_well",))
    assert missed(judged("R-8", alone)) == ["remediation: SUCCEEDED H43_visitors_fail"]
    silent = replace(good, looks=[before, replace(before, at=1001.0)])
    assert missed(judged("R-8", silent)) == ["alarm canary-failing rang"]


@pytest.mark.parametrize(("code", "command"), [("R-4", EXITS), ("R-5", HANGS), ("R-6", FAILS)])
def test_S02_a_bad_release_is_the_one_that_runs_but_for_its_command_and_is_withdrawn_afterwards(
    world, code, command
):
    assert SCENARIOS[code].steps[0].action(world) == "web:2 released, which is bad"
    (_, told), update = world.aws.done
    assert told.pop("taskRoleArn") == "a/role"
    assert told == {"family": "web", "containerDefinitions": [{"name": "web", "command": list(command)}]}
    assert update == ("update", "web:2")
    world.withdraw()
    assert world.aws.done[-1] == ("deregister", "web:2")


def test_S02_a_release_that_is_refused_is_no_fault(world):
    SCENARIOS["R-7"].steps[0].action(world)
    assert world.aws.done == [("update", "the same")]
    world.aws.refuses = True
    with pytest.raises(FaultRefused, match="AccessDenied"):
        SCENARIOS["R-7"].steps[0].action(world)


def test_S02_a_task_that_is_found_by_name_is_killed(world):
    assert SCENARIOS["R-11"].steps[0].action(world) == "task 1 killed"
    world.aws.tasks = []
    with pytest.raises(FaultRefused, match="no task of sessions runs"):
        SCENARIOS["R-11"].steps[0].action(world)


def test_S02_a_release_has_ended_when_it_was_seen_and_all_serve(world):
    before = world.look()
    under_way = replace(before, refresh="InProgress")
    for code in ("R-4", "R-5", "R-7"):
        ended = SCENARIOS[code].ended
        assert ended([under_way, before])
        assert not ended([before])
        assert not ended([before, under_way])
        assert not ended([under_way, replace(before, healthy=())])


def test_S12_R4_a_bad_release_that_replaced_the_tasks_that_served_is_a_miss():
    before, _, _ = record().looks
    under_way = replace(before, at=1001.0, refresh="InProgress")
    assert missed(judged("R-4", record(looks=[before, under_way, replace(before, at=1030.0)]))) == []
    others = replace(before, at=1030.0, in_service=("i-4", "i-5", "i-6"), healthy=("i-4", "i-5", "i-6"))
    assert missed(judged("R-4", record(looks=[before, under_way, others]))) == ["instances replaced"]
    other = replace(before, at=1030.0, version="bad")
    assert missed(judged("R-4", record(looks=[before, under_way, other]))) == ["looks with another version"]


def test_S09_R9_a_database_that_failed_over_twice_or_not_at_all_is_a_miss():
    once = ("healing a SUCCEEDED H31_writer_busy", "database: Completed failover to DB instance: db-1")
    before = record().looks[0]
    good = record(looks=[before, replace(before, at=1030.0)], actions=once)
    assert missed(judged("R-9", good)) == []
    twice = replace(good, actions=(*once, once[1]))
    assert missed(judged("R-9", twice)) == ["failovers of the database"]
    failed = replace(good, actions=("healing a FAILED H31_writer_busy", once[1]))
    assert missed(judged("R-9", failed)) == ["remediation: SUCCEEDED H31_writer_busy"]


def test_S06_R14_an_event_that_is_lost_or_comes_twice_is_a_miss():
    before = record().looks[0]
    good = record(looks=[before, replace(before, at=1030.0)], actions=(EACH_ONCE,))
    assert missed(judged("R-14", good)) == []
    for told in ("20 delivered, 1 twice", "19 delivered, 0 twice"):
        wrong = replace(good, actions=(f"events: 20 published, 20 undelivered, {told}",))
        assert missed(judged("R-14", wrong)) == [f"remediation: {EACH_ONCE}"]


def failing(every, until):
    """One visit of so many fails from the fault until so many seconds later."""
    return [
        replace(one, status=500, entry=None)
        if FAULT <= one.started < FAULT + until and number % every == 0
        else one
        for number, one in enumerate(visits())
    ]


def test_S02_R6_a_release_may_fail_its_share_until_it_is_taken_back():
    before = record().looks[0]
    bad = replace(before, at=1001.0, template="2", ringing=("x-targets-failing-dev",), refresh="InProgress")
    good = record(visits=failing(4, 20.0), looks=[before, bad, replace(before, at=1030.0)])
    kept = frozenset((one.entry, one.text) for one in good.visits if one.entry is not None)
    good = replace(good, entries=kept)
    assert missed(judged("R-6", good)) == []
    more = replace(good, visits=failing(3, 29.0))
    assert any(name.endswith(f"within {TAKEN_BACK_S:g} s (25%)") for name in missed(judged("R-6", more)))
    late = replace(good, visits=[*good.visits, visit(FAULT + TAKEN_BACK_S + 1, status=500)])
    assert f"failed visits after {TAKEN_BACK_S:g} s" in missed(judged("R-6", late))
    stays = replace(good, looks=[before, bad, replace(bad, at=1030.0, refresh="")])
    assert missed(judged("R-6", stays)) == ["release taken back"]


def judged(code, given):
    return judge(
        given,
        SCENARIOS[code],
        system="single-region",
        objectives=Objectives(rto_s=300, rpo_s=60),
        waits={},
        time_scale=1.0,
        terraform=Terraform(resources=195, apply_s=120.0, second_plan_changes=0),
        versions={},
    )


def missed(summary):
    return [check.name for check in summary.checks if not check.met]


def test_S12_R1_a_task_that_is_replaced_unnoticed_meets_every_bar_and_one_visit_later_does_not():
    summary = judged("R-1", record())
    assert (summary.verdict, summary.system) == ("met", "single-region")
    assert any("Fargate" in told for told in summary.declared_aws)
    late = [*visits(), visit(FAULT + 16.0, status=None, error="TimeoutError")]
    assert missed(judged("R-1", record(visits=late))) == ["failed visits after 15 s"]


def writer_away(until):
    """Nobody can write for so long after the fault; everybody reads."""
    return [
        replace(one, status=503, entry=None) if one.write and FAULT <= one.started < FAULT + until else one
        for one in visits()
    ]


def test_S12_R3_writes_may_fail_for_a_while_reads_may_not_and_nothing_may_be_lost():
    unmoved = [*record().looks[:1], replace(record().looks[0], at=1030.0)]
    kept = frozenset(one for one in entries() if not FAULT <= 985.0 + one[0] / 20 < FAULT + 25)
    good = record(visits=writer_away(25), looks=unmoved, entries=kept)
    assert missed(judged("R-3", good)) == []
    assert judged("R-3", good).measured.written_s < WRITES_S
    lost = replace(good, entries=frozenset(list(kept)[1:]))
    assert "entries lost" in missed(judged("R-3", lost))
    unread = [*good.visits, visit(FAULT + 3.0, status=503)]
    assert "failed reads of the first 15 s, per mille" in missed(judged("R-3", replace(good, visits=unread)))
    never = replace(good, visits=writer_away(60))
    assert "entries can be written again within, s" in missed(judged("R-3", never))

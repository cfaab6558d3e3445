"""`dr rewind` and `dr events replay` through their own adapters, as far as the emulator goes."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from dr.operations import Refused
from dr.replay.command import follow
from dr.replay.replays import Replays, Span
from dr.rewind import work
from dr.rewind.clones import Clones
from dr.rewind.wish import Wish
from dr.waiting import Clock, deadline
from tests.emulator.deployed import queue
from tests.emulator.emulator_process import ACCOUNT, HOME

KEY = f"arn:aws:kms:{HOME}:{ACCOUNT}:key/one"
TAGS = {"EnvironmentSuffix": "dev", "BackupPlan": "daily"}


def list_of(tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


@pytest.fixture(scope="module")
def serving(emulator):
    """The ARN of a cluster with an instance, in a global database."""
    rds = emulator.client("rds")
    engine = {"Engine": "aurora-postgresql", "EngineVersion": "16.8"}
    rds.create_global_cluster(GlobalClusterIdentifier="ledger", **engine)
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="ledger", DBParameterGroupFamily="aurora-postgresql16", Description="ours"
    )
    made = rds.create_db_cluster(
        DBClusterIdentifier="ledger-home",
        GlobalClusterIdentifier="ledger",
        MasterUsername="owner",
        MasterUserPassword="secret-word",
        DBSubnetGroupName="ledger",
        DBClusterParameterGroupName="ledger",
        VpcSecurityGroupIds=["sg-1"],
        StorageEncrypted=True,
        KmsKeyId=KEY,
        Tags=list_of(TAGS),
        **engine,
    )
    rds.create_db_instance(
        DBInstanceIdentifier="ledger-home-0",
        DBClusterIdentifier="ledger-home",
        DBInstanceClass="db.r6g.large",
        Engine="aurora-postgresql",
    )
    return made["DBCluster"]["DBClusterArn"]


@pytest.fixture
def clones(emulator, serving):
    return Clones(emulator.client("rds"), HOME, serving)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch) -> None:
    monkeypatch.setattr(deadline, "clock", Clock(sleep=lambda _: None))


def described(emulator, name):
    return emulator.client("rds").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]


def test_P14_a_clone_is_like_the_serving_cluster_but_alone_and_leaves_nothing(emulator, clones, serving):
    before = described(emulator, "ledger-home")
    made = work.make(clones, Wish(None), clones.source(), say=print)
    clone = described(emulator, made.name)
    for kept in ("KmsKeyId", "DBSubnetGroup", "DBClusterParameterGroup", "VpcSecurityGroups", "Engine"):
        assert clone[kept] == before[kept], kept
    assert {tag["Key"] for tag in clone["TagList"]} == {"EnvironmentSuffix", "dr:rewind-of", "dr:rewind-to"}
    assert clone["Port"] != before["Port"]
    assert clone["Endpoint"].endswith(".invalid")
    groups = emulator.client("rds").describe_global_clusters()["GlobalClusters"]
    assert [member["DBClusterArn"] for member in groups[0]["GlobalClusterMembers"]] == [serving]
    assert clones.all() == [made]
    work.remove(clones, made.name, say=print)
    assert clones.all() == []
    changing = {"LatestRestorableTime"}
    after = described(emulator, "ledger-home")
    assert {key: after[key] for key in after.keys() - changing} == {
        key: before[key] for key in before.keys() - changing
    }


def test_P14_the_same_moment_again_goes_on_with_the_same_clone(clones):
    source = clones.source()
    wish = Wish(source.earliest)
    first = work.make(clones, wish, source, say=print)
    assert work.make(clones, wish, source, say=print) == first
    work.remove(clones, first.name, say=print)


def test_P14_only_clones_are_removed(clones):
    with pytest.raises(Refused, match="not made by dr rewind"):
        work.remove(clones, "ledger-home", say=print)


def test_P14_the_emulator_refuses_what_aws_refuses(emulator, serving):
    rds = emulator.client("rds")
    asked = {"DBClusterIdentifier": "copy", "SourceDBClusterIdentifier": "ledger-home"}
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    for wrong, code in (
        ({"RestoreToTime": long_ago}, "InvalidRestoreFault"),
        ({"RestoreToTime": long_ago, "RestoreType": "copy-on-write"}, "InvalidParameterCombination"),
        ({"SourceDBClusterIdentifier": "none", "UseLatestRestorableTime": True}, "DBClusterNotFoundFault"),
        ({"DBClusterIdentifier": "ledger-home", "UseLatestRestorableTime": True}, "DBClusterAlreadyExists"),
    ):
        with pytest.raises(ClientError, match=code):
            rds.restore_db_cluster_to_point_in_time(**{**asked, **wrong})


def test_events_are_replayed_to_consumers_once(emulator):
    events, queues = emulator.client("events"), emulator.client("sqs")
    bus = events.create_event_bus(Name="news")["EventBusArn"]
    archive = events.create_archive(ArchiveName="news", EventSourceArn=bus, RetentionDays=30)["ArchiveArn"]
    url, seen = queue(emulator, HOME, "seen")
    events.put_rule(Name="consumer", EventBusName="news", EventPattern=json.dumps({"source": ["ours"]}))
    events.put_targets(Rule="consumer", EventBusName="news", Targets=[{"Id": "seen", "Arn": seen}])
    role = f"arn:aws:iam::{ACCOUNT}:role/replication"
    other = f"arn:aws:events:us-west-2:{ACCOUNT}:event-bus/news"
    events.put_rule(Name="replication", EventBusName="news", EventPattern=json.dumps({"source": ["none"]}))
    leads_away = {"Id": "other", "Arn": other, "RoleArn": role}
    events.put_targets(Rule="replication", EventBusName="news", Targets=[leads_away])
    entry = {"EventBusName": "news", "Source": "ours", "DetailType": "PaymentSettled", "Detail": "{}"}
    events.put_events(Entries=[entry])

    replays = Replays(events, HOME, archive)
    found = replays.archive()
    assert [rule.rpartition("/")[2] for rule in found.rules] == ["consumer"]
    now = datetime.now(UTC)
    asked = Span(start=now - timedelta(minutes=1), end=now + timedelta(minutes=1))
    for again, copies in ((False, 2), (False, 2), (True, 3)):
        span, running = replays.untried(asked, found, again=again)
        if running is None:
            replays.start(span, found)
        assert follow(replays, span.name(found)).state == "COMPLETED"
        told = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        assert told["Attributes"]["ApproximateNumberOfMessages"] == str(copies)

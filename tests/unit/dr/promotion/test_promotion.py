"""W05: an operator promotes the replica, and knows before what it loses."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.rds.models import rds_backends

from dr.__main__ import main
from dr.promotion import databases
from dr.promotion.plan import Standing, question, refusal
from remediation.observation import DatabaseSeen, Missing
from tests.unit import emulated

NAME, WRITER, REPLICA = "db.internal.dev.test", "board-0", "board-1"
PRIMARY = DatabaseSeen(id=WRITER, status="failed", host="zero", multi_az=True)
COPY = DatabaseSeen(id=REPLICA, status="available", host="one", source=WRITER)
SEEN = Standing(
    primary=PRIMARY, replica=COPY, lag_s=1.5, writes_a_second=2.0, writer_name=NAME, points_at="zero"
)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, None),
        ({"primary": Missing.GONE}, None),
        ({"primary": replace(PRIMARY, status="available")}, "RDS mends it"),
        ({"primary": replace(PRIMARY, status="rebooting")}, "RDS mends it"),
        ({"replica": Missing.GONE}, "no replica"),
        ({"replica": replace(COPY, status="modifying")}, "wait until it is available"),
        ({"replica": replace(COPY, source=""), "primary": replace(PRIMARY, status="available")}, None),
    ],
)
def test_W05_a_replica_is_promoted_when_the_primary_is_lost_and_not_while_rds_mends_it(change, says):
    told = refusal(replace(SEEN, **change), although_there=False)
    assert told is None if says is None else says in str(told)


def test_W05_who_knows_that_the_primary_is_lost_may_promote_although_rds_does_not():
    there = replace(SEEN, primary=replace(PRIMARY, status="available"))
    assert refusal(there, although_there=True) is None
    assert refusal(replace(there, replica=Missing.GONE), although_there=True) is not None


def test_W05_the_lag_is_told_in_entries_before_anything_is_done():
    assert "1.5 s behind, which is 3 entries lost at most" in question(SEEN, COPY)
    assert "How much is lost is unknown." in question(replace(SEEN, lag_s=None), COPY)
    assert replace(SEEN, lag_s=None).loss is None
    uncounted = replace(SEEN, writes_a_second=None)
    assert uncounted.loss is None
    assert "1.5 s behind, which is an unknown number of entries lost at most" in question(uncounted, COPY)
    promoted = replace(COPY, source="")
    assert (
        question(replace(SEEN, replica=promoted), promoted)
        == f"{REPLICA} is promoted. Let {NAME} lead to it?"
    )


@pytest.fixture
def outputs():
    """A deployed pair, of which the primary was deleted; the outputs that name it."""
    with mock_aws():
        rds = emulated.client("rds")
        rds.create_db_instance(
            DBInstanceIdentifier=WRITER,
            DBInstanceClass="db.t4g.medium",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="board",
            MasterUserPassword="secret-word",
        )
        rds.create_db_instance_read_replica(DBInstanceIdentifier=REPLICA, SourceDBInstanceIdentifier=WRITER)
        zone = emulated.client("route53").create_hosted_zone(Name="internal.dev.test", CallerReference="one")
        yield {
            "target_group": balanced(),
            "writer_database": WRITER,
            "replica_database": REPLICA,
            "writer_name": NAME,
            "internal_zone_id": zone["HostedZone"]["Id"].rpartition("/")[2],
            "backup_retention_days": "7",
        }


def balanced():
    """A target group that sent 1,200 requests on within ten minutes; the replica lags 1.5 s."""
    ec2, elb = emulated.client("ec2"), emulated.client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")
        for n, zone in enumerate("ab")
    ]
    ids = [one["Subnet"]["SubnetId"] for one in subnets]
    balancer = elb.create_load_balancer(Name="web", Subnets=ids)["LoadBalancers"][0]["LoadBalancerArn"]
    group = elb.create_target_group(Name="web", Protocol="HTTP", Port=8080, VpcId=vpc)["TargetGroups"][0]
    forward = [{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}]
    elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward)
    at = datetime.now(UTC) - timedelta(minutes=2)
    both = [
        {"Name": "LoadBalancer", "Value": balancer.partition("loadbalancer/")[2]},
        {"Name": "TargetGroup", "Value": group["TargetGroupArn"].rpartition(":")[2]},
    ]
    put("AWS/ApplicationELB", "HTTPCode_Target_3XX_Count", both, 1200.0, at)
    put("AWS/RDS", "ReplicaLag", [{"Name": "DBInstanceIdentifier", "Value": REPLICA}], 1.5, at)
    return group["TargetGroupArn"]


def put(namespace, name, dimensions, value, at):
    datum = {"MetricName": name, "Dimensions": dimensions, "Value": value, "Timestamp": at}
    emulated.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=[datum])


@pytest.fixture
def dr(outputs, tmp_path, monkeypatch, capsys):
    """Run `dr promote-replica` as the shell does: exit code, the document, standard error."""
    monkeypatch.setattr(databases, "client", lambda service, *_: emulated.client(service))
    promote = databases.Databases.promote

    def promoted(self):
        """Moto goes on naming the source."""
        promote(self)
        rds_backends[ACCOUNT]["us-east-1"].databases[REPLICA].source_db_instance_identifier = ""

    monkeypatch.setattr(databases.Databases, "promote", promoted)
    path = tmp_path / "flat.json"

    def dr(*arguments, given=outputs, how=("--json",)):
        path.write_text(json.dumps(given))
        words = ["dr", "promote-replica", *arguments, *how, "--outputs", str(path)]
        monkeypatch.setattr("sys.argv", words)
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), json.loads(told.out) if how else told.out, told.err

    return dr


def lose_the_primary():
    emulated.client("rds").delete_db_instance(DBInstanceIdentifier=WRITER, SkipFinalSnapshot=True)


def replica():
    (found,) = emulated.client("rds").describe_db_instances(DBInstanceIdentifier=REPLICA)["DBInstances"]
    return found


def led_to(outputs):
    zone = outputs["internal_zone_id"]
    found = emulated.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return [one["ResourceRecords"][0]["Value"] for one in found if one["Type"] == "CNAME"]


def test_W05_a_dry_run_tells_lag_and_loss_and_changes_nothing(dr, outputs):
    lose_the_primary()
    code, told, err = dr("--dry-run")
    assert (code, told["dry_run"], told["lag_s"], told["loss_entries"]) == (0, True, 1.5, 3)
    assert "would ask: Promote board-1" in err
    assert replica()["ReadReplicaSourceDBInstanceIdentifier"] == WRITER
    assert led_to(outputs) == []


@pytest.mark.parametrize("away", ["cloudwatch", "elbv2"])
def test_W05_what_only_tells_the_loss_may_be_away(dr, hook, away):
    lose_the_primary()
    hook(emulated.client(away), "before-call", refuse)
    code, told, _ = dr("--dry-run")
    assert (code, told["loss_entries"]) == (0, None)
    assert "lost at most" in told["question"] or "is unknown" in told["question"]


def refuse(**_):
    raise EndpointConnectionError(endpoint_url="https://away")


@pytest.mark.parametrize("broken", [{"target_group": "web"}, {"backup_retention_days": "a week"}])
def test_W05_outputs_that_no_deploy_wrote_are_said_to_be_none(dr, outputs, broken):
    code, told, _ = dr("--yes", given=outputs | broken)
    assert (code, told["error"]["kind"]) == (1, "outputs")
    assert "not what a deploy writes" in told["error"]["message"]


def test_W05_a_promoted_replica_is_the_writer_and_the_name_leads_to_it(dr, outputs):
    lose_the_primary()
    code, told, _ = dr("--yes")
    host = replica()["Endpoint"]["Address"]
    assert (code, told["replica"], told["host"]) == (0, REPLICA, host)
    assert not replica().get("ReadReplicaSourceDBInstanceIdentifier")
    assert led_to(outputs) == [host]
    assert dr("--yes")[0] == 0, "typed again it changes nothing"


def test_W05_a_person_reads_what_would_be_done_and_what_was_done(dr, outputs):
    lose_the_primary()
    code, out, err = dr("--dry-run", how=())
    assert (code, out) == (0, "")
    assert "3 entries lost at most" in err
    code, out, err = dr("--yes", how=())
    assert (code, out) == (0, "")
    assert f"{REPLICA} is the writer, and {NAME} leads to it" in err


def test_W05_a_primary_that_is_there_is_no_reason_to_promote(dr, outputs):
    code, told, _ = dr("--yes")
    assert (code, told["outcome"], told["error"]["kind"]) == (4, "refused", "refused")
    assert "two writers" in told["error"]["message"]
    assert replica()["ReadReplicaSourceDBInstanceIdentifier"] == WRITER


def test_W05_who_says_no_changes_nothing(dr, monkeypatch):
    lose_the_primary()
    monkeypatch.setattr("dr.question.typer.confirm", lambda *_, **__: False)
    code, told, _ = dr()
    assert (code, told["error"]["kind"]) == (4, "declined")
    assert replica()["ReadReplicaSourceDBInstanceIdentifier"] == WRITER


def test_W05_a_promotion_that_does_not_end_is_unknown_and_goes_on(dr, monkeypatch):
    lose_the_primary()
    monkeypatch.setattr(databases.Databases, "promote", lambda _: None)
    code, told, _ = dr("--yes")
    assert (code, told["outcome"], told["error"]["kind"]) == (3, "unknown", "still_working")
    assert "dr promote-replica" in told["error"]["message"]


def test_W05_a_name_that_leads_elsewhere_still_is_told(dr, monkeypatch):
    lose_the_primary()
    monkeypatch.setattr(databases.Databases, "point_name", lambda *_: None)
    code, told, _ = dr("--yes")
    assert (code, told["error"]["kind"]) == (3, "still_working")
    assert "leads to nothing still" in told["error"]["message"]


def test_a_system_without_a_replica_has_none_to_promote(dr):
    code, told, _ = dr("--yes", given={"system": "payments"})
    assert (code, told["error"]["kind"]) == (1, "outputs")
    assert "read replica" in told["error"]["message"]

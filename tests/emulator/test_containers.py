"""Services of ECS whose containers are processes: checked, found, replaced, rolled and taken back."""

import http.client
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from lib.image import of_files
from localcloud.fleet.partial_faults import begin
from localcloud.registry import push
from tests.emulator.deployed import statement
from tests.emulator.emulator_process import HOME, eventually
from tests.emulator.fleet_process import fleet_of

SERVER = """
import http.server, json, os, sys
if os.environ["MODE"] == "exits":
    sys.exit(3)
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        well = self.path != "/health" or os.environ["MODE"] != "unwell"
        body = json.dumps(dict(os.environ)).encode()
        self.send_response(200 if well else 500)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        print("asked for", self.path, flush=True)
print("begins", os.environ["MODE"], flush=True)
http.server.ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Answer).serve_forever()
"""
CHECK = "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/health', timeout=2)"
ROLE = "reader"
ALARM = "app-failing"


@pytest.fixture(scope="module")
def cloud(emulator, tmp_path_factory):
    with fleet_of(emulator, tmp_path_factory.mktemp("containers")) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def image(cloud, tmp_path_factory):
    path = tmp_path_factory.mktemp("image") / "server.py"
    path.write_text(SERVER)
    made = of_files({"server.py": path})
    cloud.client("ecr").create_repository(repositoryName="app/small")
    endpoint, key = f"http://127.0.0.1:{cloud.emulator.operator}", cloud.emulator.config["access_key_id"]
    for _ in range(2):
        push(endpoint, key, HOME, "app/small", made)
    return f"123456789012.dkr.ecr.{HOME}.amazonaws.com/app/small@{made.digest}"


@pytest.fixture(scope="module")
def subnets(cloud):
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    made = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"{HOME}{zone}")["Subnet"]
        for n, zone in enumerate("abc")
    ]
    return SimpleNamespace(vpc=vpc, ids=[one["SubnetId"] for one in made])


@pytest.fixture(scope="module")
def registry(cloud, subnets):
    """As Terraform's provider asks for one: the namespace is in the DNS settings only."""
    names = cloud.client("servicediscovery")
    operation = names.create_private_dns_namespace(Name="inside.test", Vpc=subnets.vpc)["OperationId"]
    namespace = names.get_operation(OperationId=operation)["Operation"]["Targets"]["NAMESPACE"]
    dns = {"NamespaceId": namespace, "DnsRecords": [{"Type": "A", "TTL": 10}]}
    return names.create_service(Name="app", DnsConfig=dns)["Service"]


def register(cloud, image, mode):
    """The ARN of a new revision of the definition."""
    trusted = statement(Principal={"Service": "ecs-tasks.amazonaws.com"}, Action="sts:AssumeRole")
    iam, logs = cloud.client("iam"), cloud.client("logs")
    if ROLE not in [one["RoleName"] for one in iam.list_roles()["Roles"]]:
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trusted)
        allowed = statement(Action="dynamodb:ListTables", Resource="*")
        iam.put_role_policy(RoleName=ROLE, PolicyName="own", PolicyDocument=allowed)
        logs.create_log_group(logGroupName="/ecs/app")
    container = {
        "name": "app",
        "image": image,
        "command": ["python3", "-u", "server.py"],
        "environment": [{"name": "MODE", "value": mode}, {"name": "PORT", "value": "8080"}],
        "portMappings": [{"containerPort": 8080}],
        "healthCheck": {"command": ["CMD", "python3", "-c", CHECK], "interval": 5, "retries": 2},
        "stopTimeout": 2,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {"awslogs-group": "/ecs/app", "awslogs-region": HOME, "awslogs-stream-prefix": "app"},
        },
    }
    made = cloud.client("ecs").register_task_definition(
        family="app",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        taskRoleArn=f"arn:aws:iam::123456789012:role/{ROLE}",
        containerDefinitions=[container],
    )
    return made["taskDefinition"]["taskDefinitionArn"]


@pytest.fixture(scope="module")
def service(cloud, image, subnets, registry):
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=ALARM,
        Namespace="app",
        MetricName="errors",
        Statistic="Sum",
        Period=10,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",  # it stays as it was set
    )
    cloud.client("ecs").create_cluster(
        clusterName="all", settings=[{"name": "containerInsights", "value": "enabled"}]
    )
    cloud.client("ecs").create_service(
        cluster="all",
        serviceName="app",
        taskDefinition=register(cloud, image, "first"),
        desiredCount=3,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets.ids}},
        serviceRegistries=[{"registryArn": registry["Arn"]}],
        availabilityZoneRebalancing="ENABLED",
        deploymentConfiguration={
            "minimumHealthyPercent": 100,
            "maximumPercent": 200,
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "alarms": {"alarmNames": [ALARM], "enable": True, "rollback": True},
        },
    )
    eventually(lambda: modes(cloud) == ["first"] * 3, within=60)
    return "app"


def tasks(cloud):
    ecs = cloud.client("ecs")
    arns = ecs.list_tasks(cluster="all", serviceName="app")["taskArns"]
    told = ecs.describe_tasks(cluster="all", tasks=arns)["tasks"] if arns else []
    return [one for one in told if one["lastStatus"] == "RUNNING"]


def address(task):
    (interface,) = task["attachments"]
    return next(one["value"] for one in interface["details"] if one["name"] == "privateIPv4Address")


def answer(cloud, task):
    try:
        return json.loads(cloud.get(address(task)))
    except (OSError, http.client.HTTPException):
        return {}


def modes(cloud):
    """What the healthy tasks answer, each with its mode."""
    well = [one for one in tasks(cloud) if one["healthStatus"] == "HEALTHY"]
    return sorted(answer(cloud, one).get("MODE", "-") for one in well)


def described(cloud):
    return cloud.client("ecs").describe_services(cluster="all", services=["app"])["services"][0]


def rollout(cloud):
    """How far the deployment is that shall serve."""
    return next(one["rolloutState"] for one in described(cloud)["deployments"] if one["status"] == "PRIMARY")


def release(cloud, image, mode):
    definition = register(cloud, image, mode)
    cloud.client("ecs").update_service(cluster="all", service="app", taskDefinition=definition)


def set_alarm(cloud, state):
    cloud.client("cloudwatch").set_alarm_state(AlarmName=ALARM, StateValue=state, StateReason="a test")


def found(cloud):
    """The ports of this machine that the private name leads to."""
    known = cloud.fleet.tasks.services().get("app.inside.test")
    return {known.ports[8080], *known.others[8080]} if known else set()


def real(cloud):
    return {cloud.fleet.book.endpoint(address(one), 8080).port for one in tasks(cloud)}


def test_S02_tasks_are_checked_and_stand_in_every_zone(cloud, service):
    running = tasks(cloud)
    assert {one["availabilityZone"] for one in running} == {f"{HOME}{zone}" for zone in "abc"}
    assert len({address(one) for one in running}) == 3
    told = described(cloud)
    assert (told["runningCount"], told["availabilityZoneRebalancing"]) == (3, "ENABLED")


def test_S02_S11_how_many_tasks_run_and_how_busy_they_are_is_measured_every_minute(cloud, service):
    cloudwatch, now = cloud.client("cloudwatch"), datetime.now(UTC)
    dimensions = [{"Name": "ClusterName", "Value": "all"}, {"Name": "ServiceName", "Value": "app"}]

    def measured(namespace, name):
        found = cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Dimensions=dimensions,
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=5),
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        return [one["Maximum"] for one in found]

    eventually(lambda: 3 in measured("ECS/ContainerInsights", "RunningTaskCount"), within=130)
    eventually(lambda: measured("AWS/ECS", "CPUUtilization"), within=130)
    assert all(0 < one < 100 for one in measured("AWS/ECS", "MemoryUtilization"))


def test_S02_they_are_found_by_their_private_name(cloud, service, registry):
    eventually(lambda: len(found(cloud)) == 3 and found(cloud) == real(cloud), within=20)
    listed = cloud.client("servicediscovery").list_instances(ServiceId=registry["Id"])["Instances"]
    assert {one["Attributes"]["AWS_INSTANCE_IPV4"] for one in listed} == {address(t) for t in tasks(cloud)}


def test_S02_a_task_may_do_what_its_role_may_and_nothing_else(cloud, service):
    told = answer(cloud, tasks(cloud)[0])
    assert told["AWS_ENDPOINT_URL"].endswith(str(cloud.emulator.config["region_ports"][HOME]))
    import boto3  # noqa: PLC0415 - with the keys of the task, which no helper has

    def client(name):
        return boto3.client(
            name,
            region_name=HOME,
            endpoint_url=told["AWS_ENDPOINT_URL"],
            aws_access_key_id=told["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=told["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=told["AWS_SESSION_TOKEN"],
        )

    assert client("dynamodb").list_tables()["TableNames"] == []
    with pytest.raises(ClientError, match="AccessDenied"):
        client("ssm").get_parameter(Name="/secret")


def test_S02_what_a_container_prints_is_kept(cloud, service):
    logs = cloud.client("logs")

    def printed():
        events = logs.filter_log_events(logGroupName="/ecs/app")["events"]
        return {one["message"] for one in events}

    eventually(lambda: {"begins first", "asked for /health"} <= printed(), within=20)


def test_S02_a_task_that_dies_is_replaced_and_nobody_is_sent_to_it(cloud, service):
    lost = tasks(cloud)[0]
    cloud.do(begin(cloud.fleet, "task-kill", {"task": lost["taskArn"]}))
    eventually(lambda: lost["taskArn"] not in {one["taskArn"] for one in tasks(cloud)}, within=10)
    eventually(lambda: modes(cloud) == ["first"] * 3, within=60)
    eventually(lambda: found(cloud) == real(cloud), within=20)
    assert cloud.fleet.book.endpoint(address(lost), 8080).dark
    with pytest.raises(ValueError, match="is none of"):
        cloud.do(begin(cloud.fleet, "task-kill", {"task": lost["taskArn"]}))


@pytest.mark.parametrize("mode", ["exits", "unwell"])
def test_S02_a_release_that_does_not_get_well_is_taken_back(cloud, service, image, mode):
    before = described(cloud)["taskDefinition"]
    release(cloud, image, mode)
    eventually(lambda: described(cloud)["taskDefinition"] == before, within=120)
    assert "circuit breaker was triggered" in str(described(cloud)["events"])
    eventually(lambda: modes(cloud) == ["first"] * 3 and len(tasks(cloud)) == 3, within=60)
    eventually(lambda: rollout(cloud) == "COMPLETED", within=20)


def test_S02_a_good_release_leaves_no_old_task_behind(cloud, service, image):
    release(cloud, image, "second")
    counts = []

    def rolled():
        counts.append(len(modes(cloud)))
        return modes(cloud) == ["second"] * 3

    eventually(rolled, within=90)
    assert min(counts) >= 3
    eventually(lambda: len(tasks(cloud)) == 3 and len(described(cloud)["deployments"]) == 1, within=60)
    assert rollout(cloud) == "IN_PROGRESS", "alarms are watched on"
    eventually(lambda: rollout(cloud) == "COMPLETED", within=60)


def test_S02_a_release_that_serves_is_taken_back_when_an_alarm_rings(cloud, service, image):
    before = described(cloud)["taskDefinition"]
    release(cloud, image, "third")
    eventually(lambda: len(tasks(cloud)) == 3 and modes(cloud) == ["third"] * 3, within=90)
    set_alarm(cloud, "ALARM")
    eventually(lambda: described(cloud)["taskDefinition"] == before, within=10)
    assert "alarm detected" in str(described(cloud)["events"])
    eventually(lambda: len(tasks(cloud)) == 3 and modes(cloud) == ["second"] * 3, within=90)
    eventually(lambda: rollout(cloud) == "COMPLETED", within=20)


def test_S02_an_alarm_that_rings_when_a_release_begins_is_ignored_for_it(cloud, service, image):
    release(cloud, image, "second")
    eventually(lambda: rollout(cloud) == "COMPLETED" and len(tasks(cloud)) == 3, within=90)
    assert modes(cloud) == ["second"] * 3
    set_alarm(cloud, "OK")


def test_S02_where_no_zone_has_room_no_task_starts(cloud, service):
    cloud.do(cloud.fleet.refuse_launches(["*"]))
    lost = tasks(cloud)[0]
    cloud.do(begin(cloud.fleet, "task-kill", {"task": lost["taskArn"]}))
    eventually(lambda: len(tasks(cloud)) == 2, within=10)
    cloud.do(cloud.fleet.heal())
    eventually(lambda: modes(cloud) == ["second"] * 3, within=60)


def test_S02_a_zone_that_is_lost_takes_its_tasks_with_it_and_other_zones_take_their_place(cloud, service):
    lost = f"{HOME}a"
    cloud.do(begin(cloud.fleet, "zone-kill", {"zone": lost}))
    eventually(lambda: modes(cloud) == ["second"] * 3 and len(tasks(cloud)) == 3, within=60)
    assert lost not in {one["availabilityZone"] for one in tasks(cloud)}
    cloud.do(cloud.fleet.heal())


def test_S02_a_service_that_is_deleted_leaves_no_process(cloud, service):
    cloud.client("ecs").delete_service(cluster="all", service="app", force=True)
    eventually(lambda: not cloud.fleet.tasks.told(), within=60)
    assert found(cloud) == set()

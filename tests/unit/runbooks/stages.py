"""The state that each runbook is for: what the lease says, what AWS answers, and what `dr` finds."""

from dataclasses import dataclass, field, replace
from typing import Any

from dr.situation import Aurora, Situation
from dr.topology import Answer
from failover.lease import Automation, Handover, Kind, Lease, LeaseState
from failover.observation import TakeoverFact
from failover.takeover import Takeover
from tests.unit.dr.world import EAST, HEALTHY, HELD, LEASE, NOW, WEST, east_is_lost

MACHINE = "arn:aws:states:us-west-2:1:stateMachine:payments-takeover-test"
CHECKS = [
    ("somebody-elses", "shop.example.com"),
    ("of-the-east", "east.execute-api.test"),
    ("of-the-west", "west.execute-api.test"),
]
METRICS = {"Datapoints": []}
LOGS = {"events": [{"message": "{}"}]}
HEALTH_CHECKS = [
    {"Id": name, "HealthCheckConfig": {"FullyQualifiedDomainName": host}} for name, host in CHECKS
]
CLUSTER = {
    "DBClusterIdentifier": "x",
    "Status": "available",
    "DBClusterMembers": [{"DBInstanceIdentifier": "x-0"}],
    "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
}
COPIES = {"Bucket": "arn:aws:s3:::copies"}
ANSWERS: dict[str, Any] = {
    "FilterLogEvents": LOGS,
    "GetMetricStatistics": METRICS,
    "DescribeAlarms": {"MetricAlarms": [{"AlarmName": "payments-x", "AlarmDescription": "x"}]},
    "GetAccountSettings": {"AccountLimit": {"ConcurrentExecutions": 1000}},
    "DescribeEventBus": {"Name": "x"},
    "DescribeRule": {"State": "DISABLED", "ScheduleExpression": "rate(1 minute)"},
    "EnableRule": {},
    "Invoke": {"StatusCode": 202},
    "GetFunctionConfiguration": {"State": "Active", "LastUpdateStatus": "Successful"},
    "DescribeGlobalClusters": {"GlobalClusters": [{"GlobalClusterMembers": []}]},
    "DescribeDBClusters": {"DBClusters": [CLUSTER]},
    "DescribeDBInstances": {"DBInstances": [{"DBInstanceClass": "db.r6g.large"}]},
    "RebootDBInstance": {},
    "DescribeTable": {"Table": {"Replicas": []}},
    "DescribeTargetGroups": {"TargetGroups": [{"TargetGroupArn": "arn"}]},
    "DescribeTargetHealth": {"TargetHealthDescriptions": []},
    "DescribeLoadBalancers": {"LoadBalancers": [{"State": {"Code": "active"}, "DNSName": "x"}]},
    "DescribeAutoScalingGroups": {"AutoScalingGroups": [{"MinSize": 3, "Instances": []}]},
    "DescribeScalingActivities": {"Activities": []},
    "DescribeInstanceRefreshes": {"InstanceRefreshes": []},
    "RollbackInstanceRefresh": {"InstanceRefreshId": "x"},
    "DescribeKey": {"KeyMetadata": {"KeyState": "Disabled", "KeyId": "1"}},
    "EnableKey": {},
    "DeleteItem": {},
    "ListHealthChecks": {"HealthChecks": HEALTH_CHECKS},
    "GetHealthCheckStatus": {"HealthCheckObservations": []},
    "GetExecutionHistory": {"events": []},
    "StartExecution": {"executionArn": "arn", "startDate": 0},
    "StopExecution": {"stopDate": 0},
    "GetCallerIdentity": {"UserId": "AIDAALICE", "Arn": "arn:aws:iam::1:user/alice", "Account": "1"},
    "FailoverDBCluster": {},
    "RestoreDBClusterToPointInTime": {},
    "CreateDBInstance": {},
    "StartInstanceRefresh": {"InstanceRefreshId": "x"},
    "GetBucketReplication": {"ReplicationConfiguration": {"Rules": [{"Destination": COPIES}]}},
    "DescribeServices": {"services": [{"serviceName": "x", "deployments": [], "events": []}]},
    "ListTasks": {"taskArns": ["arn:aws:ecs:us-east-1:1:task/x/1"]},
    "DescribeTasks": {"tasks": [{"stopCode": "EssentialContainerExited", "containers": [{}]}]},
    "UpdateService": {},
    "GetCanary": {"Canary": {"Status": {"State": "STOPPED"}}},
    "GetCanaryRuns": {"CanaryRuns": []},
    "StartCanary": {},
    "GetQueueUrl": {"QueueUrl": "https://sqs.test/1/undelivered"},
    "ReceiveMessage": {"Messages": []},
    "StartReplay": {"State": "STARTING"},
}
"""What AWS answers to calls that only read, and to those that nothing here depends on."""


def failed_execution(lease: Lease) -> dict[str, Any]:
    """What DescribeExecution tells of the takeover that failed."""
    payload = Takeover.of(lease).payload()
    told = ", ".join(f'"{key}": {_json(value)}' for key, value in sorted(payload.items()))
    return {"status": "FAILED", "input": "{" + told + "}"}


def _json(value: object) -> str:
    return "null" if value is None else str(value) if isinstance(value, int) else f'"{value}"'


@dataclass(frozen=True)
class Stage:
    """One state. It is set up anew for every block that is pasted."""

    lease: Lease = LEASE
    found: Situation = HEALTHY
    executions: dict[str, TakeoverFact] = field(default_factory=dict)
    undo: Lease | None = None
    """The lease when the blocks of Undo are pasted, where it differs."""
    approval: bool = False
    """Whether a takeover has asked for one."""

    def answers(self) -> dict[str, Any]:
        """What AWS answers: of executions, what the lease says."""
        return ANSWERS | {
            "ListExecutions": {"executions": [{"executionArn": self.execution}]},
            "DescribeExecution": failed_execution(self.lease),
        }

    @property
    def execution(self) -> str:
        """ARN of the execution that the lease names."""
        return f"{MACHINE.replace(':stateMachine:', ':execution:')}:{Takeover.of(self.lease).name}"


EXPIRED = {"expires_at_ms": NOW - 60_000}
DRAINING = LEASE.draining(Handover(to=WEST, kind=Kind.SWITCHOVER, attempt=1), now_ms=NOW)
STUCK = Stage(
    lease=replace(HELD, **EXPIRED, automation=Automation.PAUSED),
    found=HEALTHY,
    executions={"payments-3": TakeoverFact.FAILED},
    undo=replace(HELD, automation=Automation.RUNNING),
)
LOST = east_is_lost()
PAUSED = replace(LOST.lease or LEASE, automation=Automation.PAUSED)
UNFENCED = replace(
    HEALTHY,
    topology=replace(
        HEALTHY.topology,
        regions=tuple(replace(view, ready=Answer.NO) for view in HEALTHY.topology.regions),
    ),
)
OTHER_TAKES = replace(
    HEALTHY,
    inspections={EAST: HEALTHY.inspections[WEST], WEST: HEALTHY.inspections[EAST]},
    aurora=Aurora(writer=WEST, moving=False),
)

STAGES = {
    "L50-over-budget": Stage(lease=replace(HELD, epoch=4), found=LOST, approval=True),
    "R36-stuck": STUCK,
    "R37-fenced": Stage(
        lease=replace(LEASE, **EXPIRED, holder=WEST, previous_holder=EAST, automation=Automation.PAUSED),
        found=replace(UNFENCED, inspections=OTHER_TAKES.inspections, aurora=OTHER_TAKES.aurora),
    ),
    "R42-handover-failed": Stage(lease=DRAINING, executions={"payments-4-switchover": TakeoverFact.FAILED}),
    "R43-not-started": Stage(lease=HELD),
    "R45-never-served": Stage(
        lease=replace(LEASE, epoch=1, state=LeaseState.TAKING, previous_holder=None, kind=Kind.BOOTSTRAP),
        executions={"payments-1": TakeoverFact.FAILED},
    ),
    "R50-automation-paused": Stage(
        lease=PAUSED, found=LOST, undo=replace(PAUSED, automation=Automation.RUNNING)
    ),
    "takeover-held": STUCK,
    "R10-lease-unknown": Stage(found=UNFENCED),
    "R22-lease-removed": Stage(found=UNFENCED),
    "R32-own-expiry-doubted": Stage(found=UNFENCED),
    "R39-taken-before": replace(
        STUCK,
        found=replace(UNFENCED, inspections=OTHER_TAKES.inspections, aurora=OTHER_TAKES.aurora),
    ),
    "R41-expiry-doubted": Stage(found=UNFENCED),
}
"""The others are read-only on a healthy system, or change what no test here depends on."""

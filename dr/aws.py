"""The only place where `dr` talks to AWS and to the regions' APIs."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from dr.deployment import Deployment
from dr.situation import Aurora, Inspection, Situation, Stock
from dr.topology import Topology, survey
from failover.approvals import Approvals
from failover.lease import Lease
from failover.lease_table import LeaseTable, LeaseUnknown
from failover.takeover import Takeover, Takeovers
from runtime.clock import now_ms
from runtime.parameters import Parameters

TIMEOUT_S = 3.0
FUNCTION_S = 30.0
"""A function that starts cold and counts every payment takes longer than an API."""
IMPATIENT = Config(connect_timeout=TIMEOUT_S, read_timeout=TIMEOUT_S, retries={"total_max_attempts": 1})
PATIENT = IMPATIENT.merge(Config(read_timeout=FUNCTION_S))

T = TypeVar("T")


class AwsUnavailable(RuntimeError):
    """A region does not answer, or its function failed."""


class Cloud:
    """One deployed system, region by region. No call needs more than the region it names."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment

    def leases(self, region: str) -> LeaseTable:
        """The lease as *region*'s replica shows it."""
        table = self.deployment.lease_table
        return LeaseTable(_client("dynamodb", region), table, self.deployment.system)

    def approvals(self, region: str) -> Approvals:
        """What a takeover asked for and who approved, as *region* shows it."""
        return Approvals(_client("dynamodb", region), lambda: self.deployment.approvals_table)

    def caller(self, region: str) -> tuple[str, str]:
        """Whose credentials these are: AWS's id, and the ARN. Raises AwsUnavailable."""
        found = _ask(region, lambda: _client("sts", region).get_caller_identity())
        return found["UserId"], found["Arn"]

    def takeovers(self, region: str) -> Takeovers:
        """The executions of *region*'s state machine."""
        prefix = self.deployment.places[region].parameter_prefix
        return Takeovers(_client("stepfunctions", region), Parameters(_client("ssm", region), prefix))

    def inspect(self, region: str) -> Inspection:
        """What the region says about itself. Raises AwsUnavailable."""
        before = now_ms()
        told = self._invoke(region, {"step": "inspect"})
        after = now_ms()
        clock = int(told["clock_ms"])
        return Inspection(
            clock_ms=clock,
            clock_off_ms=max(before - clock, clock - after, 0),
            database=told["database"],
            stock=Stock(**told["stock"]) if told["stock"] else None,
            why=told["why"],
            code=self._code(region),
            loss=told["loss"],
        )

    def reconcile(self, takeover: Takeover) -> dict[str, Any]:
        """Run the reconcile step of a takeover in its region. Raises AwsUnavailable."""
        return self._invoke(takeover.region, {"step": "reconcile", "takeover": takeover.payload()})

    def aurora(self, region: str) -> Aurora:
        """The global database as *region*'s control plane shows it. Raises AwsUnavailable."""
        name = self.deployment.global_cluster
        answer = _ask(
            region, lambda: _client("rds", region).describe_global_clusters(GlobalClusterIdentifier=name)
        )
        (found,) = answer["GlobalClusters"]
        (writer,) = (one["DBClusterArn"] for one in found["GlobalClusterMembers"] if one["IsWriter"])
        return Aurora(writer=writer.split(":")[3], moving=bool(found.get("FailoverState")))

    def situation(self) -> Situation:
        """Everything at once, each region side by side with the other."""
        regions = list(self.deployment.api_endpoints)
        with ThreadPoolExecutor(max_workers=2 * len(regions) + 1) as pool:
            inspections = pool.map(lambda region: _or_none(lambda: self.inspect(region)), regions)
            auroras = pool.map(lambda region: _or_none(lambda: self.aurora(region)), regions)
            topology = pool.submit(self.topology)
            readable = {region: self._reads_lease(region) for region in regions}
            return Situation(
                topology=topology.result(),
                inspections=dict(zip(regions, inspections, strict=True)),
                leases_read=readable,
                aurora=next((found for found in auroras if found), None),
                home=self.deployment.home,
                clock_skew_ms=self.deployment.clock_skew_ms,
                failback_soak_ms=self.deployment.failback_soak_ms,
            )

    def topology(self) -> Topology:
        """Both regions and the lease."""
        return survey(
            self.deployment.api_endpoints,
            read_lease=lambda region: read_lease(self.deployment, region),
            probe=probe,
            unknown=LeaseUnknown,
        )

    def _reads_lease(self, region: str) -> bool:
        try:
            self.leases(region).read()
        except LeaseUnknown:
            return False
        return True

    def _invoke(self, region: str, event: dict[str, Any]) -> dict[str, Any]:
        name = self.deployment.places[region].steps_function
        client = _client("lambda", region, PATIENT)
        answer = _ask(region, lambda: client.invoke(FunctionName=name, Payload=json.dumps(event).encode()))
        told: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise AwsUnavailable(f"{name} in {region}: {told.get('errorType')}: {told.get('errorMessage')}")
        return told

    def _code(self, region: str) -> str:
        name = self.deployment.places[region].steps_function
        client = _client("lambda", region)
        return str(_ask(region, lambda: client.get_function_configuration(FunctionName=name))["CodeSha256"])


def read_lease(deployment: Deployment, region: str) -> Lease | None:
    """The lease as *region*'s replica shows it. Raises LeaseUnknown when it cannot be read there."""
    return Cloud(deployment).leases(region).read()


def probe(endpoint: str, path: str) -> int | None:
    """Status of GET *endpoint* + *path*, or None when there is no answer within three seconds."""
    try:
        with urllib.request.urlopen(endpoint + path, timeout=TIMEOUT_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def _client(service: str, region: str, config: Config = IMPATIENT) -> Any:
    return boto3.client(service, region_name=region, config=config)  # type: ignore[call-overload]


def _ask(region: str, call: Callable[[], Any]) -> Any:
    try:
        return call()
    except (BotoCoreError, ClientError) as error:
        raise AwsUnavailable(f"{region} does not answer: {error}") from error


def _or_none(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except AwsUnavailable:
        return None

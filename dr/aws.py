"""The deployed system, region by region, through AWS and the regions' own functions."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from dr.calls import PATIENT, AwsUnavailable, NoAccess, ask, client, error_code, refusal
from dr.deployment import Deployment
from dr.front_door import probe
from dr.situation import Aurora, Inspection, Situation, Stock
from dr.topology import Topology, survey
from failover.approvals import Approvals
from failover.lease import Lease
from failover.lease_table import LeaseTable, LeaseUnknown
from failover.takeover import Takeover, Takeovers
from runtime.clock import now_ms
from runtime.parameters import Parameters

T = TypeVar("T")


class Cloud:
    """One deployed system, region by region. No call needs more than the region it names."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment

    def leases(self, region: str) -> LeaseTable:
        """The lease as *region*'s replica shows it."""
        table = self.deployment.lease_table
        return LeaseTable(client("dynamodb", region), table, self.deployment.system)

    def approvals(self, region: str) -> Approvals:
        """What a takeover asked for and who approved, as *region* shows it."""
        return Approvals(client("dynamodb", region), lambda: self.deployment.approvals_table)

    def caller(self, region: str) -> tuple[str, str]:
        """Whose credentials these are: AWS's id, and the ARN. Raises AwsUnavailable."""
        found = ask(region, lambda: client("sts", region).get_caller_identity())
        return found["UserId"], found["Arn"]

    def takeovers(self, region: str) -> Takeovers:
        """The executions of *region*'s state machine."""
        prefix = self.deployment.places[region].parameter_prefix
        return Takeovers(client("stepfunctions", region), Parameters(client("ssm", region), prefix))

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
            engine=told.get("engine"),
        )

    def reconcile(self, takeover: Takeover) -> dict[str, Any]:
        """Run the reconcile step of a takeover in its region. Raises AwsUnavailable."""
        return self._invoke(takeover.region, {"step": "reconcile", "takeover": takeover.payload()})

    def aurora(self, region: str) -> Aurora:
        """The global database as *region*'s control plane shows it. Raises AwsUnavailable."""
        name = self.deployment.global_cluster
        answer = ask(
            region, lambda: client("rds", region).describe_global_clusters(GlobalClusterIdentifier=name)
        )
        (found,) = answer["GlobalClusters"]
        (writer,) = (one["DBClusterArn"] for one in found["GlobalClusterMembers"] if one["IsWriter"])
        return Aurora(writer=writer.split(":")[3], moving=bool(found.get("FailoverState")))

    def situation(self) -> Situation:
        """Everything at once, each region side by side with the other; nothing of a region that is gone."""
        topology = self.topology()
        alive = [view.region for view in topology.regions if view.reachable]
        with ThreadPoolExecutor(max_workers=2 * len(alive) + 1) as pool:
            inspections = pool.map(lambda region: _or_none(lambda: self.inspect(region)), alive)
            auroras = pool.map(lambda region: _or_none(lambda: self.aurora(region)), alive)
            readable = {region: self._reads_lease(region) for region in alive}
        nothing = dict.fromkeys(self.deployment.api_endpoints)
        return Situation(
            topology=topology,
            inspections=nothing | dict(zip(alive, inspections, strict=True)),
            leases_read=dict.fromkeys(nothing, False) | readable,
            aurora=next((found for found in auroras if found), None),
            home=self.deployment.home,
            clock_skew_ms=self.deployment.clock_skew_ms,
            lease_ttl_ms=self.deployment.lease_ttl_ms,
            failback_soak_ms=self.deployment.failback_soak_ms,
        )

    def topology(self) -> Topology:
        """Both regions and the lease. Raises NoAccess when no region would ever answer us."""
        absent: list[str] = []

        def read(region: str) -> Lease | None:
            try:
                return self.read_lease(region)
            except LeaseUnknown as error:
                if error_code(error.__cause__) == "ResourceNotFoundException":
                    absent.append(region)
                raise

        seen = survey(self.deployment.api_endpoints, read_lease=read, probe=probe, unknown=LeaseUnknown)
        if absent and seen.lease_read_in is None:
            raise NoAccess(
                f"no table {self.deployment.lease_table} in {', '.join(absent)}: "
                "the environment was destroyed, or these credentials are another account's"
            )
        return seen

    def read_lease(self, region: str) -> Lease | None:
        """The lease as *region*'s replica shows it. Raises LeaseUnknown, NoAccess."""
        try:
            return self.leases(region).read()
        except LeaseUnknown as error:
            if why := refusal(error.__cause__):
                raise NoAccess(why) from error
            raise

    def _reads_lease(self, region: str) -> bool:
        try:
            self.read_lease(region)
        except LeaseUnknown:
            return False
        return True

    def _invoke(self, region: str, event: dict[str, Any]) -> dict[str, Any]:
        name = self.deployment.places[region].steps_function
        function = client("lambda", region, PATIENT)
        answer = ask(region, lambda: function.invoke(FunctionName=name, Payload=json.dumps(event).encode()))
        told: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise AwsUnavailable(f"{name} in {region}: {told.get('errorType')}: {told.get('errorMessage')}")
        return told

    def _code(self, region: str) -> str:
        name = self.deployment.places[region].steps_function
        function = client("lambda", region)
        return str(ask(region, lambda: function.get_function_configuration(FunctionName=name))["CodeSha256"])


def _or_none(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except AwsUnavailable:
        return None

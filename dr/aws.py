"""The deployed system, region by region, through AWS and the regions' own functions."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dr.calls import (
    PATIENT,
    PATIENT_S,
    AwsUnavailable,
    NoAccess,
    ask,
    client,
    error_code,
    refusal,
    understood,
)
from dr.deployment import Deployment
from dr.front_door import probe
from dr.reasons.kinds import Kind
from dr.reasons.why import aws_cause, reason
from dr.server_clock import ServerClock
from dr.situation import Aurora, Inspection, Situation
from dr.topology import Topology, survey
from dr.waiting import together
from durable.trail import FOLDER
from failover.approvals import Approvals
from failover.lease import Lease
from failover.lease_table import LeaseTable, LeaseUnknown
from failover.takeover import Takeover, Takeovers
from runtime.clock import now_ms
from runtime.parameters import Parameters
from trading.halt import HaltSwitch

TRAIL_S = 120.0
"""A day has up to 1,440 pages of each region."""


class Cloud:
    """One deployed system, region by region. No call needs more than the region it names."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self._clock = ServerClock()

    def leases(self, region: str) -> LeaseTable:
        """The lease as *region*'s replica shows it."""
        table = self.deployment.lease_table
        return LeaseTable(self._clock.listen(client("dynamodb", region)), table, self.deployment.system)

    def approvals(self, region: str) -> Approvals:
        """What a takeover asked for and who approved, as *region* shows it."""
        return Approvals(client("dynamodb", region), lambda: self.deployment.approvals_table)

    def halt_switch(self, region: str) -> HaltSwitch:
        """The kill switch of order entry, as *region* shows it."""
        table = self.deployment.lease_table
        return HaltSwitch(client("dynamodb", region), table, self.deployment.system)

    def audit_pages(self, region: str, day: str) -> dict[str, bytes]:
        """The pages of a day's audit trail that lie in *region*, by their keys. Raises AwsUnavailable."""
        s3, ssm = client("s3", region), client("ssm", region)
        name = f"{self.deployment.places[region].parameter_prefix}/audit/bucket"

        def read() -> dict[str, bytes]:
            bucket = ssm.get_parameter(Name=name)["Parameter"]["Value"]
            listing = s3.get_paginator("list_objects_v2")
            keys = [
                one["Key"]
                for writer in self.deployment.places
                for page in listing.paginate(Bucket=bucket, Prefix=f"{FOLDER}/{writer}/{day}/")
                for one in page.get("Contents", ())
            ]
            return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}

        return ask(region, read, within_s=TRAIL_S)

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
        code = self._code(region)
        with understood(region, "what its function tells about it"):
            return Inspection.of(told, before_ms=before, after_ms=after, code=code)

    def reconcile(self, takeover: Takeover) -> dict[str, Any]:
        """Run the reconcile step of a takeover in its region. Raises AwsUnavailable."""
        return self._invoke(takeover.region, {"step": "reconcile", "takeover": takeover.payload()})

    def aurora(self, region: str) -> Aurora:
        """The global database as *region*'s control plane shows it. Raises AwsUnavailable."""
        name = self.deployment.global_cluster
        answer = ask(
            region, lambda: client("rds", region).describe_global_clusters(GlobalClusterIdentifier=name)
        )
        with understood(region, f"the global database {name}"):
            (found,) = answer["GlobalClusters"]
            members = {
                one["DBClusterArn"]: one["IsWriter"] for one in found.get("GlobalClusterMembers") or ()
            }
            writers = [arn.split(":")[3] for arn, writes in members.items() if writes]
            moving = bool(found.get("FailoverState"))
        if len(writers) != 1:
            said = f"has {len(writers)} writers ({', '.join(writers)})" if writers else "has no writer"
            raise AwsUnavailable(
                f"{region}: the global database {name} {said if members else 'has no members'}: "
                f"see it in RDS; nothing is moved until one of its clusters is the writer",
                kind=Kind.NOT_UNDERSTOOD,
            )
        self._must_be_ours(region, f"the global database {name} has its writer in", writers[0])
        return Aurora(writer=writers[0], moving=moving)

    def situation(self) -> Situation:
        """Everything at once, each region side by side with the other; nothing of a region that is gone."""
        topology = self.topology()
        alive = [view.region for view in topology.regions if view.reachable]
        asked: dict[str, Callable[[], Inspection | Aurora]] = {}
        for region in alive:
            asked[f"{region}: its function"] = _each(self.inspect, region)
            asked[f"{region}: its databases"] = _each(self.aurora, region)
        found = together(asked, within_s=PATIENT_S + 1)
        for answer in found.values():
            if isinstance(answer, Exception) and not isinstance(answer, AwsUnavailable | TimeoutError):
                raise answer
        answered = list(found.values())
        inspections = {
            region: one for region in alive if isinstance(one := found[f"{region}: its function"], Inspection)
        }
        nothing = dict.fromkeys(self.deployment.api_endpoints)
        return Situation(
            topology=topology,
            inspections=nothing | inspections,
            leases_read={region: region in alive and region not in topology.unread for region in nothing},
            aurora=next((one for one in answered if isinstance(one, Aurora)), None),
            home=self.deployment.home,
            clock_skew_ms=self.deployment.clock_skew_ms,
            lease_ttl_ms=self.deployment.lease_ttl_ms,
            failback_soak_ms=self.deployment.failback_soak_ms,
            unknown=(*topology.reasons, *(str(one) for one in answered if isinstance(one, Exception))),
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
                f"no table {self.deployment.lease_table} in {', '.join(sorted(absent))}: "
                "the environment was destroyed, or these credentials are another account's",
                kind=Kind.NOT_FOUND,
            )
        return replace(seen, clock_off_ms=self._clock.off_ms)

    def read_lease(self, region: str) -> Lease | None:
        """The lease as *region*'s replica shows it. Raises LeaseUnknown, NoAccess."""
        try:
            lease = self.leases(region).read()
        except LeaseUnknown as error:
            if no_access := refusal(error.__cause__):
                raise no_access from error
            if cause := aws_cause(error):
                raise LeaseUnknown(reason(cause).says) from cause
            raise
        if lease:
            self._must_be_ours(region, "the lease is held by", lease.holder)
        return lease

    def _must_be_ours(self, region: str, what: str, named: str) -> None:
        """Raises NoAccess when a region is named that the outputs do not know."""
        if named not in self.deployment.places:
            known = ", ".join(self.deployment.places)
            raise NoAccess(
                f"{region}: {what} {named}, and these outputs know {known}: they are another environment's, "
                "or older than the last deployment",
                kind="outputs",
            )

    def _invoke(self, region: str, event: dict[str, Any]) -> dict[str, Any]:
        name = self.deployment.places[region].steps_function
        function = client("lambda", region, PATIENT)

        def call() -> tuple[bytes, bool]:
            answer = function.invoke(FunctionName=name, Payload=json.dumps(event).encode())
            return answer["Payload"].read(), "FunctionError" in answer

        said, failed = ask(region, call, within_s=PATIENT_S)
        with understood(region, f"the answer of {name}"):
            told = dict(json.loads(said))
        if failed:
            raise AwsUnavailable(
                f"{region}: {name} failed: {told.get('errorType')}: {told.get('errorMessage')}",
                kind="function_failed",
            )
        return told

    def _code(self, region: str) -> str:
        name = self.deployment.places[region].steps_function
        function = client("lambda", region)
        return str(ask(region, lambda: function.get_function_configuration(FunctionName=name))["CodeSha256"])


def _each(call: Callable[[str], Inspection | Aurora], region: str) -> Callable[[], Inspection | Aurora]:
    return lambda: call(region)

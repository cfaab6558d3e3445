"""The local cloud as the world of a drill."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_rds import RDSClient
from mypy_boto3_stepfunctions import SFNClient

from failover.lease import Automation, Kind
from failover.lease_item import from_item
from gameday.errors import FaultRefused, ObservationFailed
from gameday.load.credentials import Credentials
from gameday.load.records import JournalEntry, LedgerRow
from gameday.load.requests import Requests
from gameday.observe.calls import Call
from gameday.observe.dr_answers import AskDr, DrAnswer
from gameday.observe.executions import StepSeen, steps_since
from gameday.observe.history import LeaseSeen
from gameday.plan.faults import Action, Ordered, Place, Places
from gameday.targets.cloud import Deployed
from gameday.targets.control import order
from gameday.targets.operators import Typed
from gameday.targets.pasted import Pasted
from gameday.targets.two_regions.instances import KillInstance
from gameday.targets.two_regions.journal_reader import JournalReader
from gameday.targets.two_regions.system import Reached, TwoRegionSystem
from lib.settings.two_regions import TwoRegionSettings
from localcloud.route53.resolver import Resolves

_QUICK = Config(connect_timeout=1, read_timeout=5, retries={"total_max_attempts": 1})


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalWorld:
    """Implements gameday.observe.target.World. AWS is read as an operator would, in the survivor."""

    deployed: Deployed
    system: str
    suffix: str
    primary: str
    survivor: str
    witness: str
    requests: Requests
    reached: Reached
    dynamodb: DynamoDBClient
    rds: RDSClient
    machines: Mapping[str, SFNClient]
    calls_from: int
    """Where the log of AWS calls ended when this world was first looked at, in bytes."""

    @classmethod
    def of(
        cls,
        deployed: Deployed,
        settings: TwoRegionSettings,
        system: TwoRegionSystem,
        *,
        holder: str | None = None,
    ) -> "LocalWorld":
        """The world of the *system* that *settings* describe, deployed in the running local cloud.

        *holder* is the region that holds the lease; by default where the settings place the first writer.
        """
        state, primary = deployed.state, holder or settings.primary.name
        survivor = next(name for name in state.regions if name != primary)
        aws: Any = boto3.Session(
            aws_access_key_id=state.access_key_id,
            aws_secret_access_key=state.secret_access_key,
            region_name=survivor,
        )

        def client(service: str, region: str = survivor) -> Any:
            return aws.client(
                service, region_name=region, endpoint_url=state.operator_endpoint, config=_QUICK
            )

        return cls(
            deployed=deployed,
            system=settings.system,
            suffix=settings.environment_suffix,
            primary=primary,
            survivor=survivor,
            witness=settings.witness,
            requests=system.requests,
            reached=system.reach(deployed, settings, client),
            dynamodb=client("dynamodb"),
            rds=client("rds"),
            machines={name: client("stepfunctions", name) for name in state.regions},
            calls_from=_size(state.calls_log),
        )

    @property
    def api_name(self) -> str:
        """DNS name of the API."""
        return self.deployed.outputs.api_name

    @property
    def endpoints(self) -> Mapping[str, str]:
        """URL that reaches each region's API."""
        return self.reached.endpoints

    @property
    def resolver(self) -> Resolves:
        """Asks DNS, without a cache."""
        return self.reached.resolver

    @property
    def credentials(self) -> Credentials:
        """What clients show."""
        return self.reached.credentials

    @property
    def places(self) -> Places:
        """What plays which part."""
        return {
            Place.HOLDER: self.primary,
            Place.OTHER: self.survivor,
            Place.WITNESS: self.witness,
            Place.CONTROL_PLANES: "global",
            Place.OPERATOR: "operator",
        }

    async def lease(self) -> LeaseSeen:
        """The lease item, strongly consistent."""
        return await asyncio.to_thread(self._lease)

    def _lease(self) -> LeaseSeen:
        try:
            answer = self.dynamodb.get_item(
                TableName=self.deployed.outputs.lease_table,
                Key={"system": {"S": self.system}},
                ConsistentRead=True,
            )
        except (BotoCoreError, ClientError) as error:
            raise ObservationFailed(str(error)) from error
        if "Item" not in answer:
            raise ObservationFailed("there is no lease yet")
        lease = from_item(answer["Item"])
        return LeaseSeen(
            at=time.time(),
            epoch=lease.epoch,
            holder=lease.holder,
            state=lease.state,
            expires_at=lease.expires_at_ms / 1000,
            kind=lease.kind,
            previous=lease.previous_holder,
            to=lease.handover.to if lease.handover else None,
            accepts=lease.accepts,
            automatic=lease.automation is Automation.RUNNING,
            unlatched=lease.kind is Kind.FAILOVER
            and lease.previous_holder is not None
            and lease.automation is Automation.RUNNING,
        )

    async def writer(self) -> str:
        """Region of the global cluster's writer."""
        return await asyncio.to_thread(self._writer)

    def _writer(self) -> str:
        try:
            clusters = self.rds.describe_global_clusters(
                GlobalClusterIdentifier=self.deployed.outputs.global_cluster_id
            )["GlobalClusters"]
        except (BotoCoreError, ClientError) as error:
            raise ObservationFailed(str(error)) from error
        members = [member for cluster in clusters for member in cluster["GlobalClusterMembers"]]
        regions = {member["DBClusterArn"].split(":")[3] for member in members}
        if members and self.survivor not in regions:
            return self.survivor  # it was detached, and is a writer of its own
        writers = [member["DBClusterArn"] for member in members if member["IsWriter"]]
        if len(writers) != 1:
            raise ObservationFailed(f"{len(writers)} of {len(members)} members are writers")
        return writers[0].split(":")[3]

    async def apply(self, action: Action) -> str | DrAnswer | None:
        """Do *action*; what came of it, where there is something to tell. Raises FaultRefused."""
        match action:
            case AskDr():
                return await asyncio.to_thread(action.ask, self.deployed.state, self.places)
            case Typed():
                return await asyncio.to_thread(action.type, self.deployed.state, self.places)
            case Pasted():
                return await asyncio.to_thread(action.paste, self.deployed.state, self.places, self.suffix)
            case KillInstance():
                return await asyncio.to_thread(action.kill, self.deployed.state, self.places)
            case Ordered():
                await asyncio.to_thread(order, self.deployed.state, action.order(self.places))
                return None
            case _:
                raise FaultRefused(f"nobody here can do this: {action.describe(self.places)}")

    async def steps(self, since: float, regions: Iterable[str]) -> Sequence[StepSeen]:
        """The steps of takeovers in *regions*. Raises ObservationFailed."""
        found = [await asyncio.to_thread(steps_since, self.machines[name], since) for name in regions]
        return [step for steps in found for step in steps]

    async def rows(self, run: str, region: str) -> Sequence[LedgerRow]:
        """Rows, in the ledger of *region*, of the requests of *run*. Raises LedgerUnread."""
        found = await asyncio.to_thread(self.reached.ledgers[region].rows, run)
        return [replace(row, idempotency_key=_unscoped(row.idempotency_key)) for row in found]

    async def journal(self, keys: Iterable[str]) -> Sequence[JournalEntry]:
        """Journal entries of the requests with these idempotency keys. Raises LedgerUnread."""
        reader = JournalReader(self.dynamodb, self.deployed.outputs.journal_table)
        found = await asyncio.to_thread(reader.entries, [f"{key}{self.reached.owner}" for key in keys])
        return [replace(entry, idempotency_key=_unscoped(entry.idempotency_key)) for entry in found]

    async def listed(self) -> frozenset[str] | None:
        """Ids of the entries that stand. Raises LedgerUnread."""
        return await self.reached.listed()

    def calls(self, since: float, until: float) -> Sequence[Call]:
        """AWS calls logged between two times, both after this world was first looked at."""
        with self.deployed.state.calls_log.open() as lines:
            if self.calls_from:
                lines.seek(self.calls_from - 1)
                lines.readline()  # its end, when the line was half written then
            calls = [Call.parse(line) for line in lines if line.endswith("\n")]
        return [call for call in calls if since <= call.at <= until]


def _unscoped(key: str) -> str:
    """The key as its client sent it: no client can send an "@"."""
    return key.partition("@")[0]


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0

"""Carries out what is decided about one group."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ClientError

from localcloud.fleet.groups import telling
from localcloud.fleet.groups.actions import (
    Action,
    Ask,
    Deregister,
    Destroy,
    End,
    Launch,
    Register,
    SetDesired,
    SetTemplate,
)
from localcloud.fleet.groups.decide import decide
from localcloud.fleet.groups.effects import applied, launched, new_member, refused
from localcloud.fleet.groups.facts import Facts, Lifecycle
from localcloud.fleet.groups.reading import by_hook, read_ec2, read_group, read_refresh, read_trackings
from localcloud.fleet.groups.refresh import rolled_back
from localcloud.fleet.groups.refresh_facts import RefreshStatus
from localcloud.fleet.groups.seen import Seen
from localcloud.fleet.instances.record import Instance

Told = dict[str, Any]
log = logging.getLogger("localcloud.fleet")


@dataclass(slots=True)
class GroupKeeper:
    """Keeps one group, turn by turn. Calls block, one at a time."""

    region: str
    client: Callable[[str], Any]
    """AWS's API in the group's region, by service."""
    tell: Callable[..., Told]
    """Tells the emulator what became of the group."""
    clock: Callable[[], float] = time.time
    facts: Facts | None = None
    subnets: dict[str, str] = field(default_factory=dict)
    tags: list[Told] = field(default_factory=list)
    told: Told = field(default_factory=dict)
    _activities: list[Told] = field(default_factory=list)
    _events: list[Told] = field(default_factory=list)
    _changes: Told = field(default_factory=dict)

    def turn(self, snapshot: Told, instances: Iterable[Instance], alarms: Iterable[str]) -> None:
        """Look, decide, act, and tell the emulator what the group is now."""
        now = self.clock()
        group, here = read_group(snapshot), list(instances)
        self.subnets, self.tags = snapshot["subnets"], snapshot["group"].get("Tags", [])
        facts = replace(self.facts, group=group) if self.facts else Facts(group=group)
        facts = self._with_protection(self._with_refresh(facts, snapshot, now), snapshot)
        facts = replace(facts, seen=self._seen(facts, snapshot, here, alarms))
        self._changes = {}
        self.facts = facts
        for action in decide(facts, now):
            self._carry_out(action, now)
        self._report()

    def end(self) -> None:
        """The group was deleted by force: its instances go with it."""
        members = [member.id for member in self.facts.members] if self.facts else []
        if members:
            self.client("ec2").terminate_instances(InstanceIds=members)

    def _with_refresh(self, facts: Facts, snapshot: Told, now: float) -> Facts:
        told = snapshot["refresh"]
        if not told:
            return facts
        known = facts.refresh
        if known is None or known.id != told["InstanceRefreshId"]:
            maintenance = snapshot["group"].get("InstanceMaintenancePolicy", {})
            known = read_refresh({**told, "_maintenance": maintenance}, now)
        if told.get("_cancelled") and known.active:
            known = replace(known, status=RefreshStatus.CANCELLING)
        if told.get("_rolled_back") and known.status in (
            RefreshStatus.PENDING,
            RefreshStatus.IN_PROGRESS,
            RefreshStatus.BAKING,
        ):
            known = rolled_back(known, "Rolled back by user request.")
        return replace(facts, refresh=known)

    @staticmethod
    def _with_protection(facts: Facts, snapshot: Told) -> Facts:
        asked = snapshot["group"].get("_protected", {})
        members = [replace(each, protected=asked.get(each.id, each.protected)) for each in facts.members]
        return replace(facts, members=tuple(members))

    def _seen(self, facts: Facts, told: Told, instances: list[Instance], alarms: Iterable[str]) -> Seen:
        group = told["group"]
        arns = {*facts.group.target_groups, *(arn for each in facts.members for arn in each.registered)}
        return Seen(
            ec2=read_ec2(instances),
            targets={arn: self._states(arn) for arn in sorted(arns)},
            told_unhealthy=frozenset(group.get("_told_unhealthy", [])),
            condemned=frozenset(group.get("_condemned", [])),
            hook_results=by_hook(group.get("_hook_results", {})),
            heartbeats=by_hook(group.get("_heartbeats", {})),
            alarms=frozenset(alarms),
            trackings=read_trackings(told),
        )

    def _states(self, arn: str) -> dict[str, str]:
        try:
            health = self.client("elbv2").describe_target_health(TargetGroupArn=arn)
        except ClientError:  # the target group is gone, and all targets with it
            return {}
        listed = health["TargetHealthDescriptions"]
        return {each["Target"]["Id"]: each["TargetHealth"]["State"] for each in listed}

    def _carry_out(self, action: Action, now: float) -> None:
        facts = self.facts
        if facts is None:
            return
        if isinstance(action, Launch):
            self.facts = self._launch(facts, action, now)
            return
        self._call(facts, action)
        self.facts = applied(facts, [action], now)

    def _call(self, facts: Facts, action: Action) -> None:
        name = facts.group.name
        match action:
            case End():
                log.info("%s: %s goes, %s", name, action.member, action.cause)
                member = next(each for each in facts.members if each.id == action.member)
                for arn in member.registered:
                    self._deregister(arn, action.member)
                self._note(f"Terminating EC2 instance: {action.member}", action.cause)
            case Ask():
                self._events.append(telling.hook_event(name, action))
            case Register():
                target = [{"Id": action.member}]
                self.client("elbv2").register_targets(TargetGroupArn=action.target_group, Targets=target)
            case Deregister():
                self._deregister(action.target_group, action.member)
            case Destroy():
                self.client("ec2").terminate_instances(InstanceIds=[action.member])
                self._events.append(telling.event("EC2 Instance Terminate Successful", name, action.member))
            case SetDesired():
                log.info("%s: %d instances are wanted, %s", name, action.to, action.cause)
                self._changes["desired"] = action.to
                self._note(f"Setting desired capacity to {action.to}", action.cause)
            case SetTemplate():
                self._changes["template"] = {"id": action.template.id, "version": action.template.version}
            case _ if getattr(action, "to", None) is Lifecycle.IN_SERVICE:
                log.info("%s: %s is in service", name, getattr(action, "member", ""))

    def _deregister(self, arn: str, member: str) -> None:
        try:
            self.client("elbv2").deregister_targets(TargetGroupArn=arn, Targets=[{"Id": member}])
        except ClientError as error:
            log.info("%s: %s", member, error)

    def _launch(self, facts: Facts, action: Launch, now: float) -> Facts:
        asked = telling.launch_request(facts.group, action, self.subnets.get(action.zone, ""), self.tags)
        try:
            made = self.client("ec2").run_instances(**asked)["Instances"][0]["InstanceId"]
        except ClientError as error:
            log.warning("%s: launch in %s refused: %s", facts.group.name, action.zone, error)
            self._note(f"Launching a new EC2 instance in {action.zone}", action.cause, failure=str(error))
            self._events.append(telling.event("EC2 Instance Launch Unsuccessful", facts.group.name, ""))
            return refused(facts, action.zone, now)
        log.info(
            "%s: %s launched in %s, version %s", facts.group.name, made, action.zone, action.template.version
        )
        self._note(f"Launching a new EC2 instance: {made}", action.cause)
        self._events.append(telling.event("EC2 Instance Launch Successful", facts.group.name, made))
        return launched(facts, new_member(facts.group, action, made, now))

    def _note(self, what: str, cause: str, *, failure: str = "") -> None:
        name = self.facts.group.name if self.facts else ""
        self._activities.insert(0, telling.activity(name, what, cause, self.clock(), failure))

    def _report(self) -> None:
        if self.facts is None:
            return
        report: Told = {
            "members": telling.members(self.facts),
            "refresh": telling.refresh(self.facts.refresh),
        }
        news = {"activities": self._activities, "events": self._events, **self._changes}
        if report != self.told or any(news.values()):
            self.tell("group", region=self.region, name=self.facts.group.name, **report, **news)
            self.told, self._activities, self._events = report, [], []

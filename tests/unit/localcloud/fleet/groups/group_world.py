"""A group and the cloud around it on a simulated clock: what `decide` asks for is done second by second."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

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
from localcloud.fleet.groups.effects import applied, launched, refused
from localcloud.fleet.groups.facts import Facts, Group, Lifecycle, Member, Template
from localcloud.fleet.groups.refresh_facts import Preferences, Refresh
from localcloud.fleet.groups.seen import Ec2, Seen, Tracking

ONE, TWO = Template("lt-1", "1"), Template("lt-1", "2")
ZONES = ("a", "b", "c")
WEB = "arn:web"


def group(**changes: object) -> Group:
    given = Group(
        name="web", template=ONE, minimum=1, maximum=10, desired=3, zones=ZONES, target_groups=(WEB,)
    )
    return replace(given, **changes)


@dataclass
class World:
    group: Group
    boot_s: float = 3.0
    drain_s: float = 2.0
    sick_versions: set[str] = field(default_factory=set)
    """Templates whose instances never pass the balancer's checks."""
    closed: set[str] = field(default_factory=set)
    """Zones in which EC2 refuses to launch."""
    alarms: set[str] = field(default_factory=set)
    trackings: tuple[Tracking, ...] = ()
    hook_results: dict[tuple[str, str], str] = field(default_factory=dict)
    heartbeats: dict[tuple[str, str], float] = field(default_factory=dict)
    told_unhealthy: set[str] = field(default_factory=set)
    now: float = 0.0
    ec2: dict[str, Ec2] = field(default_factory=dict)
    zone_of: dict[str, str] = field(default_factory=dict)
    version_of: dict[str, str] = field(default_factory=dict)
    born: dict[str, float] = field(default_factory=dict)
    targets: dict[str, dict[str, str]] = field(default_factory=dict)
    draining: dict[tuple[str, str], float] = field(default_factory=dict)
    facts: Facts = field(init=False)
    asked: list[Ask] = field(default_factory=list)
    ended: list[End] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    watch: list[Callable[["World", list[Action]], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.facts = Facts(group=self.group)

    def run(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.now += 1
            self.tick()

    def until(self, condition: Callable[[], object], within: float = 600) -> float:
        """Run until *condition*; returns the seconds it took."""
        began = self.now
        while not condition():
            assert self.now - began < within, "it never happened"
            self.run(1)
        return self.now - began

    def tick(self) -> None:
        self._live()
        self.facts = replace(self.facts, group=self.group, seen=self._seen())
        actions = decide(self.facts, self.now)
        for watch in self.watch:
            watch(self, actions)
        for action in actions:
            self._carry_out(action)
        self.group = self.facts.group

    def serving(self) -> list[Member]:
        return [member for member in self.facts.members if member.lifecycle is Lifecycle.IN_SERVICE]

    def versions(self) -> Counter[str]:
        return Counter(member.template.version for member in self.facts.alive)

    def zones(self) -> Counter[str]:
        return Counter(member.zone for member in self.facts.alive)

    def begin_refresh(self, target: Template = TWO, previous: Template | None = None, **wish: object) -> None:
        made = Refresh(
            id="r-1",
            target=target,
            previous=previous or self.group.template,
            started_at=self.now,
            preferences=Preferences(**wish),
        )
        self.facts = replace(self.facts, refresh=made)

    @property
    def refresh(self) -> Refresh:
        assert self.facts.refresh
        return self.facts.refresh

    def kill(self, *ids: str) -> None:
        self.ec2.update(dict.fromkeys(ids, Ec2.TERMINATED))

    def close(self, zones: Iterable[str]) -> None:
        self.closed = set(zones)

    def _live(self) -> None:
        for name, state in self.ec2.items():
            if state is Ec2.PENDING and self.now - self.born[name] >= self.boot_s:
                self.ec2[name] = Ec2.RUNNING
        for listed in self.targets.values():
            for name in listed:
                runs = self.ec2.get(name) is Ec2.RUNNING
                well = runs and self.version_of[name] not in self.sick_versions
                if listed[name] != "draining":
                    listed[name] = "healthy" if well else "unhealthy"
        for (arn, name), end in list(self.draining.items()):
            if self.now >= end:
                del self.draining[arn, name]
                self.targets[arn].pop(name, None)

    def _seen(self) -> Seen:
        return Seen(
            ec2=dict(self.ec2),
            targets={arn: dict(listed) for arn, listed in self.targets.items()},
            told_unhealthy=frozenset(self.told_unhealthy),
            hook_results=dict(self.hook_results),
            heartbeats=dict(self.heartbeats),
            alarms=frozenset(self.alarms),
            trackings=self.trackings,
        )

    def _carry_out(self, action: Action) -> None:
        if isinstance(action, Launch):
            return self._launch(action)
        if isinstance(action, End):
            self.ended.append(action)
            for arn, listed in self.targets.items():
                if action.member in listed:
                    self._deregister(arn, action.member)
        elif isinstance(action, Ask):
            self.asked.append(action)
        elif isinstance(action, Register):
            self.targets.setdefault(action.target_group, {})[action.member] = "initial"
        elif isinstance(action, Deregister):
            self._deregister(action.target_group, action.member)
        elif isinstance(action, Destroy):
            self.ec2[action.member] = Ec2.TERMINATED
        self.facts = applied(self.facts, [action], self.now)
        if isinstance(action, SetDesired | SetTemplate):
            self.group = self.facts.group
        return None

    def _deregister(self, arn: str, name: str) -> None:
        self.targets[arn][name] = "draining"
        self.draining[arn, name] = self.now + self.drain_s

    def _launch(self, action: Launch) -> None:
        self.tried[action.zone] += 1
        if action.zone in self.closed:
            self.facts = refused(self.facts, action.zone, self.now)
            return
        name = f"i-{len(self.ec2) + 1}"
        self.ec2[name], self.born[name] = Ec2.PENDING, self.now
        self.zone_of[name], self.version_of[name] = action.zone, action.template.version
        member = Member(
            id=name,
            zone=action.zone,
            template=action.template,
            launched_at=self.now,
            since=self.now,
            extra=action.extra,
            protected=self.group.protect_new,
        )
        self.facts = launched(self.facts, member)

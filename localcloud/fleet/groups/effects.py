"""What an action means for what is known of a group."""

from collections.abc import Iterable
from dataclasses import replace

from localcloud.fleet.groups.actions import (
    Action,
    Ask,
    Deregister,
    Destroy,
    End,
    Forget,
    Launch,
    MarkUnhealthy,
    Move,
    Register,
    SetDesired,
    SetRefresh,
    SetTemplate,
    Settle,
)
from localcloud.fleet.groups.facts import Facts, Group, Lifecycle, Member, Refusal

FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 60.0
Change = MarkUnhealthy | End | Settle | Move | Register | Deregister | Destroy | Forget


def applied(facts: Facts, actions: Iterable[Action], now: float) -> Facts:
    """*facts* after *actions* were carried out. A launch gives a member with a made-up id."""
    for number, action in enumerate(actions):
        match action:
            case Launch():
                facts = replace(
                    facts,
                    members=(*facts.members, new_member(facts.group, action, f"launch-{now}-{number}", now)),
                )
            case SetDesired():
                group = replace(facts.group, desired=action.to)
                facts = replace(facts, group=group, scaled_at=now)
            case SetRefresh():
                facts = replace(facts, refresh=action.refresh)
            case SetTemplate():
                facts = replace(facts, group=replace(facts.group, template=action.template))
            case Ask():
                pass
            case _:
                facts = _changed(facts, action, now)
    return facts


def refused(facts: Facts, zone: str, now: float) -> Facts:
    """*facts* after EC2 refused to launch in *zone*: each time in a row it is left alone for longer."""
    times = facts.refused[zone].times + 1 if zone in facts.refused else 1
    until = now + min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (times - 1))
    return replace(facts, refused={**facts.refused, zone: Refusal(times, until)})


def launched(facts: Facts, member: Member) -> Facts:
    """*facts* after EC2 launched *member*."""
    others = {zone: refusal for zone, refusal in facts.refused.items() if zone != member.zone}
    return replace(facts, members=(*facts.members, member), refused=others)


def new_member(group: Group, action: Launch, name: str, now: float) -> Member:
    """The member that EC2 launched under the id *name*."""
    return Member(
        id=name,
        zone=action.zone,
        template=action.template,
        launched_at=now,
        since=now,
        protected=group.protect_new,
        extra=action.extra,
    )


def _changed(facts: Facts, action: Change, now: float) -> Facts:
    members = [
        each for each in facts.members if not (isinstance(action, Forget) and each.id == action.member)
    ]
    changed = [_member(each, action, now) if each.id == action.member else each for each in members]
    return replace(facts, members=tuple(changed))


def _member(member: Member, action: Change, now: float) -> Member:
    registered = member.registered
    match action:
        case MarkUnhealthy():
            member = replace(member, healthy=False)
        case End():
            member = replace(member, lifecycle=Lifecycle.TERMINATING, since=now, extra=False)
        case Settle():
            member = replace(member, extra=False)
        case Move():
            member = replace(member, lifecycle=action.to, since=now)
            if action.to is Lifecycle.IN_SERVICE:
                member = replace(member, in_service_at=now)
        case Destroy():
            member = replace(member, lifecycle=Lifecycle.TERMINATING_PROCEED, since=now)
        case Register():
            member = replace(member, registered=registered | {action.target_group})
        case Deregister():
            member = replace(member, registered=registered - {action.target_group})
    return member

"""Which members are sick, and that they go.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html
"""

from localcloud.fleet.groups.actions import Action, End, MarkUnhealthy
from localcloud.fleet.groups.facts import Facts, Lifecycle, Member
from localcloud.fleet.groups.seen import Ec2

NOT_RUNNING = "an EC2 health check indicating it has been terminated or stopped"
IMPAIRED = "an EC2 instance status check failure"
ELB = "an ELB system health check failure"
TOLD = "a user health-check"


def judge(facts: Facts, now: float) -> list[Action]:
    """Mark who became sick, and begin to terminate all who are: first terminate, launch later."""
    group = facts.group
    found: dict[str, str] = {}
    if group.runs("HealthCheck"):
        sick = {member.id: sickness(facts, member, now) for member in facts.alive if member.healthy}
        found = {name: cause for name, cause in sick.items() if cause}
    marked: list[Action] = [MarkUnhealthy(name, cause) for name, cause in found.items()]
    if not (group.runs("ReplaceUnhealthy") and group.runs("Terminate")):
        return marked
    doomed = [member for member in facts.alive if not member.healthy or member.id in found]
    return marked + [
        End(member.id, f"taken out of service in response to {found.get(member.id, TOLD)}")
        for member in doomed
    ]


def sickness(facts: Facts, member: Member, now: float) -> str:
    """Why *member* is sick; empty when it is not.

    One that does not run is sick at once, even within the grace period, which begins when it comes into
    service, after its hooks. A target that is not yet healthy is not sick.
    """
    seen = facts.seen.ec2.get(member.id)
    if seen is None or seen in (Ec2.STOPPED, Ec2.TERMINATED):
        return NOT_RUNNING
    if member.id in facts.seen.condemned:
        return TOLD
    since = member.in_service_at
    if member.lifecycle is not Lifecycle.IN_SERVICE or since is None or now - since < facts.group.grace_s:
        return ""
    if member.id in facts.seen.told_unhealthy:
        return TOLD
    states = [facts.seen.targets.get(arn, {}).get(member.id) for arn in facts.group.target_groups]
    failed = facts.group.elb_health and "unhealthy" in states
    return IMPAIRED if seen is Ec2.IMPAIRED else (ELB if failed else "")

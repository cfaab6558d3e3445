"""What should be done about the system now? Pure: a Condition in, a Verdict out.

Rules are tried from top to bottom and the first that applies wins. An unknown fact is never a good one: what
cannot be seen calls a person and touches nothing.

Choices that need a reason:
- While RDS changes the cluster by itself (H20), nobody interferes: Aurora fails over faster than any machine.
- A database fails over once an hour (H21). If that did not help, a second time would not either.
- A lost writer is left at once (H30): it serves nobody. One that is only busy is left when a person says
  so (H31): a failover breaks every connection.
- Services mend themselves: ECS replaces tasks and takes releases back. What it cannot do calls a
  person (H42), and so does what it does not see: all tasks run, and visitors fail (H43).
"""

from dataclasses import replace

from healing.observation import ClusterSeen, Condition
from healing.rules import HealingRule, Remedy, Verdict


def decide(seen: Condition) -> Verdict:
    """The first rule that applies."""
    return _about_database(seen) or _about_services(seen)


def _about_database(seen: Condition) -> Verdict | None:
    cluster = seen.cluster
    if cluster is None or seen.database_impaired is None:
        return _page(HealingRule.DATABASE_UNKNOWN, "the database or its alarm cannot be seen")
    if cluster.status != "available":
        return _watch(HealingRule.CHANGING, f"the database is {cluster.status}")
    writer = cluster.writer
    if writer is None:
        return _page(HealingRule.NO_WRITER_NAMED, "RDS names no writer")
    if writer.available and not (seen.database_impaired or seen.wanted):
        return None
    return _cannot_help(cluster) or _leave(writer.id, lost=not writer.available)


def _cannot_help(cluster: ClusterSeen) -> Verdict | None:
    if cluster.failed_over_lately:
        return _page(HealingRule.DID_NOT_HELP, "the database failed over within the last hour")
    if not cluster.readers:
        return _page(HealingRule.NO_READER, "no other instance is available to become the writer")
    return None


def _leave(writer: str, *, lost: bool) -> Verdict:
    if lost:
        return Verdict(
            remedy=Remedy.FAIL_OVER,
            rule=HealingRule.WRITER_LOST,
            reason=f"{writer} is not available, another instance is",
            writer=writer,
        )
    return Verdict(
        remedy=Remedy.ASK,
        rule=HealingRule.WRITER_BUSY,
        reason=f"{writer} works and is short of something; a failover breaks every connection",
        writer=writer,
    )


def approved(verdict: Verdict) -> Verdict:
    """The *verdict* of this moment after a person said yes: bad moments stay bad."""
    if verdict.remedy is not Remedy.ASK:
        return verdict
    return replace(verdict, remedy=Remedy.FAIL_OVER, reason=f"a person approved leaving {verdict.writer}")


def already_left(writer: str) -> Verdict:
    """What is to be done about a *writer* that is none any more: nothing."""
    return _watch(HealingRule.WELL, f"{writer} is not the writer any more")


def _about_services(seen: Condition) -> Verdict:
    services = seen.services
    if services is None or seen.visitors_fail is None:
        return _page(HealingRule.SERVICES_UNKNOWN, "the services or their alarms cannot be seen")
    if deploying := [one.name for one in services if one.deploying]:
        return _watch(HealingRule.DEPLOYING, f"a release of {', '.join(deploying)} is under way")
    if missing := [one for one in services if one.running < one.desired]:
        said = ", ".join(f"{one.name} has {one.running} of {one.desired}" for one in missing)
        return _page(HealingRule.TASKS_MISSING, f"tasks are missing: {said}")
    if seen.visitors_fail:
        return _page(HealingRule.VISITORS_FAIL, "all tasks run, and visitors are not served well")
    return _watch(HealingRule.WELL, "database and services are well")


def _page(rule: HealingRule, reason: str) -> Verdict:
    return Verdict(remedy=Remedy.PAGE, rule=rule, reason=reason)


def _watch(rule: HealingRule, reason: str) -> Verdict:
    return Verdict(remedy=Remedy.WATCH, rule=rule, reason=reason)

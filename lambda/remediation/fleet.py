"""Rules about instances and their load. Pure, as `remediation.decision`, which says why they are so."""

from remediation.observation import Group, Instance, Observation
from remediation.rules import Action, Decision, Rule
from remediation.verdicts import done, page, watch


def about_instances(seen: Observation) -> Decision:
    """Targets are unhealthy."""
    group = seen.group
    if group is None or any(one.healthy is None for one in group.serving):
        return page(Rule.FLEET_UNKNOWN, "the group or the health of its instances cannot be read")
    sick = sorted((one for one in group.serving if not one.healthy), key=lambda one: one.id)
    if 2 * len(sick) > len(group.serving) or not group.serving:
        return page(
            Rule.MOST_SICK, f"{len(sick)} of {len(group.serving)} instances are sick: not their fault"
        )
    if len(group.serving) < group.desired:
        return _incomplete(group)
    if not sick:
        return watch(Rule.NOBODY_SICK, "every instance is healthy by now")
    return _mend(seen, sick[0])


def about_load(seen: Observation) -> Decision:
    """The instances have too much to do."""
    group = seen.group
    if group is None:
        return page(Rule.FLEET_UNKNOWN, "the group cannot be read")
    if len(group.serving) < group.desired:
        return _incomplete(group, Rule.GROWING)
    if group.desired >= group.maximum:
        return page(Rule.AT_MAXIMUM, f"{group.name} has its maximum of {group.maximum} instances")
    return Decision(
        action=Action.SCALE_OUT,
        rule=Rule.SCALE_OUT,
        resource=group.name,
        value=str(group.desired + 1),
        reason=f"{group.desired} instances have too much to do",
    )


def _incomplete(group: Group, under_way: Rule = Rule.BEING_REPLACED) -> Decision:
    reason = f"{len(group.serving)} of {group.desired} instances serve"
    if group.launches_fail:
        return page(Rule.LAUNCHES_FAIL, f"{reason}, and launches fail")
    return watch(under_way, f"{reason}, the others are on their way")


def _mend(seen: Observation, sick: Instance) -> Decision:
    if sick.impaired and not done(seen, sick.id, Rule.REBOOT):
        return Decision(
            action=Action.REBOOT_INSTANCE,
            rule=Rule.REBOOT,
            resource=sick.id,
            reason=f"{sick.id} is unhealthy, and EC2 finds it impaired",
        )
    return Decision(
        action=Action.REPLACE_INSTANCE,
        rule=Rule.REPLACE,
        resource=sick.id,
        reason=f"{sick.id} is unhealthy",
    )

"""What should be done about this alarm now? Pure: an Observation and a Policy in, a Decision out.

Rules are tried from top to bottom and the first that applies wins. An unknown fact is never a good one: what
cannot be seen calls a person and touches nothing. An alarm only says where to look: the facts are read anew
at each turn, so a late, repeated or reordered event leads to what is right now.

Choices that need a reason:
- When most instances look sick (M21), the fault is not in them: replacing them would take the rest away.
- While launches fail (M22), nothing is taken away: what runs badly serves more than nothing.
- An instance is rebooted when EC2 finds it impaired (M25), and replaced when that was tried or when only its
  application is sick (M26).
- A database fails over once (M45). If that did not help, a second time would not either (M46).
- A replica is promoted only where the settings allow it, the primary is lost and not merely silent, and the
  loss is known and small enough (M53): a promoted replica cannot become a replica again.
- The name follows the database that is the writer (M42), after the promotion was seen done.
"""

from remediation.databases import Policy, about_replica, about_writer
from remediation.fleet import about_instances, about_load
from remediation.observation import Mode, Observation, Symptom
from remediation.rules import Decision, Rule
from remediation.verdicts import page, watch

__all__ = ["Policy", "decide"]


def decide(seen: Observation, policy: Policy) -> Decision:
    """The first rule that applies."""
    return _before_anything(seen) or _about(seen, policy)


def _before_anything(seen: Observation) -> Decision | None:
    if seen.symptom is None or seen.ringing is None:
        return page(Rule.ALARM_UNKNOWN, f"alarm {seen.alarm} is not known, or cannot be read")
    if not seen.ringing:
        return watch(Rule.ALARM_OVER, f"alarm {seen.alarm} is over")
    if seen.mode is None:
        return page(Rule.MODE_UNKNOWN, "the mode of the remediation cannot be read")
    if seen.mode is Mode.OFF:
        return page(Rule.SWITCHED_OFF, f"{seen.symptom}, and the remediation is switched off")
    return None


def _about(seen: Observation, policy: Policy) -> Decision:
    if seen.symptom is Symptom.UNHEALTHY_TARGETS:
        return about_instances(seen)
    if seen.symptom is Symptom.SATURATED:
        return about_load(seen)
    if seen.symptom is Symptom.WRITER_UNREACHABLE:
        return about_writer(seen, policy)
    return about_replica(seen)

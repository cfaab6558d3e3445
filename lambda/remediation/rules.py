"""What the remediation may do, and by which rule. The codes are a contract with logs, runbooks and tests."""

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What is done."""

    WATCH = "watch"
    """Nothing: it is well, or what helps is under way."""
    PAGE = "page"
    """Call a person."""
    REBOOT_INSTANCE = "reboot_instance"
    REPLACE_INSTANCE = "replace_instance"
    SCALE_OUT = "scale_out"
    FAIL_OVER = "fail_over"
    """Reboot the database onto its standby in another zone."""
    PROMOTE_REPLICA = "promote_replica"
    REBOOT_REPLICA = "reboot_replica"
    POINT_NAME = "point_name"
    """Let the private name of the writer lead to the database that is the writer now."""

    @property
    def changes(self) -> bool:
        """Whether anything is touched."""
        return self not in {Action.WATCH, Action.PAGE}


class Rule(StrEnum):
    """Why. docs/runbooks/webapp has a page for each."""

    ALARM_UNKNOWN = "M10_alarm_unknown"
    ALARM_OVER = "M11_alarm_over"
    MODE_UNKNOWN = "M12_mode_unknown"
    SWITCHED_OFF = "M13_switched_off"
    FLEET_UNKNOWN = "M20_fleet_unknown"
    MOST_SICK = "M21_most_sick"
    LAUNCHES_FAIL = "M22_launches_fail"
    BEING_REPLACED = "M23_being_replaced"
    NOBODY_SICK = "M24_nobody_sick"
    REBOOT = "M25_reboot_instance"
    REPLACE = "M26_replace_instance"
    AT_MAXIMUM = "M30_at_maximum"
    GROWING = "M31_growing"
    SCALE_OUT = "M32_scale_out"
    DATABASE_UNKNOWN = "M40_database_unknown"
    TWO_WRITERS = "M41_two_writers"
    POINT_NAME = "M42_point_name"
    CHANGING = "M43_database_changing"
    CHANGING_TOO_LONG = "M44_changing_too_long"
    FAIL_OVER = "M45_fail_over"
    DID_NOT_HELP = "M46_did_not_help"
    NOT_BY_MACHINE = "M47_not_by_machine"
    NO_REPLICA = "M50_no_replica"
    MAY_NOT_PROMOTE = "M51_may_not_promote"
    LOSS_UNKNOWN = "M52_loss_unknown"
    PROMOTE = "M53_promote_replica"
    REBOOT_REPLICA = "M60_reboot_replica"
    ACTION_FAILED = "M90_action_failed"
    RECORD_UNKNOWN = "M91_record_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do, to what, by which rule, and why in words."""

    action: Action
    rule: Rule
    reason: str
    resource: str = ""
    """The instance, group, database or name that the action touches."""
    value: str = ""
    """What a name is to lead to, or how large a group is to be."""

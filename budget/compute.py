"""The budget of a system from its settings."""

from collections.abc import Mapping
from dataclasses import replace

from budget.model import Budget, Measured, Objective, Verdict
from budget.recovery_point import recovery_point, strongly_consistent
from budget.recovery_time import recovery_time
from lib.errors import SettingsError
from lib.settings.two_regions import TwoRegionSettings


def compute(settings: TwoRegionSettings, measured: Mapping[str, Measured] | None = None) -> Budget:
    """Every objective with its legs; *measured* by the name of the objective stands beside them.

    Raises SettingsError when `budget.accepted` names what is no infeasible objective.
    """
    found = measured or {}
    accepted = settings.budget.accepted
    objectives = tuple(
        replace(one, measured=found.get(one.name), accepted=accepted.get(one.name))
        for one in (*recovery_time(settings), *recovery_point(settings))
    )
    _refuse_idle(accepted, objectives)
    return Budget(system=settings.system, objectives=objectives, warnings=_warnings(settings))


def _refuse_idle(accepted: Mapping[str, str], objectives: tuple[Objective, ...]) -> None:
    infeasible = {one.name for one in objectives if one.verdict is Verdict.INFEASIBLE}
    if idle := sorted(accepted.keys() - infeasible):
        names = ", ".join(one.name for one in objectives)
        raise SettingsError(
            f"budget.accepted.{idle[0]}: is not an infeasible objective; remove it (objectives: {names})"
        )


def _warnings(settings: TwoRegionSettings) -> tuple[str, ...]:
    if strongly_consistent(settings):
        return ()
    weak = f"provider {settings.provider.aws}: lease and journal are only eventually consistent"
    lost = f"acknowledged {settings.REQUESTS} may be lost"
    return (f"{weak}, so two regions may hold the lease at once and {lost}",)

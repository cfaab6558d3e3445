"""What synthesis says about the budget: at most one line, and no at all when an objective cannot be met."""

from budget.compute import compute
from budget.model import Budget, Verdict
from lib.errors import SettingsError
from lib.settings.common import CommonSettings
from lib.settings.timing import invariants
from lib.settings.two_regions import TwoRegionSettings


def check(settings: CommonSettings) -> str:
    """One line, with its end, about what is unproven or accepted, empty when everything is met.

    Nothing is added up yet for a system in one region. Raises SettingsError, one line an objective, when one
    is infeasible and not accepted, or when a limit that follows from the objectives breaks another.
    """
    if not isinstance(settings, TwoRegionSettings):
        return ""
    budget = compute(settings)
    if budget.refused:
        raise SettingsError(
            "\n".join(
                f"budget: {one.name} is infeasible: {one.reason}; change the settings, or accept it with a "
                f'reason: [budget.accepted] {one.name} = "..."'
                for one in budget.refused
            )
        )
    if broken := invariants(settings.objectives, settings.protocol):
        raise SettingsError("\n".join(broken))
    return _line(budget)


def _line(budget: Budget) -> str:
    unproven = [one.name for one in budget.objectives if one.verdict is Verdict.UNPROVEN]
    accepted = [one.name for one in budget.objectives if one.accepted]
    parts = [
        *([f"unproven: {', '.join(unproven)}"] if unproven else []),
        *([f"accepted: {', '.join(accepted)}"] if accepted else []),
        *budget.warnings,
    ]
    return f"budget: {'; '.join(parts)} (dr budget says why)\n" if parts else ""

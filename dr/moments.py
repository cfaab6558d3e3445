"""Moments as operators type them: never without a time zone, never a guess."""

from datetime import UTC, datetime

import typer


def moment(text: str) -> datetime:
    """The moment that *text* names, in UTC. Raises BadParameter, which is wrong usage (exit code 2)."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no ISO 8601 time: write 2026-11-21T09:15:00Z") from None
    if found.tzinfo is None:
        raise typer.BadParameter(f"{text} has no time zone: write {text}Z for UTC, or an offset as +01:00")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise typer.BadParameter(f"{text} is before or after all years that have a number in UTC") from None


def shown(when: datetime) -> str:
    """As a person types it."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def compact(when: datetime) -> str:
    """As a part of a name."""
    return when.astimezone(UTC).strftime("%Y%m%d-%H%M%S")

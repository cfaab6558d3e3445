"""Statements of the deployer's documents, and their conditions."""

from collections.abc import Iterable

from lib.iam import Allow, Statement, outside
from lib.settings.common import CommonSettings

NO_ARN = "a listing, or a thing whose id AWS chooses; the regions are bounded"


def do(service: str, names: str, resources: Iterable[str] = ("*",), **more: object) -> Allow:
    """Allow the actions of *names*, a word each, of *service*."""
    named = tuple(f"{service}:{name}" for name in names.split())
    places = tuple(resources)
    return Allow(named, places, why_any=NO_ARN if "*" in places else "", **more)  # type: ignore[arg-type]


def ours(settings: CommonSettings) -> str:
    """The pattern of every name of this system."""
    return f"{settings.system}-*"


def tagged(settings: CommonSettings) -> dict[str, dict[str, str]]:
    """The condition: what is there already carries the tag of this system."""
    return {"StringEquals": {"aws:ResourceTag/System": settings.system}}


def asked(settings: CommonSettings) -> dict[str, dict[str, str]]:
    """The condition: what is made gets the tag of this system."""
    return {"StringEquals": {"aws:RequestTag/System": settings.system}}


def nowhere_else(settings: CommonSettings) -> Statement:
    """Nothing outside the places of the settings, the state bucket's and us-east-1."""
    regions = {*settings.places, "us-east-1"}
    if settings.state:
        regions.add(settings.state.region)
    return outside(*sorted(regions))

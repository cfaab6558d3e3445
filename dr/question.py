"""The question before an act: who says no changes nothing, and thinking costs no time of the command."""

import typer

from dr.operations import Refused
from dr.waiting import deadline


def permit(question: str, *, yes: bool) -> None:
    """Return when the operator says yes. Raises Refused."""
    if yes:
        return
    with deadline.stopped():
        agreed = typer.confirm(question, err=True)
    if not agreed:
        raise Refused("the answer was no; nothing was changed", kind="declined")

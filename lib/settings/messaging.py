"""The section of the event buses."""

from typing import Annotated

from pydantic import Field

from lib.settings.section import Section


class Events(Section):
    """The event buses."""

    archive_days: Annotated[int, Field(ge=1, le=3650)]
    """How long an event can be replayed."""

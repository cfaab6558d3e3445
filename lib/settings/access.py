"""What the organisation says about roles."""

from typing import Annotated

from pydantic import Field

from lib.settings.section import Section


class Access(Section):
    """What the organisation says about roles."""

    permissions_boundary: Annotated[str, Field(pattern=r"^[\w+=,.@/-]+$")] | None = None
    """Name of the existing policy that no role may exceed."""
